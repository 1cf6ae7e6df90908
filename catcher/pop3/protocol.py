"""The syntax of POP3: command lines to values, responses to octets. RFC 1939 §3, RFC 2449 §8."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_NUMBER = re.compile(r"0*[0-9]{1,9}", re.ASCII)
_HEADER_END = re.compile(rb"\n\r?\n")


class MalformedCommand(ValueError):
    """A command with wrong arguments. The session responds -ERR."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pop3Command:
    """One command line. verb: in upper case. argument: the rest of the line, not stripped."""

    verb: str
    argument: str = ""

    @property
    def words(self) -> list[str]:
        """The argument split at white space."""
        return self.argument.split()


def read_command(line: bytes) -> Pop3Command:
    """Parse a line without its line end. Octets that are not UTF-8 become backslash escapes; never raises."""
    verb, _, argument = line.decode("utf-8", "backslashreplace").partition(" ")
    return Pop3Command(verb=verb.upper(), argument=argument)


def numbers(command: Pop3Command, *, count: int) -> list[int]:
    """Parse the argument as this many non-negative integers. Raises MalformedCommand."""
    words = command.words
    if len(words) != count or not all(_NUMBER.fullmatch(word) for word in words):
        raise MalformedCommand(f"{command.verb} takes {count} whole number{'s' if count > 1 else ''}")
    return [int(word) for word in words]


def expect_no_argument(command: Pop3Command) -> None:
    """Raise MalformedCommand if there is an argument."""
    if command.words:
        raise MalformedCommand(f"{command.verb} takes no argument")


def ok(text: str = "") -> bytes:
    """Return a positive response of one line."""
    return f"+OK {text}".rstrip().encode() + b"\r\n"


def err(text: str, *, code: str = "") -> bytes:
    """Return a negative response. code: a response code of RFC 2449 §8 or RFC 3206, for example "AUTH"."""
    return f"-ERR {f'[{code}] ' if code else ''}{text}\r\n".encode()


def multiline(text: str, items: Iterable[str]) -> bytes:
    """Return a positive multi-line response with its end. No item may begin with a dot."""
    return ok(text) + "".join(f"{item}\r\n" for item in items).encode() + b".\r\n"


class DotStuffer:
    """Encodes a message, piece by piece, as the body of a multi-line response. RFC 1939 §3.

    Dots at the beginning of lines are doubled. A bare LF ends a line here, although it should not: most clients split
    at it, and would take a single dot after it for the end of the message and the rest for responses. Nothing else is
    changed, but a final CRLF is added if it is missing.
    """

    def __init__(self) -> None:
        self._last = b"\r\n"

    def feed(self, piece: bytes) -> bytes:
        """Return the next piece encoded."""
        if not piece:
            return b""
        stuffed = piece.replace(b"\n.", b"\n..")
        if self._last.endswith(b"\n") and piece.startswith(b"."):
            stuffed = b"." + stuffed
        self._last = piece[-2:] if len(piece) > 1 else (self._last + piece)[-2:]
        return stuffed

    def end(self) -> bytes:
        """Return the end of the response."""
        return b".\r\n" if self._last == b"\r\n" else b"\r\n.\r\n"


class Top:
    """Truncates a message, piece by piece, to its header section and `body_lines` lines of the body. RFC 1939 §7.

    Without an empty line the whole message is header section.
    """

    def __init__(self, body_lines: int) -> None:
        self._remaining = body_lines
        self._is_header = True
        self._tail = b"\n"  # an empty line may be the first one

    @property
    def is_done(self) -> bool:
        """Whether all that follows is truncated."""
        return not self._is_header and self._remaining == 0

    def feed(self, piece: bytes) -> bytes:
        """Return the part of the next piece that is not truncated."""
        if not self._is_header:
            return self._body(piece)
        joined = self._tail + piece
        found = _HEADER_END.search(joined)
        if found is None:
            self._tail = joined[-2:]
            return piece
        self._is_header = False
        start = found.end() - len(self._tail)
        return piece[:start] + self._body(piece[start:])

    def _body(self, piece: bytes) -> bytes:
        breaks = piece.count(b"\n") if self._remaining else 0
        if breaks < self._remaining:
            self._remaining -= breaks
            return piece
        end = 0
        for _ in range(self._remaining):
            end = piece.index(b"\n", end) + 1
        self._remaining = 0
        return piece[:end]
