"""`GET /api/v1/wait`: answers when mail has come that is waited for, instead of being asked again and again.

Nothing here marks a message read. A client that goes away is waited for no longer.
"""

import asyncio
import re
from collections.abc import Sequence

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from catcher.errors import NotFound
from catcher.schema.base import encode
from catcher.schema.problems import Problem, ProblemResponse
from catcher.schema.wait import NearMiss, WaitFailure, WaitSuccess
from catcher.store.model import StoredSummary
from catcher.store.search import Anything, failures
from catcher.store.store import Store
from catcher.web.api.http.presenters import extraction, message_detail, message_summary
from catcher.web.api.http.problems import BAD, MISSING, told
from catcher.web.api.http.requests import own_query
from catcher.web.api.http.responses import json_answer, problem
from catcher.web.api.openapi import parameters
from catcher.web.api.openapi.operations import JSON, Content, Operation, Parameter
from catcher.web.contents.bodies import read_all
from catcher.web.hub import Hub
from catcher.web.inbox_scope import inbox_of, within
from catcher.web.services import Services
from catcher.web.waits import ShuttingDown, TooManyWaiters, Waiters, WaitRequest, WaitResult

MOST_MESSAGES = 100
LONGEST_WAIT = 600.0
NEAR_MISSES = 20

_NUMBER = re.compile(r"[0-9]{1,18}\Z", re.ASCII)
_SECONDS = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6})?\Z", re.ASCII)
_SWITCH = {"1": True, "true": True, "yes": True, "": True, "0": False, "false": False, "no": False}


class Waits:
    """The handler."""

    def __init__(self, services: Services, hub: Hub) -> None:
        self._services = services
        self._waiters = Waiters(services.store, services.threads, hub)
        self._reading: dict[str, asyncio.Task[bytes]] = {}
        self._loading: asyncio.Task[None] | None = None

    async def wait(self, request: Request) -> Response:
        wanted, is_absent = _wanted(request), _switch(request, "absent")
        if wanted.inbox:
            await self._services.store.inbox(wanted.inbox)
        # What finds codes is loaded while there is nothing to do but wait, not when the message is there.
        self._loading = self._loading or asyncio.create_task(self._services.threads.run(_load_extractor))
        waiting = asyncio.create_task(self._answer(wanted, is_absent=is_absent))
        leaving = asyncio.create_task(_departure(request))
        try:
            await asyncio.wait((waiting, leaving), return_when=asyncio.FIRST_COMPLETED)
        finally:
            leaving.cancel()
            if not waiting.done():
                waiting.cancel()
        if waiting.done():
            return await waiting
        leaving.result()  # raises what was wrong with the request's body
        return Response(status_code=499)  # nobody reads it

    async def _answer(self, wanted: WaitRequest, *, is_absent: bool) -> Response:
        try:
            came = await self._waiters.wait(wanted)
        except TooManyWaiters:
            return problem(503, "too-many", "too many requests wait already; try again later")
        except ShuttingDown:
            return problem(503, "stopping", "the server stops; wait again when it is back")
        messages = await self._messages(came.messages)
        if is_absent:
            if not came.is_fulfilled:
                return _plain(messages, came)
            error = Problem(code="came", message=f"{_messages(len(messages))} came that should not have come")
            return _failed(409, error, messages, (), came)
        if came.is_fulfilled:
            return _plain(messages, came)
        misses = await self._services.threads.run(_near_misses, self._services.store.store, wanted, came)
        return _failed(408, Problem(code="timeout", message=_summed_up(wanted, came, misses)), messages, misses, came)

    async def _messages(self, summaries: Sequence[StoredSummary]) -> list[msgspec.Raw]:
        """The messages whole, but for those that have gone meanwhile."""
        found = await asyncio.gather(*(self._message(one.store_id) for one in summaries), return_exceptions=True)
        for each in found:
            if isinstance(each, BaseException) and not isinstance(each, NotFound):
                raise each
        return [msgspec.Raw(each) for each in found if isinstance(each, bytes)]

    async def _message(self, store_id: str) -> bytes:
        """One message as JSON, read once for all who ask for it at the same time. Raises NotFound."""
        reading = self._reading.get(store_id)
        if reading is None:
            reading = self._reading[store_id] = asyncio.create_task(self._read(store_id))
            reading.add_done_callback(lambda task: self._was_read(store_id, task))
        return await asyncio.shield(reading)

    def _was_read(self, store_id: str, task: "asyncio.Task[bytes]") -> None:
        self._reading.pop(store_id, None)
        if not task.cancelled():
            task.exception()  # whoever still waits for it gets it; perhaps nobody does

    async def _read(self, store_id: str) -> bytes:
        services = self._services
        stored, bodies, found = await read_all(services.store, services.threads, store_id)
        detail = encode(message_detail(stored, bodies, is_read=stored.summary.is_read))
        return detail[:-1] + b',"extract":' + encode(extraction(found)) + b"}"


def _load_extractor() -> None:
    """Have what finds codes and links in memory, with its words."""
    from catcher.extract import extract
    from catcher.mime import parse

    extract(b"\r\n", parse(b"\r\n"))


def _wanted(request: Request) -> WaitRequest:
    """What is waited for. Raises ValueError, which names the parameter, and QueryError."""
    given = request.query_params
    since = given.get("since")
    if since is not None and not _NUMBER.match(since):
        raise ValueError("since: expected a cursor, a whole number")
    count = given.get("count", "1")
    if not _NUMBER.match(count) or not 1 <= int(count) <= MOST_MESSAGES:
        raise ValueError(f"count: expected a whole number from 1 to {MOST_MESSAGES}")
    timeout = given.get("timeout", "30")
    if not _SECONDS.match(timeout) or float(timeout) > LONGEST_WAIT:
        raise ValueError(f"timeout: expected seconds from 0 to {LONGEST_WAIT:g}")
    return WaitRequest(
        query=own_query(request),
        inbox=inbox_of(request),
        after=None if since is None else int(since),
        count=int(count),
        seconds=float(timeout),
    )


def _switch(request: Request, name: str) -> bool:
    given = request.query_params.get(name, "0").lower()
    if given not in _SWITCH:
        raise ValueError(f"{name}: expected true or false")
    return _SWITCH[given]


async def _departure(request: Request) -> None:
    """Returns when the client is gone."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _near_misses(store: Store, wanted: WaitRequest, came: WaitResult) -> list[NearMiss]:
    """What else arrived: the newest, those that failed fewest conditions first."""
    matched = {one.store_id for one in came.messages}
    others = [
        one
        for one in store.arrived(within(Anything(), wanted.inbox), limit=NEAR_MISSES + len(matched)).messages
        if one.arrival > (wanted.after or 0) and one.store_id not in matched
    ][-NEAR_MISSES:]
    by_id = {one.store_id: one for one in others}
    misses = [
        NearMiss(
            message=message_summary(by_id[subject.store_id]),
            failed=failures(wanted.query, subject, shown=_shown(by_id[subject.store_id])),
        )
        for subject in reversed(store.subjects(others))
    ]
    return sorted((miss for miss in misses if miss.failed), key=lambda miss: len(miss.failed))


def _shown(summary: StoredSummary) -> dict[str, str]:
    """What the message has, as its reader knows it."""
    shown = {"subject": summary.subject, "text": summary.snippet, "any": f"{summary.subject} {summary.snippet}"}
    for name in ("from_", "to", "cc", "bcc", "reply_to"):
        mailboxes = getattr(summary.addresses, name)
        shown[name] = ", ".join(f"{each.display_name} <{each.addr_spec}>".strip() for each in mailboxes)
    return shown


def _summed_up(wanted: WaitRequest, came: WaitResult, misses: Sequence[NearMiss]) -> str:
    where = f" in the inbox {wanted.inbox}" if wanted.inbox else ""
    text = f"{len(came.messages)} of {_messages(wanted.count)} came{where} within {wanted.seconds:g} seconds"
    if not misses:
        return f"{text}; nothing else did"
    nearest = misses[0]
    failed = "; ".join(nearest.failed)
    return f"{text}; {_messages(len(misses))} came that did not match, the nearest because {failed}"[:1000]


def _messages(number: int) -> str:
    return "1 message" if number == 1 else f"{number} messages"


def _plain(messages: list[msgspec.Raw], came: WaitResult) -> Response:
    return json_answer({"messages": messages, "cursor": came.cursor})


def _failed(
    status: int, error: Problem, messages: list[msgspec.Raw], misses: Sequence[NearMiss], came: WaitResult
) -> Response:
    answer = {
        "error": msgspec.Raw(encode(error)),
        "messages": messages,
        "near_misses": msgspec.Raw(encode(list(misses))),
        "cursor": came.cursor,
    }
    return json_answer(answer, status=status)


_PARAMETERS = (
    Parameter(name="query", description="A search query; without one every message matches."),
    parameters.INBOX,
    Parameter(
        name="since",
        description="A cursor: only what arrived after it counts, oldest first. Without it what is there already "
        "counts too, the newest of it.",
        schema={"type": "integer", "minimum": 0},
    ),
    Parameter(
        name="count",
        description="How many messages have to match.",
        schema={"type": "integer", "minimum": 1, "maximum": MOST_MESSAGES, "default": 1},
    ),
    Parameter(
        name="timeout",
        description="Seconds to wait at most; 0 looks once.",
        schema={"type": "number", "minimum": 0, "maximum": LONGEST_WAIT, "default": 30},
    ),
    Parameter(
        name="absent",
        description="true: nothing shall come. 200 when the time is over, 409 as soon as `count` messages match.",
        schema={"type": "boolean", "default": False},
    ),
    parameters.TZ,
)


def operations(services: Services, hub: Hub) -> tuple[Operation, ...]:
    """The route of waiting."""
    return (
        Operation(
            method="GET",
            path="/api/v1/wait",
            handler=told(Waits(services, hub).wait),
            summary="Wait for messages",
            description="Answers as soon as `count` messages match, without marking them read. Messages are judged "
            "when they arrive, and once more when the time is over.",
            tag="messages",
            parameters=_PARAMETERS,
            answers={
                200: Content(
                    description="They came; with `absent`, nothing did.",
                    media={JSON: WaitSuccess},
                ),
                400: BAD,
                404: MISSING,
                408: Content(description="The time is over; what came instead.", media={JSON: WaitFailure}),
                409: Content(description="With `absent`: what came.", media={JSON: WaitFailure}),
                503: Content(
                    description="The server stops, or too many wait already; waiting again may help.",
                    media={JSON: ProblemResponse},
                ),
            },
        ),
    )
