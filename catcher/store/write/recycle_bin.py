"""The bin: deleted messages that can be restored until it is emptied.

`updates.remove` moves a message there: its row in `message` becomes one in `binned`, its other rows stay.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, func, insert, select

from catcher.errors import NotFound
from catcher.store.db.codec import microseconds, moment, unpack_summary
from catcher.store.db.rows import COLUMNS, message_row
from catcher.store.db.tables import binned, message
from catcher.store.events import ChangeResult
from catcher.store.labels import inboxes, tags
from catcher.store.model import BinnedMessage
from catcher.store.write.updates import PRUNE_STEP, STEP, announce_reload, note_leftovers


def page(connection: Connection, *, limit: int, start: int) -> list[BinnedMessage]:
    """See `Store.bin`."""
    rows = select(binned).order_by(binned.c.deleted_at.desc(), binned.c.arrival.desc()).limit(limit).offset(start)
    return [_binned(row) for row in connection.execute(rows)]


def count(connection: Connection) -> int:
    """Return the number of messages in the bin."""
    return int(connection.execute(select(func.count()).select_from(binned)).scalar_one())


def get(connection: Connection, store_id: str) -> BinnedMessage:
    """See `Store.binned_message`."""
    row = connection.execute(select(binned).where(binned.c.store_id == store_id)).first()
    if row is None:
        raise NotFound("message not found")
    return _binned(row)


def restore(connection: Connection, store_ids: Sequence[str]) -> ChangeResult:
    """Restore messages with their tags and inboxes; unknown ids are ignored."""
    rows = connection.execute(select(binned).where(binned.c.store_id.in_(store_ids))).all()
    if not rows:
        return ChangeResult(changed=0)
    back = [_binned(row).summary for row in rows]
    connection.execute(insert(message), [dict(zip(COLUMNS, message_row(one), strict=True)) for one in back])
    tags.attach(connection, {one.arrival: one.tags for one in back})
    inboxes.attach(connection, {one.arrival: one.inboxes for one in back}, at=back[0].received_at)
    connection.execute(delete(binned).where(binned.c.arrival.in_([one.arrival for one in back])))
    return announce_reload(
        connection,
        len(back),
        messages=len(back),
        unread=sum(not one.is_read for one in back),
        octets=sum(one.size for one in back),
    )


def restore_deleted_at(connection: Connection, *, moment: datetime) -> ChangeResult:
    """Restore a step of what was deleted at exactly this moment."""
    chosen = select(binned.c.store_id).where(binned.c.deleted_at == microseconds(moment))
    return restore(connection, list(connection.scalars(chosen.order_by(binned.c.arrival).limit(STEP))))


def discard(connection: Connection, store_ids: Sequence[str]) -> ChangeResult:
    """Delete messages in the bin for good; unknown ids are ignored."""
    return _discard(connection, select(binned.c.arrival).where(binned.c.store_id.in_(store_ids)))


def empty(connection: Connection, *, before: datetime | None) -> ChangeResult:
    """Delete for good a step of what was deleted before a moment; None: of everything."""
    chosen = select(binned.c.arrival).order_by(binned.c.deleted_at).limit(PRUNE_STEP)
    return _discard(connection, chosen if before is None else chosen.where(binned.c.deleted_at < microseconds(before)))


def _discard(connection: Connection, chosen: Select[int]) -> ChangeResult:
    arrivals = sorted(connection.scalars(chosen))
    if arrivals:
        note_leftovers(connection, arrivals)
        connection.execute(delete(binned).where(binned.c.arrival.in_(arrivals)))
    return ChangeResult(changed=len(arrivals))


def _binned(row: Row[Any]) -> BinnedMessage:
    return BinnedMessage(summary=unpack_summary(row.summary), deleted_at=moment(row.deleted_at))
