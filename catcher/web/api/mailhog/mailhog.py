"""MailHog's API version 2, and of its version 1 what Mailpit's leaves room for, for suites that never moved.

Message ids are the store's. Nothing here marks a message read. MailHog's release to any server that a client names is
left out: this machine would send mail anywhere.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import UTC

import msgspec
from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import Response

from catcher.errors import NotFound
from catcher.mime import ParsedMessage, header_fields
from catcher.schema.mailhog import HogContent, HogList, HogMessage, HogParts, HogPath, HogRaw
from catcher.store.model import ByIds, StoredMessage
from catcher.store.search import Anything, Contains, Or, Query, clean
from catcher.web.api.http.presenters import moment
from catcher.web.api.http.requests import paging
from catcher.web.api.http.responses import bad_request, json_answer
from catcher.web.api.openapi import parameters
from catcher.web.api.openapi.operations import JSON, Content, Handler, Operation, Parameter
from catcher.web.contents.trace import trace_fields
from catcher.web.services import Services

MOST_MESSAGES = 250
MOST_OCTETS = 64 * 1024 * 1024
"""What one answer holds at most of messages and of their octets, but at least one message; `count` tells how many."""

_COLUMNS = {"from": ("from_", "reverse_path"), "to": ("to", "cc", "bcc"), "containing": ("any",)}


class MailHog:
    """The handlers."""

    def __init__(self, services: Services) -> None:
        self._store = services.store
        self._threads = services.threads

    async def listed(self, request: Request) -> Response:
        return await self._list(request, Anything())

    async def search(self, request: Request) -> Response:
        columns = _COLUMNS.get(request.query_params.get("kind", ""))
        if columns is None:
            raise bad_request("expected kind=from, kind=to or kind=containing")
        return await self._list(request, _query(columns, request.query_params.get("query", "")))

    async def one(self, request: Request) -> Response:
        return json_answer(await self._made(request.path_params["id"]))

    async def delete(self, request: Request) -> Response:
        """The answer has no body, because clients read one as JSON."""
        await self._store.delete(ByIds((request.path_params["id"],)))
        return Response()

    async def _made(self, store_id: str) -> HogMessage:
        stored = await self._store.get(store_id)
        return await self._threads.run(_message, stored, await self._store.raw(store_id))

    async def _list(self, request: Request, query: Query) -> Response:
        wanted = paging(request, zone=UTC)
        limit = min(wanted.limit or MOST_MESSAGES, MOST_MESSAGES)
        page = await self._store.page(query, start=wanted.start, limit=limit)
        items: list[HogMessage] = []
        octets = 0
        for summary in page.messages:
            octets += summary.size
            if items and octets > MOST_OCTETS:
                break
            with suppress(NotFound):  # deleted since the list was read
                items.append(await self._made(summary.store_id))
        answer = HogList(total=page.matching, count=len(items), start=wanted.start, items=tuple(items))
        return json_answer(answer)


def _query(columns: Iterable[str], text: str) -> Query:
    cleaned = clean(text)
    if not cleaned:
        return Anything()
    found = tuple(Contains(column=column, text=cleaned) for column in columns)
    return found[0] if len(found) == 1 else Or(found)


def _message(stored: StoredMessage, octets: bytes) -> HogMessage:
    envelope, message = stored.envelope, stored.message
    below: dict[int, list[int]] = {}
    for place, part in enumerate(message.parts):
        below.setdefault(part.parent, []).append(place)
    content = _content(message, 0, octets, below)
    for field in header_fields(trace := trace_fields(stored), 0, len(trace)):
        if field.name in {"Return-Path", "Received"}:  # which MailHog adds on its way in
            content.headers.setdefault(field.name, []).append(field.body)
    return HogMessage(
        id=stored.summary.store_id,
        from_=_path(envelope.reverse_path),
        to=tuple(_path(each) for each in envelope.recipients),
        content=msgspec.structs.replace(content, mime=None),
        created=moment(stored.summary.received_at),
        mime=content.mime,
        raw=HogRaw(from_=envelope.reverse_path, to=envelope.recipients, data=_text(octets), helo=envelope.client.helo),
    )


def _content(message: ParsedMessage, place: int, octets: bytes, below: Mapping[int, list[int]]) -> HogContent:
    """An entity with those below it, whose places are in `below`; how deep they lie is bounded by parsing.

    The body of a multipart within a multipart is left out: its parts say it, and repeating it at every level would
    let a small message make a huge answer.
    """
    part = message.parts[place]
    headers: dict[str, list[str]] = {}
    for field in header_fields(octets, part.header_start, part.body_start):
        headers.setdefault(field.name, []).append(field.body)
    body = octets[part.body_start : part.end]
    mime = None
    if part.is_multipart:
        mime = HogParts(parts=tuple(_content(message, each, octets, below) for each in below.get(place, ())))
    shown = b"" if part.is_multipart and place else body
    return HogContent(headers=headers, body=_text(shown), size=len(body), mime=mime)


def _path(addr_spec: str) -> HogPath:
    local_part, at, domain = addr_spec.rpartition("@")
    return HogPath(mailbox=local_part, domain=domain) if at else HogPath(mailbox=addr_spec, domain="")


def _text(octets: bytes) -> str:
    return octets.decode("utf-8", "replace")


def silent_for_bare_clients(operations: Iterable[Operation]) -> tuple[Operation, ...]:
    """The operations, with an empty body for the deletion of everything where the client said nothing about itself.

    MailHog's JavaScript client reads every body as JSON and would take the "ok" of Mailpit's API for an error. It sends
    neither Accept nor User-Agent, which all clients of Mailpit do.
    """
    return tuple(
        replace(each, handler=_silent(each.handler))
        if (each.method, each.path) == ("DELETE", "/api/v1/messages")
        else each
        for each in operations
    )


def _silent(handler: Handler) -> Handler:
    async def answer(request: Request) -> Response:
        given = await handler(request)
        is_bare = "accept" not in request.headers and "user-agent" not in request.headers
        return Response() if is_bare and given.status_code == 200 else given

    return answer


_ID = Parameter(name="id", place="path", description="Store id.", is_required=True)
_KIND = Parameter(
    name="kind",
    description="What is searched: the sender, the recipients, or the text.",
    schema={"type": "string", "enum": list(_COLUMNS)},
    is_required=True,
)
_WORDS = Parameter(name="query", description="Text that it contains, in any letter case; no search language.")
_PAGE = (parameters.START, parameters.LIMIT)
_LIST = Content(description="Messages, newest first.", media={JSON: HogList})


def operations(services: Services) -> tuple[Operation, ...]:
    """The routes of MailHog's API."""
    at = MailHog(services)
    return (
        Operation(
            method="GET",
            path="/api/v2/messages",
            handler=at.listed,
            summary="List messages as MailHog does",
            tag="mailhog",
            parameters=_PAGE,
            answers={200: _LIST},
        ),
        Operation(
            method="GET",
            path="/api/v2/search",
            handler=at.search,
            summary="Search messages as MailHog does",
            tag="mailhog",
            parameters=(_KIND, _WORDS, *_PAGE),
            answers={200: _LIST, 400: parameters.BAD_REQUEST},
        ),
        Operation(
            method="GET",
            path="/api/v1/messages/{id}",
            handler=at.one,
            summary="Read a message as MailHog does",
            tag="mailhog",
            parameters=(_ID,),
            answers={200: Content(description="The message.", media={JSON: HogMessage}), 404: parameters.NO_MESSAGE},
        ),
        Operation(
            method="DELETE",
            path="/api/v1/messages/{id}",
            handler=at.delete,
            summary="Delete one message as MailHog does",
            tag="mailhog",
            parameters=(_ID,),
            answers={200: Content(description="It is gone, or was not there.")},
        ),
    )
