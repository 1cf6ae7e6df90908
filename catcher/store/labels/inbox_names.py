"""What an inbox may be called: any line of text. Letter case makes no difference."""

import unicodedata
from collections.abc import Iterable

from catcher.store.search.folding import fold

LONGEST = 200
"""Characters of a name."""


def clean_inbox(text: str) -> str:
    """The text as an inbox's name: one line, runs of white space one space, cut to `LONGEST`; "" when nothing is left.

    Half surrogates and control characters are left out. Never raises.
    """
    if not (text.isascii() and text.isprintable()):
        composed = unicodedata.normalize("NFC", text[: 16 * LONGEST])
        text = "".join(each if unicodedata.category(each) not in ("Cc", "Cs") else " " for each in composed)
    return " ".join(text.split())[:LONGEST].rstrip()


def clean_inboxes(texts: Iterable[str]) -> tuple[str, ...]:
    """The usable names among the texts, in order; of names that are the same the first counts."""
    names: dict[str, str] = {}
    for text in texts:
        name = clean_inbox(text)
        if name and (folded := fold_inbox(name)):
            names.setdefault(folded, name)
    return tuple(names.values())


def fold_inbox(name: str) -> str:
    """The form in which two names are compared; the one that queries use."""
    return fold(name)
