"""A real database with the store's tables and a full-text index, queried by search conditions."""

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec.structs import asdict
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Engine,
    Integer,
    MetaData,
    Table,
    Text,
    create_engine,
    delete,
    func,
    insert,
    make_url,
    select,
)
from sqlalchemy import text as statement

from catcher.store.db.tables import inbox, message, message_inbox, message_tag, metadata, search, tag
from catcher.store.engines.postgresql.database import make_engine
from catcher.store.engines.postgresql.index import TrigramIndex
from catcher.store.search import INDEXED, Contains, Query, Subject, condition, fold
from catcher.store.search.sql import IndexCondition

_COLUMNS = ", ".join(f'"{name}"' for name in sorted(INDEXED))
_INDEX = Table("search_index", MetaData(), Column("rowid", Integer), Column("search_index", Text))
_OF_AN_INBOX = {"is_made": False, "created_at": 0, "password": "", "max_messages": 0}
_INDEX_DDL = (
    f"CREATE VIRTUAL TABLE search_index USING fts5({_COLUMNS}, content='search', content_rowid='arrival', "
    "tokenize='trigram case_sensitive 1', detail=none)"
)


class Trigrams:
    """The contract of IndexCondition, kept by FTS5: it holds arrivals up to `indexed`, later ones are candidates."""

    def __init__(self, indexed: int = 0, *, is_used: bool = True) -> None:
        self.indexed = indexed
        self.is_used = is_used
        self.asked: list[str] = []

    def contains(self, haystack: ColumnElement[str], needle: str) -> ColumnElement[bool]:
        return func.instr(haystack, needle) > 0

    def readable(self, column: ColumnElement[str]) -> ColumnElement[str]:
        return column

    def line_has(self, column: ColumnElement[str], start: str, text: str) -> ColumnElement[bool]:
        return column.regexp_match(f"{re.escape(start)}[^\n]*{re.escape(text)}")

    def candidates(self, needle: str) -> ColumnElement[bool] | None:
        if not self.is_used or len(needle) < 3:
            return None
        self.asked.append(needle)
        grams = dict.fromkeys(needle[start : start + 3] for start in range(len(needle) - 2))
        match = " AND ".join('"' + gram.replace('"', '""') + '"' for gram in grams)
        found = select(_INDEX.c.rowid).where(_INDEX.c.search_index.op("MATCH")(match))
        return message.c.arrival.in_(found) | (message.c.arrival > self.indexed)


class PgTrgm:
    """The contract of IndexCondition, kept by PostgreSQL's index, as the store asks it."""

    def __init__(self, *, is_used: bool = True) -> None:
        self._index = TrigramIndex()
        self._is_used = is_used
        self.contains = self._index.contains
        self.line_has = self._index.line_has
        self.readable = self._index.readable

    def candidates(self, needle: str) -> ColumnElement[bool] | None:
        expression = self._index.expression(Contains(column="any", text=needle)) if self._is_used else None
        return None if expression is None else self._index.candidates(expression)


class Mailbox(ABC):
    """Messages in a database, queried with its index and without."""

    index: IndexCondition
    without_index: IndexCondition

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @abstractmethod
    def _empty_index(self, connection: Connection) -> None: ...

    @abstractmethod
    def _fill_index(self, connection: Connection) -> None: ...

    def fill(self, subjects: Sequence[Subject]) -> None:
        """Replace all messages by these."""
        with self._engine.begin() as connection:
            self._empty_index(connection)
            for table in (message_tag, tag, message_inbox, inbox, search, message):
                connection.execute(delete(table))
            for arrival, subject in enumerate(subjects, start=1):
                connection.execute(insert(message), _message_row(arrival, subject))
                connection.execute(insert(search), {"arrival": arrival} | asdict(subject.texts))
                for name in subject.tags:
                    group = self._group(connection, tag, name)
                    connection.execute(insert(message_tag), {"tag_id": group, "arrival": arrival})
                for name in subject.inboxes:
                    group = self._group(connection, inbox, name, **_OF_AN_INBOX)
                    connection.execute(insert(message_inbox), {"inbox_id": group, "arrival": arrival})
            self._fill_index(connection)

    def found(self, query: Query, *, index: IndexCondition | None = None) -> list[str]:
        """Store ids of the messages the query matches, oldest first."""
        where = condition(query, index or self.index)
        with self._engine.connect() as connection:
            return list(connection.scalars(select(message.c.store_id).where(where).order_by(message.c.arrival)))

    def close(self) -> None:
        self._engine.dispose()

    @staticmethod
    def _group(connection: Connection, groups: Table, name: str, **others: object) -> int:
        found = connection.scalar(select(groups.c.id).where(groups.c.folded == fold(name)))
        if found is None:
            row = {"name": name.encode("utf-8", "replace").decode(), "folded": fold(name), "messages": 1, **others}
            found = connection.scalar(insert(groups).returning(groups.c.id), row)
        return int(found)


class SqliteMailbox(Mailbox):
    """Those in the first half are in the full-text index, the others are its tail."""

    index: Trigrams
    without_index: Trigrams

    def __init__(self, path: Path) -> None:
        super().__init__(create_engine(f"sqlite:///{path}"))
        metadata.create_all(self._engine)
        with self._engine.begin() as connection:
            connection.exec_driver_sql(_INDEX_DDL)
        self.index = Trigrams()
        self.without_index = Trigrams(is_used=False)

    def plan(self, query: Query, *, index: Trigrams | None = None) -> str:
        """How SQLite would look for the newest 50."""
        where = condition(query, index or self.index)
        page = select(message).where(where).order_by(message.c.arrival.desc()).limit(50)
        sql = page.compile(self._engine, compile_kwargs={"literal_binds": True})
        with self._engine.connect() as connection:
            return "\n".join(row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}"))

    def _empty_index(self, connection: Connection) -> None:
        connection.exec_driver_sql("INSERT INTO search_index(search_index) VALUES ('delete-all')")

    def _fill_index(self, connection: Connection) -> None:
        self.index.indexed = (connection.scalar(select(func.count()).select_from(message)) or 0) // 2
        connection.execute(
            statement(
                f"INSERT INTO search_index(rowid, {_COLUMNS}) SELECT arrival, {_COLUMNS} FROM search "
                "WHERE arrival <= :upto"
            ),
            {"upto": self.index.indexed},
        )


class PostgresqlMailbox(Mailbox):
    """All are in the index at once."""

    def __init__(self, url: str) -> None:
        super().__init__(make_engine(make_url(url).set(drivername="postgresql+psycopg"), pool_size=1, lock_timeout=30))
        self.index = PgTrgm()
        self.without_index = PgTrgm(is_used=False)

    def _empty_index(self, connection: Connection) -> None:
        """It follows its table."""

    def _fill_index(self, connection: Connection) -> None:
        """It follows its table."""


def _message_row(arrival: int, subject: Subject) -> dict[str, object]:
    return {
        "arrival": arrival,
        "store_id": subject.store_id,
        "received_at": (subject.received_at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1),
        "size": subject.size,
        "is_read": subject.is_read,
        "attachments": subject.attachments,
        "inlines": subject.inlines,
        "user": "",
        "message_id": "",
        "subject": "",
        "snippet": "",
        "addresses": b"",
        "is_pinned": subject.is_pinned,
        "inboxes": "\n".join(subject.inboxes),
    }
