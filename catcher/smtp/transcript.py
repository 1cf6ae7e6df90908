"""Readable transcripts of dialogues, bounded in size, without secrets and content."""

MAX_OCTETS = 16_384
"""Size limit of a connection's transcript, and of one transaction's."""

MAX_LINE = 1_000


class Transcript:
    """The transcript of one connection.

    The transcript of a transaction consists of the opening, which is everything before the first MAIL, and the lines
    since the previous transaction.
    """

    __slots__ = ("_lines", "_omitted", "_opening", "_past", "_past_room", "_room")

    def __init__(self) -> None:
        self._opening: bytes | None = None
        self._lines: list[bytes] = []
        self._room = MAX_OCTETS
        self._omitted = 0
        self._past: list[bytes] = []
        self._past_room = MAX_OCTETS

    def client(self, line: bytes) -> None:
        """Add a command, without its line end; the caller has masked secrets."""
        if self._room > 0:
            self._room -= len(line) + 4
            self._lines.append(b"C: " + (line if len(line) <= MAX_LINE else line[:MAX_LINE] + b" ...") + b"\n")
        else:
            self._omitted += 1

    def server(self, reply: bytes) -> None:
        """Add a reply, with its line end."""
        if self._room > 0:
            self._room -= len(reply) + 4
            self._lines.append(b"S: " + reply)
        else:
            self._omitted += 1

    def mark_opening(self) -> None:
        """Mark the last line as the first MAIL; later calls do nothing."""
        if self._opening is None:
            self._opening = b"".join(self._lines[:-1])
            self._lines = self._lines[-1:]

    def transaction(self) -> str:
        """Return the transcript of the current transaction."""
        return _decode((self._opening or b"", *self._lines, *self._omission()))

    def end_transaction(self) -> None:
        """Begin the next transaction."""
        if self._past_room > 0:
            self._past += [*self._lines, *self._omission()]
            self._past_room -= MAX_OCTETS - self._room
            if self._past_room <= 0:
                self._past.append(b"... (what followed is not kept)\n")
        self._lines = []
        self._room = MAX_OCTETS
        self._omitted = 0

    def whole(self) -> str:
        """Return the transcript of the connection."""
        rest = (*self._lines, *self._omission()) if self._past_room > 0 else ()
        return _decode((self._opening or b"", *self._past, *rest))

    def _omission(self) -> tuple[bytes, ...]:
        return (b"... (%d lines left out)\n" % self._omitted,) if self._omitted else ()


def _decode(lines: tuple[bytes, ...]) -> str:
    return b"".join(lines).decode("utf-8", "backslashreplace").replace("\r\n", "\n")
