"""MailHog's API version 2, and the routes of version 1 that do not collide with Mailpit's.

Message ids are the store's. Messages are not marked as read. MailHog's release to a server that the client names is
omitted, since it would let any client send mail anywhere from this machine.
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
from catcher.web.api.http.problems import Handler
from catcher.web.api.http.requests import paging
from catcher.web.api.http.responses import bad_request, json_response
from catcher.web.api.openapi import parameters
from catcher.web.api.openapi.operations import JSON, Content, Operation, Parameter, Resource, operation
from catcher.web.api.presenters import moment
from catcher.web.contents.trace import trace_fields

MAX_MESSAGES = 250
MAX_OCTETS = 16 * 1024 * 1024
"""Limits of one page, which has at least one message; `count` is the number of messages in it."""

_COLUMNS = {"from": ("from_", "reverse_path"), "to": ("to", "cc", "bcc"), "containing": ("any",)}


_ID = Parameter("id", "Store id.", place="path", is_required=True)
_KIND = Parameter(
    "kind",
    "Where to search: the sender, the recipients, or the text.",
    schema={"type": "string", "enum": list(_COLUMNS)},
    is_required=True,
)
_WORDS = Parameter("query", "Text to be contained, in any letter case; not in the search language.")
_PAGE = (parameters.START, parameters.LIMIT)
_LIST = Content("Messages, newest first.", {JSON: HogList})


class MailHog(Resource):
    """Handlers of MailHog's API."""

    tag = "mailhog"

    @operation("GET", "/api/v2/messages", parameters=_PAGE, responses={200: _LIST})
    async def list(self, request: Request) -> Response:
        """List messages as MailHog does."""
        return await self._list(request, Anything())

    @operation(
        "GET",
        "/api/v2/search",
        parameters=(_KIND, _WORDS, *_PAGE),
        responses={200: _LIST, 400: parameters.BAD_REQUEST},
    )
    async def search(self, request: Request) -> Response:
        """Search messages as MailHog does."""
        columns = _COLUMNS.get(request.query_params.get("kind", ""))
        if columns is None:
            raise bad_request("expected kind=from, kind=to or kind=containing")
        return await self._list(request, _query(columns, request.query_params.get("query", "")))

    @operation(
        "GET",
        "/api/v1/messages/{id}",
        parameters=(_ID,),
        responses={200: Content("The message.", {JSON: HogMessage}), 404: parameters.NO_MESSAGE},
    )
    async def show(self, request: Request) -> Response:
        """Get a message as MailHog does."""
        return json_response(await self._read(request.path_params["id"]))

    @operation(
        "DELETE",
        "/api/v1/messages/{id}",
        parameters=(_ID,),
        responses={200: Content("The message is deleted, or did not exist.")},
    )
    async def delete(self, request: Request) -> Response:
        """Delete a message as MailHog does."""
        await self._store.delete(ByIds((request.path_params["id"],)))
        return Response()  # without a body, since clients read any body as JSON

    async def _read(self, store_id: str) -> HogMessage:
        stored = await self._store.get(store_id)
        return await self._threads.run(_message, stored, await self._store.raw(store_id))

    async def _list(self, request: Request, query: Query) -> Response:
        wanted = paging(request, zone=UTC)
        limit = min(wanted.limit or MAX_MESSAGES, MAX_MESSAGES)
        page = await self._store.page(query, start=wanted.start, limit=limit)
        items: list[HogMessage] = []
        octets = 0
        for summary in page.messages:
            octets += summary.size
            if items and octets > MAX_OCTETS:
                break
            with suppress(NotFound):  # deleted since the list was read
                items.append(await self._read(summary.store_id))
        return json_response(HogList(total=page.matching, count=len(items), start=wanted.start, items=tuple(items)))


def _query(columns: Iterable[str], text: str) -> Query:
    cleaned = clean(text)
    if not cleaned:
        return Anything()
    found = tuple(Contains(column=column, text=cleaned) for column in columns)
    return found[0] if len(found) == 1 else Or(found)


def _message(stored: StoredMessage, octets: bytes) -> HogMessage:
    envelope, message = stored.envelope, stored.message
    children: dict[int, list[int]] = {}
    for index, part in enumerate(message.parts):
        children.setdefault(part.parent, []).append(index)
    content = _content(message, 0, octets, children)
    for field in header_fields(trace := trace_fields(stored), 0, len(trace)):
        if field.name in {"Return-Path", "Received"}:  # which MailHog adds on receipt
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


def _content(message: ParsedMessage, index: int, octets: bytes, children: Mapping[int, list[int]]) -> HogContent:
    """Return an entity with its descendants, whose depth the parser limits. children: part indexes by parent.

    The body of a nested multipart is omitted: its parts contain it, and repeating it at every level would let a small
    message make a huge response.
    """
    part = message.parts[index]
    headers: dict[str, list[str]] = {}
    for field in header_fields(octets, part.header_start, part.body_start):
        headers.setdefault(field.name, []).append(field.body)
    body = octets[part.body_start : part.end]
    mime = None
    if part.is_multipart:
        mime = HogParts(parts=tuple(_content(message, each, octets, children) for each in children.get(index, ())))
    shown = b"" if part.is_multipart and index else body
    return HogContent(headers=headers, body=_text(shown), size=len(body), mime=mime)


def _path(addr_spec: str) -> HogPath:
    local_part, at, domain = addr_spec.rpartition("@")
    return HogPath(mailbox=local_part, domain=domain) if at else HogPath(mailbox=addr_spec, domain="")


def _text(octets: bytes) -> str:
    return octets.decode("utf-8", "replace")


def silent_for_bare_clients(operations: Iterable[Operation]) -> tuple[Operation, ...]:
    """Return the operations, with an empty response to MailHog's JavaScript client when it deletes everything.

    It reads every body as JSON and would take the "ok" of Mailpit's API for an error. It uses Node's plain HTTP client,
    which sends Host and `Connection: keep-alive` and nothing else.
    """
    return tuple(
        replace(each, handler=_silent(each.handler))
        if (each.method, each.path) == ("DELETE", "/api/v1/messages")
        else each
        for each in operations
    )


def _silent(handler: Handler) -> Handler:
    async def respond(request: Request) -> Response:
        response = await handler(request)
        is_node = {"host": request.headers.get("host"), "connection": "keep-alive"} == dict(request.headers)
        return Response() if is_node and response.status_code == 200 else response

    return respond
