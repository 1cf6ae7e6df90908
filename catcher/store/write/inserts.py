"""Writing new messages: rows are made before the transaction, then written table by table for the whole group."""

from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter
from pathlib import Path
from typing import TypeAlias

from msgspec import Struct
from sqlalchemy import Connection

from catcher.store.db import blobs
from catcher.store.db.codec import microseconds, pack, storable
from catcher.store.db.tables import content, detail, message, search
from catcher.store.engines.base import Database
from catcher.store.engines.counters import advance
from catcher.store.labels import inboxes
from catcher.store.labels.tags import attach
from catcher.store.model import NewMessage, StoredSummary

Row: TypeAlias = tuple[object, ...]

_texts = attrgetter(*(column.name for column in search.columns if column.name != "arrival"))


class Prepared(Struct, frozen=True, kw_only=True):
    """One message as rows that lack only the arrival number, their first value.

    pieces: the content's, as `octets.pieces` gives them; None while it stays in its file.
    """

    new: NewMessage
    message: Row
    detail: Row
    search: tuple[str, ...]
    pieces: list[tuple[bool, bytes]] | None


def prepare(new: NewMessage) -> Prepared:
    """Encode and compress; files are left to `insert_all`. Raises only for what is no message."""
    row: Row = (
        new.store_id,
        microseconds(new.envelope.received_at),
        new.size,
        new.is_read,
        len(new.message.attachments),
        len(new.message.inlines),
        storable(new.envelope.client.user),
        storable(new.message.message_id),
        storable(new.message.subject),
        storable(new.snippet),
        pack(new.addresses),
        False,
        inboxes.join_names(new.inboxes),
    )
    return Prepared(
        new=new,
        message=row,
        detail=(pack(new.envelope), pack(new.message)),
        search=_texts(new.texts),  # folding left nothing that cannot be stored
        pieces=None if isinstance(new.content, Path) else list(blobs.pieces(new.content)),
    )


def insert_all(database: Database, connection: Connection, group: Sequence[Prepared]) -> list[StoredSummary]:
    """Write the group in the connection's transaction; the summaries, arrival numbers rising in the group's order."""
    last = advance(
        connection,
        numbers=len(group),
        messages=len(group),
        unread=sum(not item.new.is_read for item in group),
        octets=sum(item.new.size for item in group),
    )
    numbered = list(zip(range(last - len(group) + 1, last + 1), group, strict=True))
    database.insert_rows(connection, message, [(arrival, *item.message) for arrival, item in numbered])
    database.insert_rows(connection, detail, [(arrival, *item.detail) for arrival, item in numbered])
    database.insert_rows(connection, search, [_search_row(database, arrival, item) for arrival, item in numbered])
    _insert_content(database, connection, numbered)
    tags = attach(connection, {arrival: item.new.tags for arrival, item in numbered})
    boxed = {arrival: item.new.inboxes for arrival, item in numbered if item.new.inboxes}
    if boxed:
        inboxes.attach(connection, boxed, at=group[0].new.envelope.received_at)
    return [_summary(item.new, arrival, tags.get(arrival, ())) for arrival, item in numbered]


def _search_row(database: Database, arrival: int, item: Prepared) -> Row:
    *short, text = item.search
    return arrival, *short, database.index.stored(text)


def _insert_content(database: Database, connection: Connection, numbered: Sequence[tuple[int, Prepared]]) -> None:
    rows: list[Row] = []
    for arrival, item in numbered:
        if item.pieces is None:
            # One piece of a file at a time: a message never needs its size in memory.
            for row in _content_rows(arrival, blobs.pieces(item.new.content)):
                database.insert_rows(connection, content, [row])
        else:
            rows.extend(_content_rows(arrival, item.pieces))
    if rows:
        database.insert_rows(connection, content, rows)


def _content_rows(arrival: int, pieces: Iterable[tuple[bool, bytes]]) -> Iterator[Row]:
    for number, (is_compressed, data) in enumerate(pieces):
        yield arrival, number, is_compressed, data


def _summary(new: NewMessage, arrival: int, tags: tuple[str, ...]) -> StoredSummary:
    return StoredSummary(
        arrival=arrival,
        store_id=new.store_id,
        received_at=new.envelope.received_at,
        message_id=new.message.message_id,
        addresses=new.addresses,
        subject=new.message.subject,
        snippet=new.snippet,
        user=new.envelope.client.user,
        tags=tags,
        size=new.size,
        attachments=len(new.message.attachments),
        inlines=len(new.message.inlines),
        is_read=new.is_read,
        inboxes=new.inboxes,
    )
