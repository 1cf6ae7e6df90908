"""Waiting requests on one loop, without HTTP."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from catcher.envelope import Client, Envelope, ForwardPath
from catcher.intake import deliver_now
from catcher.store import AsyncStore, Store
from catcher.store.model import Arrivals, StoredSummary
from catcher.store.search import Anything, Subject, parse
from catcher.threads import Threads
from catcher.web import waits
from catcher.web.hub import Hub
from catcher.web.waits import ShuttingDown, TooManyWaiters, Waiters, WaitRequest

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store in a file."""
    with Store.open(f"sqlite:///{tmp_path / 'x.db'}") as opened:
        yield opened


def put(store: Store, *subjects: str, inbox: str = "") -> None:
    """Store messages in one commit."""
    envelope = Envelope(
        reverse_path="",
        forward_paths=(ForwardPath(addr_spec="a@b.test"),),
        received_at=datetime.now(UTC),
        client=Client(user=inbox),
    )
    deliver_now(store, [(envelope, f"Subject: {subject}\r\n\r\n".encode()) for subject in subjects])


def run(store: Store, scenario: Callable[[Waiters, Hub], Awaitable[None]], **options: int) -> None:
    """Run a scenario on a loop of its own; afterwards the store has no subscribers."""

    async def body() -> None:
        threads = Threads(2)
        hub = Hub(AsyncStore(store, threads), **options)
        try:
            async with asyncio.timeout(60):
                await scenario(Waiters(AsyncStore(store, threads), threads, hub), hub)
        finally:
            hub.close()
            threads.close()

    asyncio.run(body())
    assert not store.events.has_subscribers


async def started(waiters: Waiters, store: Store, *wanted: WaitRequest) -> "list[asyncio.Task[waits.WaitResult]]":
    """Waits that have joined and looked at the store, in vain."""
    loop, looked, arrived = asyncio.get_running_loop(), asyncio.Semaphore(0), store.arrivals

    def watched(*args: Any, **options: Any) -> Arrivals:
        found = arrived(*args, **options)
        loop.call_soon_threadsafe(looked.release)
        return found

    store.arrivals = watched  # type: ignore[method-assign]
    tasks = [asyncio.create_task(waiters.wait(each)) for each in wanted]
    for _ in tasks:
        await looked.acquire()
    del store.arrivals
    assert waiters.count == len(wanted)
    return tasks


def test_there_is_no_subscription_without_waiters(store: Store) -> None:
    """The subscription lasts from the first waiter to the last, cancelled or answered."""

    async def scenario(waiters: Waiters, hub: Hub) -> None:
        first, second = await started(
            waiters, store, WaitRequest(query=Anything(), seconds=600), WaitRequest(query=parse("x", now=NOW))
        )
        assert (waiters.count, hub.subscribers) == (2, 1)
        second.cancel()
        await asyncio.wait([second])
        assert (waiters.count, hub.subscribers) == (1, 1)
        put(store, "one")
        assert [one.subject for one in (await first).messages] == ["one"]
        assert (waiters.count, hub.subscribers) == (0, 0)

    run(store, scenario)


def test_texts_are_read_once_for_all_and_not_for_other_inboxes(store: Store) -> None:
    """For any number of waiters a message's texts are read once; for an inbox without waiters not at all."""
    asked: list[int] = []
    subjects = store.subjects

    def counted(summaries: Sequence[StoredSummary]) -> list[Subject]:
        asked.append(len(summaries))
        return subjects(summaries)

    store.subjects = counted  # type: ignore[method-assign]

    async def scenario(waiters: Waiters, hub: Hub) -> None:
        wanted = WaitRequest(query=parse("subject:mine", now=NOW), inbox="Mine", seconds=600)
        tasks = await started(waiters, store, *[wanted] * 100)
        put(store, "foreign", inbox="foreign")
        put(store, "mine", inbox="mine")
        assert [(await task).messages[0].subject for task in tasks] == ["mine"] * 100

    run(store, scenario)
    assert asked == [1]


def test_a_waiter_that_falls_behind_queries_again(store: Store) -> None:
    """With more events than the buffer holds nothing is lost, because the store is queried instead."""

    async def scenario(waiters: Waiters, hub: Hub) -> None:
        (task,) = await started(waiters, store, WaitRequest(query=parse("subject:last", now=NOW), seconds=600))
        put(store, *(str(number) for number in range(50)), "last")
        assert [one.subject for one in (await task).messages] == ["last"]

    run(store, scenario, buffer=10)


def test_the_end_of_the_hub_ends_waits(store: Store) -> None:
    """Those that wait, and those that come afterwards."""

    async def scenario(waiters: Waiters, hub: Hub) -> None:
        (task,) = await started(waiters, store, WaitRequest(query=Anything(), seconds=600))
        hub.close()
        with pytest.raises(ShuttingDown):
            await task
        with pytest.raises(ShuttingDown):
            await waiters.wait(WaitRequest(query=Anything(), seconds=600))

    run(store, scenario)


def test_too_many_waiters_are_refused(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """One more than may wait is refused at once, and the others go on."""
    monkeypatch.setattr(waits, "MAX_WAITERS", 2)

    async def scenario(waiters: Waiters, hub: Hub) -> None:
        tasks = await started(waiters, store, *[WaitRequest(query=Anything(), seconds=600)] * 2)
        with pytest.raises(TooManyWaiters):
            await waiters.wait(WaitRequest(query=Anything()))
        put(store, "one")
        assert all([(await task).is_fulfilled for task in tasks])

    run(store, scenario)
