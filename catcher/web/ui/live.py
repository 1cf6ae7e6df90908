"""Live updates of the pages: server-sent events that carry rows as the server draws them.

Source: HTML standard, section "Server-sent events". A page subscribes from the cursor of its list, and a browser that
lost the connection from the last event's id, so that no event is missed or repeated.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from typing import Any

from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from catcher.errors import NotFound
from catcher.store.events import StoreEvent
from catcher.store.labels.inbox_names import fold_inbox
from catcher.store.model import StoredSummary
from catcher.store.search.model import Anything
from catcher.web.hub import Batch, Lagging
from catcher.web.inbox_scope import inbox_of
from catcher.web.ui.list.folding import new_thread_key
from catcher.web.ui.list.page import make_row
from catcher.web.ui.pages.layout import Preferences, Sidebar
from catcher.web.ui.site.list_state import MAX_NUMBER, ListState, read_list_state, read_number, read_query
from catcher.web.ui.site.preferences import read_preferences
from catcher.web.ui.site.sidebar import INBOXES_SHOWN, make_sidebar, names, numbers
from catcher.web.ui.site.site import PAGE_ROWS, Site, now

INTERVAL = 0.25
"""Seconds between two updates of a page, however much mail arrives."""

HEARTBEAT = 15.0
"""Seconds of silence after which a comment is sent, so that proxies keep the connection."""

MAX_NEW_ROWS = 20
"""New rows in one update; of more only the ids are sent, and the page reloads the list when its reader wants it."""

MAX_PENDING = 20_000


async def stream(site: Site, request: Request) -> Response:
    """GET /events?after=&q=&inbox=: updates of the list of this query, within an inbox, from a cursor on.

    Events: "hello"; "side" (HTML of the sidebar); "new" and "row" (HTML of rows to insert on top or to replace); "many"
    (ids of new messages, when they are too many or belong to threads in the list); "gone" (ids); "counts"; "reload"
    (the list has to be loaded again).
    """
    state, inbox = read_list_state(request), inbox_of(request)
    if inbox:
        state = replace(state, inbox=inbox)
    updates = _Updates(site, state, read_preferences(request), inbox, read_cursor(request))
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(updates.events(), media_type="text/event-stream", headers=headers)


class _Updates:
    """The events of one stream. inbox: the one that the page is limited to, "" for all."""

    def __init__(self, site: Site, state: ListState, preferences: Preferences, inbox: str, after: int | None) -> None:
        self._site = site
        self._store = site.services.store
        self._state = state
        self._query = read_query(state)[0]
        self._preferences = preferences
        self._inbox = inbox
        self._after = after
        self._icons = site.asset("icons.svg")

    async def events(self) -> AsyncIterator[str]:
        """Yield the events as text."""
        listed: tuple[str, ...] = ()
        with self._site.hub.subscription(after=self._after) as batches:
            yield _event("hello", json.dumps({"version": self._site.services.facts.version}), retry=True)
            async for batch in paced(batches):
                if not batch:
                    yield ": heartbeat\n\n"
                    continue
                cursor = batch[-1].cursor
                relevant = [event for event in batch if event.concerns(fold_inbox(self._inbox))]
                for name, data in await self._changes(relevant) if relevant else ():
                    yield _event(name, data, cursor=cursor)
                sidebar = None if self._inbox else await self._sidebar()
                if sidebar and names(sidebar) != listed:
                    listed = names(sidebar)
                    template = self._site.templates.get_template("_sidebar.html")
                    yield _event("side", template.render(sidebar=sidebar, icons=self._icons))
                yield _event("counts", await self._counts(sidebar), cursor=cursor)
        yield _event("reload", "")

    async def _changes(self, events: Sequence[StoreEvent]) -> list[tuple[str, str]]:
        """Return names and data of the events that these changes of the store cause."""
        if any(event.kind in {"prune", "truncate"} for event in events):
            return [("reload", "")]
        gone = {event.store_id for event in events if event.kind == "delete"}
        new = [event.summary for event in events if event.kind == "new" and event.summary]
        new = [summary for summary in new if summary.store_id not in gone]
        skipped = gone | {summary.store_id for summary in new}
        updated = dict.fromkeys(event.store_id for event in events if event.kind == "update")
        changes = await self._new_rows(new)
        changes += await self._changed_rows([store_id for store_id in updated if store_id not in skipped])
        return [*changes, ("gone", json.dumps(sorted(gone)))] if gone else changes

    async def _new_rows(self, new: Sequence[StoredSummary]) -> list[tuple[str, str]]:
        if new and self._query != Anything():
            page = await self._store.page(self._query, limit=PAGE_ROWS)
            matching = {summary.store_id for summary in page.messages}
            new = [summary for summary in new if summary.store_id in matching]
        ids = [summary.store_id for summary in new]
        is_reply = bool(ids) and self._preferences.groups_threads and await self._store.references(ids)
        if len(ids) > MAX_NEW_ROWS or is_reply:
            return [("many", json.dumps(ids))]
        # Read again, because a replayed event may be old: the message was read, tagged or deleted since.
        html = await self._rows(ids[::-1])
        return [("new", html)] if html else []

    async def _changed_rows(self, store_ids: Sequence[str]) -> list[tuple[str, str]]:
        if len(store_ids) > PAGE_ROWS:
            return [("reload", "")]
        html = await self._rows(store_ids)
        return [("row", html)] if html else []

    async def _rows(self, store_ids: Sequence[str]) -> str:
        template: Any = self._site.templates.get_template("_row.html").module
        rows = []
        for store_id in store_ids:
            try:
                summary = await self._store.summary(store_id)
            except NotFound:
                continue
            row = make_row(self._site, summary, self._state, now())
            if self._preferences.groups_threads:
                row = replace(row, group=new_thread_key(summary))
            rows.append(str(template.list_row(row, self._icons)))
        return "".join(rows)

    async def _sidebar(self) -> Sidebar:
        overview = await self._store.overview(max_inboxes=INBOXES_SHOWN)
        return make_sidebar(self._site.root, overview, self._state, path="", counts=self._site.saved_counts.known)

    async def _counts(self, sidebar: Sidebar | None) -> str:
        """Return the counts as JSON, with the text above the list. sidebar: None for a page limited to one inbox."""
        page = await self._store.page(self._query, limit=1)
        macros: Any = self._site.templates.get_template("_macros.html").module
        return json.dumps(
            {
                "messages": page.counts.messages if sidebar else page.matching,
                "unread": page.counts.unread if sidebar else page.matching_unread,
                "matching": page.matching,
                "text": str(macros.message_count(page.matching, page.matching_unread, page.is_exact)),
                "numbers": numbers(sidebar) if sidebar else {},
            }
        )


async def paced(batches: AsyncIterator[Batch], *, interval: float = INTERVAL) -> AsyncIterator[Sequence[StoreEvent]]:
    """Yield the events of the batches, at most once in `interval` seconds; () after a long silence.

    A reader that is too slow gets one `prune` event, which asks for a reload. Ends with the batches.
    """
    pending: list[StoreEvent] = []
    changed = asyncio.Event()

    async def collect() -> None:
        try:
            async for batch in batches:
                if len(pending) + len(batch) > MAX_PENDING:
                    pending[:] = [StoreEvent(cursor=batch[-1].cursor, kind="prune")]
                else:
                    pending.extend(batch)
                changed.set()
        except Lagging:
            return
        finally:
            changed.set()

    task = asyncio.create_task(collect())
    try:
        while not task.done() or pending:
            try:
                await asyncio.wait_for(changed.wait(), HEARTBEAT)
            except TimeoutError:
                yield ()
                continue
            changed.clear()
            taken = tuple(pending)
            pending.clear()
            if taken:
                yield taken
                await asyncio.sleep(interval)
            if task.done():
                changed.set()
    finally:
        task.cancel()


def read_cursor(request: Request) -> int | None:
    """Return the id of the last event that the browser has seen, else the cursor of the page; None without both."""
    for given in (request.headers.get("last-event-id", ""), request.query_params.get("after", "")):
        if (number := read_number(given)) is not None:
            return min(number, MAX_NUMBER)
    return None


def _event(name: str, data: str, *, cursor: int | None = None, retry: bool = False) -> str:
    lines = [f"event: {name}"]
    lines += [f"id: {cursor}"] if cursor is not None else []
    lines += ["retry: 2000"] if retry else []
    lines += [f"data: {line}" for line in data.replace("\r", " ").split("\n") if line.strip()] or ["data:"]
    return "\n".join(lines) + "\n\n"
