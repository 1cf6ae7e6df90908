"""Waiting for mail: whoever waits is woken by the store's news, and new messages are judged once for all who wait.

However many wait, there is one subscription of the hub while anybody does. The texts of a new message are read once,
then it is judged in memory, only for those who wait for all mail or for an inbox that it is in. Who begins to wait
joins before the first look at the store, so that nothing can arrive between the two unseen.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from catcher.errors import StoreUnavailable
from catcher.store.aio import AsyncStore
from catcher.store.labels.inbox_names import fold_inbox
from catcher.store.model import StoredSummary
from catcher.store.search import Query, Subject, matches
from catcher.threads import Threads
from catcher.web.hub import Batch, Hub, Lagging
from catcher.web.inbox_scope import within

log = logging.getLogger("catcher.web")

MOST_WAITERS = 10_000
"""Requests that may wait at once; one more is asked to come again."""

JUDGED_AT_ONCE = 200
"""New messages whose texts are in memory at the same time."""


class Full(Exception):
    """So many wait already that this one may not."""


class Stopping(Exception):
    """The server stops, so that nothing will come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody waits for.

    inbox: name of the one that counts, "" for all mail. after: arrival number after which messages count; None: those
    that are there already count as well. count: how many are wanted. seconds: how long to wait.
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
class Came:
    """What came of it. messages: at most as many as were wanted, in the order of arrival: the first ones after the
    number that was given, or without one the newest.

    cursor: after which to wait for more: the last message's number when enough came, else the store's at the last look.
    """

    messages: tuple[StoredSummary, ...]
    cursor: int
    is_enough: bool


class Waiters:
    """All who wait, on one event loop."""

    def __init__(self, store: AsyncStore, threads: Threads, hub: Hub) -> None:
        self._store = store
        self._threads = threads
        self._hub = hub
        self._by_inbox: dict[str, set[_Waiter]] = {}
        self._count = 0
        self._subscription = ExitStack()
        self._listening: asyncio.Task[None] | None = None

    @property
    def count(self) -> int:
        """How many wait."""
        return self._count

    async def wait(self, wanted: Wanted) -> Came:
        """Return as soon as enough has come, or when the time is over. Raises Full, Stopping and StoreUnavailable.

        Cancelling frees everything at once.
        """
        deadline = asyncio.get_running_loop().time() + wanted.seconds
        with self._joined(wanted) as waiter:
            while True:
                waiter.changed.clear()
                if waiter.is_ended:
                    raise Stopping
                if waiter.must_look:
                    waiter.must_look = False
                    await self._look(waiter)
                if waiter.is_satisfied:
                    return waiter.came()
                try:
                    async with asyncio.timeout_at(deadline):
                        await waiter.changed.wait()
                except TimeoutError:
                    break
            # Once more: what was tagged or marked since it arrived may match by now.
            cursor = await self._look(waiter)
            return waiter.came() if waiter.is_satisfied else waiter.came(cursor=cursor)

    async def _look(self, waiter: "_Waiter") -> int:
        """Take what is in the store; its last number."""
        wanted = waiter.wanted
        found = await self._store.arrived(wanted.whole_query, after=wanted.after, limit=wanted.count)
        waiter.take(found.messages)
        return found.cursor

    @contextmanager
    def _joined(self, wanted: Wanted) -> "Iterator[_Waiter]":
        if self._count >= MOST_WAITERS:
            raise Full
        waiter, key = _Waiter(wanted), fold_inbox(wanted.inbox)
        if self._listening is None or self._listening.done():
            self._listening = asyncio.create_task(self._listen(self._subscribe()))
        self._count += 1
        self._by_inbox.setdefault(key, set()).add(waiter)
        try:
            yield waiter
        finally:
            self._count -= 1
            self._by_inbox[key].discard(waiter)
            if not self._by_inbox[key]:
                del self._by_inbox[key]
            if not self._count and self._listening is not None:
                self._listening.cancel()
                self._listening = None
                self._subscription.close()

    def _subscribe(self) -> AsyncIterator[Batch]:
        self._subscription.close()
        return self._subscription.enter_context(self._hub.subscription())

    async def _listen(self, batches: AsyncIterator[Batch]) -> None:
        """Judge what comes until the hub closes, then tell everybody that nothing will come any more."""
        while True:
            try:
                async for batch in batches:
                    await self._tell(batch)
                break
            except Exception as error:
                if not isinstance(error, Lagging | StoreUnavailable):
                    log.exception("new mail could not be judged for those who wait for it")
                batches = self._subscribe()
                for waiter in self._all():
                    waiter.look_again()
        for waiter in self._all():
            waiter.end()

    async def _tell(self, batch: Batch) -> None:
        new = [event.summary for event in batch if event.kind == "new" and event.summary is not None]
        wanted = [summary for summary in new if any(True for _ in self._concerned(summary))]
        for start in range(0, len(wanted), JUDGED_AT_ONCE):
            some = wanted[start : start + JUDGED_AT_ONCE]
            concerned = {one.store_id: (one, tuple(self._concerned(one))) for one in some}
            for waiter, summary in await self._threads.run(self._judged, some, concerned):
                waiter.take((summary,))

    def _judged(
        self, some: Sequence[StoredSummary], concerned: "dict[str, tuple[StoredSummary, tuple[_Waiter, ...]]]"
    ) -> "list[tuple[_Waiter, StoredSummary]]":
        """Who waits for which of these; in a thread."""
        return [
            (waiter, concerned[subject.store_id][0])
            for subject in self._store.store.subjects(some)
            for waiter in concerned[subject.store_id][1]
            if _is_wanted(waiter, subject)
        ]

    def _concerned(self, summary: StoredSummary) -> "Iterator[_Waiter]":
        for key in ("", *dict.fromkeys(fold_inbox(name) for name in summary.inboxes)):
            yield from self._by_inbox.get(key, ())

    def _all(self) -> "list[_Waiter]":
        return [waiter for waiters in self._by_inbox.values() for waiter in waiters]


class _Waiter:
    """One who waits. must_look: whether the store has to be asked, as at the beginning."""

    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self.changed = asyncio.Event()
        self.must_look = True
        self.is_ended = False
        self._found: dict[int, StoredSummary] = {}

    @property
    def is_satisfied(self) -> bool:
        return len(self._found) >= self.wanted.count

    def take(self, summaries: Sequence[StoredSummary]) -> None:
        """Add what matches; what is known already or came too early changes nothing."""
        after = self.wanted.after or 0
        self._found |= {one.arrival: one for one in summaries if one.arrival > after}
        if self.is_satisfied:
            self.changed.set()

    def look_again(self) -> None:
        """Something may have been missed."""
        self.must_look = True
        self.changed.set()

    def end(self) -> None:
        self.is_ended = True
        self.changed.set()

    def came(self, *, cursor: int | None = None) -> Came:
        """The answer; cursor: of the store, when not enough came."""
        rising = [self._found[number] for number in sorted(self._found)]
        count = self.wanted.count
        chosen = rising[-count:] if self.wanted.after is None else rising[:count]
        return Came(
            messages=tuple(chosen),
            cursor=chosen[-1].arrival if cursor is None else cursor,
            is_enough=cursor is None,
        )


def _is_wanted(waiter: _Waiter, subject: Subject) -> bool:
    return not waiter.is_satisfied and matches(waiter.wanted.query, subject)
