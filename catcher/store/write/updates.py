"""Changes to messages that are there: flags, tags, deletion. Each function is one bounded step in one transaction.

A step returns how many messages it changed and the events to publish after the commit; who calls it repeats it until a
step does less than `STEP`, and others may write in between. Nothing here touches a message's bulky rows.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, bindparam, delete, insert, select, update

from catcher.store.db.codec import ChangeData, microseconds, pack
from catcher.store.db.tables import binned, change, inbox, leftover, message, message_inbox
from catcher.store.engines.counters import advance, read_counters
from catcher.store.events import Kind, StoreEvent
from catcher.store.labels import inboxes as boxing
from catcher.store.labels import tags as labelling
from catcher.store.labels.inbox_names import fold_inbox
from catcher.store.model import StoredInbox
from catcher.store.read import queries

STEP = 5000
"""Messages that one transaction changes at most."""

TOLD_ONE_BY_ONE = 200
"""More messages than these changed at once are told as one "prune"."""

PRUNE_STEP = 500
"""Messages that retention takes at most in one transaction."""

_MARK = update(message).where(message.c.arrival == bindparam("wanted")).values(is_read=bindparam("flag"))
_PIN = update(message).where(message.c.arrival == bindparam("wanted")).values(is_pinned=bindparam("flag"))
_DELETE = delete(message).where(message.c.arrival == bindparam("wanted"))
_INSERT_CHANGE = insert(change)

NOT_PINNED = message.c.is_pinned.is_(False)
"""What deleting everything, or what a query matches, takes of it; retention too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeResult:
    """What a step did."""

    changed: int
    events: tuple[StoreEvent, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """An event that has no number yet."""

    kind: Kind
    store_id: str = ""
    data: ChangeData = field(default_factory=ChangeData)


def mark(connection: Connection, where: ColumnElement[bool] | None, *, is_read: bool, upto: int) -> ChangeResult:
    """Set the flag of what `where` selects (None: all) and did not have it, up to an arrival number."""
    chosen = select(message.c.arrival, message.c.store_id, message.c.inboxes).where(
        message.c.is_read.is_(not is_read), message.c.arrival <= upto
    )
    chosen = chosen if where is None else chosen.where(where)
    rows = connection.execute(chosen.order_by(message.c.arrival).limit(STEP)).all()
    if not rows:
        return ChangeResult(changed=0)
    connection.execute(_MARK, [{"wanted": row.arrival, "flag": is_read} for row in rows])
    told = [_told("update", row, is_read=is_read) for row in rows]
    return _announce(connection, len(rows), told, unread=-len(rows) if is_read else len(rows))


def pin(connection: Connection, where: ColumnElement[bool] | None, *, is_pinned: bool, upto: int) -> ChangeResult:
    """Pin or unpin what `where` selects (None: all) and was not, up to an arrival number."""
    chosen = select(message.c.arrival, message.c.store_id, message.c.inboxes).where(
        message.c.is_pinned.is_(not is_pinned), message.c.arrival <= upto
    )
    chosen = chosen if where is None else chosen.where(where)
    rows = connection.execute(chosen.order_by(message.c.arrival).limit(STEP)).all()
    if not rows:
        return ChangeResult(changed=0)
    connection.execute(_PIN, [{"wanted": row.arrival, "flag": is_pinned} for row in rows])
    return _announce(connection, len(rows), [_told("update", row, is_pinned=is_pinned) for row in rows])


def remove(
    connection: Connection,
    where: ColumnElement[bool] | None,
    *,
    upto: int,
    limit: int = STEP,
    is_prune: bool = False,
    binned_at: datetime | None = None,
) -> ChangeResult:
    """Delete the oldest of what `where` selects, up to an arrival number.

    is_prune: tell it as one "prune". binned_at: put them into the bin at this moment instead.
    """
    chosen = select(message).where(message.c.arrival <= upto)
    chosen = chosen if where is None else chosen.where(where)
    rows = connection.execute(chosen.order_by(message.c.arrival).limit(limit)).all()
    if not rows:
        return ChangeResult(changed=0)
    arrivals = [row.arrival for row in rows]
    if binned_at is None:
        leave_over(connection, arrivals)
    else:
        at = microseconds(binned_at)
        kept = [
            {"arrival": one.arrival, "store_id": one.store_id, "deleted_at": at, "summary": pack(one)}
            for one in queries.summaries(connection, rows)
        ]
        connection.execute(insert(binned), kept)
    labelling.detach(connection, arrivals)
    boxing.detach(connection, arrivals)
    connection.execute(_DELETE, [{"wanted": arrival} for arrival in arrivals])
    told = [_Told(kind="prune")] if is_prune else [_told("delete", row) for row in rows]
    return _announce(
        connection,
        len(rows),
        told,
        messages=-len(rows),
        unread=-sum(not row.is_read for row in rows),
        octets=-sum(row.size for row in rows),
    )


def remove_everything(connection: Connection) -> ChangeResult:
    """Empty the mailbox, but for what is pinned. Only where nothing is pinned or in the bin this is one quick step."""
    now = read_counters(connection)
    if _holds_back(connection):
        return remove(connection, NOT_PINNED, upto=now.cursor, limit=now.cursor, is_prune=True)
    labelling.detach_all(connection)
    boxing.detach_all(connection)
    connection.execute(delete(message))
    connection.execute(delete(leftover))
    connection.execute(insert(leftover), {"first": 0, "last": now.cursor})
    counts = now.counts
    return _announce(
        connection,
        counts.messages,
        [_Told(kind="truncate")],
        messages=-counts.messages,
        unread=-counts.unread,
        octets=-counts.octets,
    )


def retain(connection: Connection, *, max_messages: int, oldest: datetime | None) -> ChangeResult:
    """Delete up to `PRUNE_STEP` of the oldest beyond so many (0: any number), or received before a moment."""
    now = read_counters(connection)
    excess = now.counts.messages - max_messages if max_messages else 0
    if excess > 0:
        outcome = remove(connection, NOT_PINNED, upto=now.cursor, limit=min(excess, PRUNE_STEP), is_prune=True)
        if outcome.changed:
            return outcome
    if oldest is None:
        return ChangeResult(changed=0)
    return _remove_old(connection, message.c.received_at < microseconds(oldest))


def retain_inboxes(connection: Connection, *, now: datetime) -> ChangeResult:
    """As `retain`, by the bounds of inboxes that have their own; those whose time is over go as a whole."""
    for each in boxing.due(connection, now=now):
        is_over = each.expires_at is not None and each.expires_at <= now
        outcome = remove_inbox(connection, each.name) if is_over else _retain_inbox(connection, each, now)
        if outcome.changed:
            return outcome
    return ChangeResult(changed=0)


def remove_inbox(connection: Connection, name: str) -> ChangeResult:
    """Delete the mail of an inbox that is in no other, a step of it; with the last one the inbox. Raises NotFound.

    The inbox counts as one that changed, so that a step that returns less than `STEP` was the last.
    """
    boxing.move_out(connection, name)
    outcome = remove(connection, in_inbox(name), upto=read_counters(connection).cursor, limit=STEP - 1)
    if outcome.changed == STEP - 1:
        return ChangeResult(changed=STEP, events=outcome.events)
    boxing.unmake(connection, name)
    # What was moved out of it tells of nothing else.
    return ChangeResult(changed=outcome.changed + 1, events=(*outcome.events, *tell_reload(connection, 0).events))


def make_inbox(connection: Connection, wanted: StoredInbox) -> ChangeResult:
    """Make an inbox. Raises InboxError."""
    boxing.make(connection, wanted)
    return ChangeResult(changed=1)


def in_inbox(name: str) -> ColumnElement[bool]:
    """The condition on `message` that it is in an inbox."""
    members = select(message_inbox.c.arrival).join(inbox, inbox.c.id == message_inbox.c.inbox_id)
    return message.c.arrival.in_(members.where(inbox.c.folded == fold_inbox(name)))


def leave_over(connection: Connection, arrivals: Sequence[int]) -> None:
    """Note that what else there is of these messages is to be swept; rising numbers."""
    connection.execute(insert(leftover), [{"first": first, "last": last} for first, last in _ranges(arrivals)])


def set_tags(connection: Connection, store_ids: Sequence[str], names: Sequence[str]) -> ChangeResult:
    """Give messages exactly these tags; unknown ids are ignored."""
    rows = connection.execute(
        select(message.c.arrival, message.c.store_id, message.c.inboxes).where(message.c.store_id.in_(store_ids))
    ).all()
    changed = labelling.replace(connection, [row.arrival for row in rows], names)
    told = [_told("update", row, tags=changed[row.arrival]) for row in rows if row.arrival in changed]
    return _announce(connection, len(changed), told) if changed else ChangeResult(changed=0)


def add_tag(connection: Connection, where: ColumnElement[bool] | None, *, name: str, upto: int) -> ChangeResult:
    """Give a tag to what `where` selects (None: all) and does not have it, up to an arrival number."""
    return _retag(connection, where, ~labelling.has_tag(name), labelling.add, name=name, upto=upto)


def remove_tag(connection: Connection, where: ColumnElement[bool] | None, *, name: str, upto: int) -> ChangeResult:
    """Take a tag from what `where` selects (None: all) and has it, up to an arrival number."""
    return _retag(connection, where, labelling.has_tag(name), labelling.take, name=name, upto=upto)


def rename_tag(connection: Connection, old: str, new: str) -> ChangeResult:
    """Call a tag otherwise. Raises TagError, NotFound."""
    if not labelling.rename(connection, old, new):
        return ChangeResult(changed=0)
    return _announce(connection, 1, [_Told(kind="prune")])


def delete_tag(connection: Connection, name: str) -> ChangeResult:
    """Take a tag from all messages. Raises NotFound."""
    labelling.remove(connection, name)
    return _announce(connection, 1, [_Told(kind="prune")])


def tell_reload(
    connection: Connection, changed: int, *, messages: int = 0, unread: int = 0, octets: int = 0
) -> ChangeResult:
    """Have everybody read the list again; the numbers are what the totals gain."""
    return _announce(connection, changed, [_Told(kind="prune")], messages=messages, unread=unread, octets=octets)


def _retag(
    connection: Connection,
    where: ColumnElement[bool] | None,
    concerned: ColumnElement[bool],
    change: Callable[[Connection, Sequence[int], str], None],
    *,
    name: str,
    upto: int,
) -> ChangeResult:
    chosen = select(message.c.arrival, message.c.store_id).where(message.c.arrival <= upto, concerned)
    chosen = chosen if where is None else chosen.where(where)
    rows = connection.execute(chosen.order_by(message.c.arrival).limit(STEP)).all()
    if not rows:
        return ChangeResult(changed=0)
    arrivals = [row.arrival for row in rows]
    change(connection, arrivals, name)
    tags = labelling.tags_of(connection, arrivals) if len(rows) <= TOLD_ONE_BY_ONE else {}
    told = [
        _Told(kind="update", store_id=row.store_id, data=ChangeData(tags=tags.get(row.arrival, ()))) for row in rows
    ]
    return _announce(connection, len(rows), told)


def _remove_old(connection: Connection, where: ColumnElement[bool], *, limit: int = PRUNE_STEP) -> ChangeResult:
    upto = read_counters(connection).cursor
    return remove(connection, NOT_PINNED & where, upto=upto, limit=min(limit, PRUNE_STEP), is_prune=True)


def _retain_inbox(connection: Connection, each: StoredInbox, now: datetime) -> ChangeResult:
    excess = each.messages - each.max_messages if each.max_messages else 0
    if excess > 0:
        outcome = _remove_old(connection, in_inbox(each.name), limit=excess)
        if outcome.changed:
            return outcome
    if each.max_age is None:
        return ChangeResult(changed=0)
    return _remove_old(connection, in_inbox(each.name) & (message.c.received_at < microseconds(now - each.max_age)))


def _holds_back(connection: Connection) -> bool:
    """Whether there is a message that deleting everything has to leave where it is."""
    pinned = select(message.c.arrival).where(message.c.is_pinned.is_(True))
    return any(connection.execute(each.limit(1)).first() is not None for each in (pinned, select(binned.c.arrival)))


def _announce(
    connection: Connection,
    changed: int,
    told: Sequence[_Told],
    *,
    messages: int = 0,
    unread: int = 0,
    octets: int = 0,
) -> ChangeResult:
    """Number what is to be told, note it in `change` for others, and adjust the totals."""
    if len(told) > TOLD_ONE_BY_ONE:
        told = [_Told(kind="prune")]
    last = advance(connection, numbers=len(told), messages=messages, unread=unread, octets=octets)
    numbers = range(last - len(told) + 1, last + 1)
    connection.execute(
        _INSERT_CHANGE,
        [
            {"cursor": number, "kind": item.kind, "store_id": item.store_id, "data": pack(item.data)}
            for number, item in zip(numbers, told, strict=True)
        ],
    )
    events = tuple(
        StoreEvent(
            cursor=number,
            kind=item.kind,
            store_id=item.store_id,
            is_read=item.data.is_read,
            tags=item.data.tags,
            is_pinned=item.data.is_pinned,
            inboxes=item.data.inboxes,
        )
        for number, item in zip(numbers, told, strict=True)
    )
    return ChangeResult(changed=changed, events=events)


def _told(kind: Kind, row: Row[*tuple[Any, ...]], **data: Any) -> _Told:
    """What is told of one message; data: of `ChangeData`, the inboxes aside."""
    inboxes = boxing.split_names(row.inboxes)
    return _Told(kind=kind, store_id=row.store_id, data=ChangeData(inboxes=inboxes, **data))


def _ranges(arrivals: Sequence[int]) -> list[tuple[int, int]]:
    """Rising numbers as ranges of neighbours, both ends included."""
    ranges: list[tuple[int, int]] = []
    for arrival in arrivals:
        if ranges and ranges[-1][1] == arrival - 1:
            ranges[-1] = (ranges[-1][0], arrival)
        else:
            ranges.append((arrival, arrival))
    return ranges
