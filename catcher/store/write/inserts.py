"""Insertion of new messages: rows are built before the transaction, then written table by table for a whole group."""

from collections.abc import Sequence
from operator import attrgetter
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection

from catcher.store.db import blobs
from catcher.store.db.codec import pack
from catcher.store.db.rows import Row, message_row
from catcher.store.db.tables import content, detail, message, search
from catcher.store.engines.base import Database
from catcher.store.engines.counters import advance
from catcher.store.labels import inboxes, tags
from catcher.store.model import NewMessage, StoredSummary

_texts = attrgetter(*(column.name for column in search.columns if column.name != "arrival"))


class MessageRows(Struct, frozen=True, kw_only=True):
    """One message as rows that lack only the arrival number, their first value.

    summary: without arrival number and tags. pieces: of the content, see `blobs.pieces`; None while it stays in its
    file.
    """

    new: NewMessage
    summary: StoredSummary
    message: Row
    detail: Row
    search: tuple[str, ...]
    pieces: list[tuple[bool, bytes]] | None


def build_rows(new: NewMessage) -> MessageRows:
    """Encode and compress a message; files are left to `insert_all`."""
    summary = summarize(new)
    return MessageRows(
        new=new,
        summary=summary,
        message=message_row(summary)[1:],
        detail=(pack(new.envelope), pack(new.message)),
        search=_texts(new.texts),  # folding has removed what cannot be stored
        pieces=None if isinstance(new.content, Path) else list(blobs.pieces(new.content)),
    )


def summarize(new: NewMessage) -> StoredSummary:
    """Return the summary of a message, with 0 as its arrival number and without tags."""
    return StoredSummary(
        arrival=0,
        store_id=new.store_id,
        received_at=new.envelope.received_at,
        message_id=new.message.message_id,
        addresses=new.addresses,
        subject=new.message.subject,
        snippet=new.snippet,
        user=new.envelope.client.user,
        tags=(),
        size=new.size,
        attachments=len(new.message.attachments),
        inlines=len(new.message.inlines),
        is_read=new.is_read,
        inboxes=new.inboxes,
    )


def insert_all(database: Database, connection: Connection, group: Sequence[MessageRows]) -> list[StoredSummary]:
    """Insert the group in the connection's transaction; return summaries, their arrival numbers rising in its order."""
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
    stored_text = database.index.stored
    rows = [(arrival, *item.search[:-1], stored_text(item.search[-1])) for arrival, item in numbered]
    database.insert_rows(connection, search, rows)
    _insert_content(database, connection, numbered)
    tagged = tags.attach(connection, {arrival: item.new.tags for arrival, item in numbered})
    boxed = {arrival: item.new.inboxes for arrival, item in numbered if item.new.inboxes}
    if boxed:
        inboxes.attach(connection, boxed, at=group[0].new.envelope.received_at)
    return [replace(item.summary, arrival=arrival, tags=tagged.get(arrival, ())) for arrival, item in numbered]


def _insert_content(database: Database, connection: Connection, numbered: Sequence[tuple[int, MessageRows]]) -> None:
    rows: list[Row] = []
    for arrival, item in numbered:
        if item.pieces is None:
            # One piece of a file at a time, so that its size is never needed in memory.
            for number, piece in enumerate(blobs.pieces(item.new.content)):
                database.insert_rows(connection, content, [(arrival, number, *piece)])
        else:
            rows += [(arrival, number, *piece) for number, piece in enumerate(item.pieces)]
    if rows:
        database.insert_rows(connection, content, rows)
