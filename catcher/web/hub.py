"""The hub: passes events from the store's thread to subscribers on the event loop, with a bounded buffer for each.

The store calls `_receive` in its writer thread after a commit; one wake-up of the loop then passes whole batches to the
subscribers. A subscriber that does not keep up is dropped, never waited for: it comes back with the last cursor it has
seen and reads what it missed from the store.
"""

import asyncio
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TypeAlias

from catcher.store import AsyncStore
from catcher.store.events import StoreEvent

Batch: TypeAlias = tuple[StoreEvent, ...]
"""Events in commit order, at least one."""

REPLAY_PAGE = 1000
REPLAY_PAGES = 10


class Lagging(Exception):
    """Raised in a subscriber that is behind by more events than its buffer holds."""


class Hub:
    """Publishes the store's events to any number of subscribers on one event loop.

    buffer: events a subscriber may be behind before it is dropped. It is as large as the store's own queue, so that one
        group commit never drops a subscriber that keeps up; subscribers share events, so a buffer costs pointers.
    The hub itself is subscribed to the store only while it has subscribers. `close` is safe to call twice.
    """

    def __init__(self, store: AsyncStore, *, buffer: int = 10_000) -> None:
        self._store = store
        self._buffer = buffer
        self._lock = threading.Lock()
        self._pending: list[StoreEvent] = []
        self._is_overrun = False
        self._is_scheduled = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._unsubscribe: Callable[[], None] | None = None
        self._subscribers: set[_Subscriber] = set()
        self._is_closed = False

    @property
    def subscribers(self) -> int:
        """Number of open subscriptions."""
        return len(self._subscribers)

    @contextmanager
    def subscription(self, *, after: int | None = None) -> Iterator[AsyncIterator[Batch]]:
        """Yield batches of events as they are committed, each event once and in order, until the hub closes.

        Everything committed after entering is included. after: a cursor; the events since then come first, without a
            gap to what follows. A cursor that is too old gives one `prune` event, which asks for a reload.
        Iterating raises Lagging when this subscriber falls behind by more than the buffer.
        """
        subscriber = self._join()
        try:
            yield self._follow(subscriber, after)
        finally:
            self._subscribers.discard(subscriber)
            if not self._subscribers:
                self._leave()

    def close(self) -> None:
        """End every subscription, now and in future, so that the responses that depend on them can finish."""
        self._is_closed = True
        for subscriber in tuple(self._subscribers):
            subscriber.end()
        self._leave()

    async def _follow(self, subscriber: "_Subscriber", after: int | None) -> AsyncIterator[Batch]:
        seen = -1
        if after is not None:
            async for batch in self._missed(after):
                seen = batch[-1].cursor
                yield batch
        while (live := await subscriber.next()) is not None:
            if fresh := tuple(event for event in live if event.cursor > seen):
                yield fresh

    async def _missed(self, after: int) -> AsyncIterator[Batch]:
        for _ in range(REPLAY_PAGES):
            events = await self._store.changes(after, limit=REPLAY_PAGE)
            if events is None:
                break
            if events:
                yield tuple(events)
                after = events[-1].cursor
            if len(events) < REPLAY_PAGE:
                return
        yield (StoreEvent(cursor=await self._store.cursor(), kind="prune"),)

    def _join(self) -> "_Subscriber":
        subscriber = _Subscriber(self._buffer)
        if self._is_closed:
            subscriber.end()
            return subscriber
        self._loop = asyncio.get_running_loop()
        self._subscribers.add(subscriber)
        if self._unsubscribe is None:
            self._unsubscribe = self._store.events.subscribe(self._receive)
        return subscriber

    def _leave(self) -> None:
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None

    def _receive(self, events: Sequence[StoreEvent]) -> None:
        """Keep the events and wake the loop, once for everything until it runs. Called in the store's thread."""
        with self._lock:
            if len(self._pending) + len(events) > self._buffer:
                self._is_overrun = True
                self._pending.clear()
            else:
                self._pending.extend(events)
            is_scheduled, self._is_scheduled = self._is_scheduled, True
        if not is_scheduled and self._loop is not None:
            with suppress(RuntimeError):  # the loop has ended, and all subscribers with it
                self._loop.call_soon_threadsafe(self._publish)

    def _publish(self) -> None:
        with self._lock:
            batch, self._pending = tuple(self._pending), []
            is_overrun, self._is_overrun = self._is_overrun, False
            self._is_scheduled = False
        for subscriber in tuple(self._subscribers):
            if is_overrun or not subscriber.offer(batch):
                subscriber.end(Lagging())


class _Subscriber:
    """The buffer of one subscription; used on the loop only."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._batches: deque[Batch] = deque()
        self._length = 0
        self._changed = asyncio.Event()
        self._is_ended = False
        self._failure: Exception | None = None

    def offer(self, batch: Batch) -> bool:
        """Add a batch; False when the buffer is full."""
        if self._length + len(batch) > self._limit:
            return False
        if batch:
            self._batches.append(batch)
            self._length += len(batch)
            self._changed.set()
        return True

    def end(self, failure: Exception | None = None) -> None:
        self._is_ended = True
        self._failure = self._failure or failure
        self._batches.clear()
        self._changed.set()

    async def next(self) -> Batch | None:
        """Return the next batch, None at the end. Raises Lagging when it was dropped."""
        while not self._batches:
            if self._failure is not None:
                raise self._failure
            if self._is_ended:
                return None
            self._changed.clear()
            await self._changed.wait()
        batch = self._batches.popleft()
        self._length -= len(batch)
        return batch
