"""Archives of many messages, zip and mbox, streamed while they are made, so that little of them is in memory."""

import zipfile
from collections.abc import Iterable, Iterator

from catcher.errors import NotFound
from catcher.transfer.mbox import mbox_entry
from catcher.transfer.model import MessageCopy
from catcher.transfer.targets import ZipRecords, zip_entry


def stream_zip(copies: Iterable[MessageCopy]) -> Iterator[bytes]:
    """Yield a zip file like that of `ZipTarget`. A message deleted meanwhile is left out, or cut off where it was."""
    buffer, records = _Buffer(), ZipRecords()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for copy in copies:
            pieces = copy.pieces()
            try:
                first = next(pieces, b"")
            except NotFound:
                continue
            with file.open(zip_entry(copy), "w", force_zip64=True) as entry:
                entry.write(first)
                yield from buffer.take()
                try:
                    for piece in pieces:
                        entry.write(piece)
                        yield from buffer.take()
                except NotFound:
                    pass
            records.add(copy)
            yield from buffer.take()
        records.write(file)
    yield from buffer.take()


def stream_mbox(copies: Iterable[MessageCopy]) -> Iterator[bytes]:
    """Yield an mbox file. A message deleted meanwhile is left out."""
    for copy in copies:
        try:
            content = b"".join(copy.pieces())
        except NotFound:
            continue
        yield mbox_entry(content, reverse_path=copy.reverse_path, received_at=copy.received_at, record=copy.record)


class _Buffer:
    """A write-only file whose contents are taken out while it is written."""

    def __init__(self) -> None:
        self._written: list[bytes] = []

    def write(self, octets: bytes, /) -> int:
        self._written.append(bytes(octets))
        return len(octets)

    def flush(self) -> None: ...

    def close(self) -> None: ...

    def take(self) -> list[bytes]:
        written, self._written = self._written, []
        return written
