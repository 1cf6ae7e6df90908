"""Tags of messages, each with the number of messages that have it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, bindparam, delete, func, select, update

from catcher.errors import NotFound, TagError
from catcher.store.db.tables import inbox as inbox_
from catcher.store.db.tables import message, message_inbox, message_tag, tag
from catcher.store.labels.groups import Groups
from catcher.store.labels.inbox_names import fold_inbox
from catcher.store.labels.tag_names import checked_tag, clean_tags, fold_tag

_TAGS = Groups(tag, message_tag, key="tag_id")
_PRUNE = delete(tag).where(tag.c.messages <= 0)
_NAMES = (
    select(message_tag.c.arrival, tag.c.name)
    .join(tag, tag.c.id == message_tag.c.tag_id)
    .where(message_tag.c.arrival.in_(bindparam("arrivals", expanding=True)))
    .order_by(tag.c.folded)
)


def attach(connection: Connection, wanted: Mapping[int, Iterable[str]]) -> dict[int, tuple[str, ...]]:
    """Tag messages that have no tags; return the tags of each, sorted. The casing of a name's first use stays."""
    folded = {
        arrival: {fold_tag(name): name for name in clean_tags(names)} for arrival, names in wanted.items() if names
    }
    firsts: dict[str, str] = {}
    for names in folded.values():
        for key, name in names.items():
            firsts.setdefault(key, name)
    if not firsts:
        return {}
    known = _TAGS.ensure(connection, firsts)
    _TAGS.add(connection, [(known[key][0], arrival) for arrival, names in folded.items() for key in names])
    return {arrival: tuple(known[key][1] for key in sorted(names)) for arrival, names in folded.items()}


def detach(connection: Connection, arrivals: Sequence[int]) -> None:
    """Remove all tags from messages; unused tags are deleted."""
    if _TAGS.remove(connection, arrivals):
        connection.execute(_PRUNE)


def detach_all(connection: Connection) -> None:
    """Delete all tags."""
    connection.execute(delete(message_tag))
    connection.execute(delete(tag))


def replace(connection: Connection, arrivals: Sequence[int], names: Iterable[str]) -> dict[int, tuple[str, ...]]:
    """Replace the tags of messages; return the new tags of each message that changed."""
    before = tags_of(connection, arrivals)
    wanted = {fold_tag(name): name for name in clean_tags(names)}
    changed = [arrival for arrival in arrivals if {fold_tag(name) for name in before.get(arrival, ())} != set(wanted)]
    # Looked up before the old rows are deleted, so that a tag that only moves keeps its casing.
    if wanted and changed:
        wanted = {key: name for key, (_, name) in _TAGS.ensure(connection, wanted).items()}
    _TAGS.remove(connection, changed)
    after = attach(connection, {arrival: wanted.values() for arrival in changed})
    connection.execute(_PRUNE)
    return {arrival: after.get(arrival, ()) for arrival in changed}


def has_tag(name: str) -> ColumnElement[bool]:
    """Return the condition on `message` that it has a tag."""
    members = select(message_tag.c.arrival).join(tag, tag.c.id == message_tag.c.tag_id)
    return message.c.arrival.in_(members.where(tag.c.folded == fold_tag(name)))


def add(connection: Connection, arrivals: Sequence[int], name: str) -> None:
    """Tag messages that do not have the tag yet."""
    key = fold_tag(name)
    number = _TAGS.ensure(connection, {key: name})[key][0]
    _TAGS.add(connection, [(number, arrival) for arrival in arrivals])


def remove(connection: Connection, arrivals: Sequence[int], name: str) -> None:
    """Remove an existing tag from messages that have it; an unused tag is deleted."""
    number = _find(connection, name).id
    deletion = delete(message_tag).where(message_tag.c.tag_id == number, message_tag.c.arrival.in_(arrivals))
    lost = connection.execute(deletion).rowcount
    connection.execute(update(tag).where(tag.c.id == number).values(messages=tag.c.messages - lost))
    connection.execute(_PRUNE)


def rename(connection: Connection, old: str, new: str) -> bool:
    """Rename a tag; return whether anything changed. Raises TagError (unusable or taken name), NotFound."""
    name = checked_tag(new)
    row = _find(connection, old)
    if row.name == name:
        return False
    taken = connection.execute(select(tag.c.id).where(tag.c.folded == fold_tag(name), tag.c.id != row.id)).first()
    if taken is not None:
        raise TagError(f"tag already exists: {name}")
    connection.execute(update(tag).where(tag.c.id == row.id).values(name=name, folded=fold_tag(name)))
    return True


def delete_tag(connection: Connection, name: str) -> None:
    """Delete a tag. Raises NotFound."""
    id_ = _find(connection, name).id
    connection.execute(delete(message_tag).where(message_tag.c.tag_id == id_))
    connection.execute(delete(tag).where(tag.c.id == id_))


def tags_of(connection: Connection, arrivals: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """Return the tags of messages, sorted; messages without tags are omitted."""
    found: dict[int, list[str]] = {}
    for arrival, name in connection.execute(_NAMES, {"arrivals": list(arrivals)}):
        found.setdefault(arrival, []).append(name)
    return {arrival: tuple(names) for arrival, names in found.items()}


def tag_counts(connection: Connection, *, inbox: str = "") -> dict[str, int]:
    """Return the number of messages of each tag, sorted by name without regard to case. inbox: only of this one."""
    counted = select(tag.c.name, tag.c.messages)
    if inbox:
        in_it = select(message_inbox.c.arrival).join(inbox_).where(inbox_.c.folded == fold_inbox(inbox))
        counted = (
            select(tag.c.name, func.count().label("messages"))
            .join(message_tag)
            .where(message_tag.c.arrival.in_(in_it))
            .group_by(tag.c.id, tag.c.name, tag.c.folded)
        )
    rows = connection.execute(counted.order_by(tag.c.folded))
    return {row.name: row.messages for row in rows}


def _find(connection: Connection, name: str) -> Row[Any, Any]:
    row = connection.execute(select(tag.c.id, tag.c.name).where(tag.c.folded == fold_tag(name))).first()
    if row is None:
        raise NotFound(f"tag not found: {name[:100]}")
    return row
