"""The overview of a mailbox, for a sidebar: totals, inboxes, tags and saved searches, read in one transaction."""

from sqlalchemy import Connection, func, select

from catcher.store.db.tables import inbox, message
from catcher.store.engines.counters import read_counters
from catcher.store.labels import tags
from catcher.store.labels.inbox_names import fold_inbox
from catcher.store.model import Overview
from catcher.store.records import saved_searches
from catcher.store.write import recycle_bin


def read(connection: Connection, *, max_inboxes: int) -> Overview:
    """See `Store.overview`."""
    fullest = (
        select(inbox.c.name, inbox.c.messages).order_by(inbox.c.messages.desc(), inbox.c.folded).limit(max_inboxes)
    )
    shown = sorted(
        ((row.name, row.messages) for row in connection.execute(fullest)), key=lambda one: fold_inbox(one[0])
    )
    is_all = len(shown) < max_inboxes
    number = len(shown) if is_all else connection.execute(select(func.count()).select_from(inbox)).scalar_one()
    return Overview(
        counts=read_counters(connection).counts,
        pinned=connection.execute(
            select(func.count()).select_from(message).where(message.c.is_pinned.is_(True))
        ).scalar_one(),
        binned=recycle_bin.count(connection),
        inboxes=tuple(shown),
        inbox_count=number,
        tags=tags.tag_counts(connection),
        saved=tuple(saved_searches.read(connection)),
    )
