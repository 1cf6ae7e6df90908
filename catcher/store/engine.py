"""All that one database engine does its own way: connecting, locking, the full-text index, sizes, hearing of others.

SQLite is the engine. The file is in WAL mode, so that readers never wait for the writer; other processes may write to
the same file, and each writer takes the lock when its transaction begins, so that the order of commits is the order of
numbers.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import (
    URL,
    ColumnElement,
    Connection,
    Engine,
    FromClause,
    Function,
    Select,
    Table,
    bindparam,
    column,
    create_engine,
    event,
    exc,
    func,
    insert,
    literal_column,
    select,
    table,
    text,
    union_all,
)
from sqlalchemy.pool import QueuePool

from catcher.errors import StoreFull, StoreUnavailable
from catcher.store.search import And, Contains, Or, Query, implied
from catcher.store.tables import counter, message, search

OLDEST_SQLITE = (3, 35)
"""RETURNING came with it; the trigram tokenizer one release before."""

INDEXED_COLUMNS = ("subject", "from_", "to", "cc", "bcc", "reply_to", "file_names", "client", "text")
"""Columns of `search` that the full-text index holds."""

_COLUMNS = ", ".join(f'"{name}"' for name in INDEXED_COLUMNS)
_INDEX = table("search_index", column("rowid"), column("search_index"))

INDEX_DDL = (
    # No positions and no column sizes are kept: the index only names candidates, `contains` decides.
    f"CREATE VIRTUAL TABLE search_index USING fts5({_COLUMNS}, content='search', content_rowid='arrival', "
    "tokenize='trigram case_sensitive 1', detail=none, columnsize=0)"
)

_MOST_TRIGRAMS = 24
_PAGE_OCTETS = 8192
_SPARE_PAGES = 128
_CHECKPOINT_PAGES = 2000
_JOURNAL_OCTETS = 64 * 1024 * 1024
_CACHE_KIBIOCTETS = 8 * 1024
_READER_CACHE_KIBIOCTETS = 4 * 1024
"""Caches rather than mapping the file: what is mapped counts as memory of the process, and a cut file would kill it."""


class Database:
    """An opened SQLite file: one connection that writes, a few that read.

    path: the file. durable: whether a commit waits until the disk has it. readers: how many read at once.
    patience: seconds that a statement waits for another process's lock before it fails.
    """

    def __init__(self, path: Path, *, durable: bool, readers: int, patience: float) -> None:
        self.path = path
        self._file = _identity(path)
        self._durable = durable
        self._inserts: dict[str, str] = {}
        self._readers = _engine(path, pool_size=readers, patience=patience, begin="BEGIN", setup=self._set_up_reader)
        self._writer = _engine(path, pool_size=1, patience=patience, begin="BEGIN IMMEDIATE", setup=self._set_up_writer)

    def connect_writer(self) -> Connection:
        """The connection that writes; each of its transactions holds the lock from its beginning."""
        with _errors():
            return self._writer.connect()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection inside one transaction, so that all it reads is of one moment. Raises StoreUnavailable."""
        self.check_place()
        with _errors(), self._readers.connect() as connection:
            yield connection

    def check_place(self) -> None:
        """Raise StoreUnavailable when the file was removed or replaced: what is written to it now would be lost."""
        if _identity(self.path) != self._file:
            raise StoreUnavailable("The mail store's file is gone", detail=f"{self.path} was removed or replaced")

    def dispose(self) -> None:
        """Close all connections; safe to call twice."""
        self._readers.dispose()
        self._writer.dispose()

    def octets_on_disk(self) -> int:
        """What the file and its companions take."""
        companions = [self.path.with_name(self.path.name + suffix) for suffix in ("", "-wal", "-shm")]
        return sum(file.stat().st_size for file in companions if file.exists())

    def foreign_commits(self, connection: Connection) -> int:
        """A number that changes when another connection than this one has committed something; cheap."""
        return int(connection.connection.driver_connection.execute("PRAGMA data_version").fetchone()[0])  # type: ignore[union-attr]

    def give_back(self, connection: Connection, *, pages: int) -> bool:
        """Return so many unused pages to the file system, when there are many; whether there were.

        What is left is used again by the next mail: a full mailbox under retention deletes as much as it takes in.
        """
        driver: sqlite3.Connection = connection.connection.driver_connection  # type: ignore[assignment]
        unused = driver.execute("PRAGMA freelist_count").fetchone()[0]
        if unused <= max(_SPARE_PAGES, driver.execute("PRAGMA page_count").fetchone()[0] // 10):
            return False
        # `execute` would take one step of the statement, and each step gives back one page.
        driver.executescript(f"PRAGMA incremental_vacuum({pages:d})")
        return True

    def insert_rows(self, connection: Connection, into: Table, rows: Sequence[tuple[object, ...]]) -> None:
        """Insert rows given as values in the order of the table's columns.

        The driver gets them as they are: looking at each value on the way, as Core does, costs more than the insert.
        """
        if into.name not in self._inserts:
            self._inserts[into.name] = str(insert(into).compile(dialect=connection.dialect))
        connection.exec_driver_sql(self._inserts[into.name], list(rows))

    # The full-text index

    def index(self, connection: Connection, *, after: int, upto: int) -> None:
        """Take the texts of these arrivals into the index."""
        connection.execute(_INDEX_ROWS, {"after": after, "upto": upto})

    def forget(self, connection: Connection, arrivals: Sequence[int]) -> None:
        """Take these arrivals, whose texts are still in `search` and in the index, out of the index."""
        connection.execute(_FORGET_ROWS, {"arrivals": list(arrivals)})

    def forget_all(self, connection: Connection) -> None:
        """Empty the index."""
        connection.execute(_FORGET_ALL)

    def contains(self, haystack: ColumnElement[str], needle: str) -> ColumnElement[bool]:
        """Whether a text holds the needle, octet for octet."""
        found: Function[int] = func.instr(haystack, needle)
        return found > 0

    def expression(self, query: Query) -> str | None:
        """The query for the full-text index: what it finds is all that the query matches, and some more.

        None when the index cannot help: it knows runs of three characters and no negation.
        """
        needed = implied(query)
        return None if needed is None else _match(needed)

    def found(self, expression: str) -> tuple[FromClause, ColumnElement[bool]]:
        """The messages that the index finds: what to select from, `message` included, and the condition.

        Ordered by `arrival_found`, rows come straight from the index, so that a page costs no more than its rows.
        """
        # The plus keeps the planner from looking up one message after the other in the index, which takes minutes.
        found = _INDEX.join(message, message.c.arrival == literal_column("+search_index.rowid"))
        return found, _INDEX.c.search_index.op("MATCH")(expression)

    @property
    def arrival_found(self) -> ColumnElement[int]:
        """The arrival number as the index has it; to restrict and order by."""
        return _INDEX.c.rowid

    def number_found(self, expression: str) -> Select[int]:
        """How many rows the index finds, those of messages that are deleted but not swept yet included."""
        return select(func.count()).select_from(_INDEX).where(_INDEX.c.search_index.op("MATCH")(expression))

    def candidates(self, expression: str) -> ColumnElement[bool]:
        """The condition on `message` that the index finds it, or does not have it yet."""
        match = _INDEX.c.search_index.op("MATCH")(expression)
        indexed = select(counter.c.indexed).scalar_subquery()
        tail = select(search.c.arrival).where(search.c.arrival > indexed)
        return message.c.arrival.in_(union_all(select(_INDEX.c.rowid).where(match), tail))

    # Settings of a connection

    def _set_up_writer(self, driver: sqlite3.Connection) -> None:
        driver.execute(f"PRAGMA synchronous={'FULL' if self._durable else 'NORMAL'}")
        driver.execute(f"PRAGMA cache_size=-{_CACHE_KIBIOCTETS}")
        driver.execute(f"PRAGMA wal_autocheckpoint={_CHECKPOINT_PAGES}")
        driver.execute(f"PRAGMA journal_size_limit={_JOURNAL_OCTETS}")
        # Some builds overwrite what is deleted with zeros, which doubles the writing; a catcher's file needs no
        # shredder.
        driver.execute("PRAGMA secure_delete=OFF")

    def _set_up_reader(self, driver: sqlite3.Connection) -> None:
        driver.execute(f"PRAGMA cache_size=-{_READER_CACHE_KIBIOCTETS}")
        driver.execute("PRAGMA query_only=ON")


def _match(needed: Query) -> str:
    """The full-text index's own words for what `implied` says."""
    match needed:
        case And(operands):
            return " AND ".join(f"({_match(operand)})" for operand in operands)
        case Or(operands):
            return " OR ".join(f"({_match(operand)})" for operand in operands)
        case Contains(text=needle):
            return " AND ".join('"' + gram.replace('"', '""') + '"' for gram in trigrams(needle))
    raise TypeError(needed)


def trigrams(needle: str) -> list[str]:
    """Runs of three characters that a text holding the needle must have, each once; none when it is shorter.

    All of them up to `_MOST_TRIGRAMS`, because each makes the index's answer sharper; of a long needle, the first ones.
    """
    runs = (needle[start : start + 3] for start in range(len(needle) - 2))
    return list(islice(dict.fromkeys(islice(runs, 10 * _MOST_TRIGRAMS)), _MOST_TRIGRAMS))


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


def _identity(path: Path) -> tuple[int, int] | None:
    """What tells a file from another one of the same name; None when there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def unavailable(error: Exception) -> StoreUnavailable:
    """What callers get to see when the database could not do its work; the log gets the detail."""
    detail = str(getattr(error, "orig", None) or error)
    for sign, reason in _REASONS.items():
        if sign in detail:
            return (StoreFull if sign == "full" else StoreUnavailable)(reason, detail=detail)
    return StoreUnavailable("The mail store cannot be used now", detail=detail)


_REASONS = {
    "full": "The mail store is full",
    "locked": "The mail store is locked by another process",
    "busy": "The mail store is locked by another process",
    "disk I/O": "The mail store's disk fails",
    "malformed": "The mail store is damaged",
}

# The statements below are put together from nothing but the column names above.
_INDEX_ROWS = text(
    f"INSERT INTO search_index(rowid, {_COLUMNS}) SELECT arrival, {_COLUMNS} FROM search "  # noqa: S608
    "WHERE arrival > :after AND arrival <= :upto"
)
_FORGET_ROWS = text(
    f"INSERT INTO search_index(search_index, rowid, {_COLUMNS}) SELECT 'delete', arrival, {_COLUMNS} FROM search "  # noqa: S608
    "WHERE arrival IN :arrivals"
).bindparams(bindparam("arrivals", expanding=True))
_FORGET_ALL = text("INSERT INTO search_index(search_index) VALUES ('delete-all')")


@contextmanager
def _errors() -> Iterator[None]:
    try:
        yield
    except (exc.OperationalError, exc.DatabaseError, exc.TimeoutError) as error:
        raise unavailable(error) from error


def _engine(path: Path, *, pool_size: int, patience: float, begin: str, setup: Any) -> Engine:
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        poolclass=QueuePool,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=30,
        connect_args={"check_same_thread": False, "timeout": patience},
    )

    def connected(driver: sqlite3.Connection, _record: object) -> None:
        # The driver would begin transactions by itself, too late for reads and not at once for writes.
        driver.isolation_level = None
        driver.execute("PRAGMA temp_store=MEMORY")
        setup(driver)

    event.listen(engine, "connect", connected)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    return engine
