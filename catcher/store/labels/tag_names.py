"""Names of tags: letters and digits of any script, space and `- _ . @`, compared without regard to case."""

import unicodedata
from collections.abc import Iterable

from catcher.errors import TagError
from catcher.store.search.folding import fold

MAX_LENGTH = 100
"""Characters of a name."""


def clean_tag(text: str) -> str:
    """Return the text as a tag's name: other characters become spaces, runs of spaces one, cut to `MAX_LENGTH`.

    "" when nothing is left. Never raises.
    """
    composed = unicodedata.normalize("NFC", text[: 16 * MAX_LENGTH])
    kept = "".join(character if _may_be_in_name(character) else " " for character in composed)
    return " ".join(kept.split())[:MAX_LENGTH].rstrip()


def clean_tags(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the usable names in order, without duplicates."""
    names: dict[str, str] = {}
    for text in texts:
        if name := clean_tag(text):
            names.setdefault(fold_tag(name), name)
    return tuple(names.values())


def checked_tag(text: str) -> str:
    """Return the text as a name, without surrounding spaces. Raises TagError when it is not usable as it is."""
    name = text.strip()
    if not name or clean_tag(name) != unicodedata.normalize("NFC", name):
        raise TagError(f"invalid tag name: {text[:MAX_LENGTH]}")
    return clean_tag(name)


def fold_tag(name: str) -> str:
    """Return the form in which names are compared, also by queries."""
    return fold(name)


def _may_be_in_name(character: str) -> bool:
    # Marks belong to the letters of many scripts (Devanagari, Thai, Arabic with vowels).
    return character in "-_.@" or unicodedata.category(character)[0] in "LNM"
