"""`/api/v1/message/{id}` and `/headers`: one message as JSON. Reading it marks it read, `?peek=1` does not."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from catcher.errors import NotFound
from catcher.mime import Bodies
from catcher.schema.messages import MessageDetail
from catcher.store.model import ByIds, StoredMessage
from catcher.store.search import Query
from catcher.web.api.http.presenters import header_values, message_detail
from catcher.web.api.http.requests import is_on, latest_query
from catcher.web.api.http.responses import NO_LATEST, json_answer, not_found
from catcher.web.api.openapi import parameters
from catcher.web.api.openapi.operations import JSON, Content, Operation, Parameter
from catcher.web.contents.bodies import read_message
from catcher.web.inbox_scope import inbox_of, within
from catcher.web.services import Services

LATEST = "latest"


class Reader:
    """Finds and reads one message for every route that is about one. latest: reads what is asked of the latest one."""

    def __init__(self, services: Services, *, latest: Callable[[Request], Query] = latest_query) -> None:
        self._services = services
        self._latest = latest

    async def store_id(self, request: Request) -> str:
        """The id of the path, with `latest` resolved. Raises HTTPException 404 when no message is the latest.

        Raises NotFound for a message that is not in the inbox that the request is about.
        """
        given: str = request.path_params["id"]
        inbox = inbox_of(request)
        if given != LATEST:
            if inbox and not await self._services.store.within((given,), inbox):
                raise NotFound("message not found")
            return given
        try:
            return (await self._services.store.latest(within(self._latest(request), inbox))).store_id
        except NotFound as error:
            raise not_found(NO_LATEST) from error

    async def stored(self, request: Request) -> StoredMessage:
        """The message. Raises NotFound."""
        return await self._services.store.get(await self.store_id(request))

    async def read(self, request: Request) -> tuple[StoredMessage, Bodies]:
        """The message with its text and HTML. Raises NotFound."""
        return await read_message(self._services.store, self._services.threads, await self.store_id(request))

    async def mark_read(self, stored: StoredMessage) -> None:
        """Give it the read mark, when it has none."""
        if not stored.summary.is_read:
            await self._services.store.mark(ByIds((stored.summary.store_id,)), is_read=True)


class OneMessage:
    """Handlers of one message as JSON."""

    def __init__(self, services: Services) -> None:
        self._reader = Reader(services)

    async def detail(self, request: Request) -> Response:
        stored, bodies = await self._reader.read(request)
        is_peek = is_on(request, "peek")
        if not is_peek:
            await self._reader.mark_read(stored)
        return json_answer(message_detail(stored, bodies, is_read=stored.summary.is_read or not is_peek))

    async def headers(self, request: Request) -> Response:
        stored = await self._reader.stored(request)
        return json_answer(header_values(stored.message))


_LINES = {"type": "array", "items": {"type": "string"}}
_PEEK = Parameter(name="peek", description="1: do not mark the message read.")


def operations(services: Services) -> tuple[Operation, ...]:
    """The routes of one message as JSON."""
    at = OneMessage(services)
    return (
        Operation(
            method="GET",
            path="/api/v1/message/{id}",
            handler=at.detail,
            summary="Read a message",
            description="Marks it read.",
            tag="message",
            parameters=(*parameters.LATEST, _PEEK),
            answers={
                200: Content(description="The message.", media={JSON: MessageDetail}),
                404: parameters.NO_MESSAGE,
            },
        ),
        Operation(
            method="GET",
            path="/api/v1/message/{id}/headers",
            handler=at.headers,
            summary="Read a message's header section",
            tag="message",
            parameters=parameters.LATEST,
            answers={
                200: Content(
                    description="Field bodies by name, unfolded and not decoded; names in alphabetical order.",
                    media={JSON: {"type": "object", "additionalProperties": _LINES}},
                ),
                404: parameters.NO_MESSAGE,
            },
        ),
    )
