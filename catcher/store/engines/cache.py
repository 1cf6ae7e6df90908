"""What is remembered of the mailbox from one question to the next, and holds as long as nothing but new mail came."""

from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from sqlalchemy import Connection, func, select

from catcher.lru import LruCache
from catcher.store.db.tables import change, message
from catcher.store.engines.counters import CounterRow

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Matches:
    """How many messages match. is_exact: False when the index alone counted, which may be wrong by a few."""

    messages: int
    unread: int
    is_exact: bool = True

    def __add__(self, other: "Matches") -> "Matches":
        """Both together, of two parts of the mailbox."""
        return Matches(
            messages=self.messages + other.messages,
            unread=self.unread + other.unread,
            is_exact=self.is_exact and other.is_exact,
        )

    def __sub__(self, part: "Matches") -> "Matches":
        """The others, of a part of these."""
        messages = max(0, self.messages - part.messages)
        return Matches(
            messages=messages,
            unread=max(0, min(self.unread - part.unread, messages)),
            is_exact=self.is_exact and part.is_exact,
        )


class Remembered(Generic[Answer]):
    """Answers by question, each with the cursor at which it was right. Any thread may use it. most: see `LruCache`."""

    def __init__(self, *, most: int) -> None:
        self._answers: LruCache[Hashable, tuple[int, Answer]] = LruCache(most)

    def get(self, question: Hashable, *, connection: Connection, now: CounterRow) -> tuple[int, Answer] | None:
        """The answer and its cursor, when since then nothing was changed or deleted, as this transaction sees it."""
        known = self._answers.get(question)
        return known if known is not None and _has_only_grown(connection, now, since=known[0]) else None

    def put(self, question: Hashable, answer: Answer, *, now: CounterRow) -> None:
        """Remember an answer that is right at this moment."""
        self._answers.put(question, (now.cursor, answer))


class Places:
    """Finds the message that has so many newer ones in the whole mailbox, without walking past each of them.

    block: so many numbers of arrival have their messages counted together.
    """

    def __init__(self, *, block: int = 4096) -> None:
        self._block = block
        block_of = message.c.arrival // block
        self._count = select(block_of, func.count()).group_by(block_of)
        self._blocks: Remembered[Mapping[int, int]] = Remembered(most=1)

    def arrival_at(self, start: int, *, connection: Connection, now: CounterRow) -> int | None:
        """The number of the message that `start` others are newer than; None when there are not so many."""
        blocks = self._current(connection, now)
        for block in sorted(blocks, reverse=True):
            if start < blocks[block]:
                newest_first = select(message.c.arrival).where(message.c.arrival < (block + 1) * self._block)
                ordered = newest_first.order_by(message.c.arrival.desc())
                return int(connection.execute(ordered.limit(1).offset(start)).scalar_one())
            start -= blocks[block]
        return None

    def _current(self, connection: Connection, now: CounterRow) -> Mapping[int, int]:
        """How many messages each block has; those without any are left out."""
        known = self._blocks.get(None, connection=connection, now=now)
        cursor, blocks = known or (0, {})
        if cursor != now.cursor:
            newer = connection.execute(self._count.where(message.c.arrival > cursor)).all()
            blocks = Counter(blocks) + Counter(dict(newer))
            self._blocks.put(None, blocks, now=now)
        return blocks


def _has_only_grown(connection: Connection, now: CounterRow, *, since: int) -> bool:
    if not now.trimmed <= since <= now.cursor:
        return False  # the changes of that time are not known any more, or not yet
    return connection.execute(select(change.c.cursor).where(change.c.cursor > since).limit(1)).first() is None
