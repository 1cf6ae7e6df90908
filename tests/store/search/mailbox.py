"""A real SQLite file with the store's tables and a full-text index, asked through search conditions."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec.structs import asdict
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Integer,
    MetaData,
    Table,
    Text,
    create_engine,
    delete,
    func,
    insert,
    select,
)
from sqlalchemy import text as statement

from catcher.store.search import INDEXED, Query, Subject, condition, fold
from catcher.store.tables import inbox, message, message_inbox, message_tag, metadata, search, tag

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


class Mailbox:
    """Messages in a database; those in the first half are in the full-text index, the others are its tail."""

    def __init__(self, path: Path) -> None:
        self._engine = create_engine(f"sqlite:///{path}")
        metadata.create_all(self._engine)
        with self._engine.begin() as connection:
            connection.exec_driver_sql(_INDEX_DDL)
        self.index = Trigrams()
        self.without_index = Trigrams(is_used=False)

    def fill(self, subjects: Sequence[Subject]) -> None:
        """Replace all messages by these."""
        self.index.indexed = len(subjects) // 2
        with self._engine.begin() as connection:
            connection.exec_driver_sql("INSERT INTO search_index(search_index) VALUES ('delete-all')")
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
            connection.execute(
                statement(
                    f"INSERT INTO search_index(rowid, {_COLUMNS}) "
                    f"SELECT arrival, {_COLUMNS} FROM search WHERE arrival <= :upto"
                ),
                {"upto": self.index.indexed},
            )

    def found(self, query: Query, *, index: Trigrams | None = None) -> list[str]:
        """Store ids of the messages the query matches, oldest first."""
        where = condition(query, index or self.index)
        with self._engine.connect() as connection:
            return list(connection.scalars(select(message.c.store_id).where(where).order_by(message.c.arrival)))

    def plan(self, query: Query, *, index: Trigrams | None = None) -> str:
        """How SQLite would look for the newest 50."""
        where = condition(query, index or self.index)
        page = select(message).where(where).order_by(message.c.arrival.desc()).limit(50)
        sql = page.compile(self._engine, compile_kwargs={"literal_binds": True})
        with self._engine.connect() as connection:
            return "\n".join(row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}"))

    def close(self) -> None:
        self._engine.dispose()

    @staticmethod
    def _group(connection: Connection, groups: Table, name: str, **others: object) -> int:
        found = connection.scalar(select(groups.c.id).where(groups.c.folded == fold(name)))
        if found is None:
            row = {"name": name.encode("utf-8", "replace").decode(), "folded": fold(name), "messages": 1, **others}
            found = connection.execute(insert(groups), row).inserted_primary_key[0]
        return int(found)


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
