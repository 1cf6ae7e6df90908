"""Similarity of two texts by their words, to compare the text of a message with its HTML."""

import re
from collections import Counter

MAX_COMPARED = 20_000
"""Characters of each text that are compared."""

_ADDRESS = re.compile(r"https?://\S+")
_WORD = re.compile(r"\w+")


def comparable_words(text: str) -> list[str]:
    """Return the words of the first `MAX_COMPARED` characters in lower case, without web addresses."""
    return _WORD.findall(_ADDRESS.sub(" ", text[:MAX_COMPARED]).lower())


def similarity(one: list[str], other: list[str]) -> float:
    """Return the share of common words: 1 for the same words in any order, 0 for none."""
    total = len(one) + len(other)
    return 2 * sum((Counter(one) & Counter(other)).values()) / total if total else 1.0
