"""Names of inboxes: any line of text, compared without regard to case."""

import unicodedata
from collections.abc import Iterable

from catcher.store.search.folding import fold

MAX_LENGTH = 200
"""Characters of a name."""


def clean_inbox(text: str) -> str:
    """Return the text as an inbox's name: one line, runs of white space one space, cut to `MAX_LENGTH`.

    Lone surrogates and control characters become spaces. "" when nothing is left. Never raises.
    """
    if not (text.isascii() and text.isprintable()):
        composed = unicodedata.normalize("NFC", text[: 16 * MAX_LENGTH])
        text = "".join(each if unicodedata.category(each) not in ("Cc", "Cs") else " " for each in composed)
    return " ".join(text.split())[:MAX_LENGTH].rstrip()


def clean_inboxes(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the usable names in order, without duplicates."""
    names: dict[str, str] = {}
    for text in texts:
        name = clean_inbox(text)
        if name and (folded := fold_inbox(name)):
            names.setdefault(folded, name)
    return tuple(names.values())


def is_inbox(name: str) -> bool:
    """Return whether a text is an inbox's name as it is."""
    return name == clean_inbox(name) and bool(fold_inbox(name))


def fold_inbox(name: str) -> str:
    """Return the form in which names are compared, also by queries."""
    return fold(name)
