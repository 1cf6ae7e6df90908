"""What every page handler shares: templates, the site's own addresses, the look a browser asked for, the policy."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from types import ModuleType
from typing import Any, Protocol
from urllib.parse import urlencode, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from catcher.paths import data_directory
from catcher.web.services import Services, WebOptions
from catcher.web.ui.pages import Chrome
from catcher.web.ui.site import dates, formatting
from catcher.web.ui.site.assets import Assets
from catcher.web.ui.site.badge import FindingCounts
from catcher.web.ui.site.languages import _, in_template, language, plural, plural_in_template
from catcher.web.ui.site.location import Place
from catcher.web.ui.site.preferences_cookie import read_look
from catcher.web.ui.site.saved import SavedNumbers
from catcher.web.ui.site.shortcuts import by_key
from catcher.web.ui.site.sidebar import INBOXES_SHOWN, make_side
from catcher.web.ui.site.signed_urls import Signer

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
PAGE_ROWS = 50


class HasChrome(Protocol):
    """Any page."""

    @property
    def chrome(self) -> Chrome: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What an action did, on its way to the page that says so. Written in the address, read back with care.

    moment: when what can be undone was done, in microseconds since 1970; 0 when it cannot.
    """

    action: str
    count: int
    moment: int = 0

    def __str__(self) -> str:
        return f"{self.action}-{self.count}" + (f"-{self.moment}" if self.moment else "")


class Site:
    """The pages of one catcher."""

    def __init__(self, services: Services, options: WebOptions) -> None:
        self.services = services
        self.options = options
        self.root = options.webroot
        self.assets = Assets(data_directory("static"))
        self.signer = Signer()
        self.findings = FindingCounts()
        self.saved = SavedNumbers(services.store)
        self.templates = environment()
        self._made_ready: asyncio.Future[ModuleType] | None = None

    def make_ready(self) -> None:
        """Import, in a thread, what the page of a message needs besides: who looks at a list opens one of it next."""
        if self._made_ready is None:
            self._made_ready = asyncio.ensure_future(
                self.services.threads.run(import_module, "catcher.extract.extraction")
            )

    def page(self, template: str, page: HasChrome, *, status: int = 200) -> Response:
        """The page, with the headers of pages."""
        body = self.templates.get_template(template).render(page=page)
        headers = {
            "Content-Security-Policy": PAGE_POLICY,
            "Cache-Control": "private, no-cache",
            "Vary": "Cookie, Accept-Language",
            "Referrer-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
        }
        return HTMLResponse(body, status_code=status, headers=headers)

    async def chrome(self, request: Request, place: Place = Place()) -> Chrome:  # noqa: B008 a value without state
        """What surrounds a page that shows the list of this place, or none."""
        overview = await self.services.store.overview(max_inboxes=INBOXES_SHOWN)
        facts, asset = self.services.facts, self._asset
        return Chrome(
            root=self.root,
            css=asset("app.css"),
            js=asset("app.js"),
            icons=asset("icons.svg"),
            favicon=asset("favicon.svg"),
            look=read_look(request),
            language=language(),
            label=facts.label,
            version=facts.version,
            smtp=self.smtp_address(request),
            keys=by_key(),
            is_public=self.options.is_public,
            here=request.url.path + (f"?{request.url.query}" if request.url.query else ""),
            is_following=request.query_params.get("follow") == "1",
            unread=overview.counts.unread,
            side=make_side(
                self.root,
                overview,
                place,
                page=request.url.path.removeprefix(self.root),
                found=self.saved.known,
            ),
            query=place.query,
            inbox=place.inbox,
        )

    def href(self, path: str = "", /, **query: object) -> str:
        """An address of the site; parameters that are "" or None are left out."""
        given = {name.rstrip("_"): str(value) for name, value in query.items() if value not in ("", None)}
        return f"{self.root}{path}{'?' + urlencode(given) if given else ''}"

    def redirect(self, path: str = "", /, **query: object) -> Response:
        """After a POST: the browser gets the page by GET (RFC 9110 §15.4.4)."""
        return RedirectResponse(self.href(path, **query), status_code=303)

    def smtp_address(self, request: Request) -> str:
        """Where to send mail, "host:port", as seen from this browser; "" when there is no such listener."""
        for listening in self.services.facts.listening:
            if listening.protocol == "smtp" and not listening.address.startswith("unix:"):
                host, port = listening.address.rpartition(":")[::2]
                everywhere = host.strip("[]") in {"0.0.0.0", "::", "", "*"}  # noqa: S104 - compared, not bound
                return f"{(request.url.hostname or 'localhost') if everywhere else host}:{port}"
        return ""

    def _asset(self, name: str) -> str:
        return f"{self.root}static/{self.assets.names[name]}"


def environment() -> Environment:
    """Jinja2 as all pages use it: everything escaped, unknown names are errors, words in the request's language."""
    made = Environment(
        loader=FileSystemLoader(data_directory("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    # An extension's methods, which the type does not know. The functions it would put around ours are left out again: a
    # page has some two hundred words, and a sixth of the time for it went there.
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


def done_text(request: Request) -> str:
    """What the action before this page did, in words; "" when there was none or the address was made up."""
    action, count, _moment = _read_done(request)
    return {
        "deleted": plural("Deleted %(count)s message.", "Deleted %(count)s messages.", count),
        "discarded": plural("Deleted %(count)s message for good.", "Deleted %(count)s messages for good.", count),
        "restored": plural("Restored %(count)s message.", "Restored %(count)s messages.", count),
        "read": plural("Marked %(count)s message as read.", "Marked %(count)s messages as read.", count),
        "unread": plural("Marked %(count)s message as unread.", "Marked %(count)s messages as unread.", count),
        "pinned": plural("Pinned %(count)s message.", "Pinned %(count)s messages.", count),
        "unpinned": plural("Unpinned %(count)s message.", "Unpinned %(count)s messages.", count),
        "tagged": plural("Tagged %(count)s message.", "Tagged %(count)s messages.", count),
        "untagged": plural("Took a tag from %(count)s message.", "Took a tag from %(count)s messages.", count),
        "sent": _("Test message sent."),
        "saved": _("Saved for this browser."),
        "kept": _("The search is saved."),
        "forgotten": _("The saved search is removed; the mail stays."),
    }.get(action, "")


def undo_of(request: Request) -> str:
    """The moment of what the action before this page did, when that can be undone; else ""."""
    _action, count, moment = _read_done(request)
    return str(moment) if moment and count else ""


def _read_done(request: Request) -> tuple[str, int, int]:
    action, *numbers = request.query_params.get("done", "").split("-")
    if not 0 < len(numbers) < 3 or not all(each.isascii() and each.isdigit() and len(each) < 18 for each in numbers):
        return "", 0, 0
    return action, int(numbers[0]), int(numbers[1]) if numbers[1:] else 0


def way_back(root: str, given: str) -> str:
    """The path a form names to go on at, when it is one of this site; "" whatever else it says."""
    target = urlsplit(given)
    is_own = not (target.scheme or target.netloc) and target.path.startswith(root)
    is_safe = is_own and not target.path.startswith("//") and "\\" not in given and given.isprintable()
    return given if is_safe else ""


def now() -> datetime:
    """The moment, aware UTC."""
    return datetime.now(UTC)
