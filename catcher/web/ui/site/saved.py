"""How many messages each saved search finds, for the sidebar, at a bounded price.

A search may read the whole mailbox, so no page waits for these numbers: pages show what is known, and a script asks for
the rest. They are counted again only after something happened, not more often than `REST`, and for no longer than
`PATIENCE` at a time; what was not reached then comes first the next time.
"""

import asyncio
import time
from collections.abc import Callable, Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from catcher.store import AsyncStore
from catcher.web.ui.site.location import Place, read_query

REST = 5.0
"""Seconds between two counts."""

PATIENCE = 1.0
"""Seconds after which no further search is begun."""


class SavedNumbers:
    """The numbers, by the numbers of the searches. clock: seconds that only rise."""

    def __init__(self, store: AsyncStore, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._clock = clock
        self._known: dict[int, int] = {}
        self._cursors: dict[int, int] = {}
        self._counted_at = float("-inf")
        self._turn = asyncio.Lock()

    @property
    def known(self) -> Mapping[int, int]:
        """What was counted last."""
        return self._known

    async def fresh(self) -> Mapping[int, int]:
        """The numbers, counted now when that is due; who comes meanwhile waits for the same count."""
        async with self._turn:
            if self._clock() - self._counted_at >= REST:
                await self._count()
                self._counted_at = self._clock()
        return self._known

    async def _count(self) -> None:
        cursor, saved = await self._store.cursor(), (await self._store.overview(max_inboxes=1)).saved
        numbers = {one.number for one in saved}
        self._known = {number: count for number, count in self._known.items() if number in numbers}
        self._cursors = {number: at for number, at in self._cursors.items() if number in self._known}
        end = self._clock() + PATIENCE
        for one in sorted(saved, key=lambda each: self._cursors.get(each.number, -1)):
            if self._cursors.get(one.number) == cursor:
                continue
            if self._clock() > end:
                break
            query, _error = read_query(Place(query=one.query))
            self._known[one.number] = (await self._store.page(query, limit=1)).matching
            self._cursors[one.number] = cursor


class SavedHandler:
    """/saved/numbers."""

    def __init__(self, numbers: SavedNumbers) -> None:
        self._numbers = numbers

    async def show(self, request: Request) -> Response:
        """GET /saved/numbers: how many messages each saved search finds, by the names of the sidebar's entries."""
        counts = await self._numbers.fresh()
        return JSONResponse(
            {f"s:{number}": count for number, count in counts.items()}, headers={"Cache-Control": "no-store"}
        )
