"""The page of one message, in each of its views."""

from dataclasses import replace

from msgspec import structs
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from catcher.errors import NotFound
from catcher.mime.model import Part
from catcher.store.model import ByIds, StoredMessage, StoredSummary
from catcher.web.contents.disposition import SAFE_INLINE
from catcher.web.contents.thumbnails import has_thumbnails
from catcher.web.ui.checks.link_results import answer_rows, streamed
from catcher.web.ui.checks.page import read_opinions
from catcher.web.ui.list.page import list_piece
from catcher.web.ui.message.codes_and_links import read_found, read_unsubscribing
from catcher.web.ui.message.delivery import read_delivery
from catcher.web.ui.message.files import file_name, is_showable
from catcher.web.ui.message.invitation import read_invitations
from catcher.web.ui.message.preview import read_preview
from catcher.web.ui.message.thread import conversation_of
from catcher.web.ui.message.views import (
    GROUP_NAMES,
    header_fields_of,
    header_groups,
    part_lines,
    raw_source,
    read_source,
    read_text,
)
from catcher.web.ui.pages import Attachment, Link, MessagePage, PartLine, Source
from catcher.web.ui.site import formatting
from catcher.web.ui.site.languages import _, marked
from catcher.web.ui.site.location import VIEWS, Place, read_place, read_query
from catcher.web.ui.site.preferences_cookie import read_look
from catcher.web.ui.site.site import Site, done_text

VIEW_NAMES = {
    "html": "HTML",
    "text": marked("Text"),
    "source": marked("Source"),
    "parts": marked("Parts"),
    "headers": marked("Headers"),
    "raw": marked("Raw"),
    "checks": marked("Checks"),
    "delivery": marked("Delivery"),
}

FILES_SHOWN = 6
"""Attachments that stand above the views; the next ones can be unfolded."""
FILES_LISTED = 200

MAX_THUMBED = 10_000_000
"""Octets of an image that a small picture is made of."""


class MessageHandlers:
    """/view/{id} and /view/latest."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def latest(self, request: Request) -> Response:
        """GET /view/latest: to the newest message of the list, or to the list when it has none."""
        place = read_place(request)
        try:
            newest = await self._site.services.store.latest(read_query(place)[0])
        except NotFound:
            return RedirectResponse(place.address(self._site.root), status_code=303)
        return self._site.redirect(f"view/{newest.store_id}{replace(place, before=None).parameters()}")

    async def show(self, request: Request) -> Response:
        """GET /view/{id}: marks the message read, when it is a person's browser that opens it as a page."""
        store, store_id = self._site.services.store, request.path_params["store_id"]
        stored = await store.get(store_id)
        # An image or a prefetch of this address, which a mail could cause, is no reading.
        if not stored.summary.is_read and is_reading(request):
            await store.mark(ByIds((store_id,)), is_read=True)
            stored = structs.replace(stored, summary=structs.replace(stored.summary, is_read=True))
        page = await self._page(request, stored)
        answer = self._site.page("message.html", page)
        if page.opinions is not None and page.opinions.is_asking:
            return streamed(answer, answer_rows(self._site, stored, request))
        return answer

    async def _page(self, request: Request, stored: StoredMessage) -> MessagePage:
        site, place, message = self._site, read_place(request), stored.message
        summary, envelope = stored.summary, stored.envelope
        look = read_look(request)
        beside = place if look.keeps_view else replace(place, view="")
        listing, _counts = await list_piece(site, beside, look, current=summary)
        query = read_query(place)[0]
        newer, older, number_newer = await site.services.store.neighbours(summary.store_id, query)
        view = chosen_view(stored, place.view or look.view)
        address = f"{site.root}view/{summary.store_id}"
        given = request.query_params
        attachments = attachments_of(site, stored)
        opinions = await read_opinions(site, stored, request, place) if view == "checks" else None
        group = given.get("group", "") if given.get("group", "") in GROUP_NAMES else ""
        return MessagePage(
            chrome=await site.chrome(request, place),
            listing=listing,
            summary=summary,
            title=formatting.title(message.subject),
            from_=message.from_ or message.sender,
            to=message.to,
            cc=message.cc,
            bcc=summary.addresses.bcc,
            reply_to=message.reply_to,
            sent_at=message.date,
            reverse_path=envelope.reverse_path,
            forward_paths=envelope.recipients,
            client=client_words(stored),
            notes=(*envelope.notes, *(defect.text for defect in message.defects if not defect.part_id)),
            view=view,
            views=tuple(
                Link(
                    name=name,
                    label=_(VIEW_NAMES[name]),
                    href=address + place.parameters(view=name) if has_view(stored, name) else "",
                    is_current=name == view,
                )
                for name in VIEWS
            ),
            newer=self._beside(newer, beside),
            older=self._beside(older, beside),
            position=number_newer + 1 if number_newer < listing.matching else 0,
            attachments=attachments[:FILES_SHOWN],
            more_attachments=attachments[FILES_SHOWN:],
            unlisted=len(message.attachments) + len(message.inlines) - len(attachments),
            found=await read_found(site, stored),
            conversation=conversation_of(site, stored),
            invitations=await read_invitations(site, stored),
            unsubscribing=read_unsubscribing(stored),
            raw_href=f"{address}/raw",
            print_href=f"{address}/print",
            release_href=f"{address}/release",
            previous_href=site.href(f"compare/{summary.store_id}"),
            bodies_href=site.href(f"compare/{summary.store_id}/{summary.store_id}") if has_both_bodies(stored) else "",
            back=Place(query=place.query, inbox=place.inbox, before=place.before).address(site.root),
            preview=await read_preview(site, request, stored, place) if view == "html" else None,
            text=await read_text(site, stored) if view == "text" else None,
            source=await self._source(stored, view, address, line=given.get("line", "")),
            parts=await self._parts(request, stored, place) if view == "parts" else (),
            fields=header_fields_of(site, stored, given.get("filter", ""), group) if view == "headers" else (),
            groups=header_groups(stored, address, place, group) if view == "headers" else (),
            filter=given.get("filter", "")[:200],
            opinions=opinions,
            findings=site.findings.get(summary.store_id, look.clients),
            delivery=await read_delivery(site, stored) if view == "delivery" else None,
            done=done_text(request),
        )

    async def _parts(self, request: Request, stored: StoredMessage, place: Place) -> tuple[PartLine, ...]:
        given, address = request.query_params, f"{self._site.root}view/{stored.summary.store_id}"
        chosen, as_sent = given.get("part", ""), given.get("as") == "sent"
        return await part_lines(self._site, stored, address, place, chosen=chosen, as_sent=as_sent)

    def _beside(self, summary: StoredSummary | None, place: Place) -> str:
        return f"{self._site.root}view/{summary.store_id}{place.parameters()}" if summary else ""

    async def _source(self, stored: StoredMessage, view: str, address: str, *, line: str) -> Source | None:
        if view == "source":
            return await read_source(self._site, stored, address)
        number = int(line) if line.isascii() and line.isdigit() and len(line) < 9 else 0
        return await raw_source(self._site, stored, address, line=number) if view == "raw" else None


def is_reading(request: Request) -> bool:
    """Whether a person opened the page: a navigation, or the pages' own script, which puts it in place."""
    purpose = request.headers.get("sec-purpose", request.headers.get("purpose", ""))
    destination = request.headers.get("sec-fetch-dest", "document")
    is_script = destination == "empty" and request.headers.get("sec-fetch-site", "same-origin") == "same-origin"
    return request.method == "GET" and (destination == "document" or is_script) and "prefetch" not in purpose


def has_view(stored: StoredMessage, view: str) -> bool:
    """Whether a message has something for a view."""
    if view in {"html", "source"}:
        return bool(stored.message.html_parts)
    return view != "text" or bool(stored.message.text_parts or stored.message.html_parts)


def has_both_bodies(stored: StoredMessage) -> bool:
    """Whether there is a text and HTML that should say the same."""
    return bool(stored.message.text_parts and stored.message.html_parts)


def chosen_view(stored: StoredMessage, wanted: str) -> str:
    """The view that was asked for when the message has it, else the first that it has."""
    if wanted and has_view(stored, wanted):
        return wanted
    return next(view for view in VIEWS if has_view(stored, view) or view == "parts")


def attachments_of(site: Site, stored: StoredMessage) -> tuple[Attachment, ...]:
    """Every part that is not the text itself; what is shown inside the HTML comes last."""
    message, store_id = stored.message, stored.summary.store_id
    address, thumbs = f"{site.root}view/{store_id}", f"{site.root}api/v1/message/{store_id}/part"
    return tuple(
        Attachment(
            part_id=part.part_id,
            name=formatting.shown(file_name(part)),
            media_type=formatting.shown(part.media_type),
            size=part.size,
            open_href=f"{address}/part/{part.part_id}?show=1" if is_showable(part) else "",
            save_href=f"{address}/part/{part.part_id}",
            thumb_href=f"{thumbs}/{part.part_id}/thumb" if has_thumbnail(part) else "",
        )
        for part in (message.parts[index] for index in (*message.attachments, *message.inlines)[:FILES_LISTED])
    )


def has_thumbnail(part: Part) -> bool:
    """Whether a small picture can be made of a part."""
    return part.media_type in SAFE_INLINE - {"text/plain"} and part.size <= MAX_THUMBED and has_thumbnails()


def client_words(stored: StoredMessage) -> str:
    """Who handed the message in, in one line."""
    client = stored.envelope.client
    said = [f"{client.address}:{client.port}" if client.port else client.address]
    said += [_("as %(name)s", name=client.helo) if client.helo else "", _("by %(protocol)s", protocol=client.protocol)]
    said += [_("user %(name)s", name=client.user) if client.user else "", client.tls or _("not encrypted")]
    return formatting.shown(", ".join(word for word in said if word)[:500])
