"""Ignored rules and requirements: whether reports pass. Shared by the API, the command and the test helpers."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from catcher.checks.model import RANKS, Finding, Report, Severity, overall_score, score_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirements:
    """Requirements of a message. fail_on: lowest severity that fails; min_score: 0 to 100; None for no requirement."""

    fail_on: Severity | None = None
    min_score: float | None = None

    @property
    def is_any(self) -> bool:
        """Whether there is any requirement."""
        return self.fail_on is not None or self.min_score is not None

    def forbids(self, finding: Finding) -> bool:
        """Return whether a finding is as severe as `fail_on` or worse."""
        return self.fail_on is not None and RANKS[finding.severity] <= RANKS[self.fail_on]


def without_rules(reports: Sequence[Report], ignore: Collection[str]) -> tuple[Report, ...]:
    """Return the reports without the findings of these rules, scored as if the rules had not been broken.

    ignore: rule ids, alone ("alt-missing") or with their check's name ("accessibility/alt-missing"), in any letter
    case. Unknown names are allowed.
    """
    names = frozenset(name.strip().lower() for name in ignore)
    return tuple(_without(report, names) for report in reports) if names else tuple(reports)


def _without(report: Report, names: frozenset[str]) -> Report:
    kept = tuple(each for each in report.findings if names.isdisjoint((each.rule, f"{report.check}/{each.rule}")))
    ignored = frozenset(finding.rule for finding in report.findings) - frozenset(finding.rule for finding in kept)
    if not ignored:
        return report
    score = report.score
    if score is not None:
        measured = report.facts.score_without(ignored) if report.facts is not None else None
        score = measured if measured is not None else max(score, score_of(kept))
    return replace(report, findings=kept, score=score)


def violations(reports: Sequence[Report], demand: Requirements) -> tuple[str, ...]:
    """Return one sentence for each violated requirement, () when all are met."""
    found: list[str] = []
    found.extend(
        f"{report.title}: {finding.text} [{finding.rule}]"
        for report in reports
        for finding in report.findings
        if demand.forbids(finding)
    )
    score = overall_score(reports)
    if demand.min_score is not None and score is not None and score < demand.min_score:
        worst = [report.title for report in reports if report.score == score]
        found.append(f"The score is {score:g}, less than {demand.min_score:g}: {', '.join(worst)}")
    return tuple(found)


def report_errors(reports: Sequence[Report]) -> tuple[str, ...]:
    """Return one sentence for each check that could not run: a check that did not run has not passed."""
    return tuple(f"{report.title}: {report.error}" for report in reports if report.error)
