"""Background maintenance in small steps: the full-text index, rows of deleted messages, old changes, unused space."""

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from catcher.store.db.tables import binned, change, content, counter, detail, leftover, message, search
from catcher.store.engines.base import Database, SharedJob
from catcher.store.engines.counters import read_counters

MAX_STEP_MESSAGES = 200
MAX_STEP_CHARACTERS = 256 * 1024
"""Bounds of one step, which takes at least one message: about 20 ms of work."""

MAX_CHANGES = 10_000
_CHANGES_SLACK = 2_000
_SHRINK_PAGES = 512

_DROP_DETAIL = delete(detail).where(detail.c.arrival == bindparam("wanted"))
_DROP_SEARCH = delete(search).where(search.c.arrival == bindparam("wanted"))
_DROP_CONTENT = delete(content).where(content.c.arrival == bindparam("wanted"))
_DROP_RANGE = delete(leftover).where(leftover.c.first == bindparam("wanted"))


class Maintenance:
    """The jobs on one database; each call is one transaction on the writer's connection."""

    def __init__(self, database: Database) -> None:
        self._database = database
        length = database.index.length(search.c.text).label("length")
        within = search.c.arrival.between(leftover.c.first, leftover.c.last)
        self._to_index = (
            select(search.c.arrival, length)
            .where(search.c.arrival > bindparam("indexed"))
            .order_by(search.c.arrival)
            .limit(MAX_STEP_MESSAGES)
        )
        self._to_sweep = (
            select(leftover.c.first, leftover.c.last, search.c.arrival, length)
            .join_from(leftover, search, within, isouter=True)
            .order_by(leftover.c.first, search.c.arrival)
            .limit(MAX_STEP_MESSAGES)
        )

    def step(self, connection: Connection) -> bool:
        """Do a step of the most urgent job, if this store is the leader; return whether there was work."""
        return self._database.is_leader(connection, SharedJob.MAINTENANCE) and bool(
            self.sweep(connection) or self.index(connection) or self.trim(connection) or self.shrink(connection)
        )

    def index(self, connection: Connection) -> int:
        """Add the next texts to the full-text index; return how many."""
        if not self._database.index.needs_maintenance:
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
        """Remove rows of deleted messages; return the number of messages and empty ranges."""
        with self._database.begin(connection):
            rows = connection.execute(self._to_sweep).all()
            taken = _within_budget([row.length or 0 for row in rows])
            if not taken:
                return 0
            self._drop(connection, [row.arrival for row in rows[:taken] if row.arrival is not None])
            connection.execute(_DROP_RANGE, [{"wanted": first} for first in {row.first for row in rows[:taken]}])
            last = rows[taken - 1]
            # The step may have ended within a range: keep the rest of it.
            if last.arrival is not None and last.arrival < last.last:
                connection.execute(insert(leftover), {"first": last.arrival + 1, "last": last.last})
        return taken

    def trim(self, connection: Connection) -> int:
        """Delete all but the newest `MAX_CHANGES` changes; return how many."""
        newest_first = select(change.c.cursor).order_by(change.c.cursor.desc())
        with self._database.begin(connection):
            if connection.execute(newest_first.offset(MAX_CHANGES + _CHANGES_SLACK).limit(1)).first() is None:
                return 0
            bound = connection.execute(newest_first.offset(MAX_CHANGES).limit(1)).scalar_one()
            connection.execute(update(counter).values(trimmed=bound))
            return connection.execute(delete(change).where(change.c.cursor <= bound)).rowcount

    def shrink(self, connection: Connection) -> bool:
        """Return unused space to the file system, if there is much of it."""
        return self._database.release_space(connection, pages=_SHRINK_PAGES)

    def _drop(self, connection: Connection, arrivals: list[int]) -> None:
        if not arrivals:
            return
        now = read_counters(connection)
        if now.emptied < now.indexed and not _has_message(connection, now.emptied, now.indexed):
            # Nothing in the index is used any more: clearing it is far cheaper than removing each text.
            self._database.index.clear(connection)
            connection.execute(update(counter).values(emptied=now.indexed))
        else:
            indexed = [arrival for arrival in arrivals if now.emptied < arrival <= now.indexed]
            if indexed:
                self._database.index.remove(connection, indexed)
        wanted = [{"wanted": arrival} for arrival in arrivals]
        for statement in (_DROP_SEARCH, _DROP_DETAIL, _DROP_CONTENT):
            connection.execute(statement, wanted)


def _has_message(connection: Connection, after: int, upto: int) -> bool:
    """Return whether there is a message in a range of arrivals, in the bin or not."""
    columns = (message.c.arrival, binned.c.arrival)
    within = (select(number).where(number > after, number <= upto).limit(1) for number in columns)
    return any(connection.execute(each).first() is not None for each in within)


def _within_budget(lengths: list[int]) -> int:
    """Return how many of the texts one step takes."""
    total = 0
    for number, length in enumerate(lengths):
        total += length
        if number and total > MAX_STEP_CHARACTERS:
            return number
    return len(lengths)
