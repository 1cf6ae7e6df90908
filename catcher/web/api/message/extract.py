"""`/api/v1/message/{id}/extract`: one-time codes and links of a message. It is not marked read."""

from starlette.requests import Request
from starlette.responses import Response

from catcher.schema.extract import Extraction
from catcher.web.api.http.presenters import extraction
from catcher.web.api.http.problems import BAD, MISSING, told
from catcher.web.api.http.requests import own_query
from catcher.web.api.http.responses import json_answer
from catcher.web.api.message.message import Reader
from catcher.web.api.openapi import parameters
from catcher.web.api.openapi.operations import JSON, Content, Operation
from catcher.web.contents.bodies import read_extract
from catcher.web.services import Services


class Extracts:
    """The handler of codes and links. What finds them is imported when they are first asked for."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._reader = Reader(services, latest=own_query)

    async def extract(self, request: Request) -> Response:
        stored = await self._reader.stored(request)
        return json_answer(extraction(await read_extract(self._services.store, self._services.threads, stored)))


def operations(services: Services) -> tuple[Operation, ...]:
    """The route of codes and links."""
    at = Extracts(services)
    return (
        Operation(
            method="GET",
            path="/api/v1/message/{id}/extract",
            handler=told(at.extract),
            summary="Find one-time codes and links in a message",
            description="Every code and link with its kind and a confidence from 0 to 1, most confident first; `code` "
            "and `link` are those that the message was sent for. Does not mark the message read.",
            tag="message",
            parameters=parameters.LATEST,
            answers={
                200: Content(description="Codes and links.", media={JSON: Extraction}),
                400: BAD,
                404: MISSING,
            },
        ),
    )
