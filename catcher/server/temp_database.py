"""A directory for an ephemeral database: deleted after use, or at the next start if its process was killed."""

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
    """Yield a new directory among the system's temporary files, removed at the end of the block.

    A locked file in it marks it as in use, across process namespaces. Unused directories of this user are removed
    first; on Windows, which has no such lock, they stay.
    """
    _sweep(Path(tempfile.gettempdir()))
    directory, lock = _create()
    try:
        yield directory
    finally:
        os.close(lock)
        shutil.rmtree(directory, ignore_errors=True)


def _create() -> tuple[Path, int]:
    """Return a new directory and the lock held on it.

    Another process may sweep between the creation of the lock file and the lock: then the directory is gone, and the
    next one is tried.
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


def _sweep(parent: Path) -> None:
    """Remove this user's directories whose lock is free."""
    if sys.platform == "win32":
        return
    for lock_file in parent.glob(f"{PREFIX}*/{_LOCK}"):
        with contextlib.suppress(OSError):
            if lock_file.parent.stat().st_uid != os.getuid():
                continue
            lock = os.open(lock_file, os.O_RDWR | os.O_NOFOLLOW)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(lock_file.parent, ignore_errors=True)
            finally:
                os.close(lock)
