"""How alike two texts are, by their words: whether the text of a message says what its HTML says."""

import re
from collections import Counter

MAX_COMPARED = 20_000
"""Characters of each text that are compared."""

_ADDRESS = re.compile(r"https?://\S+")
_WORD = re.compile(r"\w+")


def comparable_words(text: str) -> list[str]:
    """The words in lower case, those of web addresses left out; of the first `MAX_COMPARED` characters."""
    return _WORD.findall(_ADDRESS.sub(" ", text[:MAX_COMPARED]).lower())


def similarity(one: list[str], other: list[str]) -> float:
    """Share of the words of two texts that both have: 1 for the same ones in whatever order, 0 for none."""
    total = len(one) + len(other)
    return 2 * sum((Counter(one) & Counter(other)).values()) / total if total else 1.0
