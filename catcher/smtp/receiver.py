"""The content of one message in transfer, by DATA or by BDAT chunks: its end, its size limit, its storage."""

from pathlib import Path

from catcher.smtp.content import ChunkReader, ContentReader, DotReader
from catcher.smtp.options import MIB
from catcher.smtp.replies import Reply, too_large
from catcher.smtp.spool import Spool

TOLERANCE = 10
"""How many times the size limit of refused content is read before the connection is closed."""


class Receiver:
    """Receives the content of one message. max_octets: 0 is no limit.

    spool: the content so far. is_last: no chunk follows. refusal: the reply that the content will get, b"" while it is
    acceptable. Refused content is read to its end, so that no part of it is taken for commands, but not kept.
    """

    __slots__ = ("_max_octets", "_reader", "_refused_octets", "is_last", "refusal", "spool")

    def __init__(self, *, max_octets: int, block: int, directory: Path | None) -> None:
        self._max_octets = max_octets
        self.spool = Spool(block=block, directory=directory)
        self._reader: ContentReader | None = None
        self._refused_octets = 0
        self.refusal = b""
        self.is_last = True

    @property
    def is_over_tolerance(self) -> bool:
        """Whether so much refused content was read that the connection should be closed."""
        return self._refused_octets > TOLERANCE * max(self._max_octets, MIB)

    def begin_data(self) -> None:
        """Expect the octets after the line end of DATA."""
        self._reader = DotReader()

    def begin_chunk(self, size: int, *, is_last: bool, refusal: bytes = b"") -> None:
        """Expect a chunk. refusal: the reply that refuses this and all later chunks. RFC 3030 §2."""
        self._reader = ChunkReader(size)
        self.is_last = is_last
        self.refusal = self.refusal or refusal
        if self._max_octets and self.spool.octets + size > self._max_octets:
            self._refuse(too_large(self._max_octets))

    def feed(self, octets: bytes) -> int:
        """Add octets; return the position of the first one after the content, -1 before its end."""
        if self._reader is None:
            return 0
        content, rest = self._reader.feed(octets)
        if rest >= 0:
            self._reader = None
        if not self.refusal and self._max_octets and self.spool.octets + len(content) > self._max_octets:
            self._refuse(too_large(self._max_octets))
        if self.refusal:
            self._refused_octets += len(octets)
        else:
            self.spool.add(content)
        return rest

    def write(self) -> None:
        """Write the content in memory to disk; blocks. When that fails, the content is refused with 452."""
        try:
            self.spool.write()
        except OSError:
            self._refuse(Reply.NO_SPACE)

    def discard(self) -> None:
        """Delete the content; blocks shortly when it is on disk."""
        self._reader = None
        self.spool.discard()

    def _refuse(self, refusal: bytes) -> None:
        self.refusal = self.refusal or refusal
        self.spool.discard()
