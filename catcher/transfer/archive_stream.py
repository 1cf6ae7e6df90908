"""Many messages as one file that is sent while it is made: nobody can go back in it, and little of it is in memory."""

import zipfile
from collections.abc import Iterable, Iterator

from catcher.errors import NotFound
from catcher.transfer.mbox import mbox_entry
from catcher.transfer.model import Copy
from catcher.transfer.targets import zip_name


def zip_pieces(copies: Iterable[Copy]) -> Iterator[bytes]:
    """A zip file of `<store id>.eml` files. A message that is deleted meanwhile is left out, or ends where it ended."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as file:
        for copy in copies:
            pieces = copy.pieces()
            try:
                first = next(pieces, b"")
            except NotFound:
                continue
            with file.open(zip_name(copy), "w", force_zip64=True) as entry:
                entry.write(first)
                yield from sink.take()
                try:
                    for piece in pieces:
                        entry.write(piece)
                        yield from sink.take()
                except NotFound:
                    pass
            yield from sink.take()
    yield from sink.take()


def mbox_pieces(copies: Iterable[Copy]) -> Iterator[bytes]:
    """An mbox file. A message that is deleted meanwhile is left out."""
    for copy in copies:
        try:
            content = b"".join(copy.pieces())
        except NotFound:
            continue
        yield mbox_entry(content, reverse_path=copy.reverse_path, received_at=copy.received_at)


class _Sink:
    """A file that can only be written to, and gives away what was."""

    def __init__(self) -> None:
        self._written: list[bytes] = []

    def write(self, octets: bytes, /) -> int:
        self._written.append(bytes(octets))
        return len(octets)

    def flush(self) -> None:
        """Nothing waits."""

    def close(self) -> None:
        """Nothing is open."""

    def take(self) -> list[bytes]:
        """What was written since the last time."""
        written, self._written = self._written, []
        return written
