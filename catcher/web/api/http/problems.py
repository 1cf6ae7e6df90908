"""Errors of our own routes, in one JSON format."""

from collections.abc import Awaitable, Callable, Collection
from typing import TypeAlias

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from catcher.errors import CatcherError, NotFound, QueryError, StoreUnavailable, suggestion
from catcher.web.api.http.responses import problem

Handler: TypeAlias = Callable[[Request], Awaitable[Response]]

_CODES = {400: "invalid", 404: "not-found", 409: "conflict"}


def with_problems(handler: Handler, *, parameters: Collection[str]) -> Handler:
    """Return the handler with its errors as `Problem`s. A ValueError is a fault of the request.

    parameters: of the query; any other is an error, since a misspelt condition would otherwise be none.
    """

    async def handle(request: Request) -> Response:
        try:
            _check_names(request, parameters)
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


def _check_names(request: Request, known: Collection[str]) -> None:
    for name in request.query_params.keys() - known:
        raise ValueError(f"{name[:100]}: unknown parameter, {suggestion(name, known)}")
