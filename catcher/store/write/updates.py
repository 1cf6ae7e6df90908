"""Changes to stored messages: flags, tags, inboxes, deletion. Each function is one bounded step in one transaction.

A step returns how many messages it changed and the events to publish after the commit. Callers repeat it until a step
changes less than `STEP`, and others may write in between. Nothing here touches the bulky rows of a message.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from msgspec.structs import replace
from sqlalchemy import ColumnElement, Connection, Row, Select, bindparam, delete, insert, select, update

from catcher.store.db.codec import ChangeData, microseconds, pack
from catcher.store.db.rows import split_names
from catcher.store.db.tables import binned, change, leftover, message
from catcher.store.engines.counters import advance, read_counters
from catcher.store.events import ChangeResult, Kind, StoreEvent
from catcher.store.labels import inboxes, tags
from catcher.store.model import StoredInbox
from catcher.store.read import queries

STEP = 5000
"""Messages that one transaction changes at most."""

PRUNE_STEP = 500
"""Messages that one transaction of retention deletes at most."""

MAX_SINGLE_EVENTS = 200
"""More events than these are published as one "prune"."""

NOT_PINNED = message.c.is_pinned.is_(False)
"""The condition of retention, and of deleting everything or what a query matches."""

_MARK = update(message).where(message.c.arrival == bindparam("wanted")).values(is_read=bindparam("flag"))
_PIN = update(message).where(message.c.arrival == bindparam("wanted")).values(is_pinned=bindparam("flag"))
_DELETE = delete(message).where(message.c.arrival == bindparam("wanted"))
_KEYS = select(message.c.arrival, message.c.store_id, message.c.inboxes)
_RELOAD = StoreEvent(cursor=0, kind="prune")


def mark(connection: Connection, where: ColumnElement[bool] | None, *, is_read: bool, upto: int) -> ChangeResult:
    """Mark what `where` selects (None: all), up to an arrival number."""
    rows = _oldest(connection, _KEYS, where, message.c.is_read.is_(not is_read), upto=upto)
    if rows:
        connection.execute(_MARK, [{"wanted": row.arrival, "flag": is_read} for row in rows])
    events = [_event("update", row, is_read=is_read) for row in rows]
    return _announce(connection, events, unread=-len(rows) if is_read else len(rows))


def pin(connection: Connection, where: ColumnElement[bool] | None, *, is_pinned: bool, upto: int) -> ChangeResult:
    """Pin or unpin what `where` selects (None: all), up to an arrival number."""
    rows = _oldest(connection, _KEYS, where, message.c.is_pinned.is_(not is_pinned), upto=upto)
    if rows:
        connection.execute(_PIN, [{"wanted": row.arrival, "flag": is_pinned} for row in rows])
    return _announce(connection, [_event("update", row, is_pinned=is_pinned) for row in rows])


def remove(
    connection: Connection,
    where: ColumnElement[bool] | None,
    *,
    upto: int,
    limit: int | None = None,
    is_prune: bool = False,
    binned_at: datetime | None = None,
) -> ChangeResult:
    """Delete the oldest of what `where` selects (None: all), up to an arrival number.

    is_prune: publish it as one "prune". binned_at: move the messages to the bin at this moment instead.
    """
    rows = _oldest(connection, select(message), where, upto=upto, limit=limit)
    if not rows:
        return ChangeResult(changed=0)
    arrivals = [row.arrival for row in rows]
    if binned_at is None:
        note_leftovers(connection, arrivals)
    else:
        at = microseconds(binned_at)
        kept = [
            {"arrival": one.arrival, "store_id": one.store_id, "deleted_at": at, "summary": pack(one)}
            for one in queries.summaries(connection, rows)
        ]
        connection.execute(insert(binned), kept)
    tags.detach(connection, arrivals)
    inboxes.detach(connection, arrivals)
    connection.execute(_DELETE, [{"wanted": arrival} for arrival in arrivals])
    return _announce(
        connection,
        [_RELOAD] if is_prune else [_event("delete", row) for row in rows],
        changed=len(rows),
        messages=-len(rows),
        unread=-sum(not row.is_read for row in rows),
        octets=-sum(row.size for row in rows),
    )


def remove_everything(connection: Connection) -> ChangeResult:
    """Empty the mailbox except for pinned messages: one quick step when nothing is pinned or in the bin."""
    now = read_counters(connection)
    if _has_rows(connection, select(message.c.arrival).where(message.c.is_pinned.is_(True)), select(binned.c.arrival)):
        return remove(connection, NOT_PINNED, upto=now.cursor, limit=now.cursor, is_prune=True)
    tags.detach_all(connection)
    inboxes.detach_all(connection)
    connection.execute(delete(message))
    connection.execute(delete(leftover))
    connection.execute(insert(leftover), {"first": 0, "last": now.cursor})
    return _announce(
        connection,
        [StoreEvent(cursor=0, kind="truncate")],
        changed=now.counts.messages,
        messages=-now.counts.messages,
        unread=-now.counts.unread,
        octets=-now.counts.octets,
    )


def retain(connection: Connection, *, max_messages: int, oldest: datetime | None) -> ChangeResult:
    """Delete up to `PRUNE_STEP` of the oldest messages beyond a number (0: no limit), or received before a moment."""
    excess = read_counters(connection).counts.messages - max_messages if max_messages else 0
    too_old = None if oldest is None else message.c.received_at < microseconds(oldest)
    return _prune(connection, NOT_PINNED, excess=excess, too_old=too_old)


def retain_inboxes(connection: Connection, *, now: datetime) -> ChangeResult:
    """Apply the limits of inboxes that have their own, as `retain`; expired inboxes are deleted as a whole."""
    for each in inboxes.over_limit(connection, now=now):
        if each.expires_at is not None and each.expires_at <= now:
            result = remove_inbox(connection, each.name)
        else:
            excess = each.messages - each.max_messages if each.max_messages else 0
            too_old = None if each.max_age is None else message.c.received_at < microseconds(now - each.max_age)
            result = _prune(connection, NOT_PINNED & inboxes.in_inbox(each.name), excess=excess, too_old=too_old)
        if result.changed:
            return result
    return ChangeResult(changed=0)


def create_inbox(connection: Connection, wanted: StoredInbox) -> ChangeResult:
    """Create an inbox. Raises InboxError."""
    inboxes.create(connection, wanted)
    return ChangeResult(changed=1)


def remove_inbox(connection: Connection, name: str) -> ChangeResult:
    """Delete a step of the mail that is in this inbox alone; with the last of it the inbox. Raises NotFound.

    The inbox itself counts as one, so that a step that returns less than `STEP` was the last.
    """
    inboxes.remove_shared(connection, name)
    upto = read_counters(connection).cursor
    result = remove(connection, inboxes.in_inbox(name), upto=upto, limit=STEP - 1)
    if result.changed == STEP - 1:
        return ChangeResult(changed=STEP, events=result.events)
    inboxes.make_implicit(connection, name)
    # Messages that stay in other inboxes have no event of their own.
    return ChangeResult(changed=result.changed + 1, events=(*result.events, *announce_reload(connection, 0).events))


def note_leftovers(connection: Connection, arrivals: Sequence[int]) -> None:
    """Note that the other rows of these messages are to be swept; arrivals in rising order."""
    connection.execute(insert(leftover), [{"first": first, "last": last} for first, last in _ranges(arrivals)])


def set_tags(connection: Connection, store_ids: Sequence[str], names: Sequence[str]) -> ChangeResult:
    """Give messages exactly these tags; unknown ids are ignored."""
    rows = connection.execute(_KEYS.where(message.c.store_id.in_(store_ids))).all()
    changed = tags.replace(connection, [row.arrival for row in rows], names)
    events = [_event("update", row, tags=changed[row.arrival]) for row in rows if row.arrival in changed]
    return _announce(connection, events)


def add_tag(connection: Connection, where: ColumnElement[bool] | None, *, name: str, upto: int) -> ChangeResult:
    """Give a tag to what `where` selects (None: all), up to an arrival number."""
    return _retag(connection, where, ~tags.has_tag(name), tags.add, name=name, upto=upto)


def remove_tag(connection: Connection, where: ColumnElement[bool] | None, *, name: str, upto: int) -> ChangeResult:
    """Remove a tag from what `where` selects (None: all), up to an arrival number."""
    return _retag(connection, where, tags.has_tag(name), tags.remove, name=name, upto=upto)


def rename_tag(connection: Connection, old: str, new: str) -> ChangeResult:
    """Rename a tag. Raises TagError, NotFound."""
    return announce_reload(connection, 1) if tags.rename(connection, old, new) else ChangeResult(changed=0)


def delete_tag(connection: Connection, name: str) -> ChangeResult:
    """Delete a tag. Raises NotFound."""
    tags.delete_tag(connection, name)
    return announce_reload(connection, 1)


def announce_reload(
    connection: Connection, changed: int, *, messages: int = 0, unread: int = 0, octets: int = 0
) -> ChangeResult:
    """Return a result whose event lets everybody reload the list; the numbers are added to the totals."""
    return _announce(connection, [_RELOAD], changed=changed, messages=messages, unread=unread, octets=octets)


def _oldest(
    connection: Connection,
    columns: Select[*tuple[Any, ...]],
    where: ColumnElement[bool] | None,
    *conditions: ColumnElement[bool],
    upto: int,
    limit: int | None = None,
) -> Sequence[Row[*tuple[Any, ...]]]:
    chosen = columns.where(message.c.arrival <= upto, *conditions)
    chosen = chosen if where is None else chosen.where(where)
    return connection.execute(chosen.order_by(message.c.arrival).limit(limit or STEP)).all()


def _retag(
    connection: Connection,
    where: ColumnElement[bool] | None,
    condition: ColumnElement[bool],
    change_tag: Callable[[Connection, Sequence[int], str], None],
    *,
    name: str,
    upto: int,
) -> ChangeResult:
    rows = _oldest(connection, _KEYS, where, condition, upto=upto)
    if not rows:
        return ChangeResult(changed=0)
    arrivals = [row.arrival for row in rows]
    change_tag(connection, arrivals, name)
    tagged = tags.tags_of(connection, arrivals) if len(rows) <= MAX_SINGLE_EVENTS else {}
    return _announce(connection, [_event("update", row, tags=tagged.get(row.arrival, ())) for row in rows])


def _prune(
    connection: Connection, where: ColumnElement[bool], *, excess: int, too_old: ColumnElement[bool] | None
) -> ChangeResult:
    """Delete the oldest messages that `where` selects: the excess, or else those that are too old."""
    upto, result = read_counters(connection).cursor, ChangeResult(changed=0)
    if excess > 0:
        result = remove(connection, where, upto=upto, limit=min(excess, PRUNE_STEP), is_prune=True)
    if not result.changed and too_old is not None:
        result = remove(connection, where & too_old, upto=upto, limit=PRUNE_STEP, is_prune=True)
    return result


def _has_rows(connection: Connection, *chosen: Select[int]) -> bool:
    return any(connection.execute(each.limit(1)).first() is not None for each in chosen)


def _event(kind: Kind, row: Row[*tuple[Any, ...]], **fields: Any) -> StoreEvent:
    """Return an event about a message, still without its number."""
    names = split_names(row.inboxes)
    return StoreEvent(cursor=0, kind=kind, store_id=row.store_id, inboxes=names, **fields)


def _announce(
    connection: Connection,
    events: Sequence[StoreEvent],
    *,
    changed: int | None = None,
    messages: int = 0,
    unread: int = 0,
    octets: int = 0,
) -> ChangeResult:
    """Give the events their numbers, store them for other processes, and add to the totals.

    changed: how many messages changed, if not one an event.
    """
    changed = len(events) if changed is None else changed
    if not events:
        return ChangeResult(changed=0)
    if len(events) > MAX_SINGLE_EVENTS:
        events = [_RELOAD]
    last = advance(connection, numbers=len(events), messages=messages, unread=unread, octets=octets)
    numbered = tuple(replace(event, cursor=number) for number, event in enumerate(events, last - len(events) + 1))
    connection.execute(insert(change), [_change_row(event) for event in numbered])
    return ChangeResult(changed=changed, events=numbered)


def _change_row(event: StoreEvent) -> dict[str, object]:
    data = ChangeData(is_read=event.is_read, tags=event.tags, is_pinned=event.is_pinned, inboxes=event.inboxes)
    return {"cursor": event.cursor, "kind": event.kind, "store_id": event.store_id, "data": pack(data)}


def _ranges(arrivals: Sequence[int]) -> list[tuple[int, int]]:
    """Return rising numbers as ranges of neighbours, both ends included."""
    ranges: list[tuple[int, int]] = []
    for arrival in arrivals:
        if ranges and ranges[-1][1] == arrival - 1:
            ranges[-1] = (ranges[-1][0], arrival)
        else:
            ranges.append((arrival, arrival))
    return ranges
