"""What has arrived, for those who wait for it: in the order of arrival, and as queries judge it in memory."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from catcher.store.db.tables import message, search
from catcher.store.engines.base import Database
from catcher.store.engines.counters import read_counters
from catcher.store.labels.inbox_names import fold_inbox
from catcher.store.model import Arrived, StoredSummary
from catcher.store.read.queries import summaries
from catcher.store.read.search import Search, matching
from catcher.store.search import InInbox, Query, SearchTexts, Subject

_NAMES = SearchTexts.__struct_fields__


def arrived(database: Database, connection: Connection, query: Query, *, after: int | None, limit: int) -> Arrived:
    """What of a query has arrived; see `Store.arrived`."""
    now = read_counters(connection)
    more = [] if after is None else [message.c.arrival > after]
    wanted = Search(database, connection, query, now=now, more=more)
    rows = wanted.newest(limit=limit)[::-1] if after is None else wanted.next_newer(after, limit=limit)
    return Arrived(messages=summaries(connection, rows), cursor=now.cursor)


def subjects(database: Database, connection: Connection, found: Sequence[StoredSummary]) -> list[Subject]:
    """These messages as queries judge them in memory, in the same order; those whose texts are gone are left out."""
    columns = [search.c[name] if name != "text" else database.index.readable(search.c.text) for name in _NAMES]
    wanted = search.c.arrival.in_([one.arrival for one in found])
    rows = connection.execute(select(search.c.arrival, *columns).where(wanted))
    texts = {arrival: SearchTexts(**dict(zip(_NAMES, values, strict=True))) for arrival, *values in rows}
    return [_subject(one, texts[one.arrival]) for one in found if one.arrival in texts]


def within(database: Database, connection: Connection, store_ids: Sequence[str], inbox: str) -> set[str]:
    """Which of these messages are in an inbox."""
    wanted = select(message.c.store_id).where(message.c.store_id.in_(store_ids))
    condition = matching(database, InInbox(name=fold_inbox(inbox)))
    return set(connection.execute(wanted if condition is None else wanted.where(condition)).scalars())


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
