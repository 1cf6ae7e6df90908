"""Files of many messages: mbox in its variant "mboxrd" (RFC 4155), and logs of Django's file-based mail backend."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import BinaryIO

SEPARATOR = b"-" * 79
"""The line after each message in a log of the file-based backend."""

FROM_LINE = re.compile(rb"From ([^\r\n]*?) +[^\r\n]*?\d{1,2}:\d\d[^\r\n]*? (?:19|20)\d\d[^\r\n]*\r?\n")
"""The line before a message: "From ", the reverse-path and a date. Without a date it is a line of text."""

_FIELD = re.compile(rb"[!-9;-~]+[ \t]*:")
_QUOTED = re.compile(rb">+From ")
_TO_QUOTE = re.compile(rb"^(?=>*From )", re.MULTILINE)
_STRAY = re.compile(rb"(?<!\r)\n|\r(?!\n)")
_PIECE = 1024 * 1024


def read_mbox(file: BinaryIO, *, max_octets: int) -> Iterator[tuple[str, bytes | None]]:
    """Yield the reverse-path and the octets of each message; None for the octets of one with more than `max_octets`.

    Of ">From " at the beginning of a line one ">" is removed. Line ends become CRLF in a message that has LF only.
    """
    current = _Collector(max_octets)
    reverse_path: str | None = None
    for piece, is_start, is_after_blank in _lines(file):
        if is_start and is_after_blank and (found := FROM_LINE.match(piece)):
            if reverse_path is not None:
                yield reverse_path, current.take()
            reverse_path = _reverse_path(found[1])
        elif reverse_path is not None:
            current.add(piece[1:] if is_start and _QUOTED.match(piece) else piece)
    if reverse_path is not None:
        yield reverse_path, current.take()


def read_log(file: BinaryIO, *, max_octets: int) -> Iterator[bytes | None]:
    """Yield the octets of each message in a log, None for one with more than `max_octets`. Line ends become CRLF.

    A line of 79 hyphens ends a message when the file ends after it or a header field follows.
    """
    current, hyphens, has_any = _Collector(max_octets), b"", False
    for piece, is_start, _ in _lines(file):
        if hyphens:
            if _FIELD.match(piece):
                yield current.take()
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
        yield current.take()


def mbox_entry(content: bytes, *, reverse_path: str, received_at: datetime) -> bytes:
    """Return a message as an entry of an mbox file, with its "From " line and the blank line after it.

    Line ends become LF, as mail programs expect, unless the message has a lone CR or LF: those would be confused.
    """
    sender = re.sub(r"\s", "_", reverse_path) or "MAILER-DAEMON"
    if not _STRAY.search(content):
        content = content.replace(b"\r\n", b"\n")
    ending = b"" if content.endswith(b"\n") or not content else b"\n"
    first = f"From {sender} {received_at:%a %b %d %H:%M:%S %Y}\n".encode("utf-8", "replace")
    return first + _TO_QUOTE.sub(b">", content) + ending + b"\n"


def with_crlf(content: bytes) -> bytes:
    """Return a message with CRLF for LF if it has no CRLF: text files on Unix are stored with LF."""
    return content if b"\r\n" in content else content.replace(b"\n", b"\r\n")


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
        """Return the message without the blank line after it, or None if it is too large, and start the next one."""
        pieces, size = self._pieces, self._size
        self._pieces, self._size = [], 0
        if size > self._max_octets + 2:
            return None
        content = b"".join(pieces)
        for ending, line_end in ((b"\r\n\r\n", b"\r\n"), (b"\n\n", b"\n")):
            if content.endswith(ending):
                content = content.removesuffix(line_end)
                break
        return with_crlf(content)


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
