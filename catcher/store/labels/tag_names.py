"""What a tag may be called: letters and digits of any script, space and `- _ . @`. Letter case makes no difference."""

import unicodedata
from collections.abc import Iterable

from catcher.errors import TagError
from catcher.store.search.folding import fold

LONGEST = 100
"""Characters of a name."""


def clean_tag(text: str) -> str:
    """The text as a tag's name: what may not be in one becomes space, runs of space one space, cut to `LONGEST`.

    "" when nothing is left. Never raises.
    """
    composed = unicodedata.normalize("NFC", text[: 16 * LONGEST])
    kept = "".join(character if _may_be_in_name(character) else " " for character in composed)
    return " ".join(kept.split())[:LONGEST].rstrip()


def clean_tags(texts: Iterable[str]) -> tuple[str, ...]:
    """The usable names among the texts, in order; of names that are the same the first counts."""
    names: dict[str, str] = {}
    for text in texts:
        if name := clean_tag(text):
            names.setdefault(fold_tag(name), name)
    return tuple(names.values())


def checked_tag(text: str) -> str:
    """The name, if the text is one as it stands (spaces around it aside). Raises TagError."""
    name = text.strip()
    if not name or clean_tag(name) != unicodedata.normalize("NFC", name):
        raise TagError(f"invalid tag name: {text[:LONGEST]}")
    return clean_tag(name)


def fold_tag(name: str) -> str:
    """The form in which two names are compared; the one that queries use."""
    return fold(name)


def _may_be_in_name(character: str) -> bool:
    # Marks belong to the letters of many scripts (Devanagari, Thai, Arabic with vowels).
    return character in "-_.@" or unicodedata.category(character)[0] in "LNM"
