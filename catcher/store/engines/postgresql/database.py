"""An open PostgreSQL database, which several catchers may share.

A write transaction begins by locking the row of counters, so that it sees everything committed before and no other
catcher writes until its end: numbers are given in the order of commits, and a reader that has seen one number never
misses a lower one.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import psycopg
from psycopg.adapt import Dumper
from sqlalchemy import (
    URL,
    Connection,
    Engine,
    RootTransaction,
    Table,
    create_engine,
    event,
    exc,
)
from sqlalchemy.pool import QueuePool

from catcher.errors import StoreFull, StoreUnavailable
from catcher.store.db.codec import storable
from catcher.store.db.tables import metadata
from catcher.store.engines import fast_path
from catcher.store.engines.base import CommitMonitor, Database, SharedJob
from catcher.store.engines.postgresql.index import TrigramIndex
from catcher.store.engines.postgresql.notifications import CHANNEL, NotificationMonitor

_BEGIN_WRITING = "BEGIN; SELECT 1 FROM counter FOR UPDATE"
_BEGIN_READING = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"

_TRY_LOCK = "SELECT pg_try_advisory_lock(('counter'::regclass::oid::bigint << 4) + %s)"
"""A lock for each job and schema."""

_MAX_IDLE = 60
"""Seconds after which the server ends an idle transaction, so that no other catcher waits longer."""

_MIN_COPY = 4
"""Rows from which COPY is faster than INSERT."""

_DEFAULTS = {
    "application_name": "catcher",
    "client_encoding": "utf8",
    # A dead server is noticed in half a minute rather than in hours.
    "keepalives_idle": "15",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
}
"""Connection parameters that the URL can override."""


class PostgresqlDatabase(Database):
    """See `Database`.

    url: any form of PostgreSQL URL. durable: False to let commits return before the disk has them; otherwise the
    server's setting holds. readers: number of concurrent reads. lock_timeout: seconds to wait for another catcher's
    lock, and for a connection.
    """

    def __init__(self, url: URL, *, durable: bool, readers: int, lock_timeout: float) -> None:
        common = f"SET lock_timeout = {int(1000 * lock_timeout) or 1}; SET jit = off"
        settings = f"{common}; SET idle_in_transaction_session_timeout = '{_MAX_IDLE}s'"
        # No sequential scans: the planner cannot know how common a word is, and usually few rows are read.
        reading = f"{settings}; SET enable_seqscan = off; SET default_transaction_read_only = on"
        writing = settings if durable else f"{settings}; SET synchronous_commit = off"
        self._url = url
        self._lock_timeout = lock_timeout
        self._writer_pid = 0
        self._columns: dict[str, tuple[str, list[str]]] = {}
        super().__init__(
            readers=make_engine(url, pool_size=readers, lock_timeout=lock_timeout, setup=reading),
            writer=make_engine(url, pool_size=1, lock_timeout=lock_timeout, setup=writing),
            index=TrigramIndex(),
        )
        event.listen(self._writer, "connect", self._note_writer)

    def begin(self, connection: Connection) -> AbstractContextManager[object]:
        """See `Database.begin`."""
        return begun(connection, _BEGIN_WRITING)

    def is_leader(self, connection: Connection, job: SharedJob) -> bool:
        """See `Database.is_leader`."""
        # The session, not the transaction, holds the lock; `info` is discarded with the connection.
        if job not in connection.info:
            with nullcontext() if connection.in_transaction() else begun(connection, "BEGIN"):
                is_locked = connection.exec_driver_sql(_TRY_LOCK, (int(job),)).scalar_one()
            if not is_locked:
                return False
            connection.info[job] = True
        return True

    def check_identity(self) -> None:
        """Do nothing: a removed database fails by itself."""

    def insert_rows(self, connection: Connection, into: Table, rows: Sequence[tuple[object, ...]]) -> None:
        """See `Database.insert_rows`."""
        if len(rows) < _MIN_COPY:
            fast_path.insert_rows(connection, into, rows)
            return
        statement, types = self._copied(connection, into)
        with driver_errors(connection), driver_of(connection).cursor() as cursor, cursor.copy(statement) as copy:
            copy.set_types(types)
            for row in rows:
                copy.write_row(row)

    def notify(self, connection: Connection) -> None:
        """See `Database.notify`."""
        connection.exec_driver_sql(f"NOTIFY {CHANNEL}")

    def monitor(self, connection: Connection, on_news: Callable[[], None]) -> CommitMonitor:
        """See `Database.monitor`."""
        return NotificationMonitor(self._connect, is_own=lambda pid: pid == self._writer_pid, on_news=on_news)

    def octets_on_disk(self) -> int:
        """See `Database.octets_on_disk`."""
        sizes = "SELECT coalesce(sum(pg_total_relation_size(to_regclass(name))), 0) FROM unnest(%s::text[]) AS name"
        with self.reading() as connection:
            return int(connection.exec_driver_sql(sizes, (list(metadata.tables),)).scalar_one())

    def release_space(self, connection: Connection, *, pages: int) -> bool:
        """Do nothing: autovacuum does it."""
        return False

    def _begin_reading(self, connection: Connection) -> AbstractContextManager[object]:
        return begun(connection, _BEGIN_READING)

    def failure(self, error: Exception) -> StoreUnavailable:
        """See `Database.failure`."""
        cause = getattr(error, "orig", None) or error
        detail = str(cause)
        state = getattr(cause, "sqlstate", None) or ""
        for start, reason in _REASONS.items():
            if state.startswith(start):
                return (StoreFull if start == _FULL else StoreUnavailable)(reason, detail=detail)
        if not state and isinstance(cause, psycopg.OperationalError):
            return StoreUnavailable(_GONE, detail=detail)
        return StoreUnavailable("The mail store cannot be used now", detail=detail)

    def _note_writer(self, driver: psycopg.Connection, _record: object) -> None:
        self._writer_pid = driver.info.backend_pid

    def _connect(self) -> psycopg.Connection:
        arguments = self._writer.dialect.create_connect_args(self._url)[1]
        return psycopg.connect(**{**arguments, **connect_args(self._url, lock_timeout=self._lock_timeout)})

    def _copied(self, connection: Connection, into: Table) -> tuple[str, list[str]]:
        """Return the COPY statement for a table, and the types of its columns."""
        if into.name not in self._columns:
            quote = connection.dialect.identifier_preparer.quote
            names = ", ".join(quote(column.name) for column in into.columns)
            types = [column.type.compile(connection.dialect).split()[0].lower() for column in into.columns]
            self._columns[into.name] = (f"COPY {quote(into.name)} ({names}) FROM STDIN (FORMAT BINARY)", types)
        return self._columns[into.name]


_FULL = "53100"
_GONE = "The mail store's database cannot be reached"
_LOCKED = "The mail store is locked by another process"
_REASONS = {
    _FULL: "The mail store is full",
    "53": "The mail store's database has no resources left",
    "55P03": _LOCKED,
    "40": _LOCKED,
    "08": _GONE,
    "57P": _GONE,
    "25006": "The mail store can only be read now",
    "3D000": _GONE,
    "XX00": "The mail store is damaged",
}
"""By the start of the SQLSTATE; the first that fits. PostgreSQL, appendix A."""


def make_engine(url: URL, *, pool_size: int, lock_timeout: float, setup: str = "") -> Engine:
    """Return an engine of connections in autocommit mode; see `begun`. setup: statements for each new connection."""
    engine = create_engine(
        url,
        poolclass=QueuePool,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=30,
        connect_args=connect_args(url, lock_timeout=lock_timeout),
        use_native_hstore=False,
    )

    def connected(driver: psycopg.Connection, _record: object) -> None:
        driver.adapters.register_dumper(str, _StorableDumper)
        if setup:
            driver.execute(setup)

    event.listen(engine, "connect", connected)
    return engine


def connect_args(url: URL, *, lock_timeout: float) -> dict[str, Any]:
    """Return the arguments of `psycopg.connect` beyond the URL."""
    wanted = _DEFAULTS | {"connect_timeout": str(max(2, math.ceil(lock_timeout)))}
    return {name: value for name, value in wanted.items() if name not in url.query} | {"autocommit": True}


def driver_of(connection: Connection) -> psycopg.Connection:
    """Return the driver's connection."""
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)  # noqa: S101
    return driver


@contextmanager
def driver_errors(connection: Connection) -> Iterator[None]:
    """Raise the driver's errors as SQLAlchemy's, and invalidate a lost connection."""
    try:
        yield
    except psycopg.Error as error:
        is_lost = driver_of(connection).closed
        if is_lost:
            connection.invalidate(error)
        raise exc.DBAPIError.instance(
            None, None, error, psycopg.Error, connection_invalidated=is_lost, dialect=connection.dialect
        ) from error


@contextmanager
def begun(connection: Connection, statement: str) -> Iterator[None]:
    """Begin a transaction by a statement: committed at the end of the block, rolled back when the block raises."""
    with _transaction(connection, statement):
        yield


def _transaction(connection: Connection, statement: str) -> RootTransaction:
    """Begin a transaction; a connection that was lost since the last one is replaced, once."""
    try:
        return _try_transaction(connection, statement)
    except exc.DBAPIError as error:
        if not error.connection_invalidated:
            raise
        return _try_transaction(connection, statement)


def _try_transaction(connection: Connection, statement: str) -> RootTransaction:
    transaction = connection.begin()
    try:
        with driver_errors(connection):
            driver_of(connection).execute(statement, prepare=False)
    except BaseException:
        transaction.rollback()
        raise
    return transaction


class _StorableDumper(Dumper):
    """Dumps text as the server accepts it; see `codec.storable`."""

    def dump(self, obj: str) -> bytes:
        return storable(obj).encode()
