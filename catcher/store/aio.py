"""The store for coroutines: reads go to threads, deliveries to the writer's queue without a thread in between."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

from catcher.envelope import SmtpSession
from catcher.store.events import Events, StoreEvent
from catcher.store.model import (
    Arrived,
    Binned,
    Counts,
    Overview,
    Selection,
    StoredInbox,
    StoredMessage,
    StoredSummary,
    SummaryPage,
)
from catcher.store.search.model import Anything, Query
from catcher.store.store import Store
from catcher.store.write.inserts import Prepared
from catcher.threads import Threads


class AsyncStore:
    """The methods of `Store` as coroutines, to be used on one event loop; see there for what each returns and raises.

    `store` stays the caller's to close. `deleted` counts the messages that were deleted through this object, by whoever
    asked and for their age or number.
    """

    def __init__(self, store: Store, threads: Threads) -> None:
        self.store = store
        self.deleted = 0
        self._threads = threads
        self._answers = _Answers()
        store.after_answers(self._answers.send)

    @property
    def events(self) -> Events:
        """The store's events; its subscribers are called in the store's thread, not on the loop."""
        return self.store.events

    async def add(self, message: Prepared) -> int:
        """Store one message in the next group; its arrival number, after the commit.

        Waits while the queue is full. When the waiting task is cancelled, the message may be stored all the same.
        """
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[int] = loop.create_future()
        done = partial(self._answers.collect, answer)
        while not self.store.add_soon(message, done):
            room: asyncio.Future[None] = loop.create_future()
            self.store.when_room(partial(_call_on, loop, partial(_open, room)))
            await room
        return await answer

    async def mark(self, selection: Selection, *, is_read: bool) -> int:
        """See `Store.mark`."""
        return await self._threads.run(self.store.mark, selection, is_read=is_read)

    async def pin(self, selection: Selection, *, is_pinned: bool) -> int:
        """See `Store.pin`."""
        return await self._threads.run(self.store.pin, selection, is_pinned=is_pinned)

    async def delete(self, selection: Selection, *, binned_at: datetime | None = None) -> int:
        """See `Store.delete`."""
        count = await self._threads.run(self.store.delete, selection, binned_at=binned_at)
        self.deleted += count
        return count

    async def restore(self, store_ids: Sequence[str]) -> int:
        """See `Store.restore`."""
        return await self._threads.run(self.store.restore, store_ids)

    async def restore_deleted_at(self, moment: datetime) -> int:
        """See `Store.restore_deleted_at`."""
        return await self._threads.run(self.store.restore_deleted_at, moment)

    async def discard(self, store_ids: Sequence[str]) -> int:
        """See `Store.discard`."""
        return await self._threads.run(self.store.discard, store_ids)

    async def empty_bin(self, *, before: datetime | None = None) -> int:
        """See `Store.empty_bin`."""
        return await self._threads.run(self.store.empty_bin, before=before)

    async def make_inbox(self, inbox: StoredInbox) -> None:
        """See `Store.make_inbox`."""
        await self._threads.run(self.store.make_inbox, inbox)

    async def delete_inbox(self, name: str) -> int:
        """See `Store.delete_inbox`."""
        return await self._threads.run(self.store.delete_inbox, name)

    async def add_sessions(self, sessions: Sequence[SmtpSession]) -> None:
        """See `Sessions.add`."""
        await self._threads.run(self.store.sessions.add, sessions)

    async def sessions(self, *, limit: int = 100) -> list[SmtpSession]:
        """See `Sessions.newest`."""
        return await self._threads.run(self.store.sessions.newest, limit=limit)

    async def set_tags(self, store_ids: Sequence[str], names: Sequence[str]) -> int:
        """See `Store.set_tags`."""
        return await self._threads.run(self.store.set_tags, store_ids, names)

    async def add_tag(self, selection: Selection, name: str) -> int:
        """See `Store.add_tag`."""
        return await self._threads.run(self.store.add_tag, selection, name)

    async def remove_tag(self, selection: Selection, name: str) -> int:
        """See `Store.remove_tag`."""
        return await self._threads.run(self.store.remove_tag, selection, name)

    async def save_search(self, name: str, query: str) -> None:
        """See `SavedSearches.save`."""
        await self._threads.run(self.store.saved_searches.save, name, query)

    async def remove_search(self, number: int) -> None:
        """See `SavedSearches.remove`."""
        await self._threads.run(self.store.saved_searches.remove, number)

    async def rename_tag(self, old: str, new: str) -> None:
        """See `Store.rename_tag`."""
        await self._threads.run(self.store.rename_tag, old, new)

    async def delete_tag(self, name: str) -> None:
        """See `Store.delete_tag`."""
        await self._threads.run(self.store.delete_tag, name)

    async def retain(self, *, max_messages: int, max_age: timedelta | None, now: datetime) -> int:
        """See `Store.retain`."""
        count = await self._threads.run(self.store.retain, max_messages=max_messages, max_age=max_age, now=now)
        self.deleted += count
        return count

    async def page(
        self,
        query: Query = Anything(),  # noqa: B008 a value without state
        *,
        limit: int = 50,
        start: int = 0,
        before: int | None = None,
        received_before: datetime | None = None,
    ) -> SummaryPage:
        """See `Store.page`."""
        return await self._threads.run(
            self.store.page, query, limit=limit, start=start, before=before, received_before=received_before
        )

    async def latest(self, query: Query = Anything()) -> StoredSummary:  # noqa: B008 a value without state
        """See `Store.latest`."""
        return await self._threads.run(self.store.latest, query)

    async def arrived(
        self,
        query: Query = Anything(),  # noqa: B008 a value without state
        *,
        after: int | None = None,
        limit: int = 50,
    ) -> Arrived:
        """See `Store.arrived`."""
        return await self._threads.run(self.store.arrived, query, after=after, limit=limit)

    async def within(self, store_ids: Sequence[str], inbox: str) -> tuple[str, ...]:
        """See `Store.within`."""
        return await self._threads.run(self.store.within, store_ids, inbox)

    async def summary(self, store_id: str) -> StoredSummary:
        """See `Store.summary`."""
        return await self._threads.run(self.store.summary, store_id)

    async def get(self, store_id: str) -> StoredMessage:
        """See `Store.get`."""
        return await self._threads.run(self.store.get, store_id)

    async def raw(self, store_id: str) -> bytes:
        """See `Store.raw`."""
        return await self._threads.run(self.store.raw, store_id)

    async def raw_pieces(self, store_id: str, *, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """See `Store.raw_pieces`; one piece at a time is in memory."""
        pieces = self.store.raw_pieces(store_id, start=start, end=end)
        while (piece := await self._threads.run(next, pieces, None)) is not None:
            yield piece

    async def part(self, store_id: str, part_id: str) -> bytes:
        """See `Store.part`."""
        return await self._threads.run(self.store.part, store_id, part_id)

    async def neighbours(
        self,
        store_id: str,
        query: Query = Anything(),  # noqa: B008 a value without state
    ) -> tuple[StoredSummary | None, StoredSummary | None, int]:
        """See `Store.neighbours`."""
        return await self._threads.run(self.store.neighbours, store_id, query)

    async def has_message_id(self, message_id: str) -> bool:
        """See `Store.has_message_id`."""
        return await self._threads.run(self.store.has_message_id, message_id)

    async def counts(self) -> Counts:
        """See `Store.counts`."""
        return await self._threads.run(self.store.counts)

    async def overview(self, *, inboxes: int) -> Overview:
        """See `Store.overview`."""
        return await self._threads.run(self.store.overview, inboxes=inboxes)

    async def tags(self, *, inbox: str = "") -> dict[str, int]:
        """See `Store.tags`."""
        return await self._threads.run(self.store.tags, inbox=inbox)

    async def inboxes(self, *, made: bool | None = None) -> list[StoredInbox]:
        """See `Store.inboxes`."""
        return await self._threads.run(self.store.inboxes, made=made)

    async def inbox(self, name: str) -> StoredInbox:
        """See `Store.inbox`."""
        return await self._threads.run(self.store.inbox, name)

    async def made_inbox(self, name: str) -> StoredInbox | None:
        """See `Store.made_inbox`."""
        return await self._threads.run(self.store.made_inbox, name)

    async def bin(self, *, limit: int = 50, start: int = 0) -> list[Binned]:
        """See `Store.bin`."""
        return await self._threads.run(self.store.bin, limit=limit, start=start)

    async def binned(self, store_id: str) -> Binned:
        """See `Store.binned`."""
        return await self._threads.run(self.store.binned, store_id)

    async def named_ids(self, store_ids: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        """See `Store.named_ids`."""
        return await self._threads.run(self.store.named_ids, store_ids)

    async def cursor(self) -> int:
        """See `Store.cursor`."""
        return await self._threads.run(self.store.cursor)

    async def changes(self, after: int, *, limit: int = 1000) -> list[StoreEvent] | None:
        """See `Store.changes`."""
        return await self._threads.run(self.store.changes, after, limit=limit)

    async def octets_on_disk(self) -> int:
        """See `Store.octets_on_disk`."""
        return await self._threads.run(self.store.octets_on_disk)


class _Answers:
    """Carries the writer thread's answers to the loop: a group is collected first, so that it wakes the loop once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[tuple[asyncio.Future[int], int | BaseException]] = []

    def collect(self, future: "asyncio.Future[int]", outcome: int | BaseException) -> None:
        """Take an answer; in the writer thread."""
        with self._lock:
            self._waiting.append((future, outcome))

    def send(self) -> None:
        """Have the loop settle what was collected; in the writer thread."""
        with self._lock:
            waiting, self._waiting = self._waiting, []
        if waiting:
            _call_on(waiting[0][0].get_loop(), lambda: _settle(waiting))


def _settle(waiting: Sequence[tuple["asyncio.Future[int]", int | BaseException]]) -> None:
    for future, outcome in waiting:
        if future.done():  # its task was cancelled
            continue
        if isinstance(outcome, BaseException):
            future.set_exception(outcome)
        else:
            future.set_result(outcome)


def _open(room: "asyncio.Future[None]") -> None:
    if not room.done():
        room.set_result(None)


def _call_on(loop: asyncio.AbstractEventLoop, call: Callable[[], None]) -> None:
    with suppress(RuntimeError):  # the loop is closed: nobody waits any more
        loop.call_soon_threadsafe(call)
