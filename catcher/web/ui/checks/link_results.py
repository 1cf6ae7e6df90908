"""What links answer, row by row as it comes: drawn into the checks view while it is sent, or handed to its script."""

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from catcher.store.model import StoredMessage
from catcher.web.ui.checks.page import ONE_TIME, Views, asked_for, read_subject
from catcher.web.ui.pages import Answer, Link
from catcher.web.ui.site import formatting
from catcher.web.ui.site.location import Place, read_place
from catcher.web.ui.site.site import Site

if TYPE_CHECKING:
    from catcher.checks import Finding, LinkStatus

GAP = "<!--answers-->"
"""Where a page has room for them. What comes from a mail is escaped, so that no mail can write this."""

# Nothing on the way may gather the rows: not our own compression, and not a proxy.
_AT_ONCE = {"Content-Encoding": "identity", "X-Accel-Buffering": "no", "Cache-Control": "no-store"}


class AnswerHandler:
    """/view/{id}/links."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def rows(self, request: Request) -> Response:
        """GET /view/{id}/links?ask=one-time-links: a line of HTML for each link, as soon as it has answered."""
        stored = await self._site.services.store.get(request.path_params["store_id"])
        return StreamingResponse(answer_rows(self._site, stored, request), media_type="text/html", headers=_AT_ONCE)


def streamed(page: Response, rows: AsyncIterator[str]) -> Response:
    """The page with rows in its gap, sent as they come: what stands above them is seen at once, without a script."""
    above, _, below = bytes(page.body).decode().partition(GAP)
    kept = {name: value for name, value in page.headers.items() if name not in ("content-length", "cache-control")}

    async def pieces() -> AsyncIterator[str]:
        yield above
        async for row in rows:
            yield row
        yield below

    return StreamingResponse(pieces(), headers=kept | _AT_ONCE)


async def answer_rows(site: Site, stored: StoredMessage, request: Request) -> AsyncIterator[str]:
    """A line of HTML for each link that the message has, in the order of the answers."""
    from catcher.checks import RunOptions, link_finding

    checker = await site.services.checks()
    subject = await read_subject(site, stored)
    shaped = _Rows(stored, f"{site.root}view/{stored.summary.store_id}", read_place(request))
    template = site.templates.get_template("views/_answer.html")
    async for answer in checker.link_results(subject, RunOptions(one_time_links=ONE_TIME in asked_for(request))):
        finding = link_finding(subject, answer)
        yield " ".join(template.render(answer=shaped.answer(answer, finding)).split("\n")) + "\n"


class _Rows:
    """Shapes the answers of one message's links."""

    def __init__(self, stored: StoredMessage, address: str, place: Place) -> None:
        self._views = Views(stored, address, place)

    def answer(self, answer: "LinkStatus", finding: "Finding | None") -> Answer:
        hops = answer.hops if len(answer.hops) > 1 else ()
        return Answer(
            status=str(answer.status) if answer.status else "–",
            severity=finding.severity.value if finding is not None else "",
            hops=tuple(Link(label=str(hop.status), href=formatting.shown(hop.url)) for hop in hops),
            url=formatting.shown(answer.url),
            text=formatting.shown(_said(answer, finding)),
            advice=finding.advice if finding is not None else "",
            show_href=self._views.show_href(finding.place) if finding is not None else "",
        )


def _said(answer: "LinkStatus", finding: "Finding | None") -> str:
    """What is so, without the address that stands above it; nothing when the answer is as it should be."""
    if finding is not None:
        return finding.text.removeprefix(answer.url).strip()
    return "" if answer.status else answer.reason
