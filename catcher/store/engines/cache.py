"""Caches that stay valid while messages are only appended."""

from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from sqlalchemy import Connection, func, select

from catcher.lru import LruCache
from catcher.store.db.tables import change, message
from catcher.store.engines.counters import CounterRow

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchCount:
    """How many messages match a query. is_exact: False for the index's own count, which may be off by a few."""

    messages: int
    unread: int
    is_exact: bool = True

    def __add__(self, other: "MatchCount") -> "MatchCount":
        return MatchCount(
            messages=self.messages + other.messages,
            unread=self.unread + other.unread,
            is_exact=self.is_exact and other.is_exact,
        )

    def __sub__(self, part: "MatchCount") -> "MatchCount":
        messages = max(0, self.messages - part.messages)
        return MatchCount(
            messages=messages,
            unread=max(0, min(self.unread - part.unread, messages)),
            is_exact=self.is_exact and part.is_exact,
        )


class AppendCache(Generic[Value]):
    """An LRU cache whose values are valid until a message is changed or deleted. Any thread may use it."""

    def __init__(self, *, max_size: int) -> None:
        self._values: LruCache[Hashable, tuple[int, Value]] = LruCache(max_size)

    def get(self, key: Hashable, *, connection: Connection, now: CounterRow) -> tuple[int, Value] | None:
        """Return a valid value and the cursor at which it was computed, as the transaction sees it; else None."""
        entry = self._values.get(key)
        return entry if entry is not None and _has_only_grown(connection, now, since=entry[0]) else None

    def put(self, key: Hashable, value: Value, *, now: CounterRow) -> None:
        """Keep a value that is valid now."""
        self._values.put(key, (now.cursor, value))


class OffsetIndex:
    """Finds the message at an offset in the whole mailbox without walking past all newer ones.

    block: arrival numbers whose messages are counted together.
    """

    def __init__(self, *, block: int = 4096) -> None:
        self._block = block
        block_of = message.c.arrival // block
        self._count = select(block_of, func.count()).group_by(block_of)
        self._counts: AppendCache[Mapping[int, int]] = AppendCache(max_size=1)

    def arrival_at(self, offset: int, *, connection: Connection, now: CounterRow) -> int | None:
        """Return the arrival number of the message with `offset` newer ones; None beyond the end."""
        counts = self._current(connection, now)
        for block in sorted(counts, reverse=True):
            if offset < counts[block]:
                newest_first = select(message.c.arrival).where(message.c.arrival < (block + 1) * self._block)
                ordered = newest_first.order_by(message.c.arrival.desc())
                return int(connection.execute(ordered.limit(1).offset(offset)).scalar_one())
            offset -= counts[block]
        return None

    def _current(self, connection: Connection, now: CounterRow) -> Mapping[int, int]:
        """Return the number of messages in each block that has any."""
        cursor, counts = self._counts.get(None, connection=connection, now=now) or (0, {})
        if cursor != now.cursor:
            newer = connection.execute(self._count.where(message.c.arrival > cursor)).all()
            counts = Counter(counts) + Counter(dict(newer))
            self._counts.put(None, counts, now=now)
        return counts


def _has_only_grown(connection: Connection, now: CounterRow, *, since: int) -> bool:
    if not now.trimmed <= since <= now.cursor:
        return False  # the changes since then are trimmed, or not committed yet for this transaction
    return connection.execute(select(change.c.cursor).where(change.c.cursor > since).limit(1)).first() is None
