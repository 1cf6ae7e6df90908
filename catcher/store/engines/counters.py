"""The row of counters: numbers are taken and totals kept in the transaction that changes what they count."""

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select, update

from catcher.store.db.tables import counter
from catcher.store.engines import delivery
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
    """The row as read; see `tables.counter`."""

    cursor: int
    counts: Counts
    indexed: int
    emptied: int
    trimmed: int


def advance(connection: Connection, *, numbers: int, messages: int = 0, unread: int = 0, octets: int = 0) -> int:
    """Take so many numbers and add to the totals (negative: less of them); the last of the numbers taken."""
    parameters = {"numbers": numbers, "more_messages": messages, "more_unread": unread, "more_octets": octets}
    return int(delivery.run(connection, _ADVANCE, parameters)[0][0])


def read_counters(connection: Connection) -> CounterRow:
    """The counters as this transaction sees them."""
    row = connection.execute(_READ).one()
    return CounterRow(
        cursor=row.cursor,
        counts=Counts(messages=row.messages, unread=row.unread, octets=row.octets),
        indexed=row.indexed,
        emptied=row.emptied,
        trimmed=row.trimmed,
    )
