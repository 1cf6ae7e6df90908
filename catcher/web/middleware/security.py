"""Host and origin checks, cross-origin access, default header fields.

All classes are plain ASGI and build no request object: a request that passes costs a few microseconds.
"""

import re

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from catcher.web.middleware.authentication import HEALTH_PATHS
from catcher.web.middleware.hosts import host_name, is_expected_host
from catcher.web.middleware.request_source import FIELDS, RequestSource, request_source, with_source
from catcher.web.middleware.unknown_host import WITHOUT_LOGIN, UnknownHost
from catcher.web.services import WebOptions

CLOSED = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
"""Policy of every response without one of its own: nothing runs, nothing loads, no page may frame it."""

_SLASHES = re.compile(b"/{2,}")
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# GET requests that make the server send requests itself; no page or mail may trigger them by their address
_OUTGOING = ("/checks", "/links", "/link-check", "/sa-check")
_ALLOWED_METHODS = "GET, POST, DELETE, PUT, OPTIONS"
# "*" does not cover Authorization (Fetch standard, CORS-safelisted wildcards), so it is named.
_ALLOWED_HEADERS = "*, Authorization"


class Gate:
    """Refuses requests of DNS rebinding and of foreign pages; gives listed origins access to the API.

    * Host: for a name that `is_expected_host` does not accept, only health checks and requests with valid credentials
      pass, all else is refused with 403: the browser sends no credentials to a name that the attacker chose. 400 when
      malformed or given twice. No Host (HTTP/1.0) passes.
    * Requests that change state and WebSockets are refused with 403 if their `RequestSource` is foreign, on all paths;
      those that make the server send requests also if it is unknown.
    * Below the API and for bare views a foreign Origin may not read either, as existing clients expect; a listed one
      gets the CORS response headers, and its preflight requests are answered here.
    Paths are compared decoded, so no spelling evades a rule.
    """

    def __init__(self, app: ASGIApp, *, options: WebOptions) -> None:
        self._app = app
        self._options = options
        self._api = options.webroot + "api/"
        self._view = options.webroot + "view/"
        self._health = tuple(options.webroot + name for name in HEALTH_PATHS)
        self._unknown_host = UnknownHost(api=self._api)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, answer or pass a request."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        fields = _fields(scope, *FIELDS)
        host, origin = fields[b"host"], fields[b"origin"]
        if sum(name == b"host" for name, _value in scope["headers"]) > 1:  # RFC 9112 §3.2
            await PlainTextResponse("More than one Host header\n", status_code=400)(scope, receive, send)
            return
        if host is not None and not is_expected_host(host, self._options.hosts):
            name = host_name(host)
            if name is None:
                await PlainTextResponse("Malformed Host header\n", status_code=400)(scope, receive, send)
                return
            if scope["path"] not in self._health:
                scope = {**scope, WITHOUT_LOGIN: self._unknown_host.refusal(name)}
        source = request_source(fields, listed=self._options.cors)
        if source is not RequestSource.OWN:
            scope = with_source(scope, source)
        refusal = self._refusal(scope, source, has_origin=origin is not None)
        if refusal is not None:
            await refusal(scope, receive, send)
        elif scope["type"] == "http" and self._is_shared(scope["path"]):
            await self._answer_shared(scope, receive, send, origin=origin)
        else:
            await self._app(scope, receive, send)

    def _refusal(self, scope: Scope, source: RequestSource, *, has_origin: bool) -> Response | None:
        if source is RequestSource.OWN:
            return None
        if scope["path"].endswith(_OUTGOING):
            is_refused = True
        elif source is RequestSource.UNKNOWN:
            is_refused = False
        else:
            is_change = scope["type"] == "websocket" or scope["method"] not in _SAFE_METHODS
            is_refused = is_change or (has_origin and self._is_shared(scope["path"]))
        return PlainTextResponse("Blocked due to CORS violation\n", status_code=403) if is_refused else None

    def _is_shared(self, path: str) -> bool:
        return path.startswith(self._api) or (path.startswith(self._view) and path.endswith((".html", ".txt")))

    async def _answer_shared(self, scope: Scope, receive: Receive, send: Send, *, origin: str | None) -> None:
        async def send_shared(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.add_vary_header("Origin")
                if origin is not None:
                    headers["Access-Control-Allow-Origin"] = origin
                    headers["Access-Control-Allow-Methods"] = _ALLOWED_METHODS
                    headers["Access-Control-Allow-Headers"] = _ALLOWED_HEADERS
            await send(message)

        if scope["method"] == "OPTIONS" and scope["path"].startswith(self._api):
            await PlainTextResponse("")(scope, receive, send_shared)
        else:
            await self._app(scope, receive, send_shared)


class DefaultHeaders:
    """Sets default header fields on every response, unless the handler has set its own.

    Content-Security-Policy is `CLOSED`, so that a handler without one serves nothing that runs. Responses below the API
    are not cached unless the handler allows it.
    """

    def __init__(self, app: ASGIApp, *, options: WebOptions) -> None:
        self._app = app
        self._api = options.webroot + "api/"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request and complete the header fields of its response."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_defaults(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("X-Content-Type-Options", "nosniff")
                headers.setdefault("Referrer-Policy", "no-referrer")
                headers.setdefault("Content-Security-Policy", CLOSED)
                if scope["path"].startswith(self._api):
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, send_with_defaults)


class CleanPath:
    """Redirects paths with doubled slashes to the clean path, as Go's servers do.

    Clients join a base address and a path with one slash too many. Only literal slashes count, and the target begins
    with exactly one, so that it names no other host.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Redirect or pass a request."""
        app = self._app
        path = scope.get("raw_path") or b""
        if scope["type"] == "http" and scope["method"] in ("GET", "HEAD") and b"//" in path:
            path, query = _SLASHES.sub(b"/", path).decode("latin-1"), scope["query_string"].decode("latin-1")
            app = RedirectResponse(f"{path}?{query}" if query else path, status_code=301)
        await app(scope, receive, send)


class Uncompressed:
    """Removes Accept-Encoding from requests, so that no response is compressed."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request without Accept-Encoding."""
        if scope["type"] == "http":
            headers = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
            scope = {**scope, "headers": headers}
        await self._app(scope, receive, send)


def _fields(scope: Scope, *names: bytes) -> dict[bytes, str | None]:
    """Return the first value of each of these header fields; None when it is absent."""
    found: dict[bytes, str | None] = dict.fromkeys(names)
    for name, value in scope["headers"]:
        if name in found and found[name] is None:
            found[name] = value.decode("latin-1").strip()
    return found
