"""Errors of our own routes: whatever a handler raises becomes the one JSON shape that all of them use."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from catcher.errors import CatcherError, NotFound, QueryError, StoreUnavailable
from catcher.schema.problems import ProblemResponse
from catcher.web.api.http.responses import problem
from catcher.web.api.openapi.operations import JSON, Content, Handler

BAD = Content(description="What is wrong with the request; nothing was done.", media={JSON: ProblemResponse})
MISSING = Content(description="There is no such thing.", media={JSON: ProblemResponse})

_CODES = {400: "invalid", 404: "not-found", 409: "conflict"}


def told(handler: Handler) -> Handler:
    """The handler, with its errors told in our shape. A ValueError is something the client sent."""

    async def handle(request: Request) -> Response:
        try:
            return await handler(request)
        except HTTPException as error:
            return problem(error.status_code, _CODES.get(error.status_code, "invalid"), str(error.detail))
        except NotFound as error:
            return problem(404, "not-found", str(error))
        except QueryError as error:
            return problem(400, "query-unreadable", str(error), position=error.position)
        except StoreUnavailable:
            raise
        except (CatcherError, ValueError) as error:
            return problem(400, "invalid", str(error))

    return handle
