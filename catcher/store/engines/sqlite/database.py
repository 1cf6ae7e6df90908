"""An open SQLite file.

It is in WAL mode, so that readers never wait for the writer. Other processes may write to the same file; each writer
takes the lock when its transaction begins, so that the order of commits is the order of numbers.
"""

import os
import shutil
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, closing, suppress
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, Table, create_engine, event
from sqlalchemy.pool import QueuePool

from catcher.errors import StoreFull, StoreUnavailable
from catcher.store.engines.base import CommitMonitor, Database, SharedJob
from catcher.store.engines.sqlite import driver
from catcher.store.engines.sqlite.index import Fts5Index, add_functions

OLDEST_SQLITE = (3, 35)
"""The first version with RETURNING; the trigram tokenizer came one release before."""

_PAGE_OCTETS = 4096
"""In larger pages, mail that fills a little more than half of one would leave the rest unused."""
_SPARE_PAGES = 256
_CHECKPOINT_PAGES = 4000
_JOURNAL_OCTETS = 64 * 1024 * 1024
_CACHE_KIBIOCTETS = 8 * 1024
_READER_CACHE_KIBIOCTETS = 4 * 1024
"""Caches rather than a mapped file, which would count as the process's memory and kill it when truncated."""

_DAMAGED = "The mail store is damaged"
_REASONS = {
    "full": "The mail store is full",
    "locked": "The mail store is locked by another process",
    "busy": "The mail store is locked by another process",
    "disk I/O": "The mail store's disk fails",
    "malformed": _DAMAGED,
    "not a database": _DAMAGED,
}
"""By a word of SQLite's error message."""


RESERVE_OCTETS = 20 * 1024 * 1024
"""Size of the file whose space deletions may use when the disk is full.

They write before anything is free; and what waits in the journal, up to `_CHECKPOINT_PAGES`, needs its place in the
database before the journal can begin anew.
"""


_LITTLE = 1024 * 1024
"""Free octets of a disk below which it counts as full, once a write has failed."""


class SqliteDatabase(Database):
    """See `Database`.

    path: the file. durable: whether a commit waits until the disk has it. readers: number of concurrent reads.
    lock_timeout: seconds that a statement waits for another process's lock before it fails.
    """

    def __init__(self, path: Path, *, durable: bool, readers: int, lock_timeout: float) -> None:
        self.path = path
        self._file = _identity(path)
        self._is_damaged = False
        self._reserve = path.with_name(path.name + "-reserve")
        self._durable = durable
        engine = partial(_engine, path, lock_timeout=lock_timeout)
        super().__init__(
            readers=engine(pool_size=readers, begin="BEGIN", setup=_set_up_reader),
            writer=engine(pool_size=1, begin="BEGIN IMMEDIATE", setup=self._set_up_writer),
            index=Fts5Index(),
        )

    def begin(self, connection: Connection) -> AbstractContextManager[object]:
        """See `Database.begin`."""
        return connection.begin()  # takes the file's lock

    def is_leader(self, connection: Connection, job: SharedJob) -> bool:
        """See `Database.is_leader`."""
        return True  # each job checks under the lock whether another process has done it already

    def check_identity(self) -> None:
        """See `Database.check_identity`."""
        if _identity(self.path) != self._file:
            raise StoreUnavailable("The mail store's file is gone", detail=f"{self.path} was removed or replaced")

    def insert_rows(self, connection: Connection, into: Table, rows: Sequence[tuple[object, ...]]) -> None:
        """See `Database.insert_rows`."""
        driver.insert_rows(connection, into, rows)

    def notify(self, connection: Connection) -> None:
        """Do nothing: the file itself shows that it has changed."""

    def monitor(self, connection: Connection, on_news: Callable[[], None]) -> CommitMonitor:
        """See `Database.monitor`."""
        return _DataVersionMonitor(connection)

    def octets_on_disk(self) -> int:
        """See `Database.octets_on_disk`."""
        companions = [self.path.with_name(self.path.name + suffix) for suffix in ("", "-wal", "-shm")]
        return sum(file.stat().st_size for file in companions if file.exists())

    def release_space(self, connection: Connection, *, pages: int) -> bool:
        """See `Database.release_space`."""
        # The rest is reused by the next mail: a full mailbox under retention deletes as much as it takes in.
        raw = driver.driver_of(connection)
        unused = raw.execute("PRAGMA freelist_count").fetchone()[0]
        if unused <= max(_SPARE_PAGES, raw.execute("PRAGMA page_count").fetchone()[0] // 10):
            return False
        # `execute` would take one step of the statement, and each step releases one page.
        raw.executescript(f"PRAGMA incremental_vacuum({pages:d})")
        return True

    def check_soundness(self) -> None:
        """See `Database.check_soundness`."""
        if self._is_damaged:
            raise StoreUnavailable(_DAMAGED, detail=f"{self.path} is damaged; stop catcher, and restore a copy")

    def keep_room(self) -> None:
        """See `Database.keep_room`: a file beside the database, where the disk has more than twice its size."""
        if self._reserve.exists():
            return
        with suppress(OSError):
            if shutil.disk_usage(self.path.parent).free > 2 * RESERVE_OCTETS:
                allocate(self._reserve, RESERVE_OCTETS)

    def has_room(self) -> bool:
        """See `Database.has_room`."""
        try:
            return shutil.disk_usage(self.path.parent).free >= _LITTLE
        except OSError:
            return True

    def make_room(self) -> bool:
        """See `Database.make_room`."""
        try:
            self._reserve.unlink()
        except OSError:
            return False
        return True

    def failure(self, error: Exception) -> StoreUnavailable:
        """See `Database.failure`."""
        detail = str(getattr(error, "orig", None) or error)
        for word, reason in _REASONS.items():
            if word in detail:
                self._is_damaged = self._is_damaged or reason is _DAMAGED
                return (StoreFull if word == "full" else StoreUnavailable)(reason, detail=detail)
        return StoreUnavailable("The mail store cannot be used now", detail=detail)

    def _set_up_writer(self, raw: sqlite3.Connection) -> None:
        raw.execute(f"PRAGMA synchronous={'FULL' if self._durable else 'NORMAL'}")
        raw.execute(f"PRAGMA cache_size=-{_CACHE_KIBIOCTETS}")
        raw.execute(f"PRAGMA wal_autocheckpoint={_CHECKPOINT_PAGES}")
        raw.execute(f"PRAGMA journal_size_limit={_JOURNAL_OCTETS}")
        # Some builds overwrite deleted data with zeros, which doubles the writing; test mail needs no shredder.
        raw.execute("PRAGMA secure_delete=OFF")


class _DataVersionMonitor:
    """Polls the number that changes with every commit of another connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._seen = self._version()

    def has_news(self) -> bool:
        try:
            before, self._seen = self._seen, self._version()
        except sqlite3.Error:
            return True
        return self._seen != before

    def close(self) -> None:
        """Do nothing: the connection belongs to the writer."""

    def _version(self) -> int:
        return int(driver.driver_of(self._connection).execute("PRAGMA data_version").fetchone()[0])


def make_file(path: Path) -> None:
    """Set what can only be set while a database has no tables yet. A file with tables is left as it is."""
    with closing(sqlite3.connect(path, isolation_level=None, timeout=10)) as raw:
        raw.execute(f"PRAGMA page_size={_PAGE_OCTETS}")
        raw.execute("PRAGMA auto_vacuum=INCREMENTAL")
        raw.execute("PRAGMA journal_mode=WAL")


def allocate(path: Path, size: int) -> None:
    """Make a file of a size whose space on the disk is its own. Raises OSError, and leaves no file then."""
    try:
        with path.open("xb") as file:
            if hasattr(os, "posix_fallocate"):
                os.posix_fallocate(file.fileno(), 0, size)
            else:
                file.write(bytes(size))
    except OSError:
        path.unlink(missing_ok=True)
        raise


def copy_database(path: Path, target: Path) -> None:
    """Copy a database that others may be writing to, as of one moment, readable by its owner only."""
    target.touch(mode=0o600)
    with closing(sqlite3.connect(path, timeout=10)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)


def _identity(path: Path) -> tuple[int, int] | None:
    """Return device and inode of the file; None when there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _set_up_reader(raw: sqlite3.Connection) -> None:
    raw.execute(f"PRAGMA cache_size=-{_READER_CACHE_KIBIOCTETS}")
    raw.execute("PRAGMA query_only=ON")


def _engine(
    path: Path, *, pool_size: int, lock_timeout: float, begin: str, setup: Callable[[sqlite3.Connection], None]
) -> Engine:
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        poolclass=QueuePool,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=120,  # hundreds of requests may wait for a reader of a busy machine
        connect_args={
            "check_same_thread": False,
            "timeout": lock_timeout,
            "cached_statements": driver.CACHED_STATEMENTS,
        },
    )

    def connected(raw: Any, _record: object) -> None:
        # The driver would begin transactions by itself, too late for reads and without the lock for writes.
        raw.isolation_level = None
        raw.execute("PRAGMA temp_store=MEMORY")
        add_functions(raw)
        setup(raw)

    event.listen(engine, "connect", connected)
    event.listen(engine, "begin", lambda connection: driver.execute(connection, begin))
    return engine
