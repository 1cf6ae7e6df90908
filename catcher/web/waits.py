"""Waiting for mail: the store's events wake the waiters, and each new message is matched once for all of them.

All waiters share one subscription of the hub, which exists while there are any. The texts of a new message are read
once; then it is matched in memory, only against the waiters of all mail or of an inbox that it is in. A waiter joins
before its first look into the store, so that no message can arrive unseen between the two.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from catcher.errors import StoreUnavailable
from catcher.store import AsyncStore
from catcher.store.labels.inbox_names import fold_inbox
from catcher.store.model import StoredSummary
from catcher.store.search import Query, matches, within
from catcher.threads import Threads
from catcher.web.hub import Batch, Hub, Lagging

log = logging.getLogger("catcher.web")

MAX_WAITERS = 10_000
"""Requests that may wait at once; further ones have to try again."""

MATCH_BATCH = 200
"""New messages whose texts are in memory at the same time."""


class TooManyWaiters(Exception):
    """The limit of waiters is reached."""


class ShuttingDown(Exception):
    """The server stops, so no message will arrive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitRequest:
    """The messages to wait for.

    inbox: name of the inbox, "" for all mail. after: arrival number after which messages count; None: messages that
    have already arrived count as well. count: number of messages. seconds: timeout.
    """

    query: Query
    inbox: str = ""
    after: int | None = None
    count: int = 1
    seconds: float = 30.0

    @property
    def whole_query(self) -> Query:
        """The query within the inbox."""
        return within(self.query, self.inbox)


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitResult:
    """The messages that matched.

    messages: at most the requested number, in the order of arrival: the first ones after the requested arrival number,
    or without one the newest. cursor: where to continue: the last message's arrival number when the request is
    fulfilled, else the store's cursor at the last look.
    """

    messages: tuple[StoredSummary, ...]
    cursor: int
    is_fulfilled: bool


class Waiters:
    """All waiting requests of one event loop."""

    def __init__(self, store: AsyncStore, threads: Threads, hub: Hub) -> None:
        self._store = store
        self._threads = threads
        self._hub = hub
        self._by_inbox: dict[str, set[_Waiter]] = {}
        self._count = 0
        self._subscription = ExitStack()
        self._task: asyncio.Task[None] | None = None

    @property
    def count(self) -> int:
        """Number of waiting requests."""
        return self._count

    async def wait(self, request: WaitRequest) -> WaitResult:
        """Return as soon as the request is fulfilled, or at its timeout.

        Raises TooManyWaiters, ShuttingDown and StoreUnavailable. Cancelling frees everything at once.
        """
        deadline = asyncio.get_running_loop().time() + request.seconds
        with self._joined(request) as waiter:
            while True:
                waiter.changed.clear()
                if waiter.is_ended:
                    raise ShuttingDown
                if waiter.is_stale:
                    waiter.is_stale = False
                    await self._query(waiter)
                if waiter.is_fulfilled:
                    return waiter.result()
                try:
                    async with asyncio.timeout_at(deadline):
                        await waiter.changed.wait()
                except TimeoutError:
                    break
            # Once more: a message that was tagged or marked since its arrival may match by now.
            cursor = await self._query(waiter)
            return waiter.result() if waiter.is_fulfilled else waiter.result(cursor=cursor)

    async def _query(self, waiter: "_Waiter") -> int:
        """Add the matches in the store; return the store's cursor."""
        request = waiter.request
        found = await self._store.arrivals(request.whole_query, after=request.after, limit=request.count)
        waiter.add(found.messages)
        return found.cursor

    @contextmanager
    def _joined(self, request: WaitRequest) -> "Iterator[_Waiter]":
        if self._count >= MAX_WAITERS:
            raise TooManyWaiters
        waiter, key = _Waiter(request), fold_inbox(request.inbox)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._follow(self._subscribe()))
        self._count += 1
        self._by_inbox.setdefault(key, set()).add(waiter)
        try:
            yield waiter
        finally:
            self._count -= 1
            self._by_inbox[key].discard(waiter)
            if not self._by_inbox[key]:
                del self._by_inbox[key]
            if not self._count and self._task is not None:
                self._task.cancel()
                self._task = None
                self._subscription.close()

    def _subscribe(self) -> AsyncIterator[Batch]:
        self._subscription.close()
        return self._subscription.enter_context(self._hub.subscription())

    async def _follow(self, batches: AsyncIterator[Batch]) -> None:
        """Match new messages until the hub closes, then end all waiters."""
        while True:
            try:
                async for batch in batches:
                    await self._match(batch)
                break
            except Exception as error:
                if not isinstance(error, Lagging | StoreUnavailable):
                    log.exception("cannot match new messages against waiting requests")
                batches = self._subscribe()
                for waiter in self._all():
                    waiter.invalidate()
        for waiter in self._all():
            waiter.end()

    async def _match(self, batch: Batch) -> None:
        new = [event.summary for event in batch if event.kind == "new" and event.summary is not None]
        relevant = [summary for summary in new if any(True for _ in self._interested(summary))]
        for start in range(0, len(relevant), MATCH_BATCH):
            some = relevant[start : start + MATCH_BATCH]
            interested = {summary.store_id: (summary, tuple(self._interested(summary))) for summary in some}
            for waiter, summary in await self._threads.run(self._matches, some, interested):
                waiter.add((summary,))

    def _matches(
        self, some: Sequence[StoredSummary], interested: "dict[str, tuple[StoredSummary, tuple[_Waiter, ...]]]"
    ) -> "list[tuple[_Waiter, StoredSummary]]":
        """Return each waiter with a message that it waits for. Called in a thread."""
        return [
            (waiter, interested[subject.store_id][0])
            for subject in self._store.blocking.subjects(some)
            for waiter in interested[subject.store_id][1]
            if not waiter.is_fulfilled and matches(waiter.request.query, subject)
        ]

    def _interested(self, summary: StoredSummary) -> "Iterator[_Waiter]":
        for key in ("", *dict.fromkeys(fold_inbox(name) for name in summary.inboxes)):
            yield from self._by_inbox.get(key, ())

    def _all(self) -> "list[_Waiter]":
        return [waiter for waiters in self._by_inbox.values() for waiter in waiters]


class _Waiter:
    """One waiting request. is_stale: whether the store has to be queried, as at the beginning."""

    def __init__(self, request: WaitRequest) -> None:
        self.request = request
        self.changed = asyncio.Event()
        self.is_stale = True
        self.is_ended = False
        self._found: dict[int, StoredSummary] = {}

    @property
    def is_fulfilled(self) -> bool:
        return len(self._found) >= self.request.count

    def add(self, summaries: Sequence[StoredSummary]) -> None:
        """Add matches; known ones and those before `after` change nothing."""
        after = self.request.after or 0
        self._found |= {summary.arrival: summary for summary in summaries if summary.arrival > after}
        if self.is_fulfilled:
            self.changed.set()

    def invalidate(self) -> None:
        """Query the store again: events may have been missed."""
        self.is_stale = True
        self.changed.set()

    def end(self) -> None:
        self.is_ended = True
        self.changed.set()

    def result(self, *, cursor: int | None = None) -> WaitResult:
        """Return the result. cursor: the store's, when the request is not fulfilled."""
        rising = [self._found[number] for number in sorted(self._found)]
        count = self.request.count
        chosen = rising[-count:] if self.request.after is None else rising[:count]
        return WaitResult(
            messages=tuple(chosen),
            cursor=chosen[-1].arrival if cursor is None else cursor,
            is_fulfilled=cursor is None,
        )
