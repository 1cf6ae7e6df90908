"""References between messages, by the message ids in References and In-Reply-To (RFC 5322 §3.6.4)."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, select

from catcher.store.db.tables import message, search
from catcher.store.search.texts import label

_FIELDS = (label("References"), label("In-Reply-To"))


def read(connection: Connection, store_ids: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
    """See `Store.references`."""
    joined = select(message.c.store_id, search.c.header).join(search, search.c.arrival == message.c.arrival)
    rows = connection.execute(joined.where(message.c.store_id.in_(store_ids)))
    references = {store_id: _references(header) for store_id, header in rows}
    return {store_id: ids for store_id, ids in references.items() if ids}


def _references(header: str) -> tuple[str, ...]:
    words: list[str] = []
    for field in _FIELDS:
        start = header.find(field)
        if start >= 0:
            start += len(field)
            words += header[start : header.index("\n", start)].split()
    return tuple(dict.fromkeys(word for word in words if "@" in word))
