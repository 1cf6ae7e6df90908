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
from itertools import pairwise
from pathlib import Path

MAX_WORD = 40
"""Characters of a word; longer ones are ignored."""

MAX_ENDING = 6
"""Letters of an ending of a word for codes; a longer one makes another word of it."""
MAX_ACCENTED = 4
"""Letters of a word up to which its accents count; without them it is a word of other languages."""

_WORD = re.compile(r"[^\W_]+")
_UNSPACED = re.compile("[\u0900-\u0dff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


class Sense(StrEnum):
    """Meaning of a cue word. The names are the keys in words.toml.

    SURE labels a one-time code, CODE a possible one; COUPON, GIFT_CARD, BACKUP and MEETING label codes that are not
    typed to get in now, OTHER another kind of number; UNIT follows a count. SIGN occurs near codes, CANCELLED near a
    code that another one replaced. NOT_ME is in links for recipients who did not ask for the mail. The others are
    purposes.
    """

    SURE = "sure"
    CODE = "code"
    COUPON = "coupon"
    GIFT_CARD = "gift_card"
    BACKUP = "backup"
    MEETING = "meeting"
    OTHER = "other"
    UNIT = "unit"
    ENTER = "enter"
    SIGN = "sign"
    CANCELLED = "cancelled"
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


SPECIAL = frozenset({Sense.COUPON, Sense.GIFT_CARD, Sense.BACKUP, Sense.MEETING})
"""Senses that label codes for other occasions."""
_FOR_NOW = frozenset({Sense.SURE, Sense.CODE})

NAMES = SPECIAL | {Sense.SURE, Sense.CODE, Sense.OTHER, Sense.UNIT}
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
    """One entry of the file.

    words: folded. is_exact: it has no wildcard. accented: a short word that counts only with its accents, "" for
    others: "mã" is not "ma".
    """

    words: tuple[str, ...]
    sense: Sense
    is_exact: bool
    accented: str = ""


@dataclass(frozen=True, slots=True)
class _Table:
    exact: dict[str, list[_Phrase]]
    prefix: dict[str, list[_Phrase]]
    suffix: dict[str, list[_Phrase]]
    infix: tuple[re.Pattern[str], dict[str, list[_Phrase]]]
    unspaced: tuple[tuple[re.Pattern[str], dict[str, tuple[Sense, ...]]], ...]


@lru_cache(maxsize=4_000)
def cues(text: str) -> tuple[Cue, ...]:
    """Return the cues in a line, in order; of overlapping ones the longest, of equal ones all.

    Labels of numbers and purposes are matched independently of each other.
    """
    plain = folded(text)
    words = [(m.start(), m.end(), m[0]) for m in _WORD.finditer(plain)]
    found: list[Cue] = []
    for index, (start, end, word) in enumerate(words):
        if len(word) > MAX_WORD:
            continue
        alone, longer = _starting(word)
        found += [
            Cue(start, end, phrase.sense, phrase.is_exact)
            for phrase in alone
            if not phrase.accented or text[start:end].lower() == phrase.accented
        ]
        if longer and index + 1 < len(words):
            following = words[index + 1][2]
            found += [
                Cue(start, last, phrase.sense, phrase.is_exact)
                for phrase in (*longer.get(following, ()), *longer.get("", ()))
                if (last := _end_of(phrase, words, index))
            ]
    if not plain.isascii() and _UNSPACED.search(plain):
        for pattern, senses in _table().unspaced:
            for match in pattern.finditer(plain):
                found.extend(Cue(match.start(), match.end(), sense) for sense in senses[match[0]])
    return _compounds(plain, _longest(found))


def folded(text: str) -> str:
    """Return the text in lower case without accents, character for character."""
    if text.isascii():
        return text.lower()
    return text.translate(_FOLDED).lower()


def _end_of(phrase: _Phrase, words: list[tuple[int, int, str]], index: int) -> int:
    """Return the end of a phrase whose first word is at `index`; 0 when it does not match."""
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
def _starting(word: str) -> tuple[tuple[_Phrase, ...], dict[str, list[_Phrase]]]:
    """Return the entries that are this word, and those that begin with it, by their next word or "" for a wildcard."""
    table = _table()
    found = list(table.exact.get(word, ()))
    for length in range(2, len(word) + 1):
        is_long = len(word) - length > MAX_ENDING  # a compound of the word, such as "Kodfrysning"
        found.extend(
            each for each in table.prefix.get(word[:length], ()) if not is_long or each.sense is not Sense.CODE
        )
        found.extend(table.suffix.get(word[-length:], ()))
    pattern, phrases = table.infix
    for match in pattern.finditer(word):
        found.extend(phrases[match[0]])
    longer: dict[str, list[_Phrase]] = defaultdict(list)
    for phrase in found:
        if len(phrase.words) > 1:
            following = phrase.words[1]
            longer["" if "*" in following else following].append(phrase)
    return tuple(phrase for phrase in found if len(phrase.words) == 1), dict(longer)


def _longest(found: list[Cue]) -> tuple[Cue, ...]:
    """Drop cues that overlap a longer one, or an exact one of the same words: "postcode" is no "*code".

    Of equal ones, a code for another occasion, or another number, is none to type now.
    """
    if len(found) < 2:
        return tuple(found)
    kept: list[Cue] = []
    for cue in sorted(found, key=lambda c: (c.start - c.end, not c.is_exact, c.sense in _FOR_NOW)):
        is_name = cue.sense in NAMES
        if not any(_yields_to(cue, other) for other in kept if (other.sense in NAMES) == is_name):
            kept.append(cue)
    return tuple(sorted(set(kept), key=lambda c: (c.start, c.sense)))


_BETWEEN = re.compile(r"[ -]?|-| d[eiou] | del | da | d['’]| of ")


def _compounds(plain: str, found: tuple[Cue, ...]) -> tuple[Cue, ...]:
    """Make a word for codes another number when a name of one is joined to it: "customer code", "código de cliente"."""
    names = [cue for cue in found if cue.sense in (Sense.CODE, Sense.OTHER)]
    joined = {}
    for one, other in pairwise(names):
        if one.sense is not other.sense and _BETWEEN.fullmatch(plain, one.end, other.start):
            joined[one] = joined[other] = Cue(one.start, other.end, Sense.OTHER)
    return tuple(dict.fromkeys(joined.get(cue, cue) for cue in found)) if joined else found


def _yields_to(cue: Cue, other: Cue) -> bool:
    if (cue.start, cue.end) == (other.start, other.end):
        if other.is_exact and not cue.is_exact:
            return True
        return (other.sense in SPECIAL or (other.sense is Sense.OTHER and not cue.is_exact)) and cue.sense in _FOR_NOW
    return cue.start < other.end and other.start < cue.end


_IS = "is"


@cache
def _languages() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))


@cache
def copulas() -> frozenset[str]:
    """Return the words that may be between a label and its number ("is"), folded."""
    return frozenset(folded(word) for groups in _languages().values() for word in groups.get(_IS, ()))


@cache
def unspaced_copulas() -> tuple[str, ...]:
    """Return those of scripts without spaces between words."""
    return tuple(word for word in copulas() if _UNSPACED.search(word))


@cache
def _table() -> _Table:
    """Return the words of all languages in one table; the file lists them by language for its readers only."""
    exact: dict[str, list[_Phrase]] = defaultdict(list)
    prefix: dict[str, list[_Phrase]] = defaultdict(list)
    suffix: dict[str, list[_Phrase]] = defaultdict(list)
    infix: dict[str, list[_Phrase]] = defaultdict(list)
    unspaced: dict[str, set[Sense]] = defaultdict(set)
    for groups in _languages().values():
        for name, entries in groups.items():
            for entry in entries if name != _IS else ():
                plain, sense = folded(entry), Sense(name)
                if _UNSPACED.search(plain):
                    unspaced[plain].add(sense)
                    continue
                is_short = len(entry) <= MAX_ACCENTED and entry.isalpha() and plain != entry and plain.isascii()
                phrase = _Phrase(
                    tuple(plain.replace("-", " ").split()), sense, "*" not in plain, entry if is_short else ""
                )
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
