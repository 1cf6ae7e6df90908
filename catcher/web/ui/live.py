"""Live news for the pages: server-sent events that carry rows as the server draws them.

Source: HTML standard, section "Server-sent events". A page asks from the cursor of the list it shows, and a browser
that lost the connection asks from the last event's id, so nothing is missed and nothing comes twice.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from catcher.errors import NotFound
from catcher.store.events import StoreEvent
from catcher.store.labels.inbox_names import fold_inbox
from catcher.store.model import StoredSummary
from catcher.store.search.model import Anything
from catcher.web.hub import Batch, Hub, Lagging
from catcher.web.inbox_scope import inbox_of
from catcher.web.ui.list.folding import conversation_begun
from catcher.web.ui.list.page import make_row
from catcher.web.ui.pages import Look, Side
from catcher.web.ui.site.location import LARGEST_NUMBER, Place, read_place, read_query
from catcher.web.ui.site.preferences_cookie import read_look
from catcher.web.ui.site.sidebar import INBOXES_SHOWN, make_side, names, numbers
from catcher.web.ui.site.site import PAGE_ROWS, Site, now

PAUSE = 0.25
"""Seconds between two pieces of news: at most four a second reach a page, however much mail comes."""

HEARTBEAT = 15.0
"""Seconds of silence after which a comment is sent, so that proxies keep the connection."""

ROWS_AT_ONCE = 20
"""New rows sent in one piece; of more only the ids, and the page asks for the list when its reader wants it."""

WAITING = 20_000


class LiveHandler:
    """/events."""

    def __init__(self, site: Site, hub: Hub) -> None:
        self._site = site
        self._hub = hub

    async def stream(self, request: Request) -> Response:
        """GET /events?after=&q=&inbox=: news about the list of this query, within an inbox, from a cursor on.

        Events: "hello"; "side" (HTML of the sidebar); "new" and "row" (HTML of rows to put on top, or in the place of
        their former selves); "many" (ids of new messages, too many to send, or with one that belongs into the row of
        its conversation); "gone" (ids); "counts"; "reload" (the list is to be asked for again).
        """
        inbox = inbox_of(request)
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(self._news(request, inbox), media_type="text/event-stream", headers=headers)

    async def _news(self, request: Request, inbox: str) -> AsyncIterator[str]:
        after = read_cursor(request)
        place = read_place(request)
        if inbox:
            place = replace(place, inbox=inbox)
        look = read_look(request)
        told = ""
        with self._hub.subscription(after=after) as batches:
            yield _event("hello", json.dumps({"version": self._site.services.facts.version}), retry=True)
            async for events in paced(batches):
                if not events:
                    yield ": still here\n\n"
                    continue
                concerned = [event for event in events if event.concerns(fold_inbox(inbox))]
                for piece in await self._pieces(concerned, place, look) if concerned else ():
                    yield piece
                side = None if inbox else await self._side(place)
                if side and (listed := "\n".join(names(side))) != told:
                    told = listed
                    yield self._side_piece(side)
                yield _event("counts", await self._numbers(place, side), number=events[-1].cursor)
        yield _event("reload", "", number=None)

    async def _pieces(self, events: Sequence[StoreEvent], place: Place, look: Look) -> list[str]:
        """The news that these events are for a page that shows this list."""
        number = events[-1].cursor
        if any(event.kind in {"prune", "truncate"} for event in events):
            return [_event("reload", "", number=number)]
        gone = {event.store_id for event in events if event.kind == "delete"}
        new = [
            event.summary for event in events if event.kind == "new" and event.summary and event.store_id not in gone
        ]
        known = {summary.store_id for summary in new}
        updated = dict.fromkeys(event.store_id for event in events if event.kind == "update")
        changed = [store_id for store_id in updated if store_id not in gone | known]
        pieces = await self._new_pieces(new, place, look, number)
        pieces += await self._row_pieces(
            [each for each in dict.fromkeys(changed) if each not in gone | known], place, look, number
        )
        if gone:
            pieces.append(_event("gone", json.dumps(sorted(gone)), number=number))
        return pieces

    async def _side(self, place: Place) -> Side:
        overview = await self._site.services.store.overview(max_inboxes=INBOXES_SHOWN)
        return make_side(self._site.root, overview, place, page="", found=self._site.saved.known)

    def _side_piece(self, side: Side) -> str:
        """The sidebar, when it lists something else than before."""
        icons = f"{self._site.root}static/{self._site.assets.names['icons.svg']}"
        return _event("side", self._site.templates.get_template("_side.html").render(side=side, icons=icons))

    async def _numbers(self, place: Place, side: Side | None) -> str:
        """How many there are now, as numbers and in the words of the list. side: None for who sees one inbox only."""
        page = await self._site.services.store.page(read_query(place)[0], limit=1)
        words: Any = self._site.templates.get_template("_macros.html").module
        return json.dumps(
            {
                "messages": page.counts.messages if side else page.matching,
                "unread": page.counts.unread if side else page.matching_unread,
                "matching": page.matching,
                "text": str(words.how_many(page.matching, page.matching_unread, page.is_exact)),
                "numbers": numbers(side) if side else {},
            }
        )

    async def _new_pieces(self, new: Sequence[StoredSummary], place: Place, look: Look, number: int) -> list[str]:
        query = read_query(place)[0]
        if new and query != Anything():
            page = await self._site.services.store.page(query, limit=PAGE_ROWS)
            matching = {summary.store_id for summary in page.messages}
            new = [summary for summary in new if summary.store_id in matching]
        ids = [summary.store_id for summary in new]
        if len(new) > ROWS_AT_ONCE or (
            look.has_conversations and new and await self._site.services.store.references(ids)
        ):
            return [_event("many", json.dumps(ids), number=number)]
        # Asked for again, because a replayed event may be old: the message was read, tagged or deleted since.
        fresh = [await self._summary(store_id) for store_id in reversed(ids)]
        html = "".join(self._row(summary, place, look) for summary in fresh if summary)
        return [_event("new", html, number=number)] if html else []

    async def _row_pieces(self, store_ids: Sequence[str], place: Place, look: Look, number: int) -> list[str]:
        if len(store_ids) > PAGE_ROWS:
            return [_event("reload", "", number=number)]
        found = [await self._summary(store_id) for store_id in store_ids]
        html = "".join(self._row(summary, place, look) for summary in found if summary)
        return [_event("row", html, number=number)] if html else []

    async def _summary(self, store_id: str) -> StoredSummary | None:
        try:
            return await self._site.services.store.summary(store_id)
        except NotFound:
            return None

    def _row(self, summary: StoredSummary, place: Place, look: Look) -> str:
        row = make_row(self._site, summary, place, now())
        if look.has_conversations:
            row = replace(row, kind=conversation_begun(summary))
        icons = f"{self._site.root}static/{self._site.assets.names['icons.svg']}"
        drawn: Any = self._site.templates.get_template("_row.html").module
        return str(drawn.list_row(row, icons))


async def paced(batches: AsyncIterator[Batch], *, pause: float = PAUSE) -> AsyncIterator[Sequence[StoreEvent]]:
    """The events of the batches, at most every `pause` seconds; () after a long silence. Ends with them.

    A reader that is too slow for what happens gets one `prune` event, which asks it to look again.
    """
    waiting: list[StoreEvent] = []
    awake = asyncio.Event()

    async def collect() -> None:
        try:
            async for batch in batches:
                if len(waiting) + len(batch) > WAITING:
                    waiting[:] = [StoreEvent(cursor=batch[-1].cursor, kind="prune")]
                else:
                    waiting.extend(batch)
                awake.set()
        except Lagging:
            return
        finally:
            awake.set()

    task = asyncio.create_task(collect())
    try:
        while not task.done() or waiting:
            try:
                await asyncio.wait_for(awake.wait(), HEARTBEAT)
            except TimeoutError:
                yield ()
                continue
            awake.clear()
            taken = tuple(waiting)
            waiting.clear()
            if taken:
                yield taken
                await asyncio.sleep(pause)
            if task.done():
                awake.set()
    finally:
        task.cancel()


def read_cursor(request: Request) -> int | None:
    """Where to go on: the last event the browser has seen, else the cursor of the page; None when neither is given."""
    for given in (request.headers.get("last-event-id", ""), request.query_params.get("after", "")):
        if given.isascii() and given.isdigit() and len(given) < 19:
            return min(int(given), LARGEST_NUMBER)
    return None


def _event(name: str, data: str, *, number: int | None = None, retry: bool = False) -> str:
    lines = [f"event: {name}"]
    lines += [f"id: {number}"] if number is not None else []
    lines += ["retry: 2000"] if retry else []
    lines += [f"data: {line}" for line in data.replace("\r", " ").split("\n") if line.strip()] or ["data:"]
    return "\n".join(lines) + "\n\n"
