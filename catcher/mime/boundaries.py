"""Search for the boundary lines of the open multiparts. Source: RFC 2046 §5.1.1."""

from collections.abc import Collection
from dataclasses import dataclass

from catcher.mime.model import Octets

MAX_BOUNDARY = 1_000
"""Significant octets of a boundary; the standard allows 70."""


@dataclass(frozen=True, slots=True)
class BoundaryLine:
    """A boundary line: its start, the start of the next line, the level of its multipart, whether it closes it."""

    start: int
    end: int
    level: int
    is_close: bool


class Boundaries:
    """Delimiters ("--" and the boundary) of the open multiparts; of equal ones the innermost counts.

    A line is a delimiter if only white space follows it; a mere prefix of a line is not.
    """

    def __init__(self, octets: Octets, max_misses: int) -> None:
        self._octets = octets
        self._levels: dict[bytes, list[int]] = {}
        self._needle = b""
        self._misses_left = max_misses

    @property
    def any_open(self) -> bool:
        """Whether a multipart is open."""
        return bool(self._levels)

    @property
    def is_exhausted(self) -> bool:
        """Whether the limit of lines that resemble a boundary without being one is reached."""
        return self._misses_left <= 0

    def open(self, delimiter: bytes, level: int) -> None:
        """Register the delimiter of the multipart at `level`."""
        self._levels.setdefault(delimiter, []).append(level)
        self._renew_needle()

    def close(self, delimiter: bytes, level: int) -> None:
        """Unregister the delimiter of the multipart at `level`, which has ended."""
        levels = self._levels[delimiter]
        levels.remove(level)
        if not levels:
            del self._levels[delimiter]
        self._renew_needle()

    def find(self, start: int, stop: int) -> BoundaryLine | None:
        """Return the first delimiter line that begins between `start` and `stop`, or None.

        start: the start of a line, not of the octets, as a header section stands before any multipart.
        """
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
        feed = self._octets.find(needle, start - 1, stop + len(needle) - 2)
        return feed + 1 if feed >= 0 else -1

    def _match(self, line: bytes) -> tuple[int, bool] | None:
        if levels := self._levels.get(line):
            return levels[-1], False
        if line.endswith(b"--") and (levels := self._levels.get(line[:-2])):
            return levels[-1], True
        return None

    def _renew_needle(self) -> None:
        # The common prefix of all open delimiters: the longer it is, the fewer lines have to be compared.
        self._needle = b"\n" + _common_beginning(self._levels)


def _common_beginning(delimiters: Collection[bytes]) -> bytes:
    first, last = min(delimiters, default=b""), max(delimiters, default=b"")
    length = next((i for i, pair in enumerate(zip(first, last, strict=False)) if pair[0] != pair[1]), len(first))
    return first[:length]
