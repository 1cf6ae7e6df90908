"""Lists and single messages. Each function reads in the connection's transaction and returns values, never rows."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, literal, null, select, union_all

from catcher.errors import NotFound
from catcher.store.db.codec import (
    microseconds,
    storable,
    unpack_change,
    unpack_envelope,
    unpack_message,
)
from catcher.store.db.rows import row_summary
from catcher.store.db.tables import change, detail, message
from catcher.store.engines.base import Database
from catcher.store.engines.cache import MatchCount
from catcher.store.engines.counters import read_counters
from catcher.store.events import StoreEvent
from catcher.store.labels.tags import tags_of
from catcher.store.model import ByIds, Everything, Selection, StoredMessage, StoredSummary, SummaryPage
from catcher.store.read.search import AnyRow, AnySelect, Search, matching
from catcher.store.search import Query

_SUMMARY = select(message)


def page(
    connection: Connection,
    database: Database,
    query: Query,
    *,
    limit: int,
    start: int,
    before: int | None,
    received_before: datetime | None,
) -> SummaryPage:
    """See `Store.page`."""
    now = read_counters(connection)
    more = [] if received_before is None else [message.c.received_at < microseconds(received_before)]
    search = Search(connection, database, query, now=now, more=more)
    rows = search.newest(limit=limit + 1, start=start, before=before)
    if limit and len(rows) <= limit and not start and before is None:
        # The page is the whole list: no need to count.
        matches = MatchCount(messages=len(rows), unread=sum(not row.is_read for row in rows))
    else:
        matches = search.count()
    messages = summaries(connection, rows[:limit])
    return SummaryPage(
        messages=messages,
        counts=now.counts,
        matching=matches.messages,
        matching_unread=matches.unread,
        is_exact=matches.is_exact,
        next_before=messages[-1].arrival if len(rows) > limit and messages else None,
        cursor=now.cursor,
    )


def batch(
    connection: Connection, database: Database, query: Query, *, before: int | None, limit: int
) -> tuple[StoredSummary, ...]:
    """Return the newest messages that a query matches, below an arrival number."""
    search = Search(connection, database, query, now=read_counters(connection))
    return summaries(connection, search.newest(limit=limit, before=before))


def where(database: Database, selection: Selection) -> ColumnElement[bool] | None:
    """Return the selection as a condition on `message`; None for everything."""
    if isinstance(selection, Everything):
        return None
    if isinstance(selection, ByIds):
        return message.c.store_id.in_(selection.store_ids)
    return matching(database, selection.query)


def summary(connection: Connection, store_id: str) -> StoredSummary:
    """See `Store.summary`."""
    return summaries(connection, [_row(connection, _SUMMARY, store_id)])[0]


def get(connection: Connection, store_id: str) -> StoredMessage:
    """See `Store.get`."""
    whole = select(message, detail.c.envelope, detail.c.structure).join(detail, detail.c.arrival == message.c.arrival)
    row = _row(connection, whole, store_id)
    return StoredMessage(
        summary=summaries(connection, [row])[0],
        envelope=unpack_envelope(row.envelope),
        message=unpack_message(row.structure),
    )


def arrival_and_size(connection: Connection, store_id: str) -> tuple[int, int]:
    """Return the arrival number and the size of a message. Raises NotFound."""
    row = _row(connection, select(message.c.arrival, message.c.size), store_id)
    return row.arrival, row.size


def neighbours(
    connection: Connection, database: Database, store_id: str, query: Query
) -> tuple[StoredSummary | None, StoredSummary | None, int]:
    """See `Store.neighbours`."""
    arrival = arrival_and_size(connection, store_id)[0]
    search = Search(connection, database, query, now=read_counters(connection))
    newer = summaries(connection, search.next_newer(arrival))
    older = summaries(connection, search.newest(limit=1, before=arrival))
    return _first(newer), _first(older), search.number_newer(arrival)


def changes(connection: Connection, after: int, *, upto: int | None = None, limit: int) -> list[StoreEvent] | None:
    """See `Store.changes`. upto: the last number."""
    now = read_counters(connection)
    if after < now.trimmed or after > now.cursor:
        return None
    last = now.cursor if upto is None else upto
    arrived = select(message.c.arrival.label("cursor"), literal("new").label("kind"), literal("").label("store_id"))
    arrived = arrived.add_columns(null().label("data")).where(message.c.arrival > after, message.c.arrival <= last)
    changed = select(change.c.cursor, change.c.kind, change.c.store_id, change.c.data)
    changed = changed.where(change.c.cursor > after, change.c.cursor <= last)
    rows = connection.execute(union_all(arrived, changed).order_by("cursor").limit(limit)).all()
    numbers = [row.cursor for row in rows if row.kind == "new"]
    new = {one.arrival: one for one in _by_arrival(connection, numbers)}
    return [new_event(new[row.cursor]) if row.kind == "new" else _change_event(row) for row in rows]


def has_message_id(connection: Connection, message_id: str) -> bool:
    """See `Store.has_message_id`."""
    found = select(message.c.arrival).where(message.c.message_id == storable(message_id)).limit(1)
    return connection.execute(found).first() is not None


def latest(connection: Connection, database: Database, query: Query) -> StoredSummary:
    """See `Store.latest`."""
    found = batch(connection, database, query, before=None, limit=1)
    if not found:
        raise NotFound("message not found")
    return found[0]


def summaries(connection: Connection, rows: Sequence[AnyRow]) -> tuple[StoredSummary, ...]:
    """Return summaries of rows that begin with all columns of `message`."""
    tags = tags_of(connection, [row[0] for row in rows]) if rows else {}
    return tuple([row_summary(row, tags.get(row[0], ())) for row in rows])


def _by_arrival(connection: Connection, arrivals: Sequence[int]) -> tuple[StoredSummary, ...]:
    if not arrivals:
        return ()
    return summaries(connection, connection.execute(_SUMMARY.where(message.c.arrival.in_(arrivals))).all())


def new_event(one: StoredSummary) -> StoreEvent:
    """Return the event of a message's arrival."""
    return StoreEvent(cursor=one.arrival, kind="new", store_id=one.store_id, summary=one, inboxes=one.inboxes)


def _change_event(row: AnyRow) -> StoreEvent:
    data = unpack_change(row.data)
    return StoreEvent(
        cursor=row.cursor,
        kind=row.kind,
        store_id=row.store_id,
        is_read=data.is_read,
        tags=data.tags,
        is_pinned=data.is_pinned,
        inboxes=data.inboxes,
    )


def _row(connection: Connection, columns: AnySelect, store_id: str) -> AnyRow:
    row = connection.execute(columns.where(message.c.store_id == store_id)).first()
    if row is None:
        raise NotFound("message not found")
    return row


def _first(found: tuple[StoredSummary, ...]) -> StoredSummary | None:
    return found[0] if found else None
