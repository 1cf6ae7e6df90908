"""`/api/events`: events over a WebSocket, in the frames of Mailpit; `/api/v1/events`: as server-sent events.

Frames of a connection are in commit order. After a lost connection the last `id` can be given as `?after=`, and the
missed events come first. `?inbox=` limits the events to an inbox. A client that does not read is disconnected.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from msgspec import UNSET
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from catcher.errors import CatcherError, InboxError
from catcher.schema.base import encode
from catcher.schema.events import EventFrame, MessageChange, Statistics
from catcher.store.events import StoreEvent
from catcher.store.labels.inbox_names import fold_inbox
from catcher.store.search import Anything, within
from catcher.web.api.openapi import parameters
from catcher.web.api.openapi.operations import ANY_TEXT, Content, Parameter, Resource, operation
from catcher.web.api.presenters import message_summary
from catcher.web.hub import Batch, Hub, Lagging
from catcher.web.inbox_scope import bound_inbox, inbox_of, narrowed
from catcher.web.services import Services

STATS_PAUSE = 0.25
"""Minimum seconds between two `stats` frames; several changes within this time share a frame."""

HEARTBEAT = 15.0
"""Seconds without an event after which a stream sends a comment, so that proxies keep the connection."""

EVENT_STREAM = "text/event-stream"

SEND_TIMEOUT = 10.0
"""Maximum seconds for a client to read a frame."""

_GOING_AWAY, _POLICY, _TRY_AGAIN = 1001, 1008, 1013


class EventSocket:
    """The WebSocket endpoint: events, statistics and disconnection, each in a task of its own."""

    def __init__(self, services: Services, hub: Hub) -> None:
        self._services = services
        self._hub = hub

    async def __call__(self, websocket: WebSocket) -> None:
        """Send the events to one client until it or the server closes."""
        after = websocket.query_params.get("after", "")
        try:
            bound = bound_inbox(websocket.scope)
            is_allowed = not bound or narrowed(websocket.scope) is not None
            inbox = bound or inbox_of(websocket)
        except InboxError:
            is_allowed = False
        if not is_allowed:
            await websocket.close(_POLICY)
            return
        with self._hub.subscription(after=int(after) if _is_cursor(after) else None) as batches:
            await websocket.accept()
            is_changed = asyncio.Event()
            is_changed.set()
            tasks = [
                asyncio.create_task(self._events(websocket, batches, is_changed, fold_inbox(inbox))),
                asyncio.create_task(self._statistics(websocket, is_changed, inbox)),
                asyncio.create_task(_disconnection(websocket)),
            ]
            try:
                done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
            await _close(websocket, *done)

    async def _events(
        self, websocket: WebSocket, batches: AsyncIterator[Batch], is_changed: asyncio.Event, inbox: str
    ) -> None:
        async for batch in batches:
            concerned = [event for event in batch if event.concerns(inbox)]
            for event in concerned:
                await _send(websocket, frame(event))
            if concerned:
                is_changed.set()

    async def _statistics(self, websocket: WebSocket, is_changed: asyncio.Event, inbox: str) -> None:
        while True:
            await is_changed.wait()
            is_changed.clear()
            store = self._services.store
            page = await store.page(within(Anything(), inbox), limit=0)
            cursor, total, unread = page.cursor, page.matching, page.matching_unread
            numbers = Statistics(total=total, unread=unread, version=self._services.facts.version)
            await _send(websocket, EventFrame(type="stats", data=numbers, id=cursor))
            await asyncio.sleep(STATS_PAUSE)


def frame(event: StoreEvent) -> EventFrame:
    """Return the frame of an event."""
    data: Any = None
    if event.summary is not None and event.kind == "new":
        data = message_summary(event.summary)
    elif event.kind in ("update", "delete"):
        data = MessageChange(
            id=event.store_id,
            read=UNSET if event.is_read is None else event.is_read,
            tags=UNSET if event.tags is None else event.tags,
        )
    return EventFrame(type=event.kind, data=data, id=event.cursor)


async def _send(websocket: WebSocket, value: Any) -> None:
    async with asyncio.timeout(SEND_TIMEOUT):
        await websocket.send_text(encode(value).decode())


async def _disconnection(websocket: WebSocket) -> None:
    """Return when the client disconnects; its messages are ignored."""
    while (await websocket.receive())["type"] != "websocket.disconnect":
        pass


async def _close(websocket: WebSocket, *done: "asyncio.Task[None]") -> None:
    """Close with a reason: "going away" when the server stops, "try again later" after a failure."""
    failures = [failure for task in done if (failure := task.exception()) is not None]
    for failure in failures:
        if not isinstance(failure, (Lagging, TimeoutError, WebSocketDisconnect, CatcherError, OSError, RuntimeError)):
            raise failure
    if websocket.client_state is not WebSocketState.CONNECTED:
        return
    try:
        async with asyncio.timeout(SEND_TIMEOUT):
            await websocket.close(_TRY_AGAIN if failures else _GOING_AWAY)
    except (TimeoutError, RuntimeError, WebSocketDisconnect, OSError):
        return


def _is_cursor(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18


_AFTER = Parameter(
    "after",
    "Cursor of the last event received: the events since then come first. Anything but a number is ignored. The header "
    "field `Last-Event-ID` takes precedence.",
)


class EventStream(Resource):
    """The handler of server-sent events. Source: HTML standard, section "Server-sent events"."""

    tag = "messages"
    has_problems = True

    def __init__(self, services: Services, hub: Hub) -> None:
        super().__init__(services)
        self._hub = hub

    @operation(
        "GET",
        "/api/v1/events",
        parameters=(_AFTER, parameters.INBOX),
        responses={200: Content("Events without end.", {EVENT_STREAM: ANY_TEXT}), 400: parameters.INVALID},
        is_compressed=False,
    )
    async def stream(self, request: Request) -> Response:
        """Receive events as server-sent events.

        The data of each event is a frame of the WebSocket, except for `stats`, and its name the frame's type.
        """
        given = request.headers.get("last-event-id") or request.query_params.get("after", "")
        after = int(given) if _is_cursor(given) else None
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        frames = self._frames(after, fold_inbox(inbox_of(request)))
        return StreamingResponse(frames, media_type=EVENT_STREAM, headers=headers)

    async def _frames(self, after: int | None, inbox: str) -> AsyncIterator[bytes]:
        with self._hub.subscription(after=after) as batches:
            yield b": listening\n\n"
            iterator = aiter(batches)
            next_batch = asyncio.ensure_future(anext(iterator))
            try:
                while True:
                    done, _ = await asyncio.wait((next_batch,), timeout=HEARTBEAT)
                    if not done:
                        yield b": still here\n\n"
                        continue
                    try:
                        batch = next_batch.result()
                    except (StopAsyncIteration, Lagging):
                        return  # the client comes back with the last id it has seen
                    for event in batch:
                        if event.concerns(inbox):
                            yield b"event: %b\nid: %d\ndata: %b\n\n" % (
                                event.kind.encode(),
                                event.cursor,
                                encode(frame(event)),
                            )
                    next_batch = asyncio.ensure_future(anext(iterator))
            finally:
                next_batch.cancel()


def routes(services: Services, hub: Hub) -> list[WebSocketRoute]:
    """Return the route of the WebSocket, which the OpenAPI document can describe only in its introduction."""
    return [WebSocketRoute("/api/events", EventSocket(services, hub).__call__)]
