"""Normalised lines of text with their places and emphasis."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

from catcher.extract.model import MatchPlace, MatchSource
from catcher.mime.text.urls import urls_in_text

MAX_TEXT = 300_000
"""Characters of a plain text that are read."""
MAX_LINE = 1_000
"""Characters of a line; longer lines are split."""
MAX_LINES = 5_000
"""Lines of a part that are read."""

_BREAK = re.compile(r"\r\n?|\n")
_RULE = re.compile(r"\s*(?:--|[-_=*~─—]{3,})\s*")


@dataclass(frozen=True, slots=True)
class Run:
    """The part of a line that belongs to one element. strength: emphasis by its style, 0 to 2."""

    start: int
    end: int
    element: int
    strength: float
    is_hidden: bool = False


@dataclass(slots=True)
class Line:
    """One line of text, or one block of HTML. text: normalised, see `normal`.

    runs: of HTML, in order. anchors: start, end and number of each link in it. urls: start, end and address of each
    written address that is no link. is_quiet: small print or hidden.
    """

    text: str
    place: MatchPlace
    runs: list[Run] = field(default_factory=list)
    anchors: list[tuple[int, int, int]] = field(default_factory=list)
    urls: list[tuple[int, int, str]] = field(default_factory=list)
    is_quiet: bool = False


def normal(text: str) -> str:
    """Return the text normalised: NFC, ASCII digits, letters, spaces and dashes, no zero-width characters.

    Line breaks are kept.
    """
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", text).translate(_NORMAL)


def lines_of_text(text: str, part_id: str) -> tuple[list[Line], bool]:
    """Return the lines of a plain text without empty ones, and whether a limit was reached.

    An address that is broken into lines is in the line in which it begins.
    """
    lines: list[Line] = []
    is_cut = len(text) > MAX_TEXT
    text = text[:MAX_TEXT]
    number, start = 1, 0
    urls: list[tuple[int, int, str]] = []
    breaks = 1
    found = urls_in_text(text)
    ahead = next(found, None)
    for end, after in _ends(text):
        while ahead is not None and ahead[0] < end:
            urls.append(ahead)
            ahead = next(found, None)
        if urls and urls[-1][1] > end:
            breaks += 1  # this one is inside an address
            continue
        place = MatchPlace(source=MatchSource.TEXT, part_id=part_id, line=number)
        for line in _pieces(text, start, end, urls, place):
            if len(lines) >= MAX_LINES:
                return lines, True
            lines.append(line)
        number += breaks
        start, breaks, urls = after, 1, []
    return lines, is_cut


def _ends(text: str) -> Iterator[tuple[int, int]]:
    """Yield end of each line and start of the next."""
    for found in _BREAK.finditer(text):
        yield found.span()
    yield len(text), len(text)


def _pieces(text: str, start: int, end: int, urls: list[tuple[int, int, str]], place: MatchPlace) -> Iterator[Line]:
    """Yield the lines, mostly one, of the text from `start` to `end`; no address is split."""
    if not urls and (end - start < 3 or _RULE.fullmatch(text, start, end)) and not text[start:end].strip().isalnum():
        return
    while start < end:
        stop = min(end, start + MAX_LINE)
        inside = []
        while urls and urls[0][0] < stop:
            inside.append(urls.pop(0))
            stop = max(stop, inside[-1][1])
        if line := _line(text, start, stop, inside, place):
            yield line
        start = stop


def _line(text: str, start: int, end: int, urls: list[tuple[int, int, str]], place: MatchPlace) -> Line | None:
    pieces: list[str] = []
    found: list[tuple[int, int, str]] = []
    size = 0
    for url_start, url_end, url in urls:
        before = normal(text[start:url_start])
        before = before if pieces else before.lstrip()
        size += len(before)
        found.append((size, size + len(url), url))
        size += len(url)
        pieces += (before, url)
        start = url_end
    rest = normal(text[start:end]).rstrip()
    pieces.append(rest if pieces else rest.lstrip())
    joined = "".join(pieces)
    return Line(joined, place, urls=found) if joined else None


def add_urls(line: Line, raw: str) -> None:
    """Add the addresses that are written in a line of HTML and are no links. raw: its text before it was normalised."""
    position = 0
    for raw_start, raw_end, url in urls_in_text(raw):
        start = line.text.find(plain := " ".join(normal(raw[raw_start:raw_end]).split()), position)
        if start < 0:
            continue
        position = start + len(plain)
        if not any(first < position and start < last for first, last, _ in line.anchors):
            line.urls.append((start, position, url))


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
