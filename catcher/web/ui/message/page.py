"""The page of one message, in each of its views."""

from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from catcher.errors import NotFound
from catcher.mime.model import Part
from catcher.mime.signed import is_signed_opaquely
from catcher.store.model import StoredMessage, StoredSummary
from catcher.web.contents.thumbnails import has_thumbnails
from catcher.web.middleware.request_source import RequestSource, source_of
from catcher.web.ui.checks.link_results import link_rows, with_rows
from catcher.web.ui.checks.page import read_checks
from catcher.web.ui.list.page import read_list
from catcher.web.ui.message.calendar_events import read_events
from catcher.web.ui.message.codes_and_links import read_codes_and_links, unsubscribe_info
from catcher.web.ui.message.delivery import read_delivery
from catcher.web.ui.message.files import IMAGES, file_name, is_showable
from catcher.web.ui.message.html_view import read_html_view
from catcher.web.ui.message.thread import thread_link
from catcher.web.ui.message.views import (
    GROUP_NAMES,
    header_groups,
    header_rows,
    part_rows,
    read_raw,
    read_source,
    read_text,
)
from catcher.web.ui.pages.layout import NavLink
from catcher.web.ui.pages.message import AttachmentItem, MessageViewPage
from catcher.web.ui.pages.views import SourceView
from catcher.web.ui.site import formatting
from catcher.web.ui.site.languages import _, marked
from catcher.web.ui.site.list_state import VIEWS, read_list_state, read_number, read_query
from catcher.web.ui.site.notices import notice_text
from catcher.web.ui.site.preferences import read_preferences
from catcher.web.ui.site.site import Site

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
"""Attachments above the views; the next ones can be unfolded."""
FILES_LISTED = 200

MAX_THUMBNAIL_OCTETS = 10_000_000
"""Size of an image above which it gets no thumbnail."""


async def latest(site: Site, request: Request) -> Response:
    """GET /view/latest: redirect to the newest message of the list, or to the list when it is empty."""
    state = read_list_state(request)
    try:
        newest = await site.services.store.latest(read_query(state)[0])
    except NotFound:
        return RedirectResponse(state.href(site.root), status_code=302)
    return RedirectResponse(
        f"{site.root}view/{newest.store_id}{replace(state, before=None).query_string()}", status_code=302
    )


async def show(site: Site, request: Request) -> Response:
    """GET /view/{id}: the page. Marks the message as read when a person opens it."""
    store, store_id = site.services.store, request.path_params["store_id"]
    stored = await store.get(store_id)
    # A message could cause requests for an image or a prefetch of this address; they are no reading.
    if not stored.summary.is_read and is_reading(request):
        is_read = await site.services.mark_read(store_id)
        stored = replace(stored, summary=replace(stored.summary, is_read=is_read))
    page = await _page(site, request, stored)
    response = site.page("message.html", page)
    if page.checks is not None and page.checks.has_link_rows:
        return with_rows(response, link_rows(site, stored, request))
    return response


async def _page(site: Site, request: Request, stored: StoredMessage) -> MessageViewPage:
    state, message, summary, envelope = read_list_state(request), stored.message, stored.summary, stored.envelope
    preferences, given = read_preferences(request), request.query_params
    neighbour_state = state if preferences.keeps_view else replace(state, view="")
    message_list, _counts = await read_list(site, neighbour_state, preferences, current=summary)
    query = read_query(state)[0]
    newer, older, newer_count = await site.services.store.neighbours(summary.store_id, query)
    view = chosen_view(stored, state.view or preferences.view)
    href = site.message_href(summary.store_id)
    attachments = attachment_items(site, stored)
    group = given.get("group", "") if given.get("group", "") in GROUP_NAMES else ""

    def neighbour_href(neighbour: StoredSummary | None) -> str:
        return site.message_href(neighbour.store_id) + neighbour_state.query_string() if neighbour else ""

    async def source() -> SourceView | None:
        if view == "source":
            return await read_source(site, stored)
        line = read_number(given.get("line", ""), digits=8) or 0
        return await read_raw(site, stored, line=line) if view == "raw" else None

    # Before the count of findings, which they fill in.
    checks = await read_checks(site, stored, request, state) if view == "checks" else None
    has_both = bool(message.text_parts and message.html_parts)
    return MessageViewPage(
        layout=await site.layout(request, state),
        message_list=message_list,
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
        client=client_text(stored),
        is_signed=is_signed_opaquely(message),
        defects=(*envelope.notes, *(defect.text for defect in message.defects if not defect.part_id)),
        view=view,
        views=tuple(
            NavLink(
                name=name,
                label=_(VIEW_NAMES[name]),
                href=href + state.query_string(view=name) if has_view(stored, name) else "",
                is_current=name == view,
            )
            for name in VIEWS
        ),
        newer_href=neighbour_href(newer),
        older_href=neighbour_href(older),
        position=newer_count + 1 if newer_count < message_list.matching else 0,
        attachments=attachments[:FILES_SHOWN],
        more_attachments=attachments[FILES_SHOWN:],
        unlisted=len(message.attachments) + len(message.inlines) - len(attachments),
        codes_and_links=await read_codes_and_links(site, stored),
        thread=thread_link(site, stored),
        events=await read_events(site, stored),
        unsubscribe=unsubscribe_info(stored),
        raw_href=f"{href}/raw",
        print_href=f"{href}/print",
        release_href=f"{href}/release",
        previous_href=site.href(f"compare/{summary.store_id}"),
        bodies_href=site.href(f"compare/{summary.store_id}/{summary.store_id}") if has_both else "",
        back=state.page.href(site.root),
        html=await read_html_view(site, request, stored, state) if view == "html" else None,
        text=await read_text(site, stored) if view == "text" else None,
        source=await source(),
        parts=await part_rows(site, stored, state, given) if view == "parts" else (),
        fields=header_rows(site, stored, given.get("filter", ""), group) if view == "headers" else (),
        groups=header_groups(stored, href, state, group) if view == "headers" else (),
        filter=given.get("filter", "")[:200],
        checks=checks,
        findings=site.finding_counts.get((summary.store_id, preferences.clients)),
        delivery=await read_delivery(site, stored) if view == "delivery" else None,
        notice=notice_text(request),
    )


def is_reading(request: Request) -> bool:
    """Return whether a person opened the page: by a navigation that no foreign page caused, or by the pages' script."""
    purpose = request.headers.get("sec-purpose", request.headers.get("purpose", ""))
    is_opened = request.headers.get("sec-fetch-dest", "document") in {"document", "empty"}
    is_foreign = source_of(request) is RequestSource.FOREIGN
    return request.method == "GET" and is_opened and not is_foreign and "prefetch" not in purpose


def has_view(stored: StoredMessage, view: str) -> bool:
    """Return whether a message has content for a view."""
    if view in {"html", "source"}:
        return bool(stored.message.html_parts)
    has_text = stored.message.text_parts or stored.message.html_parts or is_signed_opaquely(stored.message)
    return view != "text" or bool(has_text)


def chosen_view(stored: StoredMessage, wanted: str) -> str:
    """Return the wanted view when the message has it, else the first available one."""
    if wanted and has_view(stored, wanted):
        return wanted
    return next(view for view in VIEWS if has_view(stored, view) or view == "parts")


def attachment_items(site: Site, stored: StoredMessage) -> tuple[AttachmentItem, ...]:
    """Return every part that is no body; images that the HTML shows come last."""
    message, store_id = stored.message, stored.summary.store_id
    parts, thumbnails = f"{site.message_href(store_id)}/part", f"{site.root}api/v1/message/{store_id}/part"
    return tuple(
        AttachmentItem(
            name=formatting.shown(file_name(part)),
            media_type=formatting.shown(part.media_type),
            size=part.size,
            open_href=f"{parts}/{part.part_id}?show=1" if is_showable(part) else "",
            save_href=f"{parts}/{part.part_id}",
            thumb_href=f"{thumbnails}/{part.part_id}/thumb" if has_thumbnail(part) else "",
        )
        for part in (message.parts[index] for index in (*message.attachments, *message.inlines)[:FILES_LISTED])
    )


def has_thumbnail(part: Part) -> bool:
    """Return whether a thumbnail can be made of a part."""
    return part.media_type in IMAGES and part.size <= MAX_THUMBNAIL_OCTETS and has_thumbnails()


def client_text(stored: StoredMessage) -> str:
    """Return the client that sent the message, in one line."""
    client = stored.envelope.client
    facts = [
        f"{client.address}:{client.port}" if client.port else client.address,
        _("as %(name)s", name=client.helo) if client.helo else "",
        _("via %(protocol)s", protocol=client.protocol),
        _("user %(name)s", name=client.user) if client.user else "",
        client.tls or _("not encrypted"),
    ]
    return formatting.shown(", ".join(filter(None, facts))[:500])
