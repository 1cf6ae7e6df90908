"""Link results, row by row as they arrive: streamed into the checks view, or requested by its script."""

from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from catcher import checks
from catcher.store.model import StoredMessage
from catcher.web.ui.checks.page import ONE_TIME, ReportView, read_subject, requested
from catcher.web.ui.pages.checks import LinkResultRow
from catcher.web.ui.pages.layout import NavLink
from catcher.web.ui.site import formatting
from catcher.web.ui.site.list_state import read_list_state
from catcher.web.ui.site.site import Site

MARKER = "<!--link-results-->"
"""The place of the rows in a page. Text of a message is escaped, so no message can contain this."""

# Nothing may buffer the rows: neither our own compression nor a proxy.
_UNBUFFERED = {"Content-Encoding": "identity", "X-Accel-Buffering": "no", "Cache-Control": "no-store"}


async def rows(site: Site, request: Request) -> Response:
    """GET /view/{id}/links?ask=one-time-links: a line of HTML for each link, as soon as it has answered."""
    stored = await site.services.store.get(request.path_params["store_id"])
    return StreamingResponse(link_rows(site, stored, request), media_type="text/html", headers=_UNBUFFERED)


def with_rows(page: Response, rows: AsyncIterator[str]) -> Response:
    """Return the page with rows at its marker, streamed: what is above them shows at once, without a script."""
    above, _, below = bytes(page.body).decode().partition(MARKER)
    kept = {name: value for name, value in page.headers.items() if name not in ("content-length", "cache-control")}

    async def pieces() -> AsyncIterator[str]:
        yield above
        async for row in rows:
            yield row
        yield below

    return StreamingResponse(pieces(), headers=kept | _UNBUFFERED)


async def link_rows(site: Site, stored: StoredMessage, request: Request) -> AsyncIterator[str]:
    """Yield a line of HTML for each link of the message, in the order of the answers."""
    checker = await site.services.checks()
    subject = await read_subject(site, stored)
    view = ReportView(stored, site.message_href(stored.summary.store_id), read_list_state(request))
    template = site.templates.get_template("views/_link_result.html")
    async for answer in checker.link_results(subject, checks.RunOptions(one_time_links=ONE_TIME in requested(request))):
        row = _row(view, answer, checks.link_finding(subject, answer))
        yield " ".join(template.render(result=row).split("\n")) + "\n"


def _row(view: ReportView, answer: "checks.LinkStatus", finding: "checks.Finding | None") -> LinkResultRow:
    hops = answer.hops if len(answer.hops) > 1 else ()
    # The address is above the text, so the finding need not repeat it.
    text = finding.text.removeprefix(answer.url).strip() if finding else "" if answer.status else answer.reason
    return LinkResultRow(
        status=str(answer.status) if answer.status else "–",
        severity=finding.severity.value if finding else "",
        hops=tuple(NavLink(label=str(hop.status), href=formatting.shown(hop.url)) for hop in hops),
        url=formatting.shown(answer.url),
        text=formatting.shown(text),
        advice=finding.advice if finding else "",
        show_href=view.show_href(finding.place) if finding else "",
    )
