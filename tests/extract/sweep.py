"""Random codes in sentences and layouts of every language, to find looks of codes that are missed."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from catcher.extract import extract
from catcher.mime import parse
from tests.extract.fit import key_of
from tests.extract.senders.model import Draft
from tests.extract.senders.scenarios import Teller, phrases, random_code
from tests.extract.senders.styles import STYLES, drawn

ALPHABETS = {
    "digits": ("0123456789", 6),
    "four digits": ("0123456789", 4),
    "capitals and digits": ("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 6),
    "without ambiguous ones": ("BCDFGHJKLMNPQRSTVWXZ23456789", 8),
    "capitals": ("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 6),
    "hexadecimal": ("0123456789abcdef", 8),
    "groups": ("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 8),
    "both cases": ("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 8),
    "words": ("", 0),
}
"""By name: the characters and how many."""

_SENTENCES = ("inline", "use", "subject", "intro", "row", "label")
_LAYOUTS = ("bare paragraphs", "text only", "tables", "divs", "markdown", "serif", "one paragraph")
PLACES = tuple((sentence, layout) for sentence in _SENTENCES for layout in _LAYOUTS)
"""Sentences that name a code, and layouts."""


@dataclass(frozen=True)
class Cell:
    """An alphabet in a sentence of a language in a layout."""

    alphabet: str
    sentence: str
    layout: str
    language: str


def cells() -> Iterator[Cell]:
    """Yield all cells."""
    for language in phrases():
        for sentence, layout in PLACES:
            for alphabet in ALPHABETS:
                yield Cell(alphabet, sentence, layout, language)


def missed(cell: Cell, number: int, *, seed: int = 0) -> list[str]:
    """Return the codes, of so many random ones, that are not the primary code of their mail."""
    chance = random.Random(f"{cell} {seed}")
    return [code for code in (_random(chance, cell.alphabet) for _ in range(number)) if not _is_found(cell, code)]


def _random(chance: random.Random, alphabet: str) -> str:
    characters, size = ALPHABETS[alphabet]
    if not size:
        return random_code(chance, "words")
    code = "".join(chance.choices(characters, k=size))
    return f"{code[:4]}-{code[4:]}" if alphabet == "groups" else code


def _is_found(cell: Cell, code: str) -> bool:
    teller = Teller(cell.language, "sweep")
    draft = Draft(teller.brand)
    draft.add("p", teller.says("hello"))
    match cell.sentence:
        case "subject":
            draft.subject = teller.says("subject", code=code)
        case "intro":
            draft.add("p", teller.says("intro"))
            draft.add("code", code)
        case "row":
            draft.add("row", teller.says("label"), code)
        case "label":
            draft.add("p", f"{teller.says('label')}: {code}.")
        case sentence:
            draft.add("p", teller.says(sentence, code=code))
    draft.add("p", teller.says("valid"))
    octets = drawn(draft, STYLES[cell.layout])
    found = extract(octets, parse(octets)).primary_code
    return found is not None and key_of(found.value) == key_of(code)
