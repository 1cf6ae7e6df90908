"""Results of checks: findings, places, reports and scores."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """Severity of a finding."""

    ERROR = "error"
    """The mail fails for many readers."""
    WARNING = "warning"
    """The mail fails, or looks different, for some readers or servers."""
    INFO = "info"
    """Worth knowing; nothing breaks."""


RANKS = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}
"""Sort keys of severities; the most severe has the lowest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingPlace:
    """The place in the message that a finding is about.

    part_id: of the part, "" for the message's header section.
    line, column: counted from 1, in the part's decoded text with every line break as one character, or in the header
        section as sent; 0 when the finding is about the whole part.
    element: index of the HTML element among all elements of the parsed document in document order, those that the
        parser implies (html, head, body, tbody) included; -1 when it is not about one element. A page that parses the
        same text with turbohtml can mark it by this number.
    tag: name of that element, "" without one.
    sent_line: line, from 1, in the message as sent; for a whole part that of the header field concerned, or of its
        first line; 0 when unknown.
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
    """One finding of a check.

    rule: stable id, lower case with hyphens, unique among all checks together with the check's name.
    text: one sentence that states the fact. advice: what to do about it, "" for nothing.
    place: the first place, None when it is about the whole message. others: further places, at most `MAX_PLACES`.
    count: number of all places, including those beyond `others`.
    clients: names of the mail programs concerned, sorted; empty when it does not concern certain ones.
    source: address, or section of a standard, that supports it; `sources.address_of` turns either into an address.
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
"""Further places that a finding keeps besides the first."""
MAX_FINDINGS = 500
"""Findings that a report keeps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Results of a check besides its findings; a check that has such results has its own subclass."""

    def score_without(self, rules: Collection[str]) -> float | None:
        """Return the score without these rules; None when `score_of` the remaining findings is right."""
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The report of one check on one message.

    findings: by severity, then by place and rule; the order is deterministic.
    score: 0 to 100, None when the check has none or could not run.
    error: why the check could not run or finish, else "".
    is_cut: whether a limit ended the examination early, so that findings may be missing.
    facts: see the check; None when it has none.
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
        """The highest severity of the findings, None without findings."""
        return min((finding.severity for finding in self.findings), key=RANKS.__getitem__, default=None)


def in_order(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return the findings sorted for display, at most `MAX_FINDINGS`."""
    return tuple(sorted(findings, key=_order)[:MAX_FINDINGS])


def _order(finding: Finding) -> tuple[int, str, int, int, str, str]:
    place = finding.place or FindingPlace()
    return (RANKS[finding.severity], place.part_id, place.line, place.column, finding.rule, finding.text)


COST = {Severity.ERROR: 25.0, Severity.WARNING: 5.0, Severity.INFO: 0.0}
"""Points that a broken rule subtracts from the score."""


def score_of(findings: Sequence[Finding]) -> float:
    """Return 100 minus the cost of every broken rule, each counted once; at least 0."""
    worst: dict[str, float] = {}
    for finding in findings:
        worst[finding.rule] = max(worst.get(finding.rule, 0.0), COST[finding.severity])
    return max(0.0, 100.0 - sum(worst.values()))


def overall_score(reports: Sequence[Report]) -> float | None:
    """Return the lowest score of the reports, None when none has a score."""
    return min((report.score for report in reports if report.score is not None), default=None)
