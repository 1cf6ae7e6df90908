"""Result counts of saved searches, for the sidebar, at a bounded cost.

A search may read the whole mailbox, so no page waits for these counts: pages show the known ones, and a script requests
the rest. They are updated only after a change, at most once in `MIN_INTERVAL`, and for at most `TIME_BUDGET` at a time;
what was not reached then comes first the next time.
"""

import asyncio
import time
from collections.abc import Callable, Mapping

from catcher.store import AsyncStore
from catcher.web.ui.site.list_state import ListState, read_query

MIN_INTERVAL = 5.0
"""Seconds between two updates."""

TIME_BUDGET = 1.0
"""Seconds after which an update starts no further search."""


class SavedSearchCounts:
    """The counts, by the numbers of the searches. clock: monotonic seconds."""

    def __init__(self, store: AsyncStore, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._clock = clock
        self._known: dict[int, int] = {}
        self._cursors: dict[int, int] = {}
        self._updated_at = float("-inf")
        self._lock = asyncio.Lock()

    @property
    def known(self) -> Mapping[int, int]:
        """The counts of the last update."""
        return self._known

    async def fresh(self) -> Mapping[int, int]:
        """Return the counts, updated when that is due; concurrent callers share one update."""
        async with self._lock:
            if self._clock() - self._updated_at >= MIN_INTERVAL:
                await self._update()
                self._updated_at = self._clock()
        return self._known

    async def _update(self) -> None:
        cursor, saved = await self._store.cursor(), (await self._store.overview(max_inboxes=1)).saved
        numbers = {search.number for search in saved}
        self._known = {number: count for number, count in self._known.items() if number in numbers}
        self._cursors = {number: at for number, at in self._cursors.items() if number in self._known}
        end = self._clock() + TIME_BUDGET
        for search in sorted(saved, key=lambda each: self._cursors.get(each.number, -1)):
            if self._cursors.get(search.number) == cursor:
                continue
            if self._clock() > end:
                break
            query, _error = read_query(ListState(query=search.query))
            self._known[search.number] = (await self._store.page(query, limit=1)).matching
            self._cursors[search.number] = cursor
