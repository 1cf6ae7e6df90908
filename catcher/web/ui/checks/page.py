"""The checks view: each report as a section, with its most important findings first."""

from collections import Counter
from collections.abc import Iterator, Sequence

from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from catcher import checks
from catcher.store.model import StoredMessage
from catcher.web.middleware.request_source import RequestSource, source_of
from catcher.web.ui.checks.client_filter import filtered
from catcher.web.ui.checks.details import details_of
from catcher.web.ui.pages.checks import (
    CheckRequest,
    CheckSection,
    ChecksView,
    FindingCount,
    FindingItem,
    InboxPreview,
)
from catcher.web.ui.site import formatting
from catcher.web.ui.site.languages import _, marked
from catcher.web.ui.site.list_state import ListState
from catcher.web.ui.site.preferences import read_preferences
from catcher.web.ui.site.site import Site

SHOWN = 10
"""Findings of a check that are visible at once."""
FOLDED = 90
"""Findings of a check that can be unfolded; the API has all of them."""
CLIENTS_NAMED = 12

LINKS, ONE_TIME, SHEETS, AUTHENTICATION = "links", "one-time-links", "linked-sheets", "authentication"
REQUESTS = {
    LINKS: marked("Check all links"),
    ONE_TIME: marked("Check one-time links, too"),
    SHEETS: marked("Load linked style sheets"),
    AUTHENTICATION: marked("Look up SPF, DKIM and DMARC in DNS"),
}
"""Checks that send requests to other servers, and the labels of their buttons."""

# Elements that a reader cannot see; marking one would show nothing.
_INVISIBLE = frozenset({"html", "head", "meta", "link", "title", "style", "script", "base"})


async def read_checks(site: Site, stored: StoredMessage, request: Request, state: ListState) -> ChecksView:
    """Return the reports of all checks that send no requests, and of those that the address requests."""
    checker = await site.services.checks()
    wanted = requested(request)
    usual = tuple(check.name for check in checker.checks if not check.on_request)
    only = (*usual, AUTHENTICATION) if AUTHENTICATION in wanted else usual
    subject = await read_subject(site, stored)
    clients = read_preferences(request).clients
    options = checks.RunOptions(only=only, linked_sheets=SHEETS in wanted)
    reports = filtered(await checker.examine(subject, options), clients)
    if not wanted:
        site.finding_counts.put((stored.summary.store_id, clients), finding_count(reports))
    href = site.message_href(stored.summary.store_id)
    view = ReportView(stored, href, state)
    rows_hrefs = {
        LINKS: f"{href}/links{state.query_string()}",
        ONE_TIME: f"{href}/links{state.query_string(ask=ONE_TIME)}",
    }
    return ChecksView(
        score=_score(checks.overall_score(reports)),
        sections=tuple(view.section(report) for report in sorted(reports, key=_severity_order)),
        requests=tuple(
            CheckRequest(
                label=_(REQUESTS[name]),
                href=href + state.query_string(view="checks", ask=" ".join([*wanted, name])),
                rows_href=rows_hrefs.get(name, ""),
            )
            for name in _available(reports)
            if name not in wanted
        ),
        is_filtered=bool(clients),
        has_link_rows=bool({LINKS, ONE_TIME} & set(wanted)),
    )


def requested(request: Request) -> tuple[str, ...]:
    """Return the checks that `ask` names, separated by spaces or repeated; unknown names are ignored.

    Nothing for a link on a foreign page or in a message, which must not make the server send requests.
    """
    if source_of(request) is not RequestSource.OWN:
        return ()
    given = [name for each in request.query_params.getlist("ask")[:10] for name in each[:200].split()]
    return tuple(name for name in REQUESTS if name in given)


async def count_findings(site: Site, request: Request) -> Response:
    """GET /view/{id}/findings: the badge of the checks tab, "" when they find nothing."""
    store_id, clients = request.path_params["store_id"], read_preferences(request).clients
    count = site.finding_counts.get((store_id, clients))
    if count is None:
        stored = await site.services.store.get(store_id)
        checker = await site.services.checks()
        count = finding_count(filtered(await checker.examine(await read_subject(site, stored)), clients))
        site.finding_counts.put((store_id, clients), count)
    html = site.templates.get_template("views/_finding_count.html").render(count=count)
    return HTMLResponse(html.strip(), headers={"Cache-Control": "private, no-cache"})


def finding_count(reports: "Sequence[checks.Report]") -> FindingCount:
    """Return the numbers of errors and warnings; notes do not count."""
    severities = [finding.severity.value for report in reports for finding in report.findings]
    return FindingCount(errors=severities.count("error"), warnings=severities.count("warning"))


async def read_subject(site: Site, stored: StoredMessage) -> "checks.CheckedMail":
    """Return the message as the subject of checks."""
    octets = await site.services.store.raw(stored.summary.store_id)
    return checks.CheckedMail(envelope=stored.envelope, octets=octets, message=stored.message)


def _available(reports: "Sequence[checks.Report]") -> Iterator[str]:
    """Yield the checks that can be requested for this message."""
    facts = {type(report.facts): report.facts for report in reports}
    links, clients = facts.get(checks.LinkFacts), facts.get(checks.ClientFacts)
    if isinstance(links, checks.LinkFacts):
        if links.web:
            yield LINKS
        if links.one_time:
            yield ONE_TIME
    if isinstance(clients, checks.ClientFacts) and clients.sheets_linked:
        yield SHEETS
    if all(report.check != AUTHENTICATION for report in reports):
        yield AUTHENTICATION


class ReportView:
    """Shapes reports on one message. href: of its page."""

    def __init__(self, stored: StoredMessage, href: str, state: ListState) -> None:
        message = stored.message
        self._href = href
        self._state = replace(state, view="html")
        self._html_part = message.parts[message.html_parts[0]].part_id if message.html_parts else ""

    def section(self, report: "checks.Report") -> CheckSection:
        """Return the section of one report."""
        counts = Counter(finding.severity.value for finding in report.findings)
        items = tuple(self._item(finding) for finding in report.findings[: SHOWN + FOLDED])
        facts = report.facts
        programs = facts.programs if isinstance(facts, checks.ClientFacts) else ()
        rated = sorted((program.score, program.program.name) for program in programs if program.score is not None)
        return CheckSection(
            name=report.check,
            title=report.title,
            score=_score(report.score),
            error=report.error,
            is_cut=report.is_cut,
            counts=tuple((severity, counts[severity]) for severity in ("error", "warning", "info") if counts[severity]),
            shown=items[:SHOWN],
            folded=items[SHOWN:],
            left=len(report.findings) - len(items),
            details=tuple((name, formatting.shown(text)) for name, text in details_of(facts)),
            inbox_rows=tuple(_inbox_previews(facts)) if isinstance(facts, checks.InboxFacts) else (),
            scores=tuple((name, _score(score)) for score, name in rated),
        )

    def _item(self, finding: "checks.Finding") -> FindingItem:
        place = finding.place
        more = len(finding.clients) - CLIENTS_NAMED
        is_page = finding.source.startswith("https://")
        return FindingItem(
            severity=finding.severity.value,
            text=formatting.shown(finding.text),
            advice=finding.advice,
            where=self._where(place) if place is not None else "",
            excerpt=formatting.shown(place.excerpt) if place is not None else "",
            show_href=self.show_href(place),
            count=finding.count,
            clients=(*finding.clients[:CLIENTS_NAMED], *([f"+{more}"] if more > 0 else [])),
            source=finding.source.removeprefix("https://").partition("/")[0] if is_page else finding.source,
            source_href=checks.address_of(finding.source),
        )

    def _where(self, place: "checks.FindingPlace") -> str:
        part = _("part %(number)s", number=place.part_id) if place.part_id else _("header section")
        if place.line:
            return _("%(part)s, line %(line)s, column %(column)s", part=part, line=place.line, column=place.column)
        if place.part_id and place.sent_line:
            return _("%(part)s, line %(line)s of the message", part=part, line=place.sent_line)
        return part if place.part_id else ""

    def show_href(self, place: "checks.FindingPlace | None") -> str:
        """Return the address that marks a place: in the HTML view when it is visible there, else in the raw view."""
        if place is None:
            return ""
        is_visible = place.element >= 0 and place.part_id == self._html_part and place.tag not in _INVISIBLE
        if place.line and is_visible:
            return self._href + self._state.query_string(mark=f"{place.line}-{place.column}")
        raw = replace(self._state, view="raw").query_string(line=str(place.sent_line))
        return f"{self._href}{raw}#marked" if place.sent_line else ""


def _inbox_previews(facts: "checks.InboxFacts") -> Iterator[InboxPreview]:
    names = {"small phone": _("small phone"), "phone": _("phone"), "desktop": _("desktop")}
    for row in facts.rows:
        sender, subject, preheader = map(formatting.shown, (row.sender, row.subject, row.preheader))
        device = f"{names.get(row.device, row.device)} · {row.width}"
        yield InboxPreview(device=device, sender=sender, subject=subject, preheader=preheader)


def _severity_order(report: "checks.Report") -> tuple[int, int, int]:
    """Return a sort key that puts the worst first; equal ones stay in the order of the checks."""
    counts = Counter(finding.severity.value for finding in report.findings)
    return -counts["error"], -counts["warning"], -counts["info"]


def _score(score: float | None) -> str:
    return "" if score is None else f"{score:.0f}"
