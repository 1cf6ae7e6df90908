"""The bridge between the store's thread and the loop."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from catcher.envelope import Envelope, ForwardPath
from catcher.intake import deliver_now
from catcher.store import AsyncStore, Store
from catcher.store.events import StoreEvent
from catcher.store.model import Everything
from catcher.threads import Threads
from catcher.web.hub import Batch, Hub, Lagging


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store in a file."""
    with Store.open(f"sqlite:///{tmp_path / 'x.db'}") as opened:
        yield opened


def put(store: Store, count: int = 1) -> list[str]:
    """Store so many messages in one commit."""
    envelope = Envelope(
        reverse_path="", forward_paths=(ForwardPath(addr_spec="a@b.test"),), received_at=datetime.now(UTC)
    )
    return deliver_now(store, [(envelope, b"Subject: x\r\n\r\n")] * count)


async def take(batches: AsyncIterator[Batch], count: int) -> list[StoreEvent]:
    """So many events, or a failed test after a while."""
    events: list[StoreEvent] = []
    async with asyncio.timeout(20):
        while len(events) < count:
            events.extend(await anext(batches))
    return events


def run(store: Store, scenario: Callable[[Hub], Awaitable[None]], **options: int) -> None:
    """A scenario with a hub on a loop of its own."""

    async def body() -> None:
        threads = Threads(2)
        hub = Hub(AsyncStore(store, threads), **options)
        try:
            await scenario(hub)
        finally:
            hub.close()
            threads.close()

    asyncio.run(body())


def test_a_subscriber_gets_everything_after_entering_in_order(store: Store) -> None:
    """This includes commits before the first batch is requested."""

    async def scenario(hub: Hub) -> None:
        with hub.subscription() as batches:
            ids = await asyncio.to_thread(put, store, 300)
            assert [event.store_id for event in await take(batches, 300)] == ids
            more = await asyncio.to_thread(put, store)
            assert [event.store_id for event in await take(batches, 1)] == more

    run(store, scenario)


def test_replay_and_live_events_join_without_gap(store: Store) -> None:
    """What happened after the cursor comes first and once, whatever is committed meanwhile."""
    first = put(store)
    cursor = store.cursor()

    async def scenario(hub: Hub) -> None:
        missed = await asyncio.to_thread(put, store, 1500)
        with hub.subscription(after=cursor) as batches:
            live = await asyncio.to_thread(put, store, 3)
            heard = [event.store_id for event in await take(batches, 1503)]
        assert heard == missed + live
        assert first[0] not in heard

    run(store, scenario)


def test_a_cursor_from_elsewhere_asks_to_reload(store: Store) -> None:
    """One `prune` with the present cursor, then what comes."""
    put(store)

    async def scenario(hub: Hub) -> None:
        with hub.subscription(after=10**9) as batches:
            (event,) = await take(batches, 1)
            assert (event.kind, event.cursor) == ("prune", store.cursor())
            ids = await asyncio.to_thread(put, store)
            assert [event.store_id for event in await take(batches, 1)] == ids

    run(store, scenario)


def test_a_subscriber_that_falls_behind_is_dropped_and_others_are_not(store: Store) -> None:
    """Each has a bounded buffer: a slow subscriber delays no other."""

    async def scenario(hub: Hub) -> None:
        with hub.subscription() as slow, hub.subscription() as quick:
            for _ in range(4):
                await asyncio.to_thread(put, store, 4)
                assert len(await take(quick, 4)) == 4
            with pytest.raises(Lagging):
                await take(slow, 16)

    run(store, scenario, buffer=10)


def test_closing_ends_every_subscription(store: Store) -> None:
    """Those that are open and those that come later; closing twice is safe."""

    async def scenario(hub: Hub) -> None:
        with hub.subscription() as batches:
            waiting = asyncio.ensure_future(anext(batches, None))
            await asyncio.sleep(0)
            hub.close()
            hub.close()
            assert await asyncio.wait_for(waiting, 20) is None
        with hub.subscription() as late:
            assert await asyncio.wait_for(anext(late, None), 20) is None

    run(store, scenario)


def test_without_subscribers_the_store_has_no_cost(store: Store) -> None:
    """The hub leaves the store's events with its last subscription."""

    async def scenario(hub: Hub) -> None:
        heard = [store.events.has_subscribers]
        with hub.subscription():
            heard.append(store.events.has_subscribers)
            assert hub.subscribers == 1
        assert [*heard, store.events.has_subscribers] == [False, True, False]
        await asyncio.to_thread(store.delete, Everything())

    run(store, scenario)
