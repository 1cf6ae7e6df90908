"""The HTTP application: API and pages below the webroot, and the middleware before them."""

from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route, Router
from starlette.types import Receive, Scope, Send

from catcher.net.password_verifier import PasswordVerifier
from catcher.threads import LazyValue
from catcher.web import api, ui
from catcher.web.hub import Hub
from catcher.web.inbox_scope import RejectBoundTokens
from catcher.web.middleware.authentication import Authentication
from catcher.web.middleware.bodies import BodyLimit
from catcher.web.middleware.large_responses import LargeResponses
from catcher.web.middleware.security import CleanPath, DefaultHeaders, Gate, Uncompressed
from catcher.web.services import Services, WebOptions


def create_app(services: Services, options: WebOptions) -> Starlette:
    """Return the application.

    `app.state.hub` feeds event streams and sockets. Close it before the server waits for its open connections, so that
    these responses end. A request passes default header fields, the gate (host, origin, cross-origin access), the
    password; then a route with its own body limit and compression.
    """
    hub = Hub(services.store)

    def make_pages() -> Router:
        return Router(
            ui.routes(services, options, hub=hub, operations=api.operations(services, options, hub=hub)),
            redirect_slashes=False,
            middleware=[
                Middleware(GZipMiddleware, minimum_size=1024, compresslevel=5),
                Middleware(BodyLimit, limit=options.body_limit),
                Middleware(RejectBoundTokens),
            ],
        )

    pages_on_demand = LazyValue(make_pages, threads=services.threads)

    async def pages(scope: Scope, receive: Receive, send: Send) -> None:
        """Import and build the pages on the first request for one: many test suites never open a page."""
        await (await pages_on_demand())(scope, receive, send)

    app = Starlette(
        routes=_below(options.webroot, [*api.routes(services, options, hub=hub), Mount("/", app=pages)]),
        middleware=_middleware(services, options),
        exception_handlers={**api.EXCEPTION_HANDLERS, Exception: _internal_error},
    )
    app.router.redirect_slashes = False
    app.state.hub = hub
    return app


def _middleware(services: Services, options: WebOptions) -> list[Middleware]:
    """Return what every request passes, outermost first."""
    passwords, send_passwords = (
        PasswordVerifier(htpasswd, services.threads) if htpasswd is not None else None
        for htpasswd in (options.passwords, options.send_passwords)
    )
    return [
        Middleware(LargeResponses, threads=services.threads),
        Middleware(DefaultHeaders, options=options),
        Middleware(Gate, options=options),
        Middleware(CleanPath),
        Middleware(
            Authentication,
            passwords=passwords,
            send_passwords=send_passwords,
            find_token=services.find_token,
            options=options,
        ),
        *([] if options.is_compressed else [Middleware(Uncompressed)]),
    ]


def _below(webroot: str, routes: Sequence[BaseRoute]) -> list[BaseRoute]:
    """Return the routes below the webroot; its bare name redirects to it."""
    prefix = webroot.rstrip("/")
    if not prefix:
        return list(routes)

    async def to_webroot(request: Request) -> Response:
        return RedirectResponse(webroot, status_code=302)

    return [Route(prefix, to_webroot), Mount(prefix, app=Router(routes, redirect_slashes=False))]


async def _internal_error(request: Request, error: Exception) -> Response:
    """Answer an unexpected exception; its traceback goes to the log, never to the client."""
    return PlainTextResponse("Internal Server Error\n", status_code=500)
