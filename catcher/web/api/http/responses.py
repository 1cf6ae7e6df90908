"""The answers that many routes give: JSON, "ok", and the two error shapes."""

import logging
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response

from catcher.errors import CatcherError, NotFound, StoreUnavailable
from catcher.schema.base import encode
from catcher.schema.problems import Problem, ProblemResponse

logger = logging.getLogger("catcher.web")

UNKNOWN_MESSAGE = "404 page not found"
NO_LATEST = "Message not found"


def json_answer(value: Any, *, status: int = 200) -> Response:
    """A struct or a builtin as compact JSON."""
    return Response(encode(value), status_code=status, media_type="application/json")


def ok() -> Response:
    """What a change is answered with."""
    return PlainTextResponse("ok")


def problem(status: int, code: str, message: str, *, position: int | None = None) -> Response:
    """An error of a route of ours, in the one shape that all of them use.

    code: stable, lower case with hyphens. position: characters from 0 in the query that was given.
    """
    return json_answer(ProblemResponse(error=Problem(code=code, message=message, position=position)), status=status)


def bad_request(text: str) -> HTTPException:
    """To be raised: 400 with a text, as existing clients know it."""
    return HTTPException(status_code=400, detail=text)


def not_found(text: str = UNKNOWN_MESSAGE) -> HTTPException:
    """To be raised: 404 with one of the texts existing clients know."""
    return HTTPException(status_code=404, detail=text)


async def on_http_exception(request: Request, error: Exception) -> Response:
    """Text for what a handler or the router refused. 404 of the router tells API and other paths apart."""
    assert isinstance(error, HTTPException)  # noqa: S101 - what it is registered for
    text = error.detail
    if error.status_code == 404 and text == "Not Found":
        root = request.scope.get("root_path", "")
        is_api = request.scope["path"].startswith(f"{root}/api/")
        text = "File not found\n" if is_api and request.method in ("GET", "HEAD") else "404 page not found\n"
    elif error.status_code == 405:
        text = "Method Not Allowed\n"
    elif error.status_code == 413:
        text = "http: request body too large"
    return PlainTextResponse(text, status_code=error.status_code, headers=error.headers)


async def on_catcher_error(request: Request, error: Exception) -> Response:
    """Text for our own errors: 404 for what is not there, 503 for a store that cannot answer now, else 400."""
    assert isinstance(error, CatcherError)  # noqa: S101 - what it is registered for
    if isinstance(error, NotFound):
        return PlainTextResponse(UNKNOWN_MESSAGE, status_code=404)
    if isinstance(error, StoreUnavailable):
        logger.warning("store unavailable: %s", error, extra={"path": request.scope["path"], "detail": error.detail})
        return PlainTextResponse("Service Unavailable\n", status_code=503, headers={"Retry-After": "1"})
    return PlainTextResponse(str(error), status_code=400)


async def on_disconnect(request: Request, error: Exception) -> Response:
    """The client left before its request was whole: nothing is done and nobody reads the answer."""
    return Response(status_code=400)


EXCEPTION_HANDLERS = {
    HTTPException: on_http_exception,
    CatcherError: on_catcher_error,
    ClientDisconnect: on_disconnect,
}
