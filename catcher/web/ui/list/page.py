"""The list of messages: its page and its rows."""

from dataclasses import replace
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from catcher.store.model import Counts, StoredSummary, SummaryPage
from catcher.web.ui.instance.setup import setup_for
from catcher.web.ui.list.empty import search_help, searches_without
from catcher.web.ui.list.folding import by_conversation, folded, kind_of
from catcher.web.ui.pages import GonePage, Listing, ListPage, Look, Row
from catcher.web.ui.site import dates, formatting
from catcher.web.ui.site.languages import _
from catcher.web.ui.site.location import LARGEST_NUMBER, Place, error_parts, read_place, read_query
from catcher.web.ui.site.preferences_cookie import read_look
from catcher.web.ui.site.site import PAGE_ROWS, Site, done_text, now, undo_of

SUBJECT_CHARACTERS = 200
NAME_CHARACTERS = 80


class ListHandlers:
    """/, /search and /i/{inbox}."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def show(self, request: Request) -> Response:
        """GET: one piece of the list."""
        site, place = self._site, read_place(request)
        listing, counts = await list_piece(site, place, read_look(request))
        # An inbox without mail says how mail comes into it, as the whole mailbox does.
        is_empty = not (listing.matching or place.query or (counts.messages and not place.inbox))
        page = ListPage(
            chrome=await site.chrome(request, place),
            listing=listing,
            setup=await setup_for(site, request, "", inbox=place.inbox) if is_empty else None,
            done=done_text(request),
            undo=undo_of(request),
        )
        site.make_ready()
        return site.page("list.html", page)


async def list_piece(
    site: Site, place: Place, look: Look, *, current: StoredSummary | None = None
) -> tuple[Listing, Counts]:
    """The piece of the list at this place, around `current` when that is not on it, and the mailbox's numbers."""
    store = site.services.store
    query, error = read_query(place)
    before = min(place.before, LARGEST_NUMBER) if place.before is not None else None
    page = await store.page(query, limit=PAGE_ROWS, before=before)
    if current is not None and before is None and page.messages and current.arrival < page.messages[-1].arrival:
        before = current.arrival + 1
        page = await store.page(query, limit=PAGE_ROWS, before=before)
        place = replace(place, before=before)
    moment = now()
    rows = [make_row(site, summary, place, moment, current=current) for summary in page.messages]
    if look.has_conversations:
        drawn = by_conversation(rows, await store.references([summary.store_id for summary in page.messages]))
    else:
        drawn = folded(rows)
    listing = _listing(site, page, place, error, drawn, has_conversations=look.has_conversations)
    if place.query and not page.matching:
        without = () if error else await searches_without(site, place)
        listing = replace(listing, error_parts=error_parts(place), without=without, help=search_help())
    return listing, page.counts


def _listing(
    site: Site, page: SummaryPage, place: Place, error: str, rows: tuple[Row, ...], *, has_conversations: bool
) -> Listing:
    older = page.next_before
    whole = Place(query=place.query, inbox=place.inbox)
    return Listing(
        name=_name(place),
        rows=rows,
        has_conversations=has_conversations,
        is_whole=page.matching <= len(page.messages),
        matching=page.matching,
        unread=page.matching_unread,
        is_exact=page.is_exact,
        query=place.query,
        inbox=place.inbox,
        error=error,
        error_parts=("", ""),
        without=(),
        help=(),
        cursor=page.cursor,
        newest="" if place.before is None else whole.address(site.root),
        older="" if older is None else replace(whole, before=older).address(site.root),
        before="" if place.before is None else str(place.before),
        is_live=place.before is None,
        here=replace(whole, before=place.before).address(site.root),
        has_bin=bool(site.options.bin),
        can_delete_all=not site.services.hides_delete_all,
    )


def make_row(
    site: Site, summary: StoredSummary, place: Place, moment: datetime, *, current: StoredSummary | None = None
) -> Row:
    """One message as the list shows it."""
    addresses = summary.addresses
    recipients = (*addresses.to, *addresses.cc, *addresses.bcc)
    sender = formatting.mailbox_name(addresses.from_[0]) if addresses.from_ else ""
    recipient = recipients[0].addr_spec or recipients[0].display_name if recipients else ""
    return Row(
        summary=summary,
        href=f"{site.root}view/{summary.store_id}{place.parameters()}",
        subject=formatting.shown(summary.subject[:SUBJECT_CHARACTERS]),
        sender=formatting.shown(sender[:NAME_CHARACTERS]),
        recipient=formatting.shown(recipient[:NAME_CHARACTERS]),
        more=max(len(recipients) - 1, 0),
        snippet=formatting.shown(summary.snippet[:SUBJECT_CHARACTERS]),
        time=dates.short_time(summary.received_at, moment),
        stamp=dates.machine_time(summary.received_at),
        full_time=dates.full_time(summary.received_at),
        kind=kind_of(summary),
        is_current=current is not None and current.store_id == summary.store_id,
    )


async def refusal(site: Site, request: Request, title: str, text: str, *, status: int = 400) -> Response:
    """A page that says what happened and what to do, with the list beside it."""
    place = read_place(request)
    listing, _counts = await list_piece(site, replace(place, view=""), read_look(request))
    chrome = await site.chrome(request, place)
    return site.page(
        "gone.html", GonePage(chrome=chrome, listing=listing, title=title, text=text, restore=""), status=status
    )


def _name(place: Place) -> str:
    names = {"": _("All mail"), "is:unread": _("Unread"), "is:pinned": _("Pinned")}
    if place.inbox and not place.query:
        return formatting.shown(place.inbox)
    return _("Search results") if place.inbox else names.get(place.query, _("Search results"))
