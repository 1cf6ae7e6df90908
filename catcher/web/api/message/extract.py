"""`/api/v1/message/{id}/extract`: one-time codes and links of a message. It is not marked as read."""

from starlette.requests import Request
from starlette.responses import Response

from catcher.schema.extract import Extraction
from catcher.web.api.http.requests import is_on
from catcher.web.api.http.responses import json_response
from catcher.web.api.message.message import MessageResource
from catcher.web.api.openapi import parameters
from catcher.web.api.openapi.operations import JSON, Content, Parameter, operation
from catcher.web.api.presenters import extraction
from catcher.web.contents.bodies import read_extract

_EXPLAIN = Parameter(
    "explain",
    "With `1`: the features of each code and link, with their points for or against it.",
    schema={"type": "boolean"},
)


class Extracts(MessageResource):
    """The handler of codes and links."""

    has_problems = True

    @operation(
        "GET",
        "/api/v1/message/{id}/extract",
        parameters=(*parameters.LATEST, _EXPLAIN),
        responses={
            200: Content("Codes and links.", {JSON: Extraction}),
            400: parameters.INVALID,
            404: parameters.NOT_FOUND,
        },
    )
    async def extract(self, request: Request) -> Response:
        """Find one-time codes and links in a message.

        Every code and link has a kind and a confidence from 0 to 1; the most confident come first. `code` and `link`
        are those that the message was sent for; both are null if the message has none. Codes for another occasion
        (coupons, gift cards, meetings, backup codes) are in the list only. The message is not marked as read.
        """
        stored = await self._reader.stored(request)
        found = await read_extract(self._services, stored)
        return json_response(extraction(found, explained=is_on(request, "explain")))
