"""Files of many messages: mbox in its variant "mboxrd" (RFC 4155), and logs of Django's file-based mail backend."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from msgspec.structs import replace

from catcher.transfer.records import FIELD_END, FIELD_NAME, MAX_OCTETS, MessageRecord, read_record, record_field

SEPARATOR = b"-" * 79
"""The line after each message in a log of the file-based backend."""

FROM_LINE = re.compile(rb"From ([^\r\n]*?) +[^\r\n]*?\d{1,2}:\d\d[^\r\n]*? (?:19|20)\d\d[^\r\n]*\r?\n")
"""The line before a message: "From ", the reverse-path and a date. Without a date it is a line of text."""

_FIELD = re.compile(rb"[!-9;-~]+[ \t]*:")
_QUOTED = re.compile(rb">+From ")
_TO_QUOTE = re.compile(rb"^(?=>*From )", re.MULTILINE)
_STRAY = re.compile(rb"(?<!\r)\n|\r(?!\n)")
_PIECE = 1024 * 1024
_RECORD = f"{FIELD_NAME}:".encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class MboxMessage:
    """A message of an mbox file.

    reverse_path: of the "From " line. content: its octets, None if there are too many. record: of the header field that
    `mbox_entry` adds, which is not part of the content.
    """

    reverse_path: str
    content: bytes | None
    record: MessageRecord | None = None


def read_mbox(file: BinaryIO, *, max_octets: int) -> Iterator[MboxMessage]:
    """Yield each message; one with more than `max_octets` has no content.

    Of ">From " at the beginning of a line one ">" is removed. Line ends become CRLF in a message that has LF only,
    unless it has a record, by which the octets become what they were.
    """
    entry: _Entry | None = None
    for piece, is_start, is_after_blank in _lines(file):
        if is_start and is_after_blank and (found := FROM_LINE.match(piece)):
            if entry is not None:
                yield entry.message()
            entry = _Entry(_reverse_path(found[1]), max_octets)
        elif entry is not None:
            entry.add(piece, is_start=is_start)
    if entry is not None:
        yield entry.message()


def read_log(file: BinaryIO, *, max_octets: int) -> Iterator[bytes | None]:
    """Yield the octets of each message in a log, None for one with more than `max_octets`. Line ends become CRLF.

    A line of 79 hyphens ends a message when the file ends after it or a header field follows.
    """
    current, hyphens, has_any = _Collector(max_octets), b"", False
    for piece, is_start, _ in _lines(file):
        if hyphens:
            if _FIELD.match(piece):
                yield _logged(current)
                has_any = False
            else:
                current.add(hyphens)
            hyphens = b""
        if is_start and piece.rstrip(b"\r\n") == SEPARATOR:
            hyphens = piece
        else:
            current.add(piece)
            has_any = has_any or not piece.isspace()
    if has_any or hyphens:
        yield _logged(current)


def mbox_entry(
    content: bytes, *, reverse_path: str, received_at: datetime, record: MessageRecord | None = None
) -> bytes:
    """Return a message as an entry of an mbox file, with its "From " line and the blank line after it.

    Line ends become LF, as mail programs expect, unless the message has a lone CR or LF: those would be confused. With
    a record, a header field on top of the message holds it.
    """
    sender = re.sub(r"\s", "_", reverse_path) or "MAILER-DAEMON"
    is_crlf = not _STRAY.search(content)
    if is_crlf:
        content = content.replace(b"\r\n", b"\n")
    is_open = bool(content) and not content.endswith(b"\n")
    first = f"From {sender} {received_at:%a %b %d %H:%M:%S %Y}\n".encode("utf-8", "replace")
    if record is not None:
        first += record_field(replace(record, file="", is_crlf=is_crlf, is_open=is_open))
    return first + _TO_QUOTE.sub(b">", content) + (b"\n" if is_open else b"") + b"\n"


def with_crlf(content: bytes) -> bytes:
    """Return a message with CRLF for LF if it has no CRLF: text files on Unix are stored with LF."""
    return content if b"\r\n" in content else content.replace(b"\n", b"\r\n")


def _logged(current: "_Collector") -> bytes | None:
    content = current.take()
    return None if content is None else _without_blank(content)


class _Entry:
    """An entry of an mbox file while it is read."""

    def __init__(self, reverse_path: str, max_octets: int) -> None:
        self._reverse_path = reverse_path
        self._content = _Collector(max_octets)
        self._field: list[bytes] = []
        self._is_in_field = True
        self._field_octets = 0

    def add(self, piece: bytes, *, is_start: bool) -> None:
        """Add a line after the "From " line, or a piece of it."""
        if self._is_in_field:
            is_field = piece[:1] in b" \t" or not is_start if self._field else piece.startswith(_RECORD)
            self._field_octets += len(piece)
            is_end = piece.replace(b"\r\n", b"\n") == FIELD_END
            self._is_in_field = is_field and not is_end and self._field_octets <= 2 * MAX_OCTETS
            if is_field:
                self._field.append(piece)
                return
        self._content.add(piece[1:] if is_start and _QUOTED.match(piece) else piece)

    def message(self) -> MboxMessage:
        """Return the message. A field that is no record belongs to it."""
        record = read_record(b"".join(self._field)) if self._field else None
        content = self._content.take()
        if content is not None:
            content = _without_blank(b"".join(self._field) + content) if record is None else _restored(content, record)
        return MboxMessage(reverse_path=self._reverse_path, content=content, record=record)


def _without_blank(content: bytes) -> bytes:
    """Return the octets without the blank line after the message, with CRLF as line ends."""
    for ending, line_end in ((b"\r\n\r\n", b"\r\n"), (b"\n\n", b"\n")):
        if content.endswith(ending):
            content = content.removesuffix(line_end)
            break
    return with_crlf(content)


def _restored(content: bytes, record: MessageRecord) -> bytes:
    """Return the octets that `mbox_entry` was given, also from a file whose line ends another program made CRLF."""
    if record.is_crlf:
        content = content.replace(b"\r\n", b"\n")
    content = content.removesuffix(b"\n")
    if record.is_open:
        content = content.removesuffix(b"\n")
    return content.replace(b"\n", b"\r\n") if record.is_crlf else content


class _Collector:
    """Collects the pieces of one message, up to a number of octets."""

    def __init__(self, max_octets: int) -> None:
        self._max_octets = max_octets
        self._pieces: list[bytes] = []
        self._size = 0

    def add(self, piece: bytes) -> None:
        self._size += len(piece)
        if self._size <= self._max_octets + 2:  # the blank line after the message does not count
            self._pieces.append(piece)
        else:
            self._pieces.clear()

    def take(self) -> bytes | None:
        """Return the octets with the blank line after the message, or None if it is too large, and start the next."""
        pieces, size = self._pieces, self._size
        self._pieces, self._size = [], 0
        if size > self._max_octets + 2:
            return None
        return b"".join(pieces)


def _lines(file: BinaryIO) -> Iterator[tuple[bytes, bool, bool]]:
    """Yield pieces of lines, whether each starts a line, and whether it follows a blank line or nothing."""
    is_start, is_after_blank = True, True
    while piece := file.readline(_PIECE):
        yield piece, is_start, is_after_blank
        is_after_blank = is_start and piece in (b"\n", b"\r\n")
        is_start = piece.endswith(b"\n")


def _reverse_path(octets: bytes) -> str:
    text = octets.decode("utf-8", "replace").strip("<>")
    return "" if text in {"MAILER-DAEMON", "-"} else text if "@" in text and " " not in text else ""
