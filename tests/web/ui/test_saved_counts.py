"""How many messages saved searches find: known soon, never waited for, and never counted without end."""

import asyncio
import itertools

import httpx2

from catcher.store import AsyncStore
from catcher.store.store import Store
from catcher.threads import Threads
from catcher.web.ui.site.saved_counts import MIN_INTERVAL, TIME_BUDGET, SavedSearchCounts
from tests.web.ui.conftest import Mailbox
from tests.web.ui.mails import invoice, welcome


def test_pages_show_what_is_known(mailbox: Mailbox, http: httpx2.Client) -> None:
    """The first page has no number; the script requests it, so the next page has one."""
    mailbox.send(welcome(), invoice())
    http.post("saved", data={"name": "Bills", "q": "subject:invoice"})
    http.post("saved", data={"name": "Unreadable", "q": "before:nonsense"})
    assert "data-saved></b>" in http.get("").text
    assert sorted(http.get("saved/numbers").json().values()) == [0, 1]
    assert "data-saved>1</b>" in http.get("").text


def counted(store: Store, *moments: float) -> list[dict[int, int]]:
    """What is known after asking once for each time that the clock is read."""
    clock = itertools.chain(moments, itertools.count(1e6, 1e3))

    async def scenario() -> list[dict[int, int]]:
        threads = Threads(2)
        try:
            numbers = SavedSearchCounts(AsyncStore(store, threads), clock=lambda: next(clock))
            return [dict(await numbers.fresh()) for _ in range(2)]
        finally:
            threads.close()

    return asyncio.run(scenario())


def test_a_count_ends_after_its_time_and_goes_on_the_next(mailbox: Mailbox) -> None:
    """Of many slow searches each gets its turn; none makes a page, or another search, wait for all."""
    mailbox.send(invoice())
    store = mailbox.catcher.store
    store.saved_searches.save("a", "subject:invoice")
    store.saved_searches.save("b", "subject:nothing")
    late = TIME_BUDGET + 1
    # Asked at 0: the end is set, one search is begun in time, the other is not. Asked again: the other one's turn.
    first, second = counted(
        store, 0, 0, 0, late, late, late + MIN_INTERVAL, late + MIN_INTERVAL, late + MIN_INTERVAL, late + MIN_INTERVAL
    )
    assert len(first) == 1
    assert len(second) == 2
