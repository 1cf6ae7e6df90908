"""`/api/v1/messages` and `/api/v1/search`: lists, read marks, deletion."""

from starlette.requests import Request
from starlette.responses import Response

from catcher.errors import QueryError
from catcher.schema.messages import DeleteRequest, MarkRequest
from catcher.schema.problems import ProblemResponse
from catcher.store.model import ByIds, Everything, Matching, Selection
from catcher.store.search import Anything, has_condition, within
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
from catcher.web.api.openapi.operations import ANY_TEXT, JSON, TEXT, Content, Parameter, Resource, operation
from catcher.web.inbox_scope import inbox_of
from catcher.web.services import Services

NO_QUERY = "Error: no search query"

_FORM = "application/x-www-form-urlencoded"
_STRICT = Parameter(
    "strict", "1: an invalid search term is an error with its position, instead of matching no message."
)
_MARKS = Content("The messages and their new mark.", {JSON: MarkRequest, _FORM: MarkRequest}, is_required=True)
_DELETIONS = Content("The messages to delete.", {JSON: DeleteRequest, _FORM: DeleteRequest})
_CHANGES = {200: parameters.CHANGED, 400: parameters.BAD_REQUEST}


class Messages(Resource):
    """Handlers of lists, and of changes to many messages."""

    tag = "messages"

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self._lists = Lists(services)

    @operation(
        "GET",
        "/api/v1/messages",
        parameters=(*parameters.PAGING, parameters.TZ, parameters.INBOX),
        responses={200: parameters.LIST},
    )
    async def list(self, request: Request) -> Response:
        """List messages."""
        inbox = inbox_of(request)
        return await self._lists.listing(within(Anything(), inbox), paging(request, zone=zone_of(request)), inbox=inbox)

    @operation(
        "GET",
        "/api/v1/search",
        parameters=(parameters.QUERY, *parameters.PAGING, parameters.TZ, _STRICT, parameters.INBOX),
        responses={
            200: parameters.LIST,
            400: Content("The query is missing.", {TEXT: ANY_TEXT, JSON: ProblemResponse}),
        },
    )
    async def search(self, request: Request) -> Response:
        """Search messages."""
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
        page, inbox = paging(request, zone=zone), inbox_of(request)
        respond = self._lists.listing if page.limit else self._lists.numbers
        return await respond(within(query, inbox), page, inbox=inbox)

    @operation(
        "PUT",
        "/api/v1/messages",
        parameters=(parameters.TZ, parameters.INBOX),
        body=_MARKS,
        responses=_CHANGES,
    )
    async def mark(self, request: Request) -> Response:
        """Mark messages as read or unread."""
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

    @operation(
        "DELETE",
        "/api/v1/messages",
        parameters=(parameters.INBOX,),
        body=_DELETIONS,
        responses=_CHANGES,
    )
    async def delete(self, request: Request) -> Response:
        """Delete messages.

        Deletes the messages in `IDs`; without a body, with `{}` or with an empty list, all messages. Unknown ids are
        ignored.
        """
        # Clients rely on all three forms of "all". A body that is invalid, or has other keys only, deletes nothing.
        raw = await request.body()
        ids: tuple[str, ...] = ()
        if raw.strip():
            content_type = request.headers.get("content-type", "")
            ids = struct_of(raw, content_type, DeleteRequest).ids
            if not has_known_key(raw, content_type, DeleteRequest):
                raise bad_request("expected IDs in the body; to delete everything send no body")
        await self._store.delete(await self._selection(ids, inbox_of(request)))
        return ok()

    @operation(
        "DELETE",
        "/api/v1/search",
        parameters=(parameters.QUERY, parameters.TZ, parameters.INBOX),
        responses=_CHANGES,
    )
    async def delete_matching(self, request: Request) -> Response:
        """Delete the messages that a search finds.

        A query without a condition, or with an invalid term, is refused.
        """
        text = request.query_params.get("query", "").strip()
        if not text:
            raise bad_request(NO_QUERY)
        query = strict_query(text, zone=zone_of(request))
        if not has_condition(query):
            raise bad_request("Error: the search query holds no condition; to delete everything use /api/v1/messages")
        await self._store.delete(Matching(within(query, inbox_of(request))))
        return ok()

    async def _selection(self, ids: tuple[str, ...], inbox: str) -> Selection:
        """Select the messages with these ids, or all if there are none; within an inbox, if one is given."""
        if ids:
            return ByIds(await self._store.filter_by_inbox(ids, inbox) if inbox else ids)
        return Matching(within(Anything(), inbox)) if inbox else Everything()
