"""Normalised lines of text with their places and emphasis."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

from catcher.extract.model import MatchPlace, MatchSource

MAX_TEXT = 300_000
"""Characters of a plain text that are read."""
MAX_LINE = 1_000
"""Characters of a line; longer lines are split."""
MAX_LINES = 5_000
"""Lines of a part that are read."""

_BREAK = re.compile(r"\r\n?|\n")
_RULE = re.compile(r"\s*(?:--|[-_=*~─—]{3,})\s*\Z")


@dataclass(frozen=True, slots=True)
class Run:
    """The part of a line that belongs to one element. strength: emphasis by its style, 0 to 2."""

    start: int
    end: int
    element: int
    strength: float


@dataclass(slots=True)
class Line:
    """One line of text, or one block of HTML. text: normalised, see `normal`.

    runs: of HTML, in order. anchors: start, end and number of each link in it. is_quiet: small print or hidden.
    """

    text: str
    place: MatchPlace
    runs: list[Run] = field(default_factory=list)
    anchors: list[tuple[int, int, int]] = field(default_factory=list)
    is_quiet: bool = False


def normal(text: str) -> str:
    """Return the text normalised: NFC, ASCII digits, letters, spaces and dashes, no zero-width characters.

    Line breaks are kept.
    """
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", text).translate(_NORMAL)


def lines_of_text(text: str, part_id: str) -> tuple[list[Line], bool]:
    """Return the lines of a plain text without empty ones, and whether a limit was reached."""
    lines: list[Line] = []
    is_cut = len(text) > MAX_TEXT
    for number, line in enumerate(_BREAK.split(normal(text[:MAX_TEXT])), 1):
        place = MatchPlace(source=MatchSource.TEXT, part_id=part_id, line=number)
        for piece in _pieces(line):
            if len(lines) >= MAX_LINES:
                return lines, True
            lines.append(Line(piece, place))
    return lines, is_cut


def _pieces(line: str) -> Iterator[str]:
    plain = line.strip()
    if not plain or _RULE.match(plain):
        return
    for start in range(0, len(plain), MAX_LINE):
        yield plain[start : start + MAX_LINE]


def _normal_table() -> dict[int, str]:
    table: dict[int, str] = {}
    for code in range(0x80, 0x1FBFA):
        character = chr(code)
        category = unicodedata.category(character)
        if category == "Nd":
            table[code] = str(unicodedata.digit(character))
        elif category == "Zs":
            table[code] = " "
        elif category == "Cf":
            table[code] = ""
        elif category == "Pd":
            table[code] = "-"
    for code in range(0xFF01, 0xFF5F):
        # a full-width comma or colon is no part of a number
        if (plain := chr(code - 0xFEE0)).isalnum() or plain in "%#@/+":
            table[code] = plain
    table[0x2212] = "-"
    return table


_NORMAL = _normal_table()
