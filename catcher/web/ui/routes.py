"""All addresses of the pages, in one list."""

from collections.abc import Awaitable, Callable, Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from catcher.errors import NotFound, StoreUnavailable
from catcher.web.api.openapi.operations import Operation
from catcher.web.hub import Hub
from catcher.web.services import Services, WebOptions
from catcher.web.ui.checks.link_results import AnswerHandler
from catcher.web.ui.checks.page import FindingHandler
from catcher.web.ui.instance.api_reference import ReferenceHandlers
from catcher.web.ui.instance.connections import ConnectionHandlers
from catcher.web.ui.instance.settings import PreferenceHandlers
from catcher.web.ui.instance.setup import SetupHandlers
from catcher.web.ui.list.actions import ActionHandlers
from catcher.web.ui.list.bin import BinHandlers
from catcher.web.ui.list.groups import GroupHandlers
from catcher.web.ui.list.page import ListHandlers, refusal
from catcher.web.ui.live import LiveHandler
from catcher.web.ui.message.compare import CompareHandlers
from catcher.web.ui.message.files import FileHandlers
from catcher.web.ui.message.page import MessageHandlers
from catcher.web.ui.message.preview import PreviewHandlers
from catcher.web.ui.message.release import ReleaseHandlers
from catcher.web.ui.message.thread import ConversationHandlers
from catcher.web.ui.site.dates import tell_by
from catcher.web.ui.site.languages import _, choose, speak
from catcher.web.ui.site.preferences_cookie import read_look
from catcher.web.ui.site.saved import SavedHandler
from catcher.web.ui.site.site import Site

Handler = Callable[[Request], Awaitable[Response]]


def routes(services: Services, options: WebOptions, *, hub: Hub, operations: Sequence[Operation]) -> list[BaseRoute]:
    """The pages' routes, with paths below the webroot. The more special ones come first; order matters.

    operations: of the API, for the page that lists them.
    """
    site = Site(services, options)
    lists, messages, files = ListHandlers(site), MessageHandlers(site), FileHandlers(site)
    actions, bins, groups = ActionHandlers(site), BinHandlers(site), GroupHandlers(site)
    setup, preferences, live = SetupHandlers(site), PreferenceHandlers(site), LiveHandler(site, hub)
    previews, compared = PreviewHandlers(site), CompareHandlers(site)
    reference, answers = ReferenceHandlers(site, operations), AnswerHandler(site)
    releases, conversations = ReleaseHandlers(site), ConversationHandlers(site)
    pages: list[tuple[str, Handler, str]] = [
        ("/", lists.show, "GET"),
        ("/search", lists.show, "GET"),
        ("/i/{inbox}", lists.show, "GET"),
        ("/actions", actions.act, "POST"),
        ("/bin", bins.show, "GET"),
        ("/bin/restore", bins.restore, "POST"),
        ("/bin/discard", bins.discard, "POST"),
        ("/inboxes", groups.inboxes, "GET"),
        ("/tags", groups.tags, "GET"),
        ("/saved", groups.save, "POST"),
        ("/saved/remove", groups.forget, "POST"),
        ("/saved/numbers", SavedHandler(site.saved).show, "GET"),
        ("/events", live.stream, "GET"),
        ("/view/latest", messages.latest, "GET"),
        ("/view/{store_id}", messages.show, "GET"),
        ("/view/{store_id}/trust", previews.trust, "POST"),
        ("/view/{store_id}/release", releases.show, "GET"),
        ("/view/{store_id}/release", releases.release, "POST"),
        ("/view/{store_id}/frame", files.frame, "GET"),
        ("/view/{store_id}/cid/{number:int}", files.inline, "GET"),
        ("/view/{store_id}/part/{part_id}", files.part, "GET"),
        ("/view/{store_id}/raw", files.raw, "GET"),
        ("/view/{store_id}/links", answers.rows, "GET"),
        ("/view/{store_id}/findings", FindingHandler(site).count, "GET"),
        ("/view/{store_id}/print", files.print, "GET"),
        ("/compare", compared.choose, "GET"),
        ("/compare/{store_id}", compared.previous, "GET"),
        ("/compare/{left}/{right}", compared.show, "GET"),
        ("/thread/{store_id}", conversations.show, "GET"),
        ("/setup", setup.show, "GET"),
        ("/setup/test", setup.send, "POST"),
        ("/setup/{framework}", setup.show, "GET"),
        ("/connections", ConnectionHandlers(site).show, "GET"),
        ("/settings", preferences.show, "GET"),
        ("/settings", preferences.save, "POST"),
        ("/keys", preferences.keys, "GET"),
        ("/api/v1/", reference.show, "GET"),
        ("/favicon.ico", site.assets.icon, "GET"),
        ("/static/{name}", site.assets.serve, "GET"),
    ]
    return [Route(path, _careful(site, bins, handler), methods=[method]) for path, handler, method in pages]


def _careful(site: Site, bins: BinHandlers, handler: Handler) -> Handler:
    """The handler, in the reader's language and by their clock.

    What is not there becomes a page that says so, with the list beside it.
    """

    async def handle(request: Request) -> Response:
        look = read_look(request)
        speak(choose(request.headers.get("accept-language", ""), wanted=look.language))
        tell_by(look.clock)
        try:
            return await handler(request)
        except NotFound:
            return await bins.gone(request, request.path_params.get("store_id", "")) or await _not_here(site, request)
        except StoreUnavailable as error:
            return Response(f"{error}; try again in a moment\n", status_code=503, media_type="text/plain")

    return handle


async def _not_here(site: Site, request: Request) -> Response:
    title, text = _("This message is not here"), _("It was deleted for good, or it never existed. Choose another one.")
    return await refusal(site, request, title, text, status=404)
