"""Readers that find the end of content in a stream of octets, split anywhere."""

from typing import Protocol

TERMINATOR = b"\r\n.\r\n"


class ContentReader(Protocol):
    """A reader of the content of DATA or of a BDAT chunk."""

    def feed(self, octets: bytes) -> tuple[bytes, int]:
        """Return the content in these octets and the position of the first octet after it, -1 before its end."""


class DotReader:
    """The content of DATA: ends at CRLF.CRLF only; the leading dot of a line is removed.

    Bare LF, bare CR and NUL are content like any other octet, against SMTP smuggling.
    Source: RFC 5321 §4.1.1.4, §4.5.2, §2.3.8.
    """

    __slots__ = ("_carry", "_is_begun")

    def __init__(self) -> None:
        # The line end of the DATA command is the first of CRLF.CRLF; it is removed from the content again.
        self._carry = b"\r\n"
        self._is_begun = False

    def feed(self, octets: bytes) -> tuple[bytes, int]:
        """See `ContentReader`. Octets that may begin the terminator are held back until the next ones are known."""
        window = self._carry + octets if self._carry else octets
        is_end = window.endswith(TERMINATOR)
        kept = len(window) - (3 if is_end else _held_back(window))
        # One search in the usual case; CPython searches backwards twice as fast as forwards.
        if window.rfind(b"\r\n.", 0, kept) < 0:
            content, rest = window[:kept], len(octets) if is_end else -1
        else:
            end = window.find(TERMINATOR)
            is_end = end >= 0
            kept = end + 2 if is_end else kept
            content = window[:kept].replace(b"\r\n.", b"\r\n")
            rest = end + len(TERMINATOR) - len(self._carry) if is_end else -1
        self._carry = b"" if is_end else window[kept:]
        if content and not self._is_begun:
            self._is_begun = True
            content = content[2:]
        return content, rest


class ChunkReader:
    """The content of one BDAT chunk: a given number of octets. Source: RFC 3030 §2."""

    __slots__ = ("_left",)

    def __init__(self, size: int) -> None:
        self._left = size

    def feed(self, octets: bytes) -> tuple[bytes, int]:
        """See `ContentReader`; an empty chunk ends with feed(b"")."""
        if len(octets) >= self._left:
            content, rest = octets[: self._left], self._left
            self._left = 0
            return content, rest
        self._left -= len(octets)
        return octets, -1


def _held_back(window: bytes) -> int:
    """Return how many octets at the end of the window may begin CRLF.CRLF: 0 to 4."""
    if window[-1:] in b"\r\n.":
        for length in (4, 3, 2, 1):
            if window.endswith(TERMINATOR[:length]):
                return length
    return 0
