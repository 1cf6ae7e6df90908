"""Responses that many routes give: JSON, "ok", and errors in both formats."""

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


def json_response(value: Any, *, status: int = 200) -> Response:
    """Return a value as compact JSON."""
    return Response(encode(value), status_code=status, media_type="application/json")


def ok() -> Response:
    """Return the response to a change."""
    return PlainTextResponse("ok")


def problem(status: int, code: str, message: str, *, position: int | None = None) -> Response:
    """Return an error of one of our own routes.

    code: stable, lower case with hyphens. position: of the fault in the query, in characters from 0.
    """
    return json_response(ProblemResponse(error=Problem(code=code, message=message, position=position)), status=status)


def bad_request(text: str) -> HTTPException:
    """Return the exception for status 400 with a plain text."""
    return HTTPException(status_code=400, detail=text)


def not_found(text: str = UNKNOWN_MESSAGE) -> HTTPException:
    """Return the exception for status 404, with one of the texts that existing clients know."""
    return HTTPException(status_code=404, detail=text)


async def on_http_exception(request: Request, error: Exception) -> Response:
    """Return the plain text of an HTTP error. The router's 404 differs between API and other paths."""
    assert isinstance(error, HTTPException)  # noqa: S101 - it is registered for these
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
    """Return the plain text of an error of ours: 404 for NotFound, 503 for StoreUnavailable, else 400."""
    assert isinstance(error, CatcherError)  # noqa: S101 - it is registered for these
    if isinstance(error, NotFound):
        return PlainTextResponse(UNKNOWN_MESSAGE, status_code=404)
    if isinstance(error, StoreUnavailable):
        logger.warning("store unavailable: %s", error, extra={"path": request.scope["path"], "detail": error.detail})
        return PlainTextResponse("Service Unavailable\n", status_code=503, headers={"Retry-After": "1"})
    return PlainTextResponse(str(error), status_code=400)


async def on_disconnect(request: Request, error: Exception) -> Response:
    """Return the response, which nobody reads, to a client that left before its request was complete."""
    return Response(status_code=400)


EXCEPTION_HANDLERS = {
    HTTPException: on_http_exception,
    CatcherError: on_catcher_error,
    ClientDisconnect: on_disconnect,
}
