"""The boundaries of the multiparts that are open, and the next line that is one of them. Source: RFC 2046 §5.1.1."""

from collections.abc import Collection
from dataclasses import dataclass

from catcher.mime.model import Octets

MAX_BOUNDARY = 1_000
"""Octets of a boundary that count; the standard allows 70."""


@dataclass(frozen=True, slots=True)
class BoundaryLine:
    """A line that delimits: where it begins and where the next line does, whose it is, whether it closes."""

    start: int
    end: int
    level: int
    is_close: bool


class Boundaries:
    """Open delimiters ("--" and the boundary) by the level of their multipart; of equal ones the innermost counts.

    A line is a delimiter when nothing but white space follows it; a boundary that only begins like another is none.
    """

    def __init__(self, octets: Octets, max_misses: int) -> None:
        self._octets = octets
        self._levels: dict[bytes, list[int]] = {}
        self._needle = b""
        self._misses_left = max_misses

    @property
    def any_open(self) -> bool:
        """Whether there is anything to look for."""
        return bool(self._levels)

    @property
    def is_exhausted(self) -> bool:
        """Whether so many lines looked like a boundary without being one that the search was given up."""
        return self._misses_left <= 0

    def open(self, delimiter: bytes, level: int) -> None:
        """From now on `delimiter` belongs to the multipart at `level`."""
        self._levels.setdefault(delimiter, []).append(level)
        self._renew_needle()

    def close(self, delimiter: bytes, level: int) -> None:
        """The multipart at `level` has ended; its delimiter is a line like others again."""
        levels = self._levels[delimiter]
        levels.remove(level)
        if not levels:
            del self._levels[delimiter]
        self._renew_needle()

    def find(self, start: int, stop: int) -> BoundaryLine | None:
        """The first delimiter line that begins in `start` (begin of a line) to `stop`; None when there is none."""
        while self._levels and not self.is_exhausted:
            at = self._begin_of_candidate(start, stop)
            if at < 0:
                return None
            start = self._octets.find(b"\n", at) + 1 or len(self._octets)
            if start - at <= 4 * MAX_BOUNDARY and (found := self._match(self._octets[at:start].rstrip())):
                return BoundaryLine(at, start, *found)
            self._misses_left -= 1
        return None

    def _begin_of_candidate(self, start: int, stop: int) -> int:
        needle = self._needle
        if start == 0:
            if self._octets[: len(needle) - 1] == needle[1:]:
                return 0
            start = 1
        feed = self._octets.find(needle, start - 1, stop + len(needle) - 2)
        return feed + 1 if feed >= 0 else -1

    def _match(self, line: bytes) -> tuple[int, bool] | None:
        if levels := self._levels.get(line):
            return levels[-1], False
        if line.endswith(b"--") and (levels := self._levels.get(line[:-2])):
            return levels[-1], True
        return None

    def _renew_needle(self) -> None:
        # what all open delimiters begin with: the longer, the fewer lines have to be looked at
        self._needle = b"\n" + _common_beginning(self._levels)


def _common_beginning(delimiters: Collection[bytes]) -> bytes:
    first, last = min(delimiters, default=b""), max(delimiters, default=b"")
    length = next((i for i, pair in enumerate(zip(first, last, strict=False)) if pair[0] != pair[1]), len(first))
    return first[:length]
