"""The bridge from the store's thread to the event loop: live news for every listener, bounded for each.

The store calls `_take` in its writer thread after a commit; one wake-up of the loop then hands whole batches to the
subscriptions. A subscription that does not keep up is ended, never waited for: its reader comes back with the cursor it
has seen last and gets what it missed from the store.
"""

import asyncio
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TypeAlias

from catcher.store.aio import AsyncStore
from catcher.store.events import StoreEvent

Batch: TypeAlias = tuple[StoreEvent, ...]
"""Events in commit order, at least one."""

REPLAY_PAGE = 1000
REPLAY_PAGES = 10


class Lagging(Exception):
    """Raised to the reader of a subscription that fell behind by more events than its buffer holds."""


class Hub:
    """Hands the store's events to any number of readers on one event loop.

    buffer: events a reader may be behind before it is dropped. It is as large as the store's own queue, so that one
        group commit never drops a reader that keeps up; events are shared between readers, so a buffer costs pointers.
    Nothing is taken from the store while nobody listens. `close` ends every subscription and is safe to call twice.
    """

    def __init__(self, store: AsyncStore, *, buffer: int = 10_000) -> None:
        self._store = store
        self._buffer = buffer
        self._lock = threading.Lock()
        self._arrived: list[StoreEvent] = []
        self._is_overrun = False
        self._is_woken = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._leave: Callable[[], None] | None = None
        self._readers: set[_Reader] = set()
        self._is_closed = False

    @property
    def listeners(self) -> int:
        """How many subscriptions are open."""
        return len(self._readers)

    @contextmanager
    def subscription(self, *, after: int | None = None) -> Iterator[AsyncIterator[Batch]]:
        """Batches of events as they are committed, each event once and in order, until the hub closes.

        Everything committed after entering is seen. after: a cursor; what happened since comes first, without a gap to
            what follows. A cursor that is too old to know gives one `prune` event, which asks to reload.
        Iterating raises Lagging when this reader falls behind by more than the buffer.
        """
        reader = self._join()
        try:
            yield self._follow(reader, after)
        finally:
            self._drop(reader)

    def close(self) -> None:
        """End every subscription, now and in future, so that the responses that hang on them can finish."""
        self._is_closed = True
        for reader in tuple(self._readers):
            reader.end()
        self._stop_listening()

    async def _follow(self, reader: "_Reader", after: int | None) -> AsyncIterator[Batch]:
        seen = -1
        if after is not None:
            async for batch in self._missed(after):
                seen = batch[-1].cursor
                yield batch
        while (live := await reader.next()) is not None:
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

    def _join(self) -> "_Reader":
        reader = _Reader(self._buffer)
        if self._is_closed:
            reader.end()
            return reader
        self._loop = asyncio.get_running_loop()
        self._readers.add(reader)
        if self._leave is None:
            self._leave = self._store.events.subscribe(self._take)
        return reader

    def _drop(self, reader: "_Reader") -> None:
        self._readers.discard(reader)
        if not self._readers:
            self._stop_listening()

    def _stop_listening(self) -> None:
        if self._leave is not None:
            self._leave()
            self._leave = None

    def _take(self, events: Sequence[StoreEvent]) -> None:
        """Called in the store's thread: keep the events and wake the loop, once for all that comes until it runs."""
        with self._lock:
            if len(self._arrived) + len(events) > self._buffer:
                self._is_overrun = True
                self._arrived.clear()
            else:
                self._arrived.extend(events)
            is_woken, self._is_woken = self._is_woken, True
        if not is_woken and self._loop is not None:
            with suppress(RuntimeError):  # the loop has ended; nobody is left to hear
                self._loop.call_soon_threadsafe(self._spread)

    def _spread(self) -> None:
        with self._lock:
            batch, self._arrived = tuple(self._arrived), []
            is_overrun, self._is_overrun = self._is_overrun, False
            self._is_woken = False
        for reader in tuple(self._readers):
            if is_overrun or not reader.offer(batch):
                reader.end(Lagging())


class _Reader:
    """The buffer of one subscription. Everything here runs on the loop."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._batches: deque[Batch] = deque()
        self._waiting = 0
        self._awake = asyncio.Event()
        self._is_ended = False
        self._failure: Exception | None = None

    def offer(self, batch: Batch) -> bool:
        """Whether there was room."""
        if self._waiting + len(batch) > self._limit:
            return False
        if batch:
            self._batches.append(batch)
            self._waiting += len(batch)
            self._awake.set()
        return True

    def end(self, failure: Exception | None = None) -> None:
        self._is_ended = True
        self._failure = self._failure or failure
        self._batches.clear()
        self._awake.set()

    async def next(self) -> Batch | None:
        """The next batch; None at the end; raises Lagging when it was dropped."""
        while not self._batches:
            if self._failure is not None:
                raise self._failure
            if self._is_ended:
                return None
            self._awake.clear()
            await self._awake.wait()
        batch = self._batches.popleft()
        self._waiting -= len(batch)
        return batch
