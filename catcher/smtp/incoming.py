"""The content of one message on its way in, by DATA or in BDAT chunks: its end, its limit, its place."""

from pathlib import Path

from catcher.smtp.content import ChunkReader, ContentReader, DotReader
from catcher.smtp.options import MIB
from catcher.smtp.replies import Reply, too_large
from catcher.smtp.spool import Collector

MAX_SWALLOWED = 10
"""How many times the size limit a client may send of content that is refused, before it is not listened to any more."""


class Receiver:
    """Receives the content of one message.

    max_octets: 0 is no limit. refusal: the reply that the content will get, b"" while all is well; what is refused is
    still read to its end, so that nothing of it is taken for commands, but it is not kept.
    """

    __slots__ = ("_collector", "_max_octets", "_reader", "_swallowed", "is_last", "refusal")

    def __init__(self, *, max_octets: int, block: int, directory: Path | None) -> None:
        self._max_octets = max_octets
        self._collector = Collector(block=block, directory=directory)
        self._reader: ContentReader | None = None
        self._swallowed = 0
        self.refusal = b""
        self.is_last = True

    @property
    def is_reading(self) -> bool:
        """Whether the next octets are content."""
        return self._reader is not None

    @property
    def octets(self) -> int:
        """How many octets of content were kept so far."""
        return self._collector.octets

    @property
    def is_due(self) -> bool:
        """Whether `write` should be called before more is fed."""
        return self._collector.is_due

    @property
    def is_on_disk(self) -> bool:
        """Whether `finish` has to touch the disk."""
        return self._collector.is_on_disk

    @property
    def is_beyond_patience(self) -> bool:
        """Whether so much refused content came that the connection should be closed."""
        return self._swallowed > MAX_SWALLOWED * max(self._max_octets, MIB)

    def begin_data(self) -> None:
        """The next octets are those after the line end of DATA."""
        self._reader = DotReader()

    def begin_chunk(self, size: int, *, is_last: bool, refusal: bytes = b"") -> None:
        """The next `size` octets are a chunk. refusal: why it, and each after it, is not wanted. RFC 3030 §2."""
        self._reader = ChunkReader(size)
        self.is_last = is_last
        self.refusal = self.refusal or refusal
        if self._max_octets and self.octets + size > self._max_octets:
            self._refuse(too_large(self._max_octets))

    def feed(self, octets: bytes) -> int:
        """Take content; returns the place of the first octet after it, -1 while it goes on."""
        if self._reader is None:
            return 0
        content, rest = self._reader.feed(octets)
        if rest >= 0:
            self._reader = None
        if not self.refusal and self._max_octets and self.octets + len(content) > self._max_octets:
            self._refuse(too_large(self._max_octets))
        if self.refusal:
            self._swallowed += len(octets)
        else:
            self._collector.add(content)
        return rest

    def write(self) -> None:
        """Move what is held in memory to the disk; blocks. A disk that is full refuses the content, with 452."""
        try:
            self._collector.write()
        except OSError:
            self._refuse(Reply.NO_SPACE)

    def finish(self) -> bytes | Path:
        """The content, octets or a file; blocks when `is_on_disk`. Raises OSError."""
        return self._collector.finish()

    def discard(self) -> None:
        """Forget the content; blocks for a moment when `is_on_disk`."""
        self._reader = None
        self._collector.discard()

    def _refuse(self, refusal: bytes) -> None:
        self.refusal = self.refusal or refusal
        self._collector.discard()
