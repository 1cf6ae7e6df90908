"""The site: what all page handlers share. Templates, addresses, caches, security policy."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any, TypeAlias
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from catcher.lru import LruCache
from catcher.paths import data_directory
from catcher.web.api.openapi.operations import Operation
from catcher.web.hub import Hub
from catcher.web.services import Services, WebOptions
from catcher.web.ui.pages.checks import FindingCount
from catcher.web.ui.pages.layout import Layout
from catcher.web.ui.site import dates, formatting
from catcher.web.ui.site.assets import Assets
from catcher.web.ui.site.languages import in_template, language, plural_in_template
from catcher.web.ui.site.list_state import ListState
from catcher.web.ui.site.preferences import read_preferences
from catcher.web.ui.site.saved_counts import SavedSearchCounts
from catcher.web.ui.site.shortcuts import actions_by_key
from catcher.web.ui.site.sidebar import INBOXES_SHOWN, make_sidebar
from catcher.web.ui.site.signed_urls import Signer

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
PAGE_ROWS = 50
CACHED_COUNTS = 2000

CountKey: TypeAlias = tuple[str, tuple[str, ...]]
"""A store id, and the mail clients that findings are limited to."""


class Site:
    """The pages of one catcher. operations: of the API, for the page that lists them.

    finding_counts: numbers of findings, for the tab of the checks. The checks take longer than a page may, so a page
    shows the number only when it is known; else its script requests it. A message does not change, so it stays valid.
    """

    def __init__(self, services: Services, options: WebOptions, hub: Hub, operations: Sequence[Operation]) -> None:
        self.services = services
        self.options = options
        self.hub = hub
        self.operations = operations
        self.root = options.webroot
        self.assets = Assets(data_directory("static"))
        self.signer = Signer()
        self.finding_counts: LruCache[CountKey, FindingCount] = LruCache(CACHED_COUNTS)
        self.saved_counts = SavedSearchCounts(services.store)
        self.templates = environment()
        self._preloaded: asyncio.Future[ModuleType] | None = None

    def preload(self) -> None:
        """Import in a thread what the page of a message needs: a reader of the list opens one next."""
        if self._preloaded is None:
            self._preloaded = asyncio.ensure_future(
                self.services.threads.run(import_module, "catcher.extract.extraction")
            )

    def page(self, template: str, page: Struct, *, status: int = 200) -> Response:
        """Return the rendered page with the header fields of pages."""
        body = self.templates.get_template(template).render(page=page)
        headers = {
            "Content-Security-Policy": PAGE_POLICY,
            "Cache-Control": "private, no-cache",
            "Vary": "Cookie, Accept-Language",
            "Referrer-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
        }
        return HTMLResponse(body, status_code=status, headers=headers)

    async def layout(self, request: Request, state: ListState = ListState()) -> Layout:  # noqa: B008 a frozen value
        """Return the layout of a page that shows this list, or none."""
        overview = await self.services.store.overview(max_inboxes=INBOXES_SHOWN)
        return Layout(
            root=self.root,
            css=self.asset("app.css"),
            js=self.asset("app.js"),
            icons=self.asset("icons.svg"),
            favicon=self.asset("favicon.svg"),
            preferences=read_preferences(request),
            language=language(),
            label=self.services.facts.label,
            version=self.services.facts.version,
            smtp_address=self.smtp_address(request),
            shortcuts=actions_by_key(),
            is_public=self.options.is_public,
            url=request.url.path + (f"?{request.url.query}" if request.url.query else ""),
            is_following=request.query_params.get("follow") == "1",
            unread=overview.counts.unread,
            sidebar=make_sidebar(
                self.root,
                overview,
                state,
                path=request.url.path.removeprefix(self.root),
                counts=self.saved_counts.known,
            ),
            query=state.query,
            inbox=state.inbox,
        )

    def asset(self, name: str) -> str:
        """Return the path of a static file."""
        return f"{self.root}static/{self.assets.names[name]}"

    def message_href(self, store_id: str) -> str:
        """Return the path of a message's page."""
        return f"{self.root}view/{store_id}"

    def href(self, path: str = "", /, **query: object) -> str:
        """Return an address of the site; parameters that are "" or None are omitted."""
        given = {name.rstrip("_"): str(value) for name, value in query.items() if value not in ("", None)}
        return f"{self.root}{path}{'?' + urlencode(given) if given else ''}"

    def redirect(self, path: str = "", /, **query: object) -> Response:
        """Return a redirect after a POST: the browser gets the page by GET (RFC 9110 §15.4.4)."""
        return RedirectResponse(self.href(path, **query), status_code=303)

    def smtp_address(self, request: Request) -> str:
        """Return "host:port" of the SMTP listener as this browser reaches it; "" without one."""
        for listener in self.services.facts.listening:
            if listener.protocol == "smtp" and not listener.address.startswith("unix:"):
                host, port = listener.address.rpartition(":")[::2]
                is_wildcard = host.strip("[]") in {"0.0.0.0", "::", "", "*"}  # noqa: S104 - compared, not bound
                return f"{(request.url.hostname or 'localhost') if is_wildcard else host}:{port}"
        return ""


@cache
def environment() -> Environment:
    """Return the template environment: escaping, errors for unknown names, texts in the request's language.

    All catchers of a process share it, and with it the compiled templates: compiling those of a list takes 0.2 s.
    """
    made = Environment(
        loader=FileSystemLoader(data_directory("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    # A method of an extension, which the type does not know. Its wrappers around our functions are replaced again: a
    # page has some two hundred texts, and they took a sixth of its time.
    install: Any = made
    install.install_gettext_callables(in_template, plural_in_template, newstyle=True)
    made.globals |= {"_": in_template, "gettext": in_template, "ngettext": plural_in_template}
    made.filters |= {
        "shown": formatting.shown,
        "shown_lines": formatting.shown_lines,
        "octets": formatting.octets,
        "full_time": dates.full_time,
        "machine_time": dates.machine_time,
    }
    return made


def now() -> datetime:
    """Return the current time, aware UTC."""
    return datetime.now(UTC)
