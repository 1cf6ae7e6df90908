"""What the checks view shows: the reports on a message, each as a section with what matters most first."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from catcher.store.model import StoredMessage
from catcher.web.ui.checks.client_filter import narrowed
from catcher.web.ui.checks.facts import details_of
from catcher.web.ui.pages import Ask, InboxRow, Opinion, Opinions, Section
from catcher.web.ui.site import formatting
from catcher.web.ui.site.languages import _, marked
from catcher.web.ui.site.location import Place
from catcher.web.ui.site.preferences_cookie import read_look
from catcher.web.ui.site.site import Site

if TYPE_CHECKING:
    from catcher.checks import CheckedMail, Finding, InboxFacts, Report
    from catcher.checks import FindingPlace as ReportPlace

SHOWN = 10
"""Findings of a check that are shown at once."""
FOLDED = 90
"""Findings of a check that can be unfolded; the API has all of them."""
CLIENTS_NAMED = 12

LINKS, ONE_TIME, SHEETS, AUTHENTICATION = "links", "one-time-links", "linked-sheets", "authentication"
ASKS = {
    LINKS: marked("Ask whether every link answers"),
    ONE_TIME: marked("Ask one-time links, too"),
    SHEETS: marked("Fetch the linked style sheets"),
    AUTHENTICATION: marked("Look up SPF, DKIM and DMARC in the DNS"),
}
"""What reaches out of this machine, and what the button says that makes it."""

# Elements that a reader cannot see; marking one would show nothing.
_UNSEEN = frozenset({"html", "head", "meta", "link", "title", "style", "script", "base"})


async def read_opinions(site: Site, stored: StoredMessage, request: Request, place: Place) -> Opinions:
    """The reports of all checks that ask nobody, and of what `ask` names besides."""
    from catcher.checks import RunOptions, overall_score  # heavy, and wanted by this view alone

    checker = await site.services.checks()
    asked = asked_for(request)
    usual = tuple(check.name for check in checker.checks if not check.on_request)
    only = (*usual, AUTHENTICATION) if AUTHENTICATION in asked else usual
    subject = await read_subject(site, stored)
    clients = read_look(request).clients
    reports = narrowed(await checker.examine(subject, RunOptions(only=only, linked_sheets=SHEETS in asked)), clients)
    if not asked:
        site.findings.put(stored.summary.store_id, clients, reports)
    address = f"{site.root}view/{stored.summary.store_id}"
    views = Views(stored, address, place)
    return Opinions(
        score=_score(overall_score(reports)),
        sections=tuple(views.section(report) for report in sorted(reports, key=_effect)),
        asks=tuple(
            Ask(
                label=_(ASKS[name]),
                href=address + place.parameters(view="checks", ask=" ".join([*asked, name])),
                rows_href={
                    LINKS: f"{address}/links{place.parameters()}",
                    ONE_TIME: f"{address}/links{place.parameters(ask=ONE_TIME)}",
                }.get(name, ""),
            )
            for name in _offered(reports)
            if name not in asked
        ),
        is_narrowed=bool(clients),
        is_asking=bool({LINKS, ONE_TIME} & set(asked)),
    )


def asked_for(request: Request) -> tuple[str, ...]:
    """What `ask` names, parted by spaces or given several times; what is not known is left out.

    Nothing for a link on a foreign page or in a mail, which must not make the server ask others.
    """
    if request.headers.get("sec-fetch-site") == "cross-site":
        return ()
    given = [name for each in request.query_params.getlist("ask")[:10] for name in each[:200].split()]
    return tuple(name for name in ASKS if name in given)


class FindingHandler:
    """/view/{id}/findings."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def count(self, request: Request) -> Response:
        """GET /view/{id}/findings: what stands at the tab of the checks, "" when they find nothing wrong."""
        site, store_id = self._site, request.path_params["store_id"]
        clients = read_look(request).clients
        count = site.findings.get(store_id, clients)
        if count is None:
            stored = await site.services.store.get(store_id)
            checker = await site.services.checks()
            reports = narrowed(await checker.examine(await read_subject(site, stored)), clients)
            count = site.findings.put(store_id, clients, reports)
        html = site.templates.get_template("views/_count.html").render(count=count)
        return HTMLResponse(html.strip(), headers={"Cache-Control": "private, no-cache"})


async def read_subject(site: Site, stored: StoredMessage) -> "CheckedMail":
    """The message as the checks see it."""
    from catcher.checks import CheckedMail

    octets = await site.services.store.raw(stored.summary.store_id)
    return CheckedMail(envelope=stored.envelope, octets=octets, message=stored.message)


def _offered(reports: "tuple[Report, ...]") -> tuple[str, ...]:
    """What can be asked for about this message."""
    from catcher.checks import ClientFacts, LinkFacts

    facts = {type(report.facts): report.facts for report in reports}
    links, clients = facts.get(LinkFacts), facts.get(ClientFacts)
    offered = [LINKS] if isinstance(links, LinkFacts) and links.web else []
    if isinstance(links, LinkFacts) and links.one_time:
        offered.append(ONE_TIME)
    if isinstance(clients, ClientFacts) and clients.sheets_linked:
        offered.append(SHEETS)
    return (*offered, *(() if any(report.check == AUTHENTICATION for report in reports) else (AUTHENTICATION,)))


class Views:
    """Shapes reports on one message. address: of its page."""

    def __init__(self, stored: StoredMessage, address: str, place: Place) -> None:
        message = stored.message
        self._address = address
        self._place = replace(place, view="html")
        self._html_part = message.parts[message.html_parts[0]].part_id if message.html_parts else ""

    def section(self, report: "Report") -> Section:
        """One report."""
        from catcher.checks import ClientFacts, InboxFacts

        counts = Counter(finding.severity.value for finding in report.findings)
        opinions = tuple(self._opinion(finding) for finding in report.findings[: SHOWN + FOLDED])
        programs = report.facts.programs if isinstance(report.facts, ClientFacts) else ()
        rated = sorted((program.score, program.program.name) for program in programs if program.score is not None)
        return Section(
            name=report.check,
            title=report.title,
            score=_score(report.score),
            error=report.error,
            is_cut=report.is_cut,
            counts=tuple((severity, counts[severity]) for severity in ("error", "warning", "info") if counts[severity]),
            shown=opinions[:SHOWN],
            folded=opinions[SHOWN:],
            left=len(report.findings) - len(opinions),
            details=tuple((name, formatting.shown(text)) for name, text in details_of(report.facts)),
            inbox_rows=tuple(_inbox_rows(report.facts)) if isinstance(report.facts, InboxFacts) else (),
            scores=tuple((name, _score(score)) for score, name in rated),
        )

    def _opinion(self, finding: "Finding") -> Opinion:
        from catcher.checks.sources import address_of

        place = finding.place
        more = len(finding.clients) - CLIENTS_NAMED
        is_page = finding.source.startswith("https://")
        return Opinion(
            severity=finding.severity.value,
            text=formatting.shown(finding.text),
            advice=finding.advice,
            where=self._where(place) if place is not None else "",
            excerpt=formatting.shown(place.excerpt) if place is not None else "",
            show_href=self.show_href(place),
            count=finding.count,
            clients=(*finding.clients[:CLIENTS_NAMED], *([f"+{more}"] if more > 0 else [])),
            source=finding.source.removeprefix("https://").partition("/")[0] if is_page else finding.source,
            source_href=address_of(finding.source),
        )

    def _where(self, place: "ReportPlace") -> str:
        part = _("part %(number)s", number=place.part_id) if place.part_id else _("header section")
        if place.line:
            return _("%(part)s, line %(line)s, column %(column)s", part=part, line=place.line, column=place.column)
        if place.part_id and place.sent_line:
            return _("%(part)s, line %(line)s of the message", part=part, line=place.sent_line)
        return part if place.part_id else ""

    def show_href(self, place: "ReportPlace | None") -> str:
        """Where the place is marked: in the mail when it is in the HTML that is shown, else in its source as sent."""
        if place is None:
            return ""
        is_shown = place.element >= 0 and place.part_id == self._html_part and place.tag not in _UNSEEN
        if place.line and is_shown:
            return self._address + self._place.parameters(mark=f"{place.line}-{place.column}")
        raw = replace(self._place, view="raw").parameters(line=str(place.sent_line))
        return f"{self._address}{raw}#marked" if place.sent_line else ""


def _inbox_rows(facts: "InboxFacts") -> Iterator[InboxRow]:
    names = {"small phone": _("small phone"), "phone": _("phone"), "desktop": _("desktop")}
    for row in facts.rows:
        shown = [formatting.shown(each) for each in (row.sender, row.subject, row.preheader)]
        device = f"{names.get(row.device, row.device)} · {row.width}"
        yield InboxRow(device=device, sender=shown[0], subject=shown[1], preheader=shown[2])


def _effect(report: "Report") -> tuple[int, int, int]:
    """Sorts what costs most to the top; equal ones stay in the order of the checks."""
    counts = Counter(finding.severity.value for finding in report.findings)
    return -counts["error"], -counts["warning"], -counts["info"]


def _score(score: float | None) -> str:
    return "" if score is None else f"{score:.0f}"
