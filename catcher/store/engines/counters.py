"""The row of counters: numbers are given and totals kept in the transaction that makes the change."""

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select, update

from catcher.store.db.tables import counter
from catcher.store.engines import fast_path
from catcher.store.model import Counts

_ADVANCE = (
    update(counter)
    .values(
        cursor=counter.c.cursor + bindparam("numbers"),
        messages=counter.c.messages + bindparam("more_messages"),
        unread=counter.c.unread + bindparam("more_unread"),
        octets=counter.c.octets + bindparam("more_octets"),
    )
    .returning(counter.c.cursor)
)
_READ = select(counter)


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterRow:
    """The row of `tables.counter`."""

    cursor: int
    counts: Counts
    indexed: int
    emptied: int
    trimmed: int


def advance(connection: Connection, *, numbers: int, messages: int = 0, unread: int = 0, octets: int = 0) -> int:
    """Reserve numbers and add to the totals (negative values subtract); return the last of the numbers."""
    parameters = {"numbers": numbers, "more_messages": messages, "more_unread": unread, "more_octets": octets}
    return int(fast_path.execute(connection, _ADVANCE, parameters)[0][0])


def read_counters(connection: Connection) -> CounterRow:
    """Return the counters as the transaction sees them."""
    row = connection.execute(_READ).one()
    return CounterRow(
        cursor=row.cursor,
        counts=Counts(messages=row.messages, unread=row.unread, octets=row.octets),
        indexed=row.indexed,
        emptied=row.emptied,
        trimmed=row.trimmed,
    )
