"""The bin: deleted messages that can still come back, until somebody or time empties it.

A message gets there by `changing.remove`: its row in `message` becomes one in `binned`, everything else of it stays.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select

from catcher.errors import NotFound
from catcher.store.db.codec import microseconds, moment, pack, unpack_summary
from catcher.store.db.tables import binned, message
from catcher.store.labels import inboxes, tags
from catcher.store.model import Binned
from catcher.store.write.updates import PRUNE_STEP, STEP, ChangeResult, leave_over, tell_reload


def page(connection: Connection, *, limit: int, start: int = 0) -> list[Binned]:
    """What is in the bin, what was deleted last first."""
    rows = select(binned).order_by(binned.c.deleted_at.desc(), binned.c.arrival.desc()).limit(limit).offset(start)
    return [_binned(row) for row in connection.execute(rows)]


def count(connection: Connection) -> int:
    """How many messages are in the bin."""
    return int(connection.execute(select(func.count()).select_from(binned)).scalar_one())


def get(connection: Connection, store_id: str) -> Binned:
    """One message of the bin. Raises NotFound."""
    row = connection.execute(select(binned).where(binned.c.store_id == store_id)).first()
    if row is None:
        raise NotFound("message not found")
    return _binned(row)


def restore(connection: Connection, store_ids: Sequence[str]) -> ChangeResult:
    """Put messages back to where they were, tags and inboxes included; unknown ids are ignored."""
    rows = connection.execute(select(binned).where(binned.c.store_id.in_(store_ids))).all()
    if not rows:
        return ChangeResult(changed=0)
    back = [_binned(row).summary for row in rows]
    connection.execute(
        insert(message),
        [
            {
                "arrival": one.arrival,
                "store_id": one.store_id,
                "received_at": microseconds(one.received_at),
                "size": one.size,
                "is_read": one.is_read,
                "attachments": one.attachments,
                "inlines": one.inlines,
                "user": one.user,
                "message_id": one.message_id,
                "subject": one.subject,
                "snippet": one.snippet,
                "addresses": pack(one.addresses),
                "is_pinned": one.is_pinned,
                "inboxes": inboxes.join_names(one.inboxes),
            }
            for one in back
        ],
    )
    tags.attach(connection, {one.arrival: one.tags for one in back})
    inboxes.attach(connection, {one.arrival: one.inboxes for one in back}, at=back[0].received_at)
    connection.execute(delete(binned).where(binned.c.arrival.in_([one.arrival for one in back])))
    return tell_reload(
        connection,
        len(back),
        messages=len(back),
        unread=sum(not one.is_read for one in back),
        octets=sum(one.size for one in back),
    )


def restore_deleted_at(connection: Connection, *, moment: datetime) -> ChangeResult:
    """Put back a step of what was deleted at exactly this moment."""
    chosen = select(binned.c.store_id).where(binned.c.deleted_at == microseconds(moment))
    return restore(connection, list(connection.scalars(chosen.order_by(binned.c.arrival).limit(STEP))))


def discard(connection: Connection, store_ids: Sequence[str]) -> ChangeResult:
    """Delete messages of the bin for good; unknown ids are ignored."""
    arrivals = sorted(connection.scalars(select(binned.c.arrival).where(binned.c.store_id.in_(store_ids))))
    return _discard(connection, arrivals)


def empty(connection: Connection, *, before: datetime | None) -> ChangeResult:
    """Delete for good a step of what was put into the bin before a moment; None: of all."""
    chosen = select(binned.c.arrival)
    if before is not None:
        chosen = chosen.where(binned.c.deleted_at < microseconds(before))
    arrivals = sorted(connection.scalars(chosen.order_by(binned.c.deleted_at).limit(PRUNE_STEP)))
    return _discard(connection, arrivals)


def _discard(connection: Connection, arrivals: Sequence[int]) -> ChangeResult:
    """For good, with everything else there is of them; rising numbers."""
    if not arrivals:
        return ChangeResult(changed=0)
    leave_over(connection, arrivals)
    connection.execute(delete(binned).where(binned.c.arrival.in_(arrivals)))
    return ChangeResult(changed=len(arrivals))


def _binned(row: Row[Any]) -> Binned:
    return Binned(summary=unpack_summary(row.summary), deleted_at=moment(row.deleted_at))
