"""The store on an event loop: deliveries without a thread in between, reads in threads."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest

from catcher.errors import NotFound, StoreUnavailable
from catcher.store import AsyncStore, ByIds, Everything, Store
from catcher.store.async_store import AsyncOutbox, AsyncSavedSearches, AsyncSessions, AsyncTokens
from catcher.store.records.outbox import OutboxQueue
from catcher.store.records.saved_searches import SavedSearches
from catcher.store.records.sessions import SessionRecords
from catcher.store.records.tokens import ApiTokens
from catcher.threads import Threads
from tests.store.contract import MakeMessage


@pytest.fixture
def threads() -> Iterator[Threads]:
    """A pool of this test's own."""
    pool = Threads(4, name="test")
    yield pool
    pool.close()


@asynccontextmanager
async def counted_wakes(loop: asyncio.AbstractEventLoop) -> AsyncIterator[list[int]]:
    """Counts how often another thread wakes the loop."""
    wakes = [0]
    call_soon_threadsafe = loop.call_soon_threadsafe

    def counting(callback, *arguments, context=None):  # type: ignore[no-untyped-def]
        wakes[0] += 1
        return call_soon_threadsafe(callback, *arguments, context=context)

    loop.call_soon_threadsafe = counting  # type: ignore[method-assign, assignment]
    yield wakes
    loop.call_soon_threadsafe = call_soon_threadsafe  # type: ignore[method-assign]


@pytest.mark.parametrize(
    ("blocking", "view"),
    [
        (Store, AsyncStore),
        (OutboxQueue, AsyncOutbox),
        (SessionRecords, AsyncSessions),
        (ApiTokens, AsyncTokens),
        (SavedSearches, AsyncSavedSearches),
    ],
)
def test_every_method_can_be_awaited(blocking: type, view: type) -> None:
    """Both faces have the same public methods, except for opening and closing."""
    methods = {name for name, value in vars(blocking).items() if callable(value) and not name.startswith("_")}
    assert {name for name in vars(view) if not name.startswith("_")} - {"events", "deleted"} == methods - {"close"}


def test_a_coroutine_waits_for_the_commit(store: Store, threads: Threads, new: MakeMessage) -> None:
    """What `add` returned for can be read; reads give what the store gives."""

    async def run() -> None:
        mail = AsyncStore(store, threads)
        message = new()
        arrival = await mail.add(message)
        assert (await mail.summary(message.store_id)).arrival == arrival
        assert await mail.page() == store.page()
        assert await mail.get(message.store_id) == store.get(message.store_id)
        assert await mail.raw(message.store_id) == message.content
        assert [piece async for piece in mail.raw_pieces(message.store_id, start=2, end=5)] == [message.content[2:5]]
        assert await mail.latest() == store.latest()
        assert await mail.neighbours(message.store_id) == (None, None, 0)
        assert await mail.mark(ByIds((message.store_id,)), is_read=True) == 1
        await mail.set_tags([message.store_id], ["a"])
        await mail.rename_tag("a", "b")
        assert await mail.tags() == {"b": 1}
        await mail.delete_tag("b")
        assert await mail.counts() == store.counts()
        assert await mail.cursor() == store.cursor()
        assert await mail.changes(0) == store.changes(0)
        assert await mail.octets_on_disk() > 0
        assert await mail.part(message.store_id, "0") == b"text\r\n"
        assert await mail.delete(Everything()) == 1
        with pytest.raises(NotFound):
            await mail.raw(message.store_id)
        with pytest.raises(NotFound):
            [piece async for piece in mail.raw_pieces(message.store_id)]

    asyncio.run(run())


def test_many_deliveries_wake_the_loop_a_few_times(store: Store, threads: Threads, new: MakeMessage) -> None:
    """One wake-up a group, not one a message."""
    messages = [new() for _ in range(500)]

    async def run() -> int:
        mail = AsyncStore(store, threads)
        async with counted_wakes(asyncio.get_running_loop()) as wakes:
            numbers = await asyncio.gather(*(mail.add(message) for message in messages))
        assert sorted(numbers) == list(range(1, 501))
        return wakes[0]

    assert asyncio.run(run()) < 100


def test_a_full_queue_makes_coroutines_wait(url: str, threads: Threads, new: MakeMessage) -> None:
    """When the queue is full the caller waits, and nothing is dropped."""

    async def run() -> None:
        with Store.open(url, poll_interval=0, queue_messages=2) as store:
            mail = AsyncStore(store, threads)
            numbers = await asyncio.gather(*(mail.add(new()) for _ in range(200)))
            assert sorted(numbers) == list(range(1, 201))

    asyncio.run(run())


def test_a_cancelled_delivery_does_not_affect_others(store: Store, threads: Threads, new: MakeMessage) -> None:
    """The task ends; the message may be stored; other deliveries are answered."""

    async def run() -> None:
        mail = AsyncStore(store, threads)
        tasks = [asyncio.create_task(mail.add(new())) for _ in range(20)]
        await asyncio.sleep(0)
        tasks[3].cancel()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        assert isinstance(outcomes.pop(3), asyncio.CancelledError)
        assert all(isinstance(outcome, int) for outcome in outcomes), outcomes

    asyncio.run(run())


def test_a_closed_loop_does_not_affect_the_writer(store: Store, threads: Threads, new: MakeMessage) -> None:
    """A test's loop may end with deliveries under way; the store serves the next one."""

    async def leave() -> None:
        asyncio.ensure_future(AsyncStore(store, threads).add(new()))  # noqa: RUF006 it is abandoned on purpose
        await asyncio.sleep(0)

    asyncio.run(leave())
    store.add([new()])
    assert store.counts().messages == 2


def test_a_closed_store_refuses_coroutines_too(store: Store, threads: Threads, new: MakeMessage) -> None:
    """StoreUnavailable, from `add` and from reads."""
    store.close()

    async def run() -> None:
        mail = AsyncStore(store, threads)
        with pytest.raises(StoreUnavailable):
            await mail.add(new())
        with pytest.raises(StoreUnavailable):
            await mail.page()

    asyncio.run(run())
