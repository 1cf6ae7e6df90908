"""Inboxes: which messages are in them, how many, and those that were made on purpose."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, insert, or_, select, update

from catcher.errors import InboxError, NotFound
from catcher.store.db.codec import microseconds, moment
from catcher.store.db.tables import inbox, message, message_inbox
from catcher.store.labels.groups import Groups
from catcher.store.labels.inbox_names import clean_inbox, fold_inbox
from catcher.store.model import StoredInbox

_INBOXES = Groups(inbox, message_inbox, key="inbox_id")
_NOT_MADE = {"is_made": False, "password": "", "expires_at": None, "max_messages": 0, "max_age": None}
_PRUNE = delete(inbox).where(inbox.c.messages <= 0, inbox.c.is_made.is_(False))


def attach(connection: Connection, wanted: Mapping[int, Iterable[str]], *, at: datetime) -> None:
    """Put messages that are in no inbox into these, by their clean names. at: when inboxes that are new began."""
    folded = {arrival: {fold_inbox(name): name for name in names} for arrival, names in wanted.items()}
    names: dict[str, str] = {}
    for each in folded.values():
        names = each | names
    if names:
        known = _INBOXES.ensure(connection, names, created_at=microseconds(at), **_NOT_MADE)
        _INBOXES.enter(connection, [(known[key][0], arrival) for arrival, keys in folded.items() for key in keys])


def detach(connection: Connection, arrivals: Sequence[int]) -> None:
    """Take these messages out of their inboxes; those that mail had made go when they are empty."""
    if _INBOXES.leave(connection, arrivals):
        connection.execute(_PRUNE)


def detach_all(connection: Connection) -> None:
    """Take all messages out of all inboxes."""
    connection.execute(delete(message_inbox))
    connection.execute(delete(inbox).where(inbox.c.is_made.is_(False)))
    connection.execute(update(inbox).values(messages=0))


def move_out(connection: Connection, name: str) -> None:
    """Take messages that are in other inboxes too out of this one; those of this one alone stay. Raises NotFound."""
    row = _find(connection, name)
    members = select(message.c.arrival, message.c.inboxes).join(
        message_inbox, message_inbox.c.arrival == message.c.arrival
    )
    others = {
        each.arrival: [other for other in split_names(each.inboxes) if fold_inbox(other) != row.folded]
        for each in connection.execute(members.where(message_inbox.c.inbox_id == row.id))
    }
    shared = {arrival: names for arrival, names in others.items() if names}
    for arrival, names in shared.items():
        connection.execute(update(message).where(message.c.arrival == arrival).values(inboxes=join_names(names)))
    _INBOXES.leave(connection, shared)
    attach(connection, shared, at=moment(row.created_at))


def make(connection: Connection, wanted: StoredInbox) -> None:
    """Make an inbox, or make one that mail had made stay. Raises InboxError for a name that is unusable or made."""
    name = clean_inbox(wanted.name)
    if not name or name != wanted.name:
        raise InboxError(f"invalid inbox name: {wanted.name[:100]}")
    values = {
        "is_made": True,
        "created_at": microseconds(wanted.created_at),
        "password": wanted.password,
        "expires_at": None if wanted.expires_at is None else microseconds(wanted.expires_at),
        "max_messages": wanted.max_messages,
        "max_age": None if wanted.max_age is None else int(wanted.max_age.total_seconds()),
    }
    row = connection.execute(select(inbox).where(inbox.c.folded == fold_inbox(name))).first()
    if row is not None and row.is_made:
        raise InboxError(f"inbox already exists: {name}")
    if row is None:
        connection.execute(insert(inbox), {"name": name, "folded": fold_inbox(name), "messages": 0, **values})
    else:
        connection.execute(update(inbox).where(inbox.c.id == row.id).values(**values))


def unmake(connection: Connection, name: str) -> None:
    """Let an inbox go that has no messages any more, or else with its last; no error when it is gone already."""
    is_it = inbox.c.folded == fold_inbox(name)
    connection.execute(update(inbox).where(is_it).values(**_NOT_MADE))
    connection.execute(_PRUNE)


def find(connection: Connection, name: str) -> StoredInbox:
    """The inbox of this name. Raises NotFound."""
    return _inbox(_find(connection, name))


def find_made(connection: Connection, name: str, *, now: datetime) -> StoredInbox | None:
    """The inbox of this name, if it was made on purpose and is not over by now."""
    is_it = and_(inbox.c.folded == fold_inbox(clean_inbox(name)), inbox.c.is_made.is_(True))
    is_on = or_(inbox.c.expires_at.is_(None), inbox.c.expires_at > microseconds(now))
    row = connection.execute(select(inbox).where(is_it, is_on)).first()
    return None if row is None else _inbox(row)


def all_inboxes(connection: Connection, *, made: bool | None = None) -> list[StoredInbox]:
    """Every inbox, sorted by name without regard to case. made: only those that were made on purpose, or not."""
    rows = select(inbox).order_by(inbox.c.folded)
    rows = rows if made is None else rows.where(inbox.c.is_made.is_(made))
    return [_inbox(row) for row in connection.execute(rows)]


def due(connection: Connection, *, now: datetime) -> list[StoredInbox]:
    """The inboxes made on purpose whose own bounds may call for something: time over, too many, or a bound of age."""
    is_due = or_(
        inbox.c.expires_at <= microseconds(now),
        and_(inbox.c.max_messages > 0, inbox.c.messages > inbox.c.max_messages),
        and_(inbox.c.max_age.is_not(None), inbox.c.messages > 0),
    )
    return [_inbox(row) for row in connection.execute(select(inbox).where(is_due).order_by(inbox.c.id))]


def join_names(names: Iterable[str]) -> str:
    """Names as the column `message.inboxes` has them."""
    return "\n".join(names)


def split_names(text: str) -> tuple[str, ...]:
    """What `join_names` joined."""
    return tuple(text.split("\n")) if text else ()


def _find(connection: Connection, name: str) -> Row[Any]:
    row = connection.execute(select(inbox).where(inbox.c.folded == fold_inbox(name))).first()
    if row is None:
        raise NotFound(f"inbox not found: {name[:100]}")
    return row


def _inbox(row: Row[Any]) -> StoredInbox:
    return StoredInbox(
        name=row.name,
        messages=row.messages,
        created_at=moment(row.created_at),
        is_made=row.is_made,
        password=row.password,
        expires_at=None if row.expires_at is None else moment(row.expires_at),
        max_messages=row.max_messages,
        max_age=None if row.max_age is None else timedelta(seconds=row.max_age),
    )
