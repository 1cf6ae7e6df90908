"""Keeps a dialogue for people to read: bounded, cheap, without secrets and without content."""

MAX_OCTETS = 16_384
"""How much is kept of a connection's whole dialogue, and again of one transaction's."""

MAX_LINE = 1_000


class Transcript:
    """What was said on one connection. A message is shown with the opening, all before the first MAIL, and the lines
    since the message before it.
    """

    __slots__ = ("_left_out", "_lines", "_opening", "_room", "_told", "_told_room")

    def __init__(self) -> None:
        self._opening: bytes | None = None
        self._lines: list[bytes] = []
        self._room = MAX_OCTETS
        self._left_out = 0
        self._told: list[bytes] = []
        self._told_room = MAX_OCTETS

    def client(self, line: bytes) -> None:
        """Note a command, without its line end. The caller has masked what is secret."""
        if self._room > 0:
            self._room -= len(line) + 4
            self._lines.append(b"C: " + (line if len(line) <= MAX_LINE else line[:MAX_LINE] + b" ...") + b"\n")
        else:
            self._left_out += 1

    def server(self, reply: bytes) -> None:
        """Note a reply, as it goes on the wire."""
        if self._room > 0:
            self._room -= len(reply) + 4
            self._lines.append(b"S: " + reply)
        else:
            self._left_out += 1

    def mark_opening(self) -> None:
        """The line noted last is the first MAIL: what stands before it goes with every message."""
        if self._opening is None:
            self._opening = b"".join(self._lines[:-1])
            self._lines = self._lines[-1:]

    def transaction(self) -> str:
        """The dialogue of the message at hand, so far."""
        return _readable((self._opening or b"", *self._lines, *self._omission()))

    def end_transaction(self) -> None:
        """What is noted from now on belongs to the next message."""
        if self._told_room > 0:
            self._told += [*self._lines, *self._omission()]
            self._told_room -= MAX_OCTETS - self._room
            if self._told_room <= 0:
                self._told.append(b"... (what followed is not kept)\n")
        self._lines = []
        self._room = MAX_OCTETS
        self._left_out = 0

    def whole(self) -> str:
        """The dialogue of the whole connection."""
        rest = (*self._lines, *self._omission()) if self._told_room > 0 else ()
        return _readable((self._opening or b"", *self._told, *rest))

    def _omission(self) -> tuple[bytes, ...]:
        return (b"... (%d lines left out)\n" % self._left_out,) if self._left_out else ()


def _readable(said: tuple[bytes, ...]) -> str:
    return b"".join(said).decode("utf-8", "backslashreplace").replace("\r\n", "\n")
