"""What the store asks of a database engine, and what the engines have in common.

All else in this room is written once, for SQLAlchemy Core. A database that several processes write to must keep two
promises: a transaction of the connection that writes begins after the commit of the one before it, whoever made that
one, so that the order of commits is the order of numbers; and readers never wait for it.
"""

import enum
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

from sqlalchemy import ColumnElement, Connection, Engine, FromClause, Select, Table, exc, func

from catcher.errors import StoreUnavailable
from catcher.store.engines.cache import Matches, Places, Remembered
from catcher.store.search import Query


class Duty(enum.IntEnum):
    """Work on a database that one of the stores that have it open does for all."""

    UPKEEP = 1
    RETENTION = 2


COUNTS_KEPT = 100
"""Queries whose counts are remembered."""


class Expression(Protocol):
    """A question to a full-text index, in its own words; opaque to everybody else."""


class Watch(Protocol):
    """Hears of what others commit to the database."""

    def has_news(self) -> bool:
        """Whether others may have committed something since this was asked last; cheap. Asked by the writer's thread.

        True when that cannot be known. Never raises.
        """
        ...

    def close(self) -> None:
        """Hear nothing any more; safe to call twice."""
        ...


class TextIndex(ABC):
    """The full-text index over `search`, and what of comparing texts differs by engine.

    It only names candidates; what decides is always the text itself.

    is_kept_up: whether the store's upkeep has to take the texts in, so that the index may be some messages behind:
    `counter.indexed` says how far it is. Else the database does that by itself, with each commit.
    counts: whether it knows quickly how many messages it finds.
    walked: so many of the newest messages are looked through before it is asked for a page, because it finds in no
    order.
    """

    is_kept_up: bool
    counts: bool
    walked: int

    @abstractmethod
    def add(self, connection: Connection, *, after: int, upto: int) -> None:
        """Take the texts of these arrivals into the index."""

    @abstractmethod
    def forget(self, connection: Connection, arrivals: Sequence[int]) -> None:
        """Take these arrivals, whose texts are still in `search` and in the index, out of the index."""

    @abstractmethod
    def forget_all(self, connection: Connection) -> None:
        """Empty the index."""

    @abstractmethod
    def contains(self, haystack: ColumnElement[str], needle: str) -> ColumnElement[bool]:
        """Whether a text holds the needle, octet for octet."""

    def stored(self, text: str) -> str | bytes:
        """The text as the column `search.text` keeps it."""
        return text

    def readable(self, column: ColumnElement[str]) -> ColumnElement[str]:
        """The column `search.text` as the text that was to be stored."""
        return column

    def length(self, column: ColumnElement[str]) -> ColumnElement[int]:
        """About how many characters there are in the column `search.text`, without reading it whole."""
        return func.length(column)

    @abstractmethod
    def line_has(self, column: ColumnElement[str], start: str, text: str) -> ColumnElement[bool]:
        """Whether one of a text's lines begins with `start`, which begins with a line break, and has `text` later on.

        Neither has another line break in it.
        """

    @abstractmethod
    def expression(self, query: Query) -> Expression | None:
        """The query for the index: what it finds is all that the query matches, and some more.

        None when the index cannot help.
        """

    @abstractmethod
    def found(self, expression: Expression) -> tuple[FromClause, ColumnElement[bool]]:
        """The messages that the index finds: what to select from, `message` included, and the condition."""

    @property
    @abstractmethod
    def arrival_found(self) -> ColumnElement[int]:
        """The arrival number as `found` has it quickest; to restrict and order by."""

    @abstractmethod
    def number_found(self, expression: Expression) -> Select[int]:
        """How many rows the index finds, those of messages that are deleted but not swept yet included."""

    @abstractmethod
    def candidates(self, expression: Expression) -> ColumnElement[bool]:
        """The condition on `message` that the index finds it, or does not have it yet."""


class Database(ABC):
    """An opened database: one connection that writes, a few that read.

    counted: how many messages queries match, as they were asked for lately. places: of messages in the whole list.
    """

    def __init__(self, *, readers: Engine, writer: Engine, index: TextIndex) -> None:
        self.index = index
        self.counted: Remembered[Matches] = Remembered(most=COUNTS_KEPT)
        self.places = Places()
        self._readers = readers
        self._writer = writer

    def connect_writer(self) -> Connection:
        """The connection that writes. Raises StoreUnavailable."""
        with self._errors():
            return self._writer.connect()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection inside one transaction, so that all it reads is of one moment. Raises StoreUnavailable."""
        self.check_place()
        with self._errors(), self._readers.connect() as connection:
            yield connection

    def dispose(self) -> None:
        """Close all connections; safe to call twice."""
        self._readers.dispose()
        self._writer.dispose()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except (exc.OperationalError, exc.DatabaseError, exc.TimeoutError) as error:
            raise self.failure(error) from error

    @abstractmethod
    def failure(self, error: Exception) -> StoreUnavailable:
        """What callers get to see when the database could not do its work; the log gets the detail."""

    @abstractmethod
    def begin(self, connection: Connection) -> AbstractContextManager[object]:
        """A transaction of the connection that writes, committed at the end of the block, undone when that raises.

        Nobody else can write from its beginning to its end.
        """

    @abstractmethod
    def holds(self, connection: Connection, duty: Duty) -> bool:
        """Whether this store is the one that does a duty; asked on the connection that writes, in a transaction or not.

        Once it is, it stays it until it is closed or its process dies; then another one that asks takes over.
        """

    @abstractmethod
    def check_place(self) -> None:
        """Raise StoreUnavailable when what is written now would be lost, as the database is not what was opened."""

    @abstractmethod
    def insert_rows(self, connection: Connection, into: Table, rows: Sequence[tuple[object, ...]]) -> None:
        """Insert rows given as values in the order of the table's columns."""

    @abstractmethod
    def announce(self, connection: Connection) -> None:
        """Let the commit of this transaction be news to those who watch."""

    @abstractmethod
    def watch(self, connection: Connection, wake: Callable[[], None]) -> Watch:
        """Watch what is committed by others than this connection, the one that writes.

        wake: called from any thread as soon as there is news, by an engine that is told; who uses one that is not has
        to ask now and then.
        """

    @abstractmethod
    def octets_on_disk(self) -> int:
        """What the database takes on the disk, all that belongs to it included."""

    @abstractmethod
    def give_back(self, connection: Connection, *, pages: int) -> bool:
        """Return up to so many unused pages to the file system, when there are many; whether there were."""
