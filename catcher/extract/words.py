"""Cue words in many languages, which give the meaning of a number or link near them. The words are in words.toml.

Words are compared in lower case and without accents. An entry may have several words; `*` at the start or end of a
word is a wildcard. In scripts without spaces between words an entry matches anywhere.
"""

import re
import tomllib
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path

MAX_WORD = 40
"""Characters of a word; longer ones are ignored."""

_WORD = re.compile(r"[^\W_]+")
_UNSPACED = re.compile("[\u0900-\u0dff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


class Sense(StrEnum):
    """Meaning of a cue word. The names are the keys in words.toml.

    SURE labels a one-time code, CODE a possible one, COUPON a discount code, OTHER another kind of number; UNIT follows
    a count. SIGN occurs near codes. The others are purposes of links and codes.
    """

    SURE = "sure"
    CODE = "code"
    COUPON = "coupon"
    OTHER = "other"
    UNIT = "unit"
    SIGN = "sign"
    RESET = "reset"
    TWO_FACTOR = "two_factor"
    SIGN_IN = "sign_in"
    CONFIRMATION = "confirmation"
    INVITATION = "invitation"
    ACTION = "action"
    NOT_ME = "not_me"
    UNSUBSCRIBE = "unsubscribe"
    ONLINE = "online"
    LEGAL = "legal"
    HELP = "help"


NAMES = frozenset({Sense.SURE, Sense.CODE, Sense.COUPON, Sense.OTHER, Sense.UNIT})
"""Senses that label a number; cues of these and of the others may overlap, as in "sign-in code"."""


@dataclass(frozen=True, slots=True)
class Cue:
    """A word or phrase of the table at [start, end) of a line. is_exact: it has no wildcard."""

    start: int
    end: int
    sense: Sense
    is_exact: bool = True


@dataclass(frozen=True, slots=True)
class _Phrase:
    words: tuple[str, ...]
    sense: Sense

    @property
    def is_exact(self) -> bool:
        """Whether it has no wildcard."""
        return not any("*" in word for word in self.words)


@dataclass(frozen=True, slots=True)
class _Table:
    exact: dict[str, list[_Phrase]]
    prefix: dict[str, list[_Phrase]]
    suffix: dict[str, list[_Phrase]]
    infix: tuple[re.Pattern[str], dict[str, list[_Phrase]]]
    unspaced: tuple[tuple[re.Pattern[str], dict[str, tuple[Sense, ...]]], ...]


def cues(text: str) -> tuple[Cue, ...]:
    """Return the cues in a line, in order; of overlapping ones the longest, of equal ones all.

    Labels of numbers and purposes are matched independently of each other.
    """
    plain = folded(text)
    words = [(m.start(), m.end(), m[0]) for m in _WORD.finditer(plain)]
    found: list[Cue] = []
    for index, (start, _, word) in enumerate(words):
        if len(word) > MAX_WORD:
            continue
        for phrase in _starting(word):
            end = _end_of(phrase, plain, words, index)
            if end:
                found.append(Cue(start, end, phrase.sense, phrase.is_exact))
    if not plain.isascii() and _UNSPACED.search(plain):
        for pattern, senses in _table().unspaced:
            for match in pattern.finditer(plain):
                found.extend(Cue(match.start(), match.end(), sense) for sense in senses[match[0]])
    return _longest(found)


def folded(text: str) -> str:
    """Return the text in lower case without accents, character for character."""
    if text.isascii():
        return text.lower()
    return text.translate(_FOLDED).lower()


def _end_of(phrase: _Phrase, plain: str, words: list[tuple[int, int, str]], index: int) -> int:
    """Return the end of a phrase whose first word is at `index`; 0 when it does not match."""
    if len(phrase.words) == 1:
        return words[index][1]
    if index + len(phrase.words) > len(words):
        return 0
    for offset, wanted in enumerate(phrase.words):
        start, _, word = words[index + offset]
        if offset and (start - words[index + offset - 1][1] > 3 or not _is(word, wanted)):
            return 0
    return words[index + len(phrase.words) - 1][1]


def _is(word: str, wanted: str) -> bool:
    if wanted.startswith("*") and wanted.endswith("*"):
        return wanted.strip("*") in word
    if wanted.endswith("*"):
        return word.startswith(wanted[:-1])
    if wanted.startswith("*"):
        return word.endswith(wanted[1:])
    return word == wanted


@lru_cache(maxsize=20_000)
def _starting(word: str) -> tuple[_Phrase, ...]:
    """Return the phrases that begin with this word."""
    table = _table()
    found = list(table.exact.get(word, ()))
    for length in range(2, len(word) + 1):
        found.extend(table.prefix.get(word[:length], ()))
        found.extend(table.suffix.get(word[-length:], ()))
    pattern, phrases = table.infix
    for match in pattern.finditer(word):
        found.extend(phrases[match[0]])
    return tuple(found)


def _longest(found: list[Cue]) -> tuple[Cue, ...]:
    """Drop cues that overlap a longer one, or an exact one of the same words: "postcode" is no "*code"."""
    if len(found) < 2:
        return tuple(found)
    kept: list[Cue] = []
    for cue in sorted(found, key=lambda c: (c.start - c.end, not c.is_exact)):
        is_name = cue.sense in NAMES
        if not any(_yields_to(cue, other) for other in kept if (other.sense in NAMES) == is_name):
            kept.append(cue)
    return tuple(sorted(set(kept), key=lambda c: (c.start, c.sense)))


def _yields_to(cue: Cue, other: Cue) -> bool:
    if (cue.start, cue.end) == (other.start, other.end):
        return other.is_exact and not cue.is_exact
    return cue.start < other.end and other.start < cue.end


@cache
def _table() -> _Table:
    """Return the words of all languages in one table; the file lists them by language for its readers only."""
    exact: dict[str, list[_Phrase]] = defaultdict(list)
    prefix: dict[str, list[_Phrase]] = defaultdict(list)
    suffix: dict[str, list[_Phrase]] = defaultdict(list)
    infix: dict[str, list[_Phrase]] = defaultdict(list)
    unspaced: dict[str, set[Sense]] = defaultdict(set)
    for groups in tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8")).values():
        for name, entries in groups.items():
            for entry in entries:
                plain, sense = folded(entry), Sense(name)
                if _UNSPACED.search(plain):
                    unspaced[plain].add(sense)
                    continue
                phrase = _Phrase(tuple(plain.replace("-", " ").split()), sense)
                first = phrase.words[0]
                if first.startswith("*") and first.endswith("*"):
                    infix[first.strip("*")].append(phrase)
                elif first.endswith("*"):
                    prefix[first[:-1]].append(phrase)
                elif first.startswith("*"):
                    suffix[first[1:]].append(phrase)
                else:
                    exact[first].append(phrase)
    return _Table(
        exact={word: list(dict.fromkeys(phrases)) for word, phrases in exact.items()},
        prefix=dict(prefix),
        suffix=dict(suffix),
        infix=(_any_of(infix), dict(infix)),
        unspaced=(
            _anywhere({word: senses & NAMES for word, senses in unspaced.items()}),
            _anywhere({word: senses - NAMES for word, senses in unspaced.items()}),
        ),
    )


def _anywhere(senses: dict[str, set[Sense]]) -> tuple[re.Pattern[str], dict[str, tuple[Sense, ...]]]:
    """Return a pattern that matches the longest of these words, and the senses of each."""
    known = {word: tuple(sorted(each)) for word, each in senses.items() if each}
    return _any_of(known), known


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted(words, key=len, reverse=True))))


def _folded_table() -> dict[int, str]:
    table: dict[int, str] = {}
    for code in (*range(0xC0, 0x250), *range(0x1E00, 0x2000), *range(0x370, 0x400)):
        base = unicodedata.normalize("NFD", chr(code))[0]
        if base != chr(code):
            table[code] = base
    letters = {"ı": "i", "İ": "I", "ł": "l", "Ł": "l", "ø": "o", "Ø": "o", "đ": "d", "Đ": "d", "ß": "s", "æ": "a"}
    letters |= {"Æ": "a", "ё": "е", "Ё": "е", "أ": "ا", "إ": "ا", "آ": "ا", "ى": "ي", "ة": "ه", "ς": "σ"}
    return table | {ord(key): value for key, value in letters.items()}


_FOLDED = _folded_table()
