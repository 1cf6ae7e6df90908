"""Storage for the content of one message in transfer: small content in memory, large content in a file."""

import contextlib
import os
import threading
import time
from pathlib import Path
from typing import BinaryIO

_PREFIX = "catcher-"
_SUFFIX = ".spool"


class Spool:
    """The content so far. `write`, and `finish` if `is_on_disk`, access the disk: call them in a thread.

    block: octets to hold in memory; larger content goes to a file in `directory` (None: the system's). octets: number
    of octets so far.
    """

    __slots__ = (
        "_block",
        "_directory",
        "_file",
        "_held",
        "_is_discarded",
        "_lock",
        "_pieces",
        "is_on_disk",
        "octets",
        "path",
    )

    def __init__(self, *, block: int, directory: Path | None) -> None:
        self._block = block
        self._directory = directory
        self._pieces: list[bytes] = []
        self._held = 0
        self._file: BinaryIO | None = None
        self._is_discarded = False
        self._lock = threading.Lock()  # a connection may end while a thread still writes for it
        self.octets = 0
        self.is_on_disk = False
        self.path: Path | None = None

    def add(self, piece: bytes) -> None:
        """Append octets, in memory."""
        if piece:
            self._pieces.append(piece)
            self._held += len(piece)
            self.octets += len(piece)

    @property
    def is_due(self) -> bool:
        """Whether `write` has to be called before more is added."""
        return self._held >= self._block

    def write(self) -> None:
        """Write the content in memory to the file. Raises OSError, for example on a full disk."""
        with self._lock:
            self._write()

    def finish(self) -> bytes | Path:
        """Return the content, or the file with it. Raises OSError."""
        if self._file is None:
            return self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)
        with self._lock:
            self._write()
            self._file.close()
        return self.path or Path()

    def discard(self) -> None:
        """Delete the content and the file. Safe to call twice, never raises."""
        with self._lock:
            self._is_discarded = True
            self._pieces = []
            self._held = 0
            if self._file is not None:
                self._file.close()
            if self.path is not None:
                with contextlib.suppress(OSError):
                    self.path.unlink(missing_ok=True)
                self.path = None

    def _write(self) -> None:
        if self._is_discarded:
            return
        if self._file is None:
            import tempfile  # late: it loads more modules than all of the dialogue

            handle, name = tempfile.mkstemp(prefix=_PREFIX, suffix=_SUFFIX, dir=self._directory)
            self.path = Path(name)
            self._file = open(handle, "wb", buffering=0)  # noqa: SIM115, PTH123 - closed by finish or discard
            self.is_on_disk = True
        held = memoryview(b"".join(self._pieces))
        while held:
            held = held[self._file.write(held) :]
        self._pieces = []
        self._held = 0


def remove_stale_files(directory: Path | None, *, older_than: float) -> int:
    """Remove files that killed processes left; return their number.

    older_than: seconds since the last write, which protects the files of running catchers in the same directory.
    """
    import tempfile

    removed = 0
    for path in Path(directory or tempfile.gettempdir()).glob(f"{_PREFIX}*{_SUFFIX}"):
        try:
            status = path.lstat()
            if status.st_mtime < time.time() - older_than and status.st_uid == os.getuid():
                path.unlink()
                removed += 1
        except OSError:
            continue
    return removed
