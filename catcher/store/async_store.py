"""The store for an event loop: deliveries go straight to the writer's queue, everything else runs in threads.

The methods are those of the blocking classes, each declared by `threaded` with exactly its type.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import suppress
from functools import partial
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar

from catcher.store.events import Events
from catcher.store.model import NewMessage
from catcher.store.records.outbox import OutboxQueue
from catcher.store.records.saved_searches import SavedSearches
from catcher.store.records.sessions import SessionRecords
from catcher.store.records.tokens import ApiTokens
from catcher.store.store import Store
from catcher.store.write.inserts import build_rows
from catcher.store.write.queue import Delivery
from catcher.threads import Threads

INLINE_OCTETS = 65_536
"""Size up to which rows are built on the loop, because a hop to a thread would cost more."""

T = TypeVar("T")
P = ParamSpec("P")
R = TypeVar("R")


class View(Generic[T]):
    """An object whose methods run in threads."""

    def __init__(self, blocking: T, threads: Threads) -> None:
        self.blocking = blocking
        self.threads = threads


class threaded(Generic[T, P, R]):
    """A blocking method as a coroutine function of a view."""

    def __init__(self, method: Callable[Concatenate[T, P], R]) -> None:
        self._name = method.__name__

    def __get__(self, view: View[T], owner: type) -> Callable[P, Coroutine[Any, Any, R]]:
        """Return the coroutine function."""
        method: Callable[P, R] = getattr(view.blocking, self._name)
        return partial(view.threads.run, method)


class iterated(Generic[T, P, R]):
    """A blocking generator method as an asynchronous one of a view; one item at a time is in memory."""

    def __init__(self, method: Callable[Concatenate[T, P], Iterator[R]]) -> None:
        self._name = method.__name__

    def __get__(self, view: View[T], owner: type) -> Callable[P, AsyncIterator[R]]:
        """Return the asynchronous generator function."""
        method: Callable[P, Iterator[R]] = getattr(view.blocking, self._name)

        async def iterate(*args: P.args, **kwargs: P.kwargs) -> AsyncIterator[R]:
            items = method(*args, **kwargs)
            while (item := await view.threads.run(next, items, None)) is not None:
                yield item

        return iterate


class AsyncOutbox(View[OutboxQueue]):
    """See `OutboxQueue`."""

    begin = threaded(OutboxQueue.begin)
    mark = threaded(OutboxQueue.mark)
    unprocessed = threaded(OutboxQueue.unprocessed)
    matching = threaded(OutboxQueue.matching)
    add = threaded(OutboxQueue.add)
    claim = threaded(OutboxQueue.claim)
    postpone = threaded(OutboxQueue.postpone)
    finish = threaded(OutboxQueue.finish)
    next_due = threaded(OutboxQueue.next_due)
    count_waiting = threaded(OutboxQueue.count_waiting)
    newest = threaded(OutboxQueue.newest)


class AsyncSessions(View[SessionRecords]):
    """See `SessionRecords`."""

    add = threaded(SessionRecords.add)
    newest = threaded(SessionRecords.newest)


class AsyncTokens(View[ApiTokens]):
    """See `ApiTokens`."""

    make = threaded(ApiTokens.make)
    all = threaded(ApiTokens.all)
    find = threaded(ApiTokens.find)
    revoke = threaded(ApiTokens.revoke)


class AsyncSavedSearches(View[SavedSearches]):
    """See `SavedSearches`."""

    all = threaded(SavedSearches.all)
    save = threaded(SavedSearches.save)
    remove = threaded(SavedSearches.remove)


class AsyncStore(View[Store]):
    """See `Store`. `blocking` stays the caller's to close."""

    def __init__(self, store: Store, threads: Threads) -> None:
        super().__init__(store, threads)
        self.outbox = AsyncOutbox(store.outbox, threads)
        self.sessions = AsyncSessions(store.sessions, threads)
        self.tokens = AsyncTokens(store.tokens, threads)
        self.saved_searches = AsyncSavedSearches(store.saved_searches, threads)

    @property
    def events(self) -> Events:
        """The store's events; subscribers are called in the writer thread, not on the loop."""
        return self.blocking.events

    @property
    def deleted(self) -> int:
        """See `Store`."""
        return self.blocking.deleted

    async def add(self, message: NewMessage) -> int:
        """Store one message; return its arrival number after the commit. Waits while the queue is full.

        When the waiting task is cancelled, the message may be stored all the same.
        """
        is_large = message.size > INLINE_OCTETS
        rows = await self.threads.run(build_rows, message) if is_large else build_rows(message)
        loop = asyncio.get_running_loop()
        future = loop.create_future()
        delivery = Delivery(messages=(rows,), future=future)
        while True:
            room = asyncio.Event()
            if self.blocking.queue.offer(delivery, when_room=partial(_call_on, loop, room.set)):
                return int((await future)[0])
            await room.wait()

    replace_computed = threaded(Store.replace_computed)
    mark = threaded(Store.mark)
    pin = threaded(Store.pin)
    delete = threaded(Store.delete)
    restore = threaded(Store.restore)
    restore_deleted_at = threaded(Store.restore_deleted_at)
    discard = threaded(Store.discard)
    empty_bin = threaded(Store.empty_bin)
    create_inbox = threaded(Store.create_inbox)
    delete_inbox = threaded(Store.delete_inbox)
    set_tags = threaded(Store.set_tags)
    add_tag = threaded(Store.add_tag)
    remove_tag = threaded(Store.remove_tag)
    rename_tag = threaded(Store.rename_tag)
    delete_tag = threaded(Store.delete_tag)
    retain = threaded(Store.retain)

    page = threaded(Store.page)
    batches = iterated(Store.batches)
    latest = threaded(Store.latest)
    arrivals = threaded(Store.arrivals)
    subjects = threaded(Store.subjects)
    filter_by_inbox = threaded(Store.filter_by_inbox)
    summary = threaded(Store.summary)
    get = threaded(Store.get)
    raw = threaded(Store.raw)
    raw_pieces = iterated(Store.raw_pieces)
    part = threaded(Store.part)
    neighbours = threaded(Store.neighbours)
    has_message_id = threaded(Store.has_message_id)
    check = threaded(Store.check)
    counts = threaded(Store.counts)
    overview = threaded(Store.overview)
    tags = threaded(Store.tags)
    inboxes = threaded(Store.inboxes)
    inbox = threaded(Store.inbox)
    explicit_inbox = threaded(Store.explicit_inbox)
    bin = threaded(Store.bin)
    binned_message = threaded(Store.binned_message)
    references = threaded(Store.references)
    cursor = threaded(Store.cursor)
    changes = threaded(Store.changes)
    octets_on_disk = threaded(Store.octets_on_disk)


def _call_on(loop: asyncio.AbstractEventLoop, call: Callable[[], None]) -> None:
    with suppress(RuntimeError):  # the loop is closed, nothing waits
        loop.call_soon_threadsafe(call)
