"""All addresses of the pages, in one list."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from catcher.errors import NotFound, StoreUnavailable
from catcher.web.api.openapi.operations import Operation
from catcher.web.hub import Hub
from catcher.web.services import Services, WebOptions
from catcher.web.ui import live
from catcher.web.ui.checks import link_results
from catcher.web.ui.checks import page as checks
from catcher.web.ui.instance import api_reference, connections, settings, setup
from catcher.web.ui.list import actions, bin, groups
from catcher.web.ui.list import page as lists
from catcher.web.ui.message import compare, files, html_view, release, thread
from catcher.web.ui.message import page as messages
from catcher.web.ui.site.dates import set_clock
from catcher.web.ui.site.languages import _, choose, set_language
from catcher.web.ui.site.preferences import read_preferences
from catcher.web.ui.site.site import Site

Handler = Callable[[Site, Request], Awaitable[Response]]

PAGES: Sequence[tuple[str, Handler, str]] = (
    ("/", lists.show, "GET"),
    ("/search", lists.show, "GET"),
    ("/i/{inbox}", lists.show, "GET"),
    ("/actions", actions.act, "POST"),
    ("/bin", bin.show, "GET"),
    ("/bin/restore", bin.restore, "POST"),
    ("/bin/discard", bin.discard, "POST"),
    ("/inboxes", groups.inboxes, "GET"),
    ("/tags", groups.tags, "GET"),
    ("/saved", groups.save, "POST"),
    ("/saved/remove", groups.remove_saved, "POST"),
    ("/saved/numbers", groups.saved_counts, "GET"),
    ("/events", live.stream, "GET"),
    ("/view/latest", messages.latest, "GET"),
    ("/view/{store_id}", messages.show, "GET"),
    ("/view/{store_id}/trust", html_view.trust, "POST"),
    ("/view/{store_id}/release", release.show, "GET"),
    ("/view/{store_id}/release", release.release, "POST"),
    ("/view/{store_id}/frame", files.frame, "GET"),
    ("/view/{store_id}/cid/{number:int}", files.inline_image, "GET"),
    ("/view/{store_id}/part/{part_id}", files.part, "GET"),
    ("/view/{store_id}/raw", files.raw, "GET"),
    ("/view/{store_id}/links", link_results.rows, "GET"),
    ("/view/{store_id}/findings", checks.count_findings, "GET"),
    ("/view/{store_id}/print", files.print_page, "GET"),
    ("/compare", compare.choose, "GET"),
    ("/compare/{store_id}", compare.previous, "GET"),
    ("/compare/{left}/{right}", compare.show, "GET"),
    ("/thread/{store_id}", thread.show, "GET"),
    ("/setup", setup.show, "GET"),
    ("/setup/test", setup.send, "POST"),
    ("/setup/{framework}", setup.show, "GET"),
    ("/connections", connections.show, "GET"),
    ("/settings", settings.show, "GET"),
    ("/settings", settings.save, "POST"),
    ("/keys", settings.shortcuts, "GET"),
    ("/api/v1/", api_reference.show, "GET"),
)
"""Path below the webroot, handler, method. The more special ones come first; order matters."""


def routes(services: Services, options: WebOptions, *, hub: Hub, operations: Sequence[Operation]) -> list[BaseRoute]:
    """Return the routes of the pages. operations: of the API, for the page that lists them."""
    site = Site(services, options, hub, operations)
    return [
        *(Route(path, partial(_handle, site, handler), methods=[method]) for path, handler, method in PAGES),
        Route("/favicon.ico", site.assets.icon),
        Route("/static/{name}", site.assets.serve),
    ]


async def _handle(site: Site, handler: Handler, request: Request) -> Response:
    """Run a handler in the reader's language and clock.

    A missing message gives a page that says so, with the list beside it.
    """
    preferences = read_preferences(request)
    set_language(choose(request.headers.get("accept-language", ""), preferred=preferences.language))
    set_clock(preferences.clock)
    try:
        return await handler(site, request)
    except NotFound:
        deleted = await bin.deleted_page(site, request, request.path_params.get("store_id", ""))
        title, text = _("Message not found"), _("It was permanently deleted or never existed.")
        return deleted or await lists.notice_page(site, request, title, text, status=404)
    except StoreUnavailable as error:
        return Response(f"{error}; try again in a moment\n", status_code=503, media_type="text/plain")
