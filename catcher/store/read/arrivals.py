"""Arrivals, for clients that wait for mail: in order, and as subjects for matching in memory."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from catcher.store.db.tables import message, search
from catcher.store.engines.base import Database
from catcher.store.engines.counters import read_counters
from catcher.store.labels.inboxes import in_inbox
from catcher.store.model import Arrivals, StoredSummary
from catcher.store.read.queries import summaries
from catcher.store.read.search import Search
from catcher.store.search import Query, SearchTexts, Subject

_NAMES = SearchTexts.__struct_fields__


def read(connection: Connection, database: Database, query: Query, *, after: int | None, limit: int) -> Arrivals:
    """See `Store.arrivals`."""
    now = read_counters(connection)
    more = [] if after is None else [message.c.arrival > after]
    wanted = Search(connection, database, query, now=now, more=more)
    rows = wanted.newest(limit=limit)[::-1] if after is None else wanted.next_newer(after, limit=limit)
    return Arrivals(messages=summaries(connection, rows), cursor=now.cursor)


def subjects(connection: Connection, database: Database, found: Sequence[StoredSummary]) -> list[Subject]:
    """See `Store.subjects`."""
    columns = [search.c[name] if name != "text" else database.index.readable(search.c.text) for name in _NAMES]
    wanted = search.c.arrival.in_([one.arrival for one in found])
    rows = connection.execute(select(search.c.arrival, *columns).where(wanted))
    texts = {arrival: SearchTexts(**dict(zip(_NAMES, values, strict=True))) for arrival, *values in rows}
    return [_subject(one, texts[one.arrival]) for one in found if one.arrival in texts]


def ids_in_inbox(connection: Connection, store_ids: Sequence[str], inbox: str) -> set[str]:
    """Return those of the messages that are in an inbox."""
    found = select(message.c.store_id).where(message.c.store_id.in_(store_ids), in_inbox(inbox))
    return set(connection.execute(found).scalars())


def _subject(one: StoredSummary, texts: SearchTexts) -> Subject:
    return Subject(
        store_id=one.store_id,
        received_at=one.received_at,
        size=one.size,
        attachments=one.attachments,
        inlines=one.inlines,
        is_read=one.is_read,
        tags=one.tags,
        texts=texts,
        is_pinned=one.is_pinned,
        inboxes=one.inboxes,
    )
