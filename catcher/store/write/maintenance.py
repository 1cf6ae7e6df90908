"""Work that can wait, in small steps: index rows, rows of deleted messages, old changes, unused space."""

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from catcher.store.db.tables import binned, change, content, counter, detail, leftover, message, search
from catcher.store.engines.base import Database, Duty
from catcher.store.engines.counters import read_counters

STEP_MESSAGES = 200
STEP_CHARACTERS = 256 * 1024
"""What one step takes at most of messages and of their texts, but at least one message: about 20 ms of work."""

CHANGES_KEPT = 10_000
_CHANGES_SPARE = 2_000
_SHRINK_PAGES = 512

_DROP_DETAIL = delete(detail).where(detail.c.arrival == bindparam("wanted"))
_DROP_SEARCH = delete(search).where(search.c.arrival == bindparam("wanted"))
_DROP_CONTENT = delete(content).where(content.c.arrival == bindparam("wanted"))
_DROP_RANGE = delete(leftover).where(leftover.c.first == bindparam("wanted"))


class Upkeep:
    """The jobs on one database; each call is one transaction on the writer's connection."""

    def __init__(self, database: Database) -> None:
        self._database = database
        length = database.index.length(search.c.text).label("length")
        within = search.c.arrival.between(leftover.c.first, leftover.c.last)
        self._to_index = (
            select(search.c.arrival, length)
            .where(search.c.arrival > bindparam("indexed"))
            .order_by(search.c.arrival)
            .limit(STEP_MESSAGES)
        )
        self._to_sweep = (
            select(leftover.c.first, leftover.c.last, search.c.arrival, length)
            .join_from(leftover, search, within, isouter=True)
            .order_by(leftover.c.first, search.c.arrival)
            .limit(STEP_MESSAGES)
        )

    def step(self, connection: Connection) -> bool:
        """Do a little of what is most wanted; whether there was anything to do. Of several stores, one does it all."""
        return self._database.holds(connection, Duty.UPKEEP) and bool(
            self.sweep(connection) or self.index(connection) or self.trim(connection) or self.shrink(connection)
        )

    def index(self, connection: Connection) -> int:
        """Take the next texts into the full-text index; how many."""
        if not self._database.index.is_kept_up:
            return 0
        with self._database.begin(connection):
            indexed = read_counters(connection).indexed
            rows = connection.execute(self._to_index, {"indexed": indexed}).all()
            taken = _within_budget([row.length for row in rows])
            if taken:
                upto = rows[taken - 1].arrival
                self._database.index.add(connection, after=indexed, upto=upto)
                connection.execute(update(counter).values(indexed=upto))
        return taken

    def sweep(self, connection: Connection) -> int:
        """Remove rows of deleted messages; how many messages' or ranges without any."""
        with self._database.begin(connection):
            rows = connection.execute(self._to_sweep).all()
            taken = _within_budget([row.length or 0 for row in rows])
            if not taken:
                return 0
            self._drop(connection, [row.arrival for row in rows[:taken] if row.arrival is not None])
            connection.execute(_DROP_RANGE, [{"wanted": first} for first in {row.first for row in rows[:taken]}])
            last = rows[taken - 1]
            # The step may have ended within a range: what follows of it stays noted.
            if last.arrival is not None and last.arrival < last.last:
                connection.execute(insert(leftover), {"first": last.arrival + 1, "last": last.last})
        return taken

    def trim(self, connection: Connection) -> int:
        """Forget changes beyond the newest `CHANGES_KEPT`; how many."""
        newest_first = select(change.c.cursor).order_by(change.c.cursor.desc())
        with self._database.begin(connection):
            if connection.execute(newest_first.offset(CHANGES_KEPT + _CHANGES_SPARE).limit(1)).first() is None:
                return 0
            bound = connection.execute(newest_first.offset(CHANGES_KEPT).limit(1)).scalar_one()
            connection.execute(update(counter).values(trimmed=bound))
            return connection.execute(delete(change).where(change.c.cursor <= bound)).rowcount

    def shrink(self, connection: Connection) -> bool:
        """Give unused space back to the file system, when there is much of it."""
        return self._database.give_back(connection, pages=_SHRINK_PAGES)

    def _drop(self, connection: Connection, arrivals: list[int]) -> None:
        if not arrivals:
            return
        now = read_counters(connection)
        if now.emptied < now.indexed and not _has_message(connection, now.emptied, now.indexed):
            # Nothing of the index is left in use: emptying it is far cheaper than taking out one text after the other.
            self._database.index.forget_all(connection)
            connection.execute(update(counter).values(emptied=now.indexed))
        else:
            indexed = [arrival for arrival in arrivals if now.emptied < arrival <= now.indexed]
            if indexed:
                self._database.index.forget(connection, indexed)
        wanted = [{"wanted": arrival} for arrival in arrivals]
        for statement in (_DROP_SEARCH, _DROP_DETAIL, _DROP_CONTENT):
            connection.execute(statement, wanted)


def _has_message(connection: Connection, after: int, upto: int) -> bool:
    """Whether there is one within these numbers, in the bin or not."""
    columns = (message.c.arrival, binned.c.arrival)
    within = (select(number).where(number > after, number <= upto).limit(1) for number in columns)
    return any(connection.execute(each).first() is not None for each in within)


def _within_budget(lengths: list[int]) -> int:
    """How many of the texts one step takes."""
    total = 0
    for number, length in enumerate(lengths):
        total += length
        if number and total > STEP_CHARACTERS:
            return number
    return len(lengths)
