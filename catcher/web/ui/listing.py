"""The list of messages: its page, its rows, and what can be done to many at once."""

from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from catcher.errors import QueryError
from catcher.store.model import ByIds, Counts, Everything, Matching, Page, Selection, Summary
from catcher.store.search import parse
from catcher.store.search.model import Anything, Nothing, Query
from catcher.web.languages import _
from catcher.web.ui import texts
from catcher.web.ui.pages import GonePage, Listing, ListPage, Row
from catcher.web.ui.setup import setup_for
from catcher.web.ui.site import PAGE_ROWS, Done, Site, done_text, now

VIEWS = ("html", "text", "source", "parts", "headers", "raw", "checks", "delivery")
"""The views of a message, in the order they are offered."""
SUBJECT_CHARACTERS = 200
NAME_CHARACTERS = 80
LARGEST_NUMBER = 2**62
LEAST_WIDTH, MOST_WIDTH = 200, 2000
"""Pixels that a mail can be shown at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Which piece of which list a page is about, and how messages are looked at; all of it stands in the address.

    before: arrival number the piece starts below, None for the newest. view, width, scheme, images: "" is the default.
    """

    query: str = ""
    before: int | None = None
    view: str = ""
    width: str = ""
    scheme: str = ""
    images: str = ""

    def parameters(self, **changes: object) -> str:
        """As the query part of an address, with a question mark, "" when nothing differs from the defaults."""
        written = urlencode(self.given(**changes))
        return f"?{written}" if written else ""

    def given(self, **changes: object) -> dict[str, str]:
        """The parameters that differ from the defaults, by their names in an address; `changes` win over them."""
        given: dict[str, object] = {
            "q": self.query,
            "before": self.before,
            "view": self.view,
            "w": self.width,
            "scheme": self.scheme,
            "images": self.images,
            **changes,
        }
        return {name: str(value) for name, value in given.items() if value not in ("", None)}


def read_place(request: Request) -> Place:
    """From an address; what cannot be read is the default."""
    given = request.query_params
    before = given.get("before", "")
    is_number = before.isascii() and before.isdigit() and len(before) < 19
    return Place(
        query=given.get("q", given.get("query", "")).strip()[:10_000],
        before=int(before) if is_number else None,
        view=_one_of(given.get("view", ""), set(VIEWS)),
        width=_width(given.get("w", "")),
        scheme=_one_of(given.get("scheme", ""), {"dark", "forced"}),
        images=_one_of(given.get("images", ""), {"off"}),
    )


def read_query(text: str) -> tuple[Query, str]:
    """The query, and why it could not be read ("" when it could); one that cannot be read matches nothing."""
    if not text:
        return Anything(), ""
    try:
        return parse(text, now=now()), ""
    except QueryError as error:
        return Nothing(), str(error)


class ListHandlers:
    """/, /search and /actions."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def show(self, request: Request) -> Response:
        """GET / and /search: one piece of the list."""
        site, place = self._site, read_place(request)
        listing, counts = await list_piece(site, place)
        chrome = await site.chrome(request, counts, query=place.query)
        is_empty = not counts.messages and not place.query
        page = ListPage(
            chrome=chrome,
            listing=listing,
            setup=setup_for(site, request, "") if is_empty else None,
            done=done_text(request),
        )
        return site.page("list.html", page)

    async def act(self, request: Request) -> Response:
        """POST /actions: delete or mark what is ticked, or all that the search matches; then the list again.

        Fields: action ("delete", "read", "unread", and "delete-all", "read-all"), id (repeated), q for what "all" is.
        """
        async with request.form(max_fields=5000, max_files=0) as form:
            action, scope = str(form.get("action", "")).partition("-")[::2]
            ids = tuple(str(value) for value in form.getlist("id"))
            query = str(form.get("q", ""))
            before = str(form.get("before", ""))
        is_all = scope == "all"
        selection = _all_of(query) if is_all else ByIds(ids)
        if selection is None or action not in {"delete", "read", "unread"}:
            return await refusal(
                self._site, request, _("Nothing was changed"), _("The request named nothing that can be done.")
            )
        store = self._site.services.store
        if action == "delete":
            done = Done(action="deleted", count=await store.delete(selection))
        else:
            done = Done(action=action, count=await store.mark(selection, is_read=action == "read"))
        return self._site.redirect("", q=query, before="" if is_all or not before.isdigit() else before, done=done)


async def list_piece(site: Site, place: Place, *, current: Summary | None = None) -> tuple[Listing, Counts]:
    """The piece of the list at this place, around `current` when that is not on it, and the mailbox's numbers."""
    store = site.services.store
    query, error = read_query(place.query)
    before = min(place.before, LARGEST_NUMBER) if place.before is not None else None
    page = await store.page(query, limit=PAGE_ROWS, before=before)
    if current is not None and before is None and page.messages and current.arrival < page.messages[-1].arrival:
        before = current.arrival + 1
        page = await store.page(query, limit=PAGE_ROWS, before=before)
        place = replace(place, before=before)
    return _listing(site, page, place, error, current), page.counts


def _listing(site: Site, page: Page, place: Place, error: str, current: Summary | None) -> Listing:
    moment = now()
    older = page.next_before
    return Listing(
        name=_name(place.query),
        rows=tuple(make_row(site, summary, place, moment, current=current) for summary in page.messages),
        matching=page.matching,
        unread=page.matching_unread,
        query=place.query,
        error=error,
        cursor=page.cursor,
        newest="" if place.before is None else site.root + Place(query=place.query).parameters(),
        older="" if older is None else site.root + Place(query=place.query, before=older).parameters(),
        before="" if place.before is None else str(place.before),
        is_live=place.before is None,
    )


def make_row(site: Site, summary: Summary, place: Place, moment: datetime, *, current: Summary | None = None) -> Row:
    """One message as the list shows it."""
    addresses = summary.addresses
    recipients = (*addresses.to, *addresses.cc, *addresses.bcc)
    sender = texts.mailbox_name(addresses.from_[0]) if addresses.from_ else ""
    recipient = recipients[0].addr_spec or recipients[0].display_name if recipients else ""
    return Row(
        summary=summary,
        href=f"{site.root}view/{summary.store_id}{place.parameters()}",
        subject=texts.shown(summary.subject[:SUBJECT_CHARACTERS]),
        sender=texts.shown(sender[:NAME_CHARACTERS]),
        recipient=texts.shown(recipient[:NAME_CHARACTERS]),
        more=max(len(recipients) - 1, 0),
        snippet=texts.shown(summary.snippet[:SUBJECT_CHARACTERS]),
        time=texts.short_time(summary.received_at, moment),
        stamp=texts.machine_time(summary.received_at),
        full_time=texts.full_time(summary.received_at),
        is_current=current is not None and current.store_id == summary.store_id,
    )


async def refusal(site: Site, request: Request, title: str, text: str, *, status: int = 400) -> Response:
    """A page that says what happened and what to do, with the list beside it."""
    place = read_place(request)
    listing, counts = await list_piece(site, replace(place, view=""))
    chrome = await site.chrome(request, counts, query=place.query)
    return site.page("gone.html", GonePage(chrome=chrome, listing=listing, title=title, text=text), status=status)


def _all_of(text: str) -> Selection | None:
    """What "all" means with this search; None when the search cannot be read: a typing error deletes nothing."""
    query, error = read_query(text.strip())
    if error:
        return None
    return Everything() if isinstance(query, Anything) else Matching(query)


def _name(query: str) -> str:
    names = {"": _("All mail"), "is:unread": _("Unread"), "has:attachment": _("With attachments")}
    return names.get(query, _("Search results"))


def _width(value: str) -> str:
    """Pixels within the bounds, "" for what is none."""
    is_number = value.isascii() and value.isdigit() and len(value) < 5
    return str(min(max(int(value), LEAST_WIDTH), MOST_WIDTH)) if is_number else ""


def _one_of(value: str, allowed: set[str]) -> str:
    return value if value in allowed else ""
