"""What an API route is: one record that both the router and the OpenAPI document are made from."""

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, Literal, TypeAlias

from msgspec import Struct, field
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from catcher.web.api.http.responses import problem
from catcher.web.inbox_scope import PARAMETER, bound_inbox, is_same, narrowed, refusal
from catcher.web.middleware.bodies import BodyLimit

Handler: TypeAlias = Callable[[Request], Awaitable[Response]]
Schema: TypeAlias = type | Mapping[str, Any]
"""A struct (or a type of structs) of `shapes`, or a JSON schema as it stands in the document."""

_CONVERTOR = re.compile(r"{(\w+):\w+}")

JSON = "application/json"
TEXT = "text/plain"
ANY_TEXT: Mapping[str, Any] = {"type": "string"}


class Parameter(Struct, frozen=True, kw_only=True):
    """One parameter of the path or the query. schema: what a client should send."""

    name: str
    place: Literal["path", "query"] = "query"
    description: str
    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "string"})
    is_required: bool = False


class Content(Struct, frozen=True, kw_only=True):
    """A body that is taken or given: its schema by media type. is_required is for request bodies."""

    description: str
    media: Mapping[str, Schema] = field(default_factory=dict)
    is_required: bool = False


class Operation(Struct, frozen=True, kw_only=True):
    """One method on one path, with its handler and all that is told of it.

    path: below the webroot, in Starlette's form. A GET answers HEAD too.
    is_compressed: whether gzip may be applied; not for octets of which ranges can be asked.
    body_limit: octets of the request body where it differs from the site's.
    """

    method: Literal["GET", "PUT", "POST", "DELETE"]
    path: str
    handler: Handler
    summary: str
    description: str = ""
    tag: str
    parameters: tuple[Parameter, ...] = ()
    body: Content | None = None
    answers: Mapping[int, Content]
    is_compressed: bool = True
    body_limit: int | None = None

    @property
    def takes_inbox(self) -> bool:
        """Whether it can be limited to one inbox."""
        return any(parameter.name == PARAMETER for parameter in self.parameters)

    @property
    def shown_path(self) -> str:
        """The path in the form of OpenAPI: without convertors."""
        return _CONVERTOR.sub(r"{\1}", self.path)


def routes_of(operations: Iterable[Operation], *, body_limit: int) -> list[Route]:
    """One route per path; other methods than the operations' get 405 with `Allow`. body_limit: the site's octets."""
    by_path: dict[str, dict[str, Operation]] = {}
    for operation in operations:
        by_path.setdefault(operation.path, {})[operation.method] = operation
    return [Route(path, _Methods(path, methods, body_limit)) for path, methods in by_path.items()]


class _Methods:
    """The operations on one path as an ASGI application."""

    def __init__(self, path: str, operations: Mapping[str, Operation], body_limit: int) -> None:
        self._apps: dict[str, ASGIApp] = {
            method: Route("/", operation.handler, methods=[method], middleware=_middleware(operation, body_limit)).app
            for method, operation in operations.items()
        }
        if "GET" in self._apps:
            self._apps["HEAD"] = self._apps["GET"]
        self._allow = ", ".join(sorted(self._apps))
        self._limited = {method for method, operation in operations.items() if operation.takes_inbox}
        if "GET" in self._limited:
            self._limited.add("HEAD")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._apps.get(scope["method"])
        if app is None:
            app = PlainTextResponse("Method Not Allowed\n", status_code=405, headers={"Allow": self._allow})
        elif bound := bound_inbox(scope):
            app, scope = self._limited_to(bound, app, scope)
        await app(scope, receive, send)

    def _limited_to(self, inbox: str, app: ASGIApp, scope: Scope) -> tuple[ASGIApp, Scope]:
        """What answers a token that opens one inbox: the operation, limited to it, or a refusal."""
        if scope["method"] not in self._limited:
            return refusal(), scope
        named = scope.get("path_params", {}).get(PARAMETER)
        if named is not None and not is_same(named, inbox):
            return problem(404, "not-found", f"inbox not found: {named[:100]}"), scope
        return app, narrowed(scope)


def _middleware(operation: Operation, body_limit: int) -> list[Middleware]:
    limit = Middleware(BodyLimit, limit=operation.body_limit or body_limit)
    gzip = Middleware(GZipMiddleware, minimum_size=1024, compresslevel=5)
    return [gzip, limit] if operation.is_compressed else [limit]
