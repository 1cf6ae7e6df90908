"""What a check says, as values: finding, place, report. Every surface reads these and nothing else."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding matters, the worst first."""

    ERROR = "error"
    """The mail will not do what it should for many readers."""
    WARNING = "warning"
    """Some readers or servers will see or do something else."""
    INFO = "info"
    """Worth knowing; nothing breaks."""


RANKS = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}
"""Order of severities, the worst first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingPlace:
    """Where in the message a finding points.

    part_id: of the part, "" for the message's header section.
    line, column: counted from 1, in the part's decoded text with every line break as one character, or in the header
        section as sent; 0 when the finding is about the whole part.
    element: index of the HTML element among all elements of the parsed document in document order, those that the
        parser implies (html, head, body, tbody) included; -1 when it is not about one element. A page that parses the
        same text with turbohtml can mark it by this number.
    tag: name of that element, "" without one.
    sent_line: the line, from 1, of the message as sent on which it begins; of a whole part the header field that is
        concerned, or else its first line; 0 when that is not known.
    excerpt: the source at that place, one line of at most 80 characters.
    """

    part_id: str = ""
    line: int = 0
    column: int = 0
    element: int = -1
    tag: str = ""
    sent_line: int = 0
    excerpt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing a check has to say.

    rule: stable id, lower case with hyphens, unique among all checks together with the check's name.
    text: one sentence saying what is so. advice: what to do about it, "" when nothing has to be done.
    place: the first place, None when it is about the whole message. others: further places, at most `MAX_PLACES`.
    count: how many places there are, those beyond `others` included.
    clients: names of the mail programs concerned, sorted; empty when it is not about certain ones.
    source: address or section of a standard that says so; `sources.address_of` gives the address of either.
    """

    rule: str
    severity: Severity
    text: str
    place: FindingPlace | None = None
    others: tuple[FindingPlace, ...] = ()
    count: int = 1
    clients: tuple[str, ...] = ()
    advice: str = ""
    source: str = ""


MAX_PLACES = 20
"""Places a finding keeps besides the first."""
MAX_FINDINGS = 500
"""Findings a report keeps; more are counted in its `is_cut`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a check found out besides findings; each check that has something to show has its own subclass."""

    def score_without(self, rules: Collection[str]) -> float | None:
        """The check's score if these rules had not been broken, None when its score is only that of its findings."""
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What one check says about one message.

    findings: the worst first, then in the order of places and rules; the same message gives the same order.
    score: 0 to 100, None when the check gives none or could not be made.
    error: why the check could not be made or not be finished, "" when it was.
    is_cut: whether a limit ended the examination early, so that findings may be missing.
    facts: see the check; None when it has nothing to show.
    """

    check: str
    title: str
    findings: tuple[Finding, ...] = ()
    score: float | None = None
    error: str = ""
    is_cut: bool = False
    facts: Facts | None = field(default=None)

    @property
    def worst(self) -> Severity | None:
        """The worst severity among the findings, None without any."""
        return min((finding.severity for finding in self.findings), key=RANKS.__getitem__, default=None)


def in_order(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The findings in the one order all surfaces show, at most `MAX_FINDINGS`."""
    return tuple(sorted(findings, key=_order)[:MAX_FINDINGS])


def _order(finding: Finding) -> tuple[int, str, int, int, str, str]:
    place = finding.place or FindingPlace()
    return (RANKS[finding.severity], place.part_id, place.line, place.column, finding.rule, finding.text)


COST = {Severity.ERROR: 25.0, Severity.WARNING: 5.0, Severity.INFO: 0.0}
"""What each rule that is broken takes from a score of 100."""


def score_of(findings: Sequence[Finding]) -> float:
    """100 less the cost of every rule that is broken, however often; never below 0."""
    worst: dict[str, float] = {}
    for finding in findings:
        worst[finding.rule] = max(worst.get(finding.rule, 0.0), COST[finding.severity])
    return max(0.0, 100.0 - sum(worst.values()))


def overall_score(reports: Sequence[Report]) -> float | None:
    """A message is as good as its worst check: the lowest score, None when no check gave one."""
    return min((report.score for report in reports if report.score is not None), default=None)
