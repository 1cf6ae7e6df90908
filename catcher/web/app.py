"""The site: API and pages below the webroot, and what every request passes on its way to them."""

from collections.abc import Sequence
from functools import partial

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route, Router
from starlette.types import Receive, Scope, Send

from catcher.threads import OnDemand
from catcher.web import api
from catcher.web.hub import Hub
from catcher.web.inbox_scope import Unbound
from catcher.web.middleware.authentication import Authentication, Keeper
from catcher.web.middleware.bodies import BodyLimit
from catcher.web.middleware.security import CleanPath, DefaultHeaders, Gate, Uncompressed
from catcher.web.services import Services, WebOptions


def create_app(services: Services, options: WebOptions) -> Starlette:
    """The application. `app.state.hub` hands live news to socket and pages; close it before the server waits for its
    open connections, so that the streams which hang on it end.

    On the way in: default header fields, gate (host, origin, cross-origin access), password; then the routes, each with
    its limit of the body and its compression.
    """
    hub = Hub(services.store)
    made_pages = OnDemand(partial(_pages, services, options, hub), threads=services.threads)

    async def pages(scope: Scope, receive: Receive, send: Send) -> None:
        """The pages are imported and built for the first who asks for one: a test suite may never do."""
        await (await made_pages())(scope, receive, send)

    app = Starlette(
        routes=_below(options.webroot, [*api.routes(services, options, hub=hub), Mount("/", app=pages)]),
        middleware=_on_the_way_in(services, options),
        exception_handlers={**api.EXCEPTION_HANDLERS, Exception: _on_failure},
    )
    app.router.redirect_slashes = False
    app.state.hub = hub
    return app


def _pages(services: Services, options: WebOptions, hub: Hub) -> Router:
    from catcher.web import ui

    return Router(
        ui.routes(services, options, hub=hub, operations=api.operations(services, options, hub=hub)),
        redirect_slashes=False,
        middleware=[
            Middleware(GZipMiddleware, minimum_size=1024, compresslevel=5),
            Middleware(BodyLimit, limit=options.body_limit),
            Middleware(Unbound),
        ],
    )


def _on_the_way_in(services: Services, options: WebOptions) -> list[Middleware]:
    """What every request passes, outermost first."""
    passed = [Middleware(DefaultHeaders, options=options), Middleware(Gate, options=options), Middleware(CleanPath)]
    keeper, sending = (
        Keeper(known, services.threads) if known is not None else None
        for known in (options.passwords, options.send_passwords)
    )
    passed.append(Middleware(Authentication, keeper=keeper, sending=sending, tokens=services.token_of, options=options))
    if not options.is_compressed:
        passed.append(Middleware(Uncompressed))
    return passed


def _below(webroot: str, routes: Sequence[BaseRoute]) -> list[BaseRoute]:
    """The routes below the webroot; its bare name redirects to it."""
    prefix = webroot.rstrip("/")
    if not prefix:
        return list(routes)

    async def to_webroot(request: Request) -> Response:
        return RedirectResponse(webroot, status_code=302)

    return [Route(prefix, to_webroot), Mount(prefix, app=Router(routes, redirect_slashes=False))]


async def _on_failure(request: Request, error: Exception) -> Response:
    """The answer to a fault of ours; the traceback goes to the log, never to the client."""
    return PlainTextResponse("Internal Server Error\n", status_code=500)
