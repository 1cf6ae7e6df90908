"""A directory for a database that nobody keeps: gone after use, or with the next start when its user was killed."""

import contextlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

if sys.platform != "win32":
    import fcntl

PREFIX = "catcher-"
_LOCK = "in-use"


@contextlib.contextmanager
def ephemeral_directory() -> Iterator[Path]:
    """A fresh directory in the system's place for temporary files, removed at the end of the block.

    A lock on a file in it tells others that it is in use, whatever process ids and name spaces they see. What others
    of this user left behind is removed first; on Windows, where there is no such lock, it stays.
    """
    _sweep(Path(tempfile.gettempdir()))
    directory, lock = _taken()
    try:
        yield directory
    finally:
        os.close(lock)
        shutil.rmtree(directory, ignore_errors=True)


def _taken() -> tuple[Path, int]:
    """A fresh directory and its lock, held.

    Who sweeps at this moment may find the lock before it is held, and take the directory for one that was left: then
    it is gone, and another one is made.
    """
    while True:
        directory = Path(tempfile.mkdtemp(prefix=PREFIX))
        with contextlib.suppress(FileNotFoundError):
            lock = os.open(directory / _LOCK, os.O_CREAT | os.O_RDWR, 0o600)
            if sys.platform == "win32":
                return directory, lock
            fcntl.flock(lock, fcntl.LOCK_EX)
            if (directory / _LOCK).exists():
                return directory, lock
            os.close(lock)


def _sweep(place: Path) -> None:
    """Remove the directories of this user whose lock nobody holds any more."""
    if sys.platform == "win32":
        return
    for left in place.glob(f"{PREFIX}*/{_LOCK}"):
        with contextlib.suppress(OSError):
            if left.parent.stat().st_uid != os.getuid():
                continue
            lock = os.open(left, os.O_RDWR | os.O_NOFOLLOW)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(left.parent, ignore_errors=True)
            finally:
                os.close(lock)
