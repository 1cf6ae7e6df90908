"""Two messages beside each other, or both bodies of one: differences in text, HTML, header section or source."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from catcher.mime import decode_words, html_to_text
from catcher.store.model import StoredMessage, StoredSummary
from catcher.store.search.folding import clean
from catcher.store.search.model import And, Contains, Nothing, Query
from catcher.web.contents.bodies import read_bodies
from catcher.web.ui.list.page import notice_page
from catcher.web.ui.message.diff import Difference, compare_fields, compare_lines, compare_words, html_lines
from catcher.web.ui.message.files import excerpt
from catcher.web.ui.message.html_view import WIDTHS
from catcher.web.ui.pages.layout import NavLink
from catcher.web.ui.pages.message import ComparedMessage, ComparePage
from catcher.web.ui.site import formatting
from catcher.web.ui.site.languages import _, marked
from catcher.web.ui.site.list_state import ListState, read_list_state
from catcher.web.ui.site.site import Site

SOURCE_OCTETS = 300_000
HTML_CHARACTERS = 500_000

MODES: Mapping[str, str] = {
    "html": marked("HTML"),
    "text": marked("Text"),
    "headers": marked("Headers"),
    "source": marked("Source"),
    "render": marked("Side by side"),
}


async def choose(site: Site, request: Request) -> Response:
    """GET /compare?id=&id=: compare the two selected messages, the older one on the left."""
    store = site.services.store
    ids = list(dict.fromkeys(request.query_params.getlist("id")))
    if len(ids) != 2:
        title, text = _("Select two messages"), _("Select two messages in the list, then press Compare.")
        return await notice_page(site, request, title, text)
    left, right = sorted([await store.summary(each) for each in ids], key=lambda summary: summary.arrival)
    return site.redirect(f"compare/{left.store_id}/{right.store_id}")


async def previous(site: Site, request: Request) -> Response:
    """GET /compare/{id}: compare with the previous message of the same subject and recipient."""
    store = site.services.store
    summary = await store.summary(request.path_params["store_id"])
    page = await store.page(_like(summary), limit=1, before=summary.arrival)
    if not page.messages:
        title = _("No previous message of this kind")
        text = _("No earlier message has the same subject and recipient. To compare any two, select them in the list.")
        return await notice_page(site, request, title, text, status=404)
    return site.redirect(f"compare/{page.messages[0].store_id}/{summary.store_id}")


async def show(site: Site, request: Request) -> Response:
    """GET /compare/{left}/{right}?what=&mask=off&w=: twice the same message compares its text with its HTML."""
    store, ids = site.services.store, request.path_params
    left, right = await store.get(ids["left"]), await store.get(ids["right"])
    is_one = left.summary.store_id == right.summary.store_id
    width, given = read_list_state(request).width, request.query_params
    mode = given.get("what", "")
    if is_one or mode not in MODES:
        has_html = left.message.html_parts and right.message.html_parts
        mode = "html" if has_html and not is_one else "text"
    is_masked = given.get("mask") != "off"
    path, mask = f"compare/{left.summary.store_id}/{right.summary.store_id}", "" if is_masked else "off"
    modes = [
        NavLink(name=name, label=_(label), href=site.href(path, what=name, mask=mask), is_current=name == mode)
        for name, label in MODES.items()
    ]
    difference = None if mode == "render" else await _difference(site, mode, left, right, is_masked=is_masked)
    page = ComparePage(
        layout=await site.layout(request),
        left=_compared(site, left, width),
        right=_compared(site, right, width),
        is_one=is_one,
        modes=() if is_one else tuple(modes),
        widths=tuple(
            NavLink(
                name=each or "fill",
                label=f"{each} px" if each else _("Full width"),
                href=site.href(path, what=mode, w=each),
                is_current=each == width,
            )
            for each in WIDTHS
        ),
        width=width,
        is_masked=is_masked,
        mask_href=site.href(path, what=mode, mask="off" if is_masked else ""),
        difference=difference,
    )
    return site.page("compare.html", page)


def _compared(site: Site, stored: StoredMessage, width: str) -> ComparedMessage:
    href = site.message_href(stored.summary.store_id)
    return ComparedMessage(
        title=formatting.title(stored.summary.subject),
        sender=formatting.sender_name(stored.summary),
        received_at=stored.summary.received_at,
        href=href + ListState(width=width).query_string(),
        src=f"{href}/frame" if stored.message.html_parts else "",
    )


async def _difference(
    site: Site, mode: str, left: StoredMessage, right: StoredMessage, *, is_masked: bool
) -> Difference:
    run = site.services.threads.run
    if mode == "headers":
        return await run(compare_fields, _fields(left), _fields(right), is_masked=is_masked)
    if mode == "source":
        sources = [await _source(site, each) for each in (left, right)]
        return await run(lambda: compare_lines(*map(str.splitlines, sources), is_masked=is_masked))
    bodies = [await read_bodies(site.services.store, site.services.threads, each) for each in (left, right)]
    if left.summary.store_id == right.summary.store_id:
        text = "" if bodies[0].text_is_made else bodies[0].text
        return await run(lambda: compare_words(text, html_to_text(bodies[0].html[:HTML_CHARACTERS], links=False)))
    if mode == "html":
        documents = [each.html[:HTML_CHARACTERS] for each in bodies]
        return await run(lambda: compare_lines(*map(html_lines, documents), is_masked=is_masked))
    texts = [[line.rstrip() for line in each.text[:HTML_CHARACTERS].splitlines()] for each in bodies]
    return await run(lambda: compare_lines(*texts, is_masked=is_masked))


async def _source(site: Site, stored: StoredMessage) -> str:
    octets = await excerpt(site, stored.summary.store_id, start=0, end=min(stored.summary.size, SOURCE_OCTETS))
    return octets.decode("utf-8", "replace")


def _fields(stored: StoredMessage) -> list[tuple[str, str]]:
    return [
        (formatting.shown(field.name), formatting.shown(decode_words(field.body))) for field in stored.message.header
    ]


def _like(summary: StoredSummary) -> Query:
    """Return the query for messages with the same subject and first recipient; a message without subject has none."""
    addresses = summary.addresses
    recipients = [clean(address.addr_spec) for address in (*addresses.to, *addresses.cc, *addresses.bcc)]
    subject = clean(summary.subject)
    if not subject:
        return Nothing()
    is_same = Contains(column="subject", text=subject, whole=True)
    if not recipients or not recipients[0]:
        return is_same
    return And((is_same, Contains(column="addressed", text=recipients[0], whole=True)))
