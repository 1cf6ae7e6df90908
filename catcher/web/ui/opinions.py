"""What the checks view shows: the reports on a message, each as a section with what matters most first."""

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from starlette.requests import Request

from catcher.store.model import StoredMessage
from catcher.web.languages import _, marked
from catcher.web.ui import texts
from catcher.web.ui.listing import Place
from catcher.web.ui.pages import Link, Opinion, Opinions, Section
from catcher.web.ui.site import Site

if TYPE_CHECKING:
    from catcher.checks import Finding, Report
    from catcher.checks import Place as ReportPlace

SHOWN = 10
"""Findings of a check that are shown at once."""
CLIENTS_NAMED = 12

ON_REQUEST = {
    "linkcheck": marked("Ask whether every link answers"),
    "authentication": marked("Look up SPF, DKIM and DMARC in the DNS"),
}
"""Checks that reach out of this machine, and what the button says that makes them."""

# Elements that a reader cannot see; marking one would show nothing.
_UNSEEN = frozenset({"html", "head", "meta", "link", "title", "style", "script", "base"})


async def read_opinions(site: Site, stored: StoredMessage, request: Request, place: Place) -> Opinions:
    """The reports of all checks that ask nobody, and of those that `ask` names."""
    from catcher.checks import Subject, Wishes, overall_score  # heavy, and wanted by this view alone

    checker = await site.services.checks()
    asked = tuple(name for name in request.query_params.getlist("ask") if name in ON_REQUEST)
    usual = tuple(check.name for check in checker.checks if not check.on_request)
    octets = await site.services.store.raw(stored.summary.store_id)
    subject = Subject(envelope=stored.envelope, octets=octets, message=stored.message)
    reports = await checker.examine(subject, Wishes(only=(*usual, *asked)))
    address = f"{site.root}view/{stored.summary.store_id}"
    made = {report.check for report in reports}
    views = _Views(stored, address, place)
    return Opinions(
        score=_score(overall_score(reports)),
        sections=tuple(views.section(report) for report in sorted(reports, key=_effect)),
        asked=tuple(
            Link(name=name, label=_(label), href=address + place.parameters(view="checks", ask=name))
            for name, label in ON_REQUEST.items()
            if name not in made
        ),
        links_href=f"{site.root}api/v1/message/{stored.summary.store_id}/checks/links",
    )


class _Views:
    """Shapes reports on one message."""

    def __init__(self, stored: StoredMessage, address: str, place: Place) -> None:
        message = stored.message
        self._address = address
        self._place = replace(place, view="html")
        self._html_part = message.parts[message.html_parts[0]].part_id if message.html_parts else ""

    def section(self, report: "Report") -> Section:
        """One report."""
        from catcher.checks import ClientFacts

        counts = Counter(finding.severity.value for finding in report.findings)
        opinions = tuple(self._opinion(finding) for finding in report.findings)
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
            scores=tuple((name, _score(score)) for score, name in rated),
        )

    def _opinion(self, finding: "Finding") -> Opinion:
        place = finding.place
        more = len(finding.clients) - CLIENTS_NAMED
        is_page = finding.source.startswith("https://")
        return Opinion(
            severity=finding.severity.value,
            text=texts.shown(finding.text),
            advice=finding.advice,
            where=self._where(place) if place is not None else "",
            excerpt=texts.shown(place.excerpt) if place is not None else "",
            show_href=self._show_href(place) if place is not None else "",
            count=finding.count,
            clients=(*finding.clients[:CLIENTS_NAMED], *([f"+{more}"] if more > 0 else [])),
            source=finding.source.removeprefix("https://").partition("/")[0] if is_page else finding.source,
            source_href=finding.source if is_page else "",
        )

    def _where(self, place: "ReportPlace") -> str:
        part = _("part %(number)s", number=place.part_id) if place.part_id else _("header section")
        if place.line:
            return _("%(part)s, line %(line)s, column %(column)s", part=part, line=place.line, column=place.column)
        return part if place.part_id else ""

    def _show_href(self, place: "ReportPlace") -> str:
        """Only what stands in the HTML that is shown can be marked there."""
        if not place.line or place.element < 0 or place.tag in _UNSEEN or place.part_id != self._html_part:
            return ""
        return self._address + self._place.parameters(mark=f"{place.line}-{place.column}")


def _effect(report: "Report") -> tuple[int, int, int]:
    """Sorts what costs most to the top; equal ones stay in the order of the checks."""
    counts = Counter(finding.severity.value for finding in report.findings)
    return -counts["error"], -counts["warning"], -counts["info"]


def _score(score: float | None) -> str:
    return "" if score is None else f"{score:.0f}"
