"""Operations of the API: handlers, with what both the router and the OpenAPI document need to know of them."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, Literal, TypeAlias, TypeVar

from msgspec import Struct, field
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from catcher.web.api.http.problems import Handler, with_problems
from catcher.web.api.http.responses import problem
from catcher.web.inbox_scope import PARAMETER, bound_inbox, is_same, narrowed, refusal
from catcher.web.middleware.bodies import BodyLimit
from catcher.web.services import Services

Schema: TypeAlias = type | Mapping[str, Any]
"""A type of `catcher.schema`, or a JSON schema."""
H = TypeVar("H", bound=Callable[..., Any])

_CONVERTOR = re.compile(r"{(\w+):\w+}")

JSON = "application/json"
TEXT = "text/plain"
ANY_TEXT: Mapping[str, Any] = {"type": "string"}


class Parameter(Struct, frozen=True):
    """A parameter of the query or the path."""

    name: str
    description: str
    place: Literal["path", "query"] = "query"
    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "string"})
    is_required: bool = False


class Content(Struct, frozen=True):
    """The body of a request or response: its schema by media type. is_required: of a request body."""

    description: str
    media: Mapping[str, Schema] = field(default_factory=dict)
    is_required: bool = False


class Operation(Struct, frozen=True, kw_only=True):
    """One method on one path, with its handler and its documentation.

    path: below the webroot, in Starlette's notation. GET includes HEAD. is_compressed: whether gzip may be applied; not
    where byte ranges are served. body_limit: octets of the request body, None for the site's limit.
    """

    method: Literal["GET", "PUT", "POST", "DELETE"]
    path: str
    handler: Handler
    summary: str
    description: str = ""
    tag: str
    parameters: tuple[Parameter, ...] = ()
    body: Content | None = None
    responses: Mapping[int, Content]
    is_compressed: bool = True
    body_limit: int | None = None

    @property
    def takes_inbox(self) -> bool:
        """Whether it can be limited to one inbox."""
        return any(parameter.name == PARAMETER for parameter in self.parameters)

    @property
    def documented_path(self) -> str:
        """The path in OpenAPI's notation, without convertors."""
        return _CONVERTOR.sub(r"{\1}", self.path)


def operation(method: str, path: str, **properties: Any) -> Callable[[H], H]:
    """Declare a handler of a `Resource` as an operation.

    The first line of the handler's docstring becomes the summary, the rest the description. properties: the other
    fields of `Operation`.
    """

    def declare(handler: H) -> H:
        declared = getattr(handler, "operations", ())
        handler.operations = (*declared, {"method": method, "path": path, **properties})  # type: ignore[attr-defined]
        return handler

    return declare


class Resource:
    """Base of the handlers of one resource. tag: its section of the documentation.

    has_problems: whether its errors are `Problem`s, as on our own routes, rather than plain text, as on Mailpit's.
    """

    tag: ClassVar[str]
    has_problems: ClassVar[bool] = False

    def __init__(self, services: Services) -> None:
        self._services = services
        self._store = services.store
        self._threads = services.threads

    def operations(self) -> tuple[Operation, ...]:
        """Return the operations that its handlers are declared as."""
        return tuple(
            self._operation(getattr(self, name), properties)
            for name, handler in vars(type(self)).items()
            for properties in getattr(handler, "operations", ())
        )

    def _operation(self, handler: Handler, properties: Mapping[str, Any]) -> Operation:
        summary, _, description = (handler.__doc__ or "").partition("\n")
        known = frozenset(each.name for each in properties.get("parameters", ()))
        return Operation(
            handler=with_problems(handler, parameters=known) if self.has_problems else handler,
            summary=summary.rstrip("."),
            description=" ".join(description.split()),
            tag=self.tag,
            **properties,
        )


def routes_of(operations: Iterable[Operation], *, body_limit: int) -> list[Route]:
    """Return a route for each path; methods without an operation get 405 with `Allow`. body_limit: the site's."""
    by_path: dict[str, dict[str, Operation]] = {}
    for each in operations:
        by_path.setdefault(each.path, {})[each.method] = each
    return [Route(path, _Methods(methods, body_limit)) for path, methods in by_path.items()]


class _Methods:
    """The operations on one path as an ASGI application."""

    def __init__(self, operations: Mapping[str, Operation], body_limit: int) -> None:
        self._apps: dict[str, ASGIApp] = {
            method: Route("/", each.handler, methods=[method], middleware=_middleware(each, body_limit)).app
            for method, each in operations.items()
        }
        self._limited = {method for method, each in operations.items() if each.takes_inbox}
        if "GET" in self._apps:
            self._apps["HEAD"] = self._apps["GET"]
        if "GET" in self._limited:
            self._limited.add("HEAD")
        self._allow = ", ".join(sorted(self._apps))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._apps.get(scope["method"])
        if app is None:
            app = PlainTextResponse("Method Not Allowed\n", status_code=405, headers={"Allow": self._allow})
        elif bound := bound_inbox(scope):
            app, scope = self._limited_to(bound, app, scope)
        await app(scope, receive, send)

    def _limited_to(self, inbox: str, app: ASGIApp, scope: Scope) -> tuple[ASGIApp, Scope]:
        """Limit the operation to the inbox of the request's token, or refuse it."""
        if scope["method"] not in self._limited:
            return refusal(), scope
        named = scope.get("path_params", {}).get(PARAMETER)
        if named is not None and not is_same(named, inbox):
            return problem(404, "not-found", f"inbox not found: {named[:100]}"), scope
        limited = narrowed(scope)
        if limited is None:
            return refusal(f"The token is for the inbox {inbox} alone.\n"), scope
        return app, limited


def _middleware(each: Operation, body_limit: int) -> list[Middleware]:
    limit = Middleware(BodyLimit, limit=each.body_limit or body_limit)
    gzip = Middleware(GZipMiddleware, minimum_size=1024, compresslevel=5)
    return [gzip, limit] if each.is_compressed else [limit]
