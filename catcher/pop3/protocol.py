"""The language of POP3 without sockets: command lines to values, answers to octets. RFC 1939 §3, RFC 2449 §8."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_NUMBER = re.compile(r"0*[0-9]{1,9}", re.ASCII)
_HEADER_END = re.compile(rb"\n\r?\n")


class Malformed(ValueError):
    """A command without the arguments that it needs. Stays within this room: the session answers -ERR."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command line. verb: in upper case. argument: the rest of the line, blanks at its ends included."""

    verb: str
    argument: str = ""

    @property
    def words(self) -> list[str]:
        """The argument cut at blanks."""
        return self.argument.split()


def read_command(line: bytes) -> Command:
    """A line without its line end as a command. Octets that are not UTF-8 show as backslash sequences; never raises."""
    verb, _, argument = line.decode("utf-8", "backslashreplace").partition(" ")
    return Command(verb=verb.upper(), argument=argument)


def numbers(command: Command, *, least: int, most: int) -> list[int]:
    """The argument as this many whole numbers, none of them negative. Raises Malformed."""
    words = command.words
    if not least <= len(words) <= most or not all(_NUMBER.fullmatch(word) for word in words):
        wanted = str(most) if least == most else f"{least} to {most}"
        raise Malformed(f"{command.verb} takes {wanted} whole number{'s' if most > 1 else ''}")
    return [int(word) for word in words]


def nothing(command: Command) -> None:
    """Raises Malformed when the command has an argument."""
    if command.words:
        raise Malformed(f"{command.verb} takes no argument")


def ok(text: str = "") -> bytes:
    """A positive answer of one line."""
    return f"+OK {text}".rstrip().encode() + b"\r\n"


def err(text: str, *, code: str = "") -> bytes:
    """A negative answer. code: a response code of RFC 2449 §8 or RFC 3206, for example "AUTH"."""
    return f"-ERR {f'[{code}] ' if code else ''}{text}\r\n".encode()


def lines(text: str, items: Iterable[str]) -> bytes:
    """A positive answer of many lines, none of which begins with a dot, and the line that ends it."""
    return ok(text) + "".join(f"{item}\r\n" for item in items).encode() + b".\r\n"


class Stuffing:
    """Makes a message, piece by piece, the body of an answer. RFC 1939 §3.

    A dot is put before every dot that begins a line. A lone LF counts as a line's end here although it is none: most
    clients split at it, and would take a lone dot after it for the end of the message and the rest for answers. No
    other octet is changed; a CRLF is added at the end where the message has none.
    """

    def __init__(self) -> None:
        self._last = b"\r\n"

    def feed(self, piece: bytes) -> bytes:
        """The octets to send for the next piece."""
        if not piece:
            return b""
        stuffed = piece.replace(b"\n.", b"\n..")
        if self._last.endswith(b"\n") and piece.startswith(b"."):
            stuffed = b"." + stuffed
        self._last = piece[-2:] if len(piece) > 1 else (self._last + piece)[-2:]
        return stuffed

    def end(self) -> bytes:
        """The octets that end the answer."""
        return b".\r\n" if self._last == b"\r\n" else b"\r\n.\r\n"


class Top:
    """Cuts a message, piece by piece, after its header section, the empty line and so many lines more. RFC 1939 §7.

    Without an empty line everything is header section.
    """

    def __init__(self, body_lines: int) -> None:
        self._remaining = body_lines
        self._is_header = True
        self._tail = b"\n"  # an empty line may be the first one

    @property
    def is_done(self) -> bool:
        """Whether nothing more will come out."""
        return not self._is_header and self._remaining == 0

    def feed(self, piece: bytes) -> bytes:
        """What of the next piece belongs to the top."""
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
