"""`/api/v1/messages` and `/api/v1/search`: lists, read marks, deleting."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from catcher.errors import QueryError
from catcher.schema.messages import DeleteRequest, MarkRequest
from catcher.schema.problems import ProblemResponse
from catcher.store.model import ByIds, Everything, Matching, Selection
from catcher.store.search import Anything, has_condition
from catcher.web.api.http.message_lists import Lists
from catcher.web.api.http.requests import (
    body_as,
    has_known_key,
    is_on,
    lenient_query,
    paging,
    strict_query,
    struct_of,
    zone_of,
)
from catcher.web.api.http.responses import bad_request, ok, problem
from catcher.web.api.openapi import parameters
from catcher.web.api.openapi.operations import ANY_TEXT, JSON, TEXT, Content, Operation, Parameter
from catcher.web.inbox_scope import inbox_of, within
from catcher.web.services import Services

NO_QUERY = "Error: no search query"


class Messages:
    """Handlers of lists and of what is done to many messages."""

    def __init__(self, services: Services) -> None:
        self._store = services.store
        self._lists = Lists(services)

    async def listed(self, request: Request) -> Response:
        inbox = inbox_of(request)
        return await self._lists.listing(within(Anything(), inbox), paging(request, zone=zone_of(request)), inbox=inbox)

    async def search(self, request: Request) -> Response:
        """With `strict` the parser's error is told, in our own error shape; else a bad term matches nothing."""
        text, zone = request.query_params.get("query", "").strip(), zone_of(request)
        if not text:
            raise bad_request(NO_QUERY)
        if is_on(request, "strict"):
            try:
                query = strict_query(text, zone=zone)
            except QueryError as error:
                return problem(400, "query-unreadable", str(error), position=error.position)
        else:
            query = lenient_query(text, zone=zone)
        wanted, inbox = paging(request, zone=zone), inbox_of(request)
        answer = self._lists.listing if wanted.limit else self._lists.numbers
        return await answer(within(query, inbox), wanted, inbox=inbox)

    async def mark(self, request: Request) -> Response:
        wanted = await body_as(request, MarkRequest)
        text = wanted.search.strip()
        if wanted.ids and text:
            raise bad_request("You may specify either IDs or a search query, not both")
        inbox = inbox_of(request)
        selection = await self._selection(wanted.ids, inbox)
        if text:
            query = lenient_query(text, zone=zone_of(request))
            if not has_condition(query):
                raise bad_request("the search query holds no condition")
            selection = Matching(within(query, inbox))
        await self._store.mark(selection, is_read=wanted.read)
        return ok()

    async def delete(self, request: Request) -> Response:
        """No body, `{}` and an empty list of IDs empty the mailbox: clients rely on all three. A body that is not
        understood, or that names something else than IDs, deletes nothing."""
        raw = await request.body()
        ids: tuple[str, ...] = ()
        if raw.strip():
            content_type = request.headers.get("content-type", "")
            wanted = struct_of(raw, content_type, DeleteRequest)
            if not has_known_key(raw, content_type, DeleteRequest):
                raise bad_request("expected IDs in the body; to delete everything send no body")
            ids = wanted.ids
        await self._store.delete(await self._selection(ids, inbox_of(request)))
        return ok()

    async def _selection(self, ids: tuple[str, ...], inbox: str) -> Selection:
        """The messages of these ids, without ids all; within an inbox, when one is named."""
        if ids:
            return ByIds(await self._store.within(ids, inbox) if inbox else ids)
        return Matching(within(Anything(), inbox)) if inbox else Everything()

    async def delete_found(self, request: Request) -> Response:
        """A query without a condition, or with a term that cannot be read, is refused."""
        text = request.query_params.get("query", "").strip()
        if not text:
            raise bad_request(NO_QUERY)
        query = strict_query(text, zone=zone_of(request))
        if not has_condition(query):
            raise bad_request("Error: the search query holds no condition; to delete everything use /api/v1/messages")
        await self._store.delete(Matching(within(query, inbox_of(request))))
        return ok()


_STRICT = Parameter(
    name="strict", description="A term that cannot be read is an error with its position instead of matching nothing."
)
_FORM = "application/x-www-form-urlencoded"


def _body(kind: type[msgspec.Struct], description: str, *, is_required: bool) -> Content:
    return Content(description=description, media={JSON: kind, _FORM: kind}, is_required=is_required)


def operations(services: Services) -> tuple[Operation, ...]:
    """The routes of lists and of what is done to many messages."""
    at = Messages(services)
    changes = {200: parameters.CHANGED, 400: parameters.BAD_REQUEST}
    return (
        Operation(
            method="GET",
            path="/api/v1/messages",
            handler=at.listed,
            summary="List messages",
            tag="messages",
            parameters=(*parameters.PAGING, parameters.TZ, parameters.INBOX),
            answers={200: parameters.LIST},
        ),
        Operation(
            method="PUT",
            path="/api/v1/messages",
            handler=at.mark,
            summary="Set the read mark",
            tag="messages",
            parameters=(parameters.TZ, parameters.INBOX),
            body=_body(MarkRequest, "Which messages, and how to mark them.", is_required=True),
            answers=changes,
        ),
        Operation(
            method="DELETE",
            path="/api/v1/messages",
            handler=at.delete,
            summary="Delete messages",
            description="Those of `IDs`; without a body, with `{}` or an empty list all. Unknown ids are ignored.",
            tag="messages",
            parameters=(parameters.INBOX,),
            body=_body(DeleteRequest, "Which messages.", is_required=False),
            answers=changes,
        ),
        Operation(
            method="GET",
            path="/api/v1/search",
            handler=at.search,
            summary="Search messages",
            tag="messages",
            parameters=(parameters.QUERY, *parameters.PAGING, parameters.TZ, _STRICT, parameters.INBOX),
            answers={
                200: parameters.LIST,
                400: Content(description="There is no query.", media={TEXT: ANY_TEXT, JSON: ProblemResponse}),
            },
        ),
        Operation(
            method="DELETE",
            path="/api/v1/search",
            handler=at.delete_found,
            summary="Delete what a search finds",
            tag="messages",
            parameters=(parameters.QUERY, parameters.TZ, parameters.INBOX),
            answers=changes,
        ),
    )
