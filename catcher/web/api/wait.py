"""`GET /api/v1/wait`: responds as soon as matching messages arrive, so that clients need not poll.

Messages are not marked as read. When a client disconnects, its wait ends.
"""

import asyncio
import re
from collections.abc import Sequence

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from catcher import extract
from catcher.errors import NotFound
from catcher.mime import parse
from catcher.schema.base import encode
from catcher.schema.problems import Problem, ProblemResponse
from catcher.schema.wait import NearMiss, WaitFailure, WaitSuccess
from catcher.store.model import StoredSummary
from catcher.store.search import Anything, failures, within
from catcher.store.store import Store
from catcher.web.api.http.requests import own_query, whole_number
from catcher.web.api.http.responses import json_response, problem
from catcher.web.api.openapi import parameters
from catcher.web.api.openapi.operations import JSON, Content, Parameter, Resource, operation
from catcher.web.api.presenters import extraction, message_detail, message_summary
from catcher.web.contents.bodies import read_all
from catcher.web.hub import Hub
from catcher.web.inbox_scope import inbox_of
from catcher.web.services import Services
from catcher.web.waits import ShuttingDown, TooManyWaiters, Waiters, WaitRequest, WaitResult

MAX_MESSAGES = 100
MAX_SECONDS = 600.0
MAX_NEAR_MISSES = 20

_SECONDS = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6})?\Z", re.ASCII)
_SWITCH = {"1": True, "true": True, "yes": True, "": True, "0": False, "false": False, "no": False}


_PARAMETERS = (
    Parameter("query", "A search query; without one, every message matches."),
    parameters.INBOX,
    Parameter(
        "since",
        "A cursor: only messages that arrived after it count, the oldest first. Without it, messages that are already "
        "there count too, the newest first.",
        schema={"type": "integer", "minimum": 0},
    ),
    Parameter(
        "count",
        "The number of messages that have to match.",
        schema={"type": "integer", "minimum": 1, "maximum": MAX_MESSAGES, "default": 1},
    ),
    Parameter(
        "timeout",
        "Maximum number of seconds to wait; 0 returns at once.",
        schema={"type": "number", "minimum": 0, "maximum": MAX_SECONDS, "default": 30},
    ),
    Parameter(
        "absent",
        "true: no message may match. 200 at the end of the timeout, 409 as soon as `count` messages match.",
        schema={"type": "boolean", "default": False},
    ),
    parameters.TZ,
)


class Waits(Resource):
    """The handler of waits."""

    tag = "messages"
    has_problems = True

    def __init__(self, services: Services, hub: Hub) -> None:
        super().__init__(services)
        self._waiters = Waiters(services.store, services.threads, hub)
        self._reading: dict[str, asyncio.Task[bytes]] = {}
        self._loading: asyncio.Task[None] | None = None

    @operation(
        "GET",
        "/api/v1/wait",
        parameters=_PARAMETERS,
        responses={
            200: Content("Enough messages match; with `absent`, too few do.", {JSON: WaitSuccess}),
            400: parameters.INVALID,
            404: parameters.NOT_FOUND,
            408: Content("The timeout is over; the messages that arrived.", {JSON: WaitFailure}),
            409: Content("With `absent`: the messages that match.", {JSON: WaitFailure}),
            503: Content(
                "The server is stopping, or too many requests are waiting; trying again may help.",
                {JSON: ProblemResponse},
            ),
        },
    )
    async def wait(self, request: Request) -> Response:
        """Wait for messages.

        Responds as soon as `count` messages match, without marking them as read. Messages are matched when they arrive,
        and once more at the end of the timeout.
        """
        wanted, is_absent = _wanted(request), _switch(request, "absent")
        if wanted.inbox:
            await self._store.inbox(wanted.inbox)
        # The extraction of codes is loaded while there is nothing to do but wait.
        self._loading = self._loading or asyncio.create_task(self._threads.run(_load_extractor))
        waiting = asyncio.create_task(self._response(wanted, is_absent=is_absent))
        leaving = asyncio.create_task(_disconnection(request))
        try:
            await asyncio.wait((waiting, leaving), return_when=asyncio.FIRST_COMPLETED)
        finally:
            leaving.cancel()
            if not waiting.done():
                waiting.cancel()
        if waiting.done():
            return await waiting
        leaving.result()  # raises errors of reading the request
        return Response(status_code=499)  # nobody reads it

    async def _response(self, wanted: WaitRequest, *, is_absent: bool) -> Response:
        try:
            result = await self._waiters.wait(wanted)
        except TooManyWaiters:
            return problem(503, "too-many", "too many requests wait already; try again later")
        except ShuttingDown:
            return problem(503, "stopping", "the server stops; wait again when it is back")
        messages = await self._messages(result.messages)
        if is_absent:
            if not result.is_fulfilled:
                return _success(messages, result)
            error = Problem(code="came", message=f"{_messages(len(messages))} came that should not have come")
            return _failure(409, error, messages, (), result)
        if result.is_fulfilled:
            return _success(messages, result)
        misses = await self._threads.run(_near_misses, self._store.blocking, wanted, result)
        return _failure(
            408, Problem(code="timeout", message=_timeout_text(wanted, result, misses)), messages, misses, result
        )

    async def _messages(self, summaries: Sequence[StoredSummary]) -> list[msgspec.Raw]:
        """Return the whole messages, except those deleted meanwhile."""
        found = await asyncio.gather(*(self._message(one.store_id) for one in summaries), return_exceptions=True)
        for each in found:
            if isinstance(each, BaseException) and not isinstance(each, NotFound):
                raise each
        return [msgspec.Raw(each) for each in found if isinstance(each, bytes)]

    async def _message(self, store_id: str) -> bytes:
        """Return a message as JSON, read once for all concurrent requests. Raises NotFound."""
        reading = self._reading.get(store_id)
        if reading is None:
            reading = self._reading[store_id] = asyncio.create_task(self._read(store_id))
            reading.add_done_callback(lambda task: self._was_read(store_id, task))
        return await asyncio.shield(reading)

    def _was_read(self, store_id: str, task: "asyncio.Task[bytes]") -> None:
        self._reading.pop(store_id, None)
        if not task.cancelled():
            task.exception()  # retrieved, for perhaps nobody awaits the task any more

    async def _read(self, store_id: str) -> bytes:
        stored, bodies, found = await read_all(self._services, store_id)
        detail = encode(message_detail(stored, bodies, is_read=stored.summary.is_read))
        return detail[:-1] + b',"extract":' + encode(extraction(found)) + b"}"


def _load_extractor() -> None:
    """Import the extraction of codes, with its vocabularies."""
    extract.extract(b"\r\n", parse(b"\r\n"))


def _wanted(request: Request) -> WaitRequest:
    """Return the parameters of the wait. Raises ValueError, which names the parameter, and QueryError."""
    given = request.query_params
    count = whole_number(request, "count", 1)
    if not 1 <= count <= MAX_MESSAGES:
        raise ValueError(f"count: expected a whole number from 1 to {MAX_MESSAGES}")
    timeout = given.get("timeout", "30")
    if not _SECONDS.match(timeout) or float(timeout) > MAX_SECONDS:
        raise ValueError(f"timeout: expected seconds from 0 to {MAX_SECONDS:g}")
    return WaitRequest(
        query=own_query(request),
        inbox=inbox_of(request),
        after=whole_number(request, "since", 0) if "since" in given else None,
        count=count,
        seconds=float(timeout),
    )


def _switch(request: Request, name: str) -> bool:
    given = request.query_params.get(name, "0").lower()
    if given not in _SWITCH:
        raise ValueError(f"{name}: expected true or false")
    return _SWITCH[given]


async def _disconnection(request: Request) -> None:
    """Return when the client disconnects."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _near_misses(store: Store, wanted: WaitRequest, result: WaitResult) -> list[NearMiss]:
    """Return the newest messages that do not match, those with the fewest failed conditions first."""
    matched = {each.store_id for each in result.messages}
    others = [
        each
        for each in store.arrivals(within(Anything(), wanted.inbox), limit=MAX_NEAR_MISSES + len(matched)).messages
        if each.arrival > (wanted.after or 0) and each.store_id not in matched
    ][-MAX_NEAR_MISSES:]
    by_id = {each.store_id: each for each in others}
    misses = [
        NearMiss(
            message=message_summary(by_id[subject.store_id]),
            failed=failures(wanted.query, subject, shown=_shown(by_id[subject.store_id])),
        )
        for subject in reversed(store.subjects(others))
    ]
    return sorted((miss for miss in misses if miss.failed), key=lambda miss: len(miss.failed))


def _shown(summary: StoredSummary) -> dict[str, str]:
    """Return the texts of a message by field, as its reader sees them."""
    shown = {"subject": summary.subject, "text": summary.snippet, "any": f"{summary.subject} {summary.snippet}"}
    for name in ("from_", "to", "cc", "bcc", "reply_to"):
        mailboxes = getattr(summary.addresses, name)
        shown[name] = ", ".join(f"{each.display_name} <{each.addr_spec}>".strip() for each in mailboxes)
    return shown


def _timeout_text(wanted: WaitRequest, result: WaitResult, misses: Sequence[NearMiss]) -> str:
    where = f" in the inbox {wanted.inbox}" if wanted.inbox else ""
    text = f"{len(result.messages)} of {_messages(wanted.count)} came{where} within {wanted.seconds:g} seconds"
    if not misses:
        return f"{text}; nothing else did"
    nearest = misses[0]
    failed = "; ".join(nearest.failed)
    return f"{text}; {_messages(len(misses))} came that did not match, the nearest because {failed}"[:1000]


def _messages(number: int) -> str:
    return "1 message" if number == 1 else f"{number} messages"


def _success(messages: list[msgspec.Raw], result: WaitResult) -> Response:
    return json_response({"messages": messages, "cursor": result.cursor})


def _failure(
    status: int, error: Problem, messages: list[msgspec.Raw], misses: Sequence[NearMiss], result: WaitResult
) -> Response:
    body = {
        "error": msgspec.Raw(encode(error)),
        "messages": messages,
        "near_misses": msgspec.Raw(encode(list(misses))),
        "cursor": result.cursor,
    }
    return json_response(body, status=status)
