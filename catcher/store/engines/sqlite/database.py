"""One opened SQLite file.

It is in WAL mode, so that readers never wait for the writer; other processes may write to the same file, and each
writer takes the lock when its transaction begins, so that the order of commits is the order of numbers.
"""

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, closing
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, Table, create_engine, event
from sqlalchemy.pool import QueuePool

from catcher.errors import StoreFull, StoreUnavailable
from catcher.store.engines.base import Database, Duty, Watch
from catcher.store.engines.sqlite import driver as driving
from catcher.store.engines.sqlite.driver import driver_of
from catcher.store.engines.sqlite.index import Fts5Index, add_functions

OLDEST_SQLITE = (3, 35)
"""RETURNING came with it; the trigram tokenizer one release before."""

_PAGE_OCTETS = 4096
"""Of larger ones, mail that fills a little more than half would leave the rest unused."""
_SPARE_PAGES = 256
_CHECKPOINT_PAGES = 4000
_JOURNAL_OCTETS = 64 * 1024 * 1024
_CACHE_KIBIOCTETS = 8 * 1024
_READER_CACHE_KIBIOCTETS = 4 * 1024
"""Caches rather than mapping the file: what is mapped counts as memory of the process, and a cut file would kill it."""


class SqliteDatabase(Database):
    """See `Database`.

    path: the file. durable: whether a commit waits until the disk has it. readers: how many read at once.
    lock_timeout: seconds that a statement waits for another process's lock before it fails.
    """

    def __init__(self, path: Path, *, durable: bool, readers: int, lock_timeout: float) -> None:
        self.path = path
        self._file = _identity(path)
        self._durable = durable
        super().__init__(
            readers=_engine(path, pool_size=readers, lock_timeout=lock_timeout, begin="BEGIN", setup=_set_up_reader),
            writer=_engine(
                path, pool_size=1, lock_timeout=lock_timeout, begin="BEGIN IMMEDIATE", setup=self._set_up_writer
            ),
            index=Fts5Index(),
        )

    def begin(self, connection: Connection) -> AbstractContextManager[object]:
        return connection.begin()  # takes the file's lock

    def holds(self, connection: Connection, duty: Duty) -> bool:
        return True  # what one process did is nothing to do for the next: it looks with the lock in its hand

    def check_place(self) -> None:
        if _identity(self.path) != self._file:
            raise StoreUnavailable("The mail store's file is gone", detail=f"{self.path} was removed or replaced")

    def insert_rows(self, connection: Connection, into: Table, rows: Sequence[tuple[object, ...]]) -> None:
        driving.insert_rows(connection, into, rows)

    def announce(self, connection: Connection) -> None:
        """Nothing to do: the file itself tells that it has changed."""

    def watch(self, connection: Connection, wake: Callable[[], None]) -> Watch:
        return _Watch(connection)

    def octets_on_disk(self) -> int:
        companions = [self.path.with_name(self.path.name + suffix) for suffix in ("", "-wal", "-shm")]
        return sum(file.stat().st_size for file in companions if file.exists())

    def give_back(self, connection: Connection, *, pages: int) -> bool:
        # What is left is used again by the next mail: a full mailbox under retention deletes as much as it takes in.
        driver = driver_of(connection)
        unused = driver.execute("PRAGMA freelist_count").fetchone()[0]
        if unused <= max(_SPARE_PAGES, driver.execute("PRAGMA page_count").fetchone()[0] // 10):
            return False
        # `execute` would take one step of the statement, and each step gives back one page.
        driver.executescript(f"PRAGMA incremental_vacuum({pages:d})")
        return True

    def failure(self, error: Exception) -> StoreUnavailable:
        detail = str(getattr(error, "orig", None) or error)
        for sign, reason in _REASONS.items():
            if sign in detail:
                return (StoreFull if sign == "full" else StoreUnavailable)(reason, detail=detail)
        return StoreUnavailable("The mail store cannot be used now", detail=detail)

    def _set_up_writer(self, driver: sqlite3.Connection) -> None:
        driver.execute(f"PRAGMA synchronous={'FULL' if self._durable else 'NORMAL'}")
        driver.execute(f"PRAGMA cache_size=-{_CACHE_KIBIOCTETS}")
        driver.execute(f"PRAGMA wal_autocheckpoint={_CHECKPOINT_PAGES}")
        driver.execute(f"PRAGMA journal_size_limit={_JOURNAL_OCTETS}")
        # Some builds overwrite what is deleted with zeros, which doubles the writing; a catcher's file needs no
        # shredder.
        driver.execute("PRAGMA secure_delete=OFF")


class _Watch:
    """Asks the connection that writes for the number that changes with every commit of another one."""

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
        """The connection is not this object's."""

    def _version(self) -> int:
        return int(driver_of(self._connection).execute("PRAGMA data_version").fetchone()[0])


def make_file(path: Path) -> None:
    """Set what can only be set while a database has no tables yet. A file that has some is left as it is."""
    with closing(sqlite3.connect(path, isolation_level=None, timeout=10)) as driver:
        driver.execute(f"PRAGMA page_size={_PAGE_OCTETS}")
        driver.execute("PRAGMA auto_vacuum=INCREMENTAL")
        driver.execute("PRAGMA journal_mode=WAL")


def copy_database(path: Path, target: Path) -> None:
    """A copy of a database that others may be writing to, as of one moment, readable by its owner only."""
    target.touch(mode=0o600)
    with closing(sqlite3.connect(path, timeout=10)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)


_REASONS = {
    "full": "The mail store is full",
    "locked": "The mail store is locked by another process",
    "busy": "The mail store is locked by another process",
    "disk I/O": "The mail store's disk fails",
    "malformed": "The mail store is damaged",
}


def _identity(path: Path) -> tuple[int, int] | None:
    """What tells a file from another one of the same name; None when there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _set_up_reader(driver: sqlite3.Connection) -> None:
    driver.execute(f"PRAGMA cache_size=-{_READER_CACHE_KIBIOCTETS}")
    driver.execute("PRAGMA query_only=ON")


def _engine(path: Path, *, pool_size: int, lock_timeout: float, begin: str, setup: Any) -> Engine:
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        poolclass=QueuePool,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=30,
        connect_args={
            "check_same_thread": False,
            "timeout": lock_timeout,
            "cached_statements": driving.KEPT_STATEMENTS,
        },
    )

    def connected(driver: sqlite3.Connection, _record: object) -> None:
        # The driver would begin transactions by itself, too late for reads and not at once for writes.
        driver.isolation_level = None
        driver.execute("PRAGMA temp_store=MEMORY")
        add_functions(driver)
        setup(driver)

    event.listen(engine, "connect", connected)
    event.listen(engine, "begin", lambda connection: driving.execute(connection, begin))
    return engine
