"""Inboxes: their members and counts, and the explicit ones with limits of their own.

An implicit inbox appears with its first message and disappears with its last. An explicit one (column `is_made`) was
created by a client and stays when it is empty.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, insert, or_, select, update

from catcher.errors import InboxError, NotFound
from catcher.store.db.codec import microseconds, moment, optional_microseconds, optional_moment
from catcher.store.db.rows import join_names, split_names
from catcher.store.db.tables import inbox, message, message_inbox
from catcher.store.labels.groups import Groups
from catcher.store.labels.inbox_names import clean_inbox, fold_inbox
from catcher.store.model import StoredInbox

_INBOXES = Groups(inbox, message_inbox, key="inbox_id")
_IMPLICIT = {"is_made": False, "password": "", "expires_at": None, "max_messages": 0, "max_age": None}
_PRUNE = delete(inbox).where(inbox.c.messages <= 0, inbox.c.is_made.is_(False))


def attach(connection: Connection, wanted: Mapping[int, Iterable[str]], *, at: datetime) -> None:
    """Put messages that are in no inbox into inboxes, by clean names. at: creation time of new inboxes."""
    folded = {arrival: {fold_inbox(name): name for name in names} for arrival, names in wanted.items()}
    names: dict[str, str] = {}
    for each in folded.values():
        names = each | names
    if names:
        known = _INBOXES.ensure(connection, names, created_at=microseconds(at), **_IMPLICIT)
        _INBOXES.add(connection, [(known[key][0], arrival) for arrival, keys in folded.items() for key in keys])


def detach(connection: Connection, arrivals: Sequence[int]) -> None:
    """Remove messages from their inboxes."""
    if _INBOXES.remove(connection, arrivals):
        connection.execute(_PRUNE)


def detach_all(connection: Connection) -> None:
    """Remove all messages from all inboxes."""
    connection.execute(delete(message_inbox))
    connection.execute(delete(inbox).where(inbox.c.is_made.is_(False)))
    connection.execute(update(inbox).values(messages=0))


def remove_shared(connection: Connection, name: str) -> None:
    """Remove the messages from an inbox that are in other inboxes too. Raises NotFound."""
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
    _INBOXES.remove(connection, shared)
    attach(connection, shared, at=moment(row.created_at))


def create(connection: Connection, wanted: StoredInbox) -> None:
    """Create an explicit inbox, or make an implicit one explicit. Raises InboxError for an unusable or taken name."""
    name = clean_inbox(wanted.name)
    if not name or name != wanted.name:
        raise InboxError(f"invalid inbox name: {wanted.name[:100]}")
    values = {
        "is_made": True,
        "created_at": microseconds(wanted.created_at),
        "password": wanted.password,
        "expires_at": optional_microseconds(wanted.expires_at),
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


def make_implicit(connection: Connection, name: str) -> None:
    """Make an inbox implicit, so that it disappears when it is empty; unknown names are ignored."""
    connection.execute(update(inbox).where(inbox.c.folded == fold_inbox(name)).values(**_IMPLICIT))
    connection.execute(_PRUNE)


def in_inbox(name: str) -> ColumnElement[bool]:
    """Return the condition on `message` that it is in an inbox."""
    members = select(message_inbox.c.arrival).join(inbox, inbox.c.id == message_inbox.c.inbox_id)
    return message.c.arrival.in_(members.where(inbox.c.folded == fold_inbox(name)))


def find(connection: Connection, name: str) -> StoredInbox:
    """Return an inbox. Raises NotFound."""
    return _inbox(_find(connection, name))


def find_explicit(connection: Connection, name: str, *, now: datetime) -> StoredInbox | None:
    """Return the explicit inbox of this name, unless it has expired."""
    is_it = and_(inbox.c.folded == fold_inbox(clean_inbox(name)), inbox.c.is_made.is_(True))
    is_valid = or_(inbox.c.expires_at.is_(None), inbox.c.expires_at > microseconds(now))
    row = connection.execute(select(inbox).where(is_it, is_valid)).first()
    return None if row is None else _inbox(row)


def read_all(connection: Connection, *, explicit: bool | None = None) -> list[StoredInbox]:
    """Return all inboxes, sorted by name without regard to case. explicit: only explicit ones, or only implicit."""
    rows = select(inbox).order_by(inbox.c.folded)
    rows = rows if explicit is None else rows.where(inbox.c.is_made.is_(explicit))
    return [_inbox(row) for row in connection.execute(rows)]


def over_limit(connection: Connection, *, now: datetime) -> list[StoredInbox]:
    """Return the inboxes whose own limits may require deletions: expired, too many messages, or a maximum age."""
    is_over = or_(
        inbox.c.expires_at <= microseconds(now),
        and_(inbox.c.max_messages > 0, inbox.c.messages > inbox.c.max_messages),
        and_(inbox.c.max_age.is_not(None), inbox.c.messages > 0),
    )
    return [_inbox(row) for row in connection.execute(select(inbox).where(is_over).order_by(inbox.c.id))]


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
        expires_at=optional_moment(row.expires_at),
        max_messages=row.max_messages,
        max_age=None if row.max_age is None else timedelta(seconds=row.max_age),
    )
