"""Replacement of everything that was computed from stored messages: columns, tree, search texts and their index."""

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, select, update

from catcher.store.db.codec import pack, storable
from catcher.store.db.rows import COLUMNS, message_row
from catcher.store.db.tables import detail, message, search
from catcher.store.engines.base import Database
from catcher.store.engines.counters import read_counters
from catcher.store.events import ChangeResult
from catcher.store.model import NewMessage
from catcher.store.write.inserts import summarize
from catcher.store.write.updates import announce_reload

_TEXTS = tuple(column.name for column in search.columns if column.name != "arrival")
_COMPUTED = ("attachments", "inlines", "message_id", "subject", "snippet", "addresses")

_UPDATE_MESSAGE = (
    update(message)
    .where(message.c.arrival == bindparam("wanted"))
    .values({name: bindparam(f"new_{name}") for name in _COMPUTED})
)
_UPDATE_DETAIL = (
    update(detail).where(detail.c.arrival == bindparam("wanted")).values(structure=bindparam("new_structure"))
)
_UPDATE_SEARCH = (
    update(search)
    .where(search.c.arrival == bindparam("wanted"))
    .values({name: bindparam(f"new_{name}") for name in _TEXTS})
)


def replace_computed(
    connection: Connection, database: Database, messages: Sequence[tuple[int, NewMessage]]
) -> ChangeResult:
    """Replace what was computed of the messages with these arrival numbers; deleted ones are ignored."""
    wanted = [arrival for arrival, _ in messages]
    existing = set(connection.execute(select(message.c.arrival).where(message.c.arrival.in_(wanted))).scalars())
    rows = [(arrival, new) for arrival, new in messages if arrival in existing]
    if not rows:
        return ChangeResult(changed=0)
    now = read_counters(connection)
    indexed = [arrival for arrival, _ in rows if now.emptied < arrival <= now.indexed]
    if indexed:
        database.index.remove(connection, indexed)  # needs the old texts
    connection.execute(_UPDATE_MESSAGE, [_message(arrival, new) for arrival, new in rows])
    connection.execute(
        _UPDATE_DETAIL, [{"wanted": arrival, "new_structure": pack(new.message)} for arrival, new in rows]
    )
    connection.execute(_UPDATE_SEARCH, [_search(database, arrival, new) for arrival, new in rows])
    for arrival in indexed:
        database.index.add(connection, after=arrival - 1, upto=arrival)
    return announce_reload(connection, len(rows))


def _message(arrival: int, new: NewMessage) -> dict[str, object]:
    row = dict(zip(COLUMNS, message_row(summarize(new)), strict=True))
    return {"wanted": arrival, **{f"new_{name}": row[name] for name in _COMPUTED}}


def _search(database: Database, arrival: int, new: NewMessage) -> dict[str, object]:
    texts = {f"new_{name}": storable(getattr(new.texts, name)) for name in _TEXTS}
    return {"wanted": arrival, **texts, "new_text": database.index.stored(texts["new_text"])}
