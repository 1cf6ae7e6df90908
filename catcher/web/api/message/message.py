"""`/api/v1/message/{id}` and `/headers`: one message as JSON."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from catcher.errors import NotFound
from catcher.mime import Bodies
from catcher.schema.messages import MessageDetail
from catcher.store.model import StoredMessage
from catcher.store.search import Query, within
from catcher.web.api.http.requests import is_on, latest_query, own_query
from catcher.web.api.http.responses import NO_LATEST, json_response, not_found
from catcher.web.api.openapi import parameters
from catcher.web.api.openapi.operations import JSON, Content, Parameter, Resource, operation
from catcher.web.api.presenters import header_values, message_detail
from catcher.web.contents.bodies import read_message
from catcher.web.inbox_scope import inbox_of
from catcher.web.middleware.request_source import RequestSource, source_of
from catcher.web.services import Services

LATEST = "latest"


class Reader:
    """Reads the message of a request. latest: reads the query that the latest message has to match."""

    def __init__(self, services: Services, *, latest: Callable[[Request], Query]) -> None:
        self._services = services
        self._latest = latest

    async def store_id(self, request: Request) -> str:
        """Return the id of the path, with `latest` resolved.

        Raises HTTPException 404 if there is no latest message, and NotFound if the message is not in the inbox of the
        request.
        """
        given: str = request.path_params["id"]
        inbox = inbox_of(request)
        if given != LATEST:
            if inbox and not await self._services.store.filter_by_inbox((given,), inbox):
                raise NotFound("message not found")
            return given
        try:
            return (await self._services.store.latest(within(self._latest(request), inbox))).store_id
        except NotFound as error:
            raise not_found(NO_LATEST) from error

    async def stored(self, request: Request) -> StoredMessage:
        """Return the message. Raises NotFound."""
        return await self._services.store.get(await self.store_id(request))

    async def read(self, request: Request) -> tuple[StoredMessage, Bodies]:
        """Return the message with its text and HTML. Raises NotFound."""
        return await read_message(self._services.store, self._services.threads, await self.store_id(request))

    async def mark_read(self, request: Request, stored: StoredMessage) -> bool:
        """Mark the message as read, unless a page of another site may have caused the request; return the mark."""
        if stored.summary.is_read or source_of(request) is not RequestSource.OWN:
            return stored.summary.is_read
        return await self._services.mark_read(stored.summary.store_id)


_LINES = {"type": "array", "items": {"type": "string"}}
_PEEK = Parameter("peek", "1: do not mark the message as read.")


class MessageResource(Resource):
    """Base of the handlers about one message. Routes of our own read the query of the latest one strictly."""

    tag = "message"

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self._reader = Reader(services, latest=own_query if self.has_problems else latest_query)


class OneMessage(MessageResource):
    """Handlers of one message as JSON."""

    @operation(
        "GET",
        "/api/v1/message/{id}",
        parameters=(*parameters.LATEST, _PEEK),
        responses={200: Content("The message.", {JSON: MessageDetail}), 404: parameters.NO_MESSAGE},
    )
    async def show(self, request: Request) -> Response:
        """Get a message.

        Marks it as read.
        """
        stored, bodies = await self._reader.read(request)
        is_read = stored.summary.is_read if is_on(request, "peek") else await self._reader.mark_read(request, stored)
        return json_response(message_detail(stored, bodies, is_read=is_read))

    @operation(
        "GET",
        "/api/v1/message/{id}/headers",
        parameters=parameters.LATEST,
        responses={
            200: Content(
                "Field bodies by name, unfolded but not decoded; names in alphabetical order.",
                {JSON: {"type": "object", "additionalProperties": _LINES}},
            ),
            404: parameters.NO_MESSAGE,
        },
    )
    async def headers(self, request: Request) -> Response:
        """Get the header section of a message."""
        stored = await self._reader.stored(request)
        return json_response(header_values(stored.message))
