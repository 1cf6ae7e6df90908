"""The octets of a message as rows: pieces compressed separately, so that reading a range touches few of them."""

import sys
import threading
from collections.abc import Iterator
from pathlib import Path

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

PIECE = 1024 * 1024
"""Octets of a piece before compression. Part of the stored format: changing it needs a migration."""

_SMALL = 64 * 1024
_compressors = threading.local()


def compress(data: bytes | memoryview) -> bytes:
    """Return one zstd frame; the level is higher for small data."""
    level = 3 if len(data) <= _SMALL else 1
    kept = _compressors.__dict__
    # Creating a compressor costs more than compressing a small mail, so each thread keeps its own.
    compressor = kept.get(str(level))
    if compressor is None:
        compressor = kept[str(level)] = zstd.ZstdCompressor(level=level)
    return compressor.compress(data, zstd.ZstdCompressor.FLUSH_FRAME)


def decompress(frame: bytes) -> bytes:
    """Return the data of a frame. Raises zstd.ZstdError when it is damaged."""
    return zstd.decompress(frame)


def pieces(content: bytes | Path) -> Iterator[tuple[bool, bytes]]:
    """Yield (is_compressed, data) for each piece; a file is read piece by piece. Raises OSError."""
    if isinstance(content, Path):
        with content.open("rb") as file:
            while piece := file.read(PIECE):
                yield _piece(piece)
    elif len(content) <= PIECE:
        if content:
            yield _piece(content)
    else:
        view = memoryview(content)
        for start in range(0, len(view), PIECE):
            yield _piece(bytes(view[start : start + PIECE]))


def restore(data: bytes, *, is_compressed: bool) -> bytes:
    """Return the octets of a piece as received."""
    return decompress(data) if is_compressed else data


def _piece(piece: bytes) -> tuple[bool, bytes]:
    frame = compress(piece)
    return (True, frame) if len(frame) < len(piece) else (False, piece)
