"""Tags of messages: given, replaced, renamed, taken away, each with the count of messages that every tag keeps."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, update

from catcher.errors import NotFound, TagError
from catcher.store.model import TagCounts
from catcher.store.tables import message_tag, tag
from catcher.store.tag_names import checked_tag, clean_tags, fold_tag

_COUNT = update(tag).where(tag.c.id == bindparam("tag")).values(messages=tag.c.messages + bindparam("more"))
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
    known = _ensure(connection, firsts)
    pairs = [(known[key][0], arrival) for arrival, names in folded.items() for key in names]
    connection.execute(insert(message_tag), [{"tag_id": id_, "arrival": arrival} for id_, arrival in pairs])
    _count(connection, Counter(id_ for id_, _ in pairs))
    return {arrival: tuple(known[key][1] for key in sorted(names)) for arrival, names in folded.items()}


def detach(connection: Connection, arrivals: Sequence[int]) -> None:
    """Take all tags from these messages; tags that no message has any more go."""
    if not arrivals:
        return
    lost = connection.execute(
        select(message_tag.c.tag_id, func.count())
        .where(message_tag.c.arrival.in_(arrivals))
        .group_by(message_tag.c.tag_id)
    ).all()
    if lost:
        connection.execute(delete(message_tag).where(message_tag.c.arrival.in_(arrivals)))
        _count(connection, {id_: -number for id_, number in lost})
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
        wanted = {key: name for key, (_, name) in _ensure(connection, wanted).items()}
    detach_kept(connection, changed)
    after = attach(connection, {arrival: wanted.values() for arrival in changed})
    connection.execute(_PRUNE)
    return {arrival: after.get(arrival, ()) for arrival in changed}


def detach_kept(connection: Connection, arrivals: Sequence[int]) -> None:
    """As `detach`, but tags without messages stay, to be used again in the same transaction."""
    if not arrivals:
        return
    of_these = message_tag.c.arrival.in_(arrivals)
    lost = connection.execute(
        select(message_tag.c.tag_id, func.count()).where(of_these).group_by(message_tag.c.tag_id)
    ).all()
    if lost:
        connection.execute(delete(message_tag).where(of_these))
        _count(connection, {id_: -number for id_, number in lost})


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


def tag_counts(connection: Connection) -> TagCounts:
    """Every tag with how many messages have it."""
    rows = connection.execute(select(tag.c.name, tag.c.messages).order_by(tag.c.folded))
    return TagCounts(counts={row.name: row.messages for row in rows})


def _find(connection: Connection, name: str) -> Row[Any, Any]:
    row = connection.execute(select(tag.c.id, tag.c.name).where(tag.c.folded == fold_tag(name))).first()
    if row is None:
        raise NotFound(f"tag not found: {name[:100]}")
    return row


def _ensure(connection: Connection, names: Mapping[str, str]) -> dict[str, tuple[int, str]]:
    """Id and name of each tag by its folded name, made when missing."""
    known = _known(connection, names)
    missing: list[dict[str, Any]] = [
        {"name": name, "folded": key, "messages": 0} for key, name in names.items() if key not in known
    ]
    if missing:
        connection.execute(insert(tag), missing)
        known |= _known(connection, [row["folded"] for row in missing])
    return known


def _known(connection: Connection, keys: Iterable[str]) -> dict[str, tuple[int, str]]:
    rows = connection.execute(select(tag.c.folded, tag.c.id, tag.c.name).where(tag.c.folded.in_(list(keys))))
    return {folded: (id_, name) for folded, id_, name in rows}


def _count(connection: Connection, more: Mapping[int, int]) -> None:
    connection.execute(_COUNT, [{"tag": id_, "more": number} for id_, number in more.items()])
