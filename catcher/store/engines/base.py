"""The interface of a database engine, and what the engines have in common.

Everything else in this room is written once, for SQLAlchemy Core. An engine keeps two promises for a database that
several processes write to: a write transaction begins after the commit of the previous one, whichever process made it,
so that numbers are given in the order of commits; and readers never wait for writers.
"""

import enum
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from sqlalchemy import ColumnElement, Connection, Engine, FromClause, Select, Table, exc, func

from catcher.errors import StoreUnavailable
from catcher.store.engines.cache import AppendCache, MatchCount, OffsetIndex
from catcher.store.search import Query

P = ParamSpec("P")
R = TypeVar("R")

MAX_CACHED_COUNTS = 100


class SharedJob(enum.IntEnum):
    """A background job that exactly one of the stores sharing a database runs."""

    MAINTENANCE = 1
    RETENTION = 2


class Expression(Protocol):
    """A query in the language of a full-text index; opaque outside the engine."""


class CommitMonitor(Protocol):
    """Detects commits by other connections."""

    def has_news(self) -> bool:
        """Return whether others may have committed since the last call; cheap, for the writer thread.

        True when that cannot be known. Never raises.
        """
        ...

    def close(self) -> None:
        """Stop; safe to call twice."""
        ...


class TextIndex(ABC):
    """The full-text index over `search`, and how texts are stored and compared.

    It only names candidates; the texts themselves decide.

    needs_maintenance: whether the store has to add the texts, so that the index may lag by some messages:
    `counter.indexed` says how far it is. Otherwise the database does so with each commit.
    counts_quickly: whether it knows the number of its hits without reading them.
    scanned_first: number of newest messages that a page is searched in before the index, whose hits have no order.
    """

    needs_maintenance: bool
    counts_quickly: bool
    scanned_first: int

    @abstractmethod
    def add(self, connection: Connection, *, after: int, upto: int) -> None:
        """Add the texts of a range of arrivals."""

    @abstractmethod
    def remove(self, connection: Connection, arrivals: Sequence[int]) -> None:
        """Remove arrivals that are in the index and whose texts are still in `search`."""

    @abstractmethod
    def clear(self, connection: Connection) -> None:
        """Empty the index."""

    @abstractmethod
    def contains(self, haystack: ColumnElement[str], needle: str) -> ColumnElement[bool]:
        """Return the condition that a text holds the needle, octet for octet."""

    def stored(self, text: str) -> str | bytes:
        """Return the text as the column `search.text` keeps it."""
        return text

    def readable(self, column: ColumnElement[str]) -> ColumnElement[str]:
        """Return the column `search.text` as the original text."""
        return column

    def length(self, column: ColumnElement[str]) -> ColumnElement[int]:
        """Return the approximate number of characters in the column `search.text`, without reading it whole."""
        return func.length(column)

    @abstractmethod
    def line_has(self, column: ColumnElement[str], start: str, text: str) -> ColumnElement[bool]:
        """Return the condition that a line begins with `start`, itself led by a line break, and has `text` after it.

        Neither contains another line break.
        """

    @abstractmethod
    def expression(self, query: Query) -> Expression | None:
        """Return the query for the index, whose hits include all matches; None when the index cannot help."""

    @abstractmethod
    def hits(self, expression: Expression) -> tuple[FromClause, ColumnElement[bool]]:
        """Return what to select the hits from, joined with `message`, and the condition."""

    @property
    @abstractmethod
    def hit_arrival(self) -> ColumnElement[int]:
        """The cheapest arrival number within `hits`; to restrict and order by."""

    @abstractmethod
    def hit_count(self, expression: Expression) -> Select[int]:
        """Return the number of hits, including deleted messages that are not swept yet."""

    @abstractmethod
    def candidates(self, expression: Expression) -> ColumnElement[bool]:
        """Return the condition on `message` that it is a hit or not in the index yet."""


class Database(ABC):
    """An open database: one connection that writes, a few that read.

    match_counts: of recent queries. offsets: of messages in the whole list.
    """

    def __init__(self, *, readers: Engine, writer: Engine, index: TextIndex) -> None:
        self.index = index
        self.match_counts: AppendCache[MatchCount] = AppendCache(max_size=MAX_CACHED_COUNTS)
        self.offsets = OffsetIndex()
        self._readers = readers
        self._writer = writer
        self._is_closed = False

    def connect_writer(self) -> Connection:
        """Return the connection that writes. Raises StoreUnavailable."""
        with self._errors():
            return self._writer.connect()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection in a read transaction, a snapshot of one moment. Raises StoreUnavailable."""
        if self._is_closed:
            raise StoreUnavailable("The mail store is closed")
        self.check_identity()
        with self._errors(), self._readers.connect() as connection, self._begin_reading(connection):
            yield connection

    def read(self, query: Callable[Concatenate[Connection, P], R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Return the result of query(connection, …) in a read transaction of its own. Raises StoreUnavailable."""
        with self.reading() as connection:
            return query(connection, *args, **kwargs)

    def close(self) -> None:
        """Close all connections; safe to call twice."""
        self._is_closed = True
        self._readers.dispose()
        self._writer.dispose()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except (exc.OperationalError, exc.DatabaseError, exc.TimeoutError) as error:
            raise self.failure(error) from error

    def _begin_reading(self, connection: Connection) -> AbstractContextManager[object]:
        return nullcontext()  # SQLAlchemy begins with the first statement

    @abstractmethod
    def failure(self, error: Exception) -> StoreUnavailable:
        """Return the error for callers: a short text for clients, the detail for the log."""

    @abstractmethod
    def begin(self, connection: Connection) -> AbstractContextManager[object]:
        """Begin a write transaction: committed at the end of the block, rolled back when the block raises.

        It holds the write lock of the database from its first statement.
        """

    @abstractmethod
    def is_leader(self, connection: Connection, job: SharedJob) -> bool:
        """Return whether this store runs a job; on the connection that writes, inside or outside a transaction.

        The leader stays until it is closed or its process dies; the next store that asks then takes over.
        """

    @abstractmethod
    def check_identity(self) -> None:
        """Raise StoreUnavailable when writes would be lost, because the database was removed or replaced."""

    @abstractmethod
    def insert_rows(self, connection: Connection, into: Table, rows: Sequence[tuple[object, ...]]) -> None:
        """Insert rows, given as values in the order of the table's columns."""

    @abstractmethod
    def notify(self, connection: Connection) -> None:
        """Announce the commit of this transaction to monitors in other processes."""

    @abstractmethod
    def monitor(self, connection: Connection, on_news: Callable[[], None]) -> CommitMonitor:
        """Return a monitor of commits by others than this connection, the one that writes.

        on_news: called from any thread as soon as there is news, by engines that notify; the others have to be polled.
        """

    @abstractmethod
    def octets_on_disk(self) -> int:
        """Return the size on disk, including journals and indexes."""

    def check_soundness(self) -> None:
        """Raise StoreUnavailable when a read or write has met damage: what is written now may not be found again."""
        return

    def keep_room(self) -> None:
        """Set aside space that deletions may use when the disk is full, where that is in the hands of this process."""
        return

    def make_room(self) -> bool:
        """Give up the space set aside; return whether there was any."""
        return False

    def has_room(self) -> bool:
        """Return whether a message could be stored, as far as the disk is concerned and known."""
        return True

    @abstractmethod
    def release_space(self, connection: Connection, *, pages: int) -> bool:
        """Return up to so many unused pages to the file system when many are unused; return whether there were many."""
