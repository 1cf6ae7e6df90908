"""Tags of messages: given, replaced, renamed, taken away, each with the count of messages that every tag keeps."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, bindparam, delete, func, select, update

from catcher.errors import NotFound, TagError
from catcher.store.db.tables import inbox as inbox_
from catcher.store.db.tables import message, message_inbox, message_tag, tag
from catcher.store.labels.groups import Groups
from catcher.store.labels.inbox_names import fold_inbox
from catcher.store.labels.tag_names import checked_tag, clean_tags, fold_tag
from catcher.store.model import TagCounts

_TAGS = Groups(tag, message_tag, key="tag_id")
_PRUNE = delete(tag).where(tag.c.messages <= 0)
_NAMES = (
    select(message_tag.c.arrival, tag.c.name)
    .join(tag, tag.c.id == message_tag.c.tag_id)
    .where(message_tag.c.arrival.in_(bindparam("arrivals", expanding=True)))
    .order_by(tag.c.folded)
)


def attach(connection: Connection, wanted: Mapping[int, Iterable[str]]) -> dict[int, tuple[str, ...]]:
    """Give messages that have no tags these; what each then has, sorted. The first casing of a name ever used stays."""
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
    _TAGS.enter(connection, [(known[key][0], arrival) for arrival, names in folded.items() for key in names])
    return {arrival: tuple(known[key][1] for key in sorted(names)) for arrival, names in folded.items()}


def detach(connection: Connection, arrivals: Sequence[int]) -> None:
    """Take all tags from these messages; tags that no message has any more go."""
    if _TAGS.leave(connection, arrivals):
        connection.execute(_PRUNE)


def detach_all(connection: Connection) -> None:
    """Take all tags from all messages."""
    connection.execute(delete(message_tag))
    connection.execute(delete(tag))


def replace(connection: Connection, arrivals: Sequence[int], names: Iterable[str]) -> dict[int, tuple[str, ...]]:
    """Give messages these tags instead of those they have; the new tags of each message whose tags really changed."""
    before = tags_of(connection, arrivals)
    wanted = {fold_tag(name): name for name in clean_tags(names)}
    changed = [arrival for arrival in arrivals if {fold_tag(name) for name in before.get(arrival, ())} != set(wanted)]
    # The names are looked up before the old rows go: the casing of a tag that is only moved about has to stay.
    if wanted and changed:
        wanted = {key: name for key, (_, name) in _TAGS.ensure(connection, wanted).items()}
    _TAGS.leave(connection, changed)
    after = attach(connection, {arrival: wanted.values() for arrival in changed})
    connection.execute(_PRUNE)
    return {arrival: after.get(arrival, ()) for arrival in changed}


def has_tag(name: str) -> ColumnElement[bool]:
    """The condition on `message` that it has a tag."""
    members = select(message_tag.c.arrival).join(tag, tag.c.id == message_tag.c.tag_id)
    return message.c.arrival.in_(members.where(tag.c.folded == fold_tag(name)))


def add(connection: Connection, arrivals: Sequence[int], name: str) -> None:
    """Give a tag to messages that do not have it."""
    key = fold_tag(name)
    number = _TAGS.ensure(connection, {key: name})[key][0]
    _TAGS.enter(connection, [(number, arrival) for arrival in arrivals])


def take(connection: Connection, arrivals: Sequence[int], name: str) -> None:
    """Take a tag that exists from messages that have it; it goes with the last of them."""
    number = _find(connection, name).id
    gone = delete(message_tag).where(message_tag.c.tag_id == number, message_tag.c.arrival.in_(arrivals))
    lost = connection.execute(gone).rowcount
    connection.execute(update(tag).where(tag.c.id == number).values(messages=tag.c.messages - lost))
    connection.execute(_PRUNE)


def rename(connection: Connection, old: str, new: str) -> bool:
    """Call a tag otherwise; whether anything changed. Raises TagError (unusable or taken name), NotFound."""
    name = checked_tag(new)
    row = _find(connection, old)
    if row.name == name:
        return False
    taken = connection.execute(select(tag.c.id).where(tag.c.folded == fold_tag(name), tag.c.id != row.id)).first()
    if taken is not None:
        raise TagError(f"tag already exists: {name}")
    connection.execute(update(tag).where(tag.c.id == row.id).values(name=name, folded=fold_tag(name)))
    return True


def remove(connection: Connection, name: str) -> None:
    """Take a tag from all messages. Raises NotFound."""
    id_ = _find(connection, name).id
    connection.execute(delete(message_tag).where(message_tag.c.tag_id == id_))
    connection.execute(delete(tag).where(tag.c.id == id_))


def tags_of(connection: Connection, arrivals: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """The tags of these messages, sorted; messages without any are missing."""
    found: dict[int, list[str]] = {}
    for arrival, name in connection.execute(_NAMES, {"arrivals": list(arrivals)}):
        found.setdefault(arrival, []).append(name)
    return {arrival: tuple(names) for arrival, names in found.items()}


def tag_counts(connection: Connection, *, inbox: str = "") -> TagCounts:
    """Every tag with how many messages have it; only of those in an inbox, when one is named."""
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
    return TagCounts(counts={row.name: row.messages for row in rows})


def _find(connection: Connection, name: str) -> Row[Any, Any]:
    row = connection.execute(select(tag.c.id, tag.c.name).where(tag.c.folded == fold_tag(name))).first()
    if row is None:
        raise NotFound(f"tag not found: {name[:100]}")
    return row
