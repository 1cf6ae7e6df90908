"""Two messages beside each other, or the two bodies of one: what differs in text, HTML, header section or source."""

from collections.abc import Callable, Mapping
from functools import partial

from starlette.requests import Request
from starlette.responses import Response

from catcher.mime import decode_words, html_to_text
from catcher.store.model import StoredMessage, StoredSummary
from catcher.store.search.folding import clean
from catcher.store.search.model import And, Contains, Nothing, Query
from catcher.web.contents.bodies import read_bodies
from catcher.web.ui.list.page import refusal
from catcher.web.ui.message.diff import Difference, compare_fields, compare_lines, compare_words, html_lines
from catcher.web.ui.message.files import excerpt
from catcher.web.ui.message.preview import WIDTHS
from catcher.web.ui.pages import ComparePage, CompareSide, Link
from catcher.web.ui.site import formatting
from catcher.web.ui.site.languages import _, marked
from catcher.web.ui.site.location import Place, read_place
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


class CompareHandlers:
    """/compare, /compare/{id} and /compare/{left}/{right}."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def choose(self, request: Request) -> Response:
        """GET /compare?id=&id=: the two that were ticked, the older one on the left."""
        store = self._site.services.store
        ids = list(dict.fromkeys(request.query_params.getlist("id")))
        if len(ids) != 2:
            title, text = _("Two messages can be compared"), _("Tick two rows of the list, then press Compare.")
            return await refusal(self._site, request, title, text)
        left, right = sorted([await store.summary(each) for each in ids], key=lambda summary: summary.arrival)
        return self._site.redirect(f"compare/{left.store_id}/{right.store_id}")

    async def previous(self, request: Request) -> Response:
        """GET /compare/{id}: with the message before it that has the same subject and recipient."""
        store = self._site.services.store
        summary = await store.summary(request.path_params["store_id"])
        page = await store.page(_like(summary), limit=1, before=summary.arrival)
        if not page.messages:
            title = _("There is no earlier message like this")
            text = _("None has the same subject and the same recipient. Tick two rows of the list to compare them.")
            return await refusal(self._site, request, title, text, status=404)
        return self._site.redirect(f"compare/{page.messages[0].store_id}/{summary.store_id}")

    async def show(self, request: Request) -> Response:
        """GET /compare/{left}/{right}?what=&mask=off&w=: of one message with itself, its text against its HTML."""
        store, ids = self._site.services.store, request.path_params
        left, right = await store.get(ids["left"]), await store.get(ids["right"])
        return self._site.page("compare.html", await self._page(request, left, right))

    async def _page(self, request: Request, left: StoredMessage, right: StoredMessage) -> ComparePage:
        site, width = self._site, read_place(request).width
        is_one = left.summary.store_id == right.summary.store_id
        wanted = request.query_params.get("what", "")
        what = "text" if is_one else wanted if wanted in MODES else _first_mode(left, right)
        is_masked = request.query_params.get("mask") != "off"
        path = f"compare/{left.summary.store_id}/{right.summary.store_id}"
        mask = "" if is_masked else "off"
        return ComparePage(
            chrome=await site.chrome(request),
            left=self._side(left, width),
            right=self._side(right, width),
            is_one=is_one,
            modes=()
            if is_one
            else tuple(
                Link(name=name, label=_(label), href=site.href(path, what=name, mask=mask), is_current=name == what)
                for name, label in MODES.items()
            ),
            widths=tuple(
                Link(
                    name=each or "fill",
                    label=f"{each} px" if each else _("Fill"),
                    href=site.href(path, what=what, w=each),
                    is_current=each == width,
                )
                for each in WIDTHS
            ),
            width=width,
            is_masked=is_masked,
            mask_href=site.href(path, what=what, mask="off" if is_masked else ""),
            difference=None if what == "render" else await self._difference(what, left, right, is_masked=is_masked),
        )

    def _side(self, stored: StoredMessage, width: str) -> CompareSide:
        summary, address = stored.summary, f"{self._site.root}view/{stored.summary.store_id}"
        sender = formatting.mailbox_name(summary.addresses.from_[0]) if summary.addresses.from_ else ""
        return CompareSide(
            title=formatting.title(summary.subject),
            sender=formatting.shown(sender[:200]),
            received_at=summary.received_at,
            href=address + Place(width=width).parameters(),
            src=f"{address}/frame" if stored.message.html_parts else "",
        )

    async def _difference(self, what: str, left: StoredMessage, right: StoredMessage, *, is_masked: bool) -> Difference:
        run = self._site.services.threads.run
        if left.summary.store_id == right.summary.store_id:
            bodies = await read_bodies(self._site.services.store, self._site.services.threads, left)
            text = "" if bodies.text_is_made else bodies.text
            return await run(_text_against_html, text, bodies.html[:HTML_CHARACTERS])
        if what == "headers":
            return await run(compare_fields, _fields(left), _fields(right), is_masked=is_masked)
        sides = [await self._lines(what, each) for each in (left, right)]
        return await run(lambda: compare_lines(sides[0](), sides[1](), is_masked=is_masked))

    async def _lines(self, what: str, stored: StoredMessage) -> Callable[[], list[str]]:
        """What makes the lines of one side, in the thread that compares them."""
        if what == "source":
            end = min(stored.summary.size, SOURCE_OCTETS)
            octets = await excerpt(self._site, stored.summary.store_id, start=0, end=end)
            return lambda: octets.decode("utf-8", "replace").splitlines()
        bodies = await read_bodies(self._site.services.store, self._site.services.threads, stored)
        if what == "html":
            return partial(html_lines, bodies.html[:HTML_CHARACTERS])
        return lambda: [line.rstrip() for line in bodies.text[:HTML_CHARACTERS].splitlines()]


def _first_mode(left: StoredMessage, right: StoredMessage) -> str:
    return "html" if left.message.html_parts and right.message.html_parts else "text"


def _text_against_html(text: str, html: str) -> Difference:
    return compare_words(text, html_to_text(html, links=False))


def _fields(stored: StoredMessage) -> list[tuple[str, str]]:
    return [
        (formatting.shown(field.name), formatting.shown(decode_words(field.body))) for field in stored.message.header
    ]


def _like(summary: StoredSummary) -> Query:
    """Messages with the subject and the first recipient of this one; none is like a message without a subject."""
    addresses = summary.addresses
    recipients = [clean(address.addr_spec) for address in (*addresses.to, *addresses.cc, *addresses.bcc)]
    subject = clean(summary.subject)
    if not subject:
        return Nothing()
    is_same = Contains(column="subject", text=subject, whole=True)
    if not recipients or not recipients[0]:
        return is_same
    return And((is_same, Contains(column="addressed", text=recipients[0], whole=True)))
