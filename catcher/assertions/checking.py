"""What the checks said of a message, held against what was asserted."""

from collections.abc import Sequence
from dataclasses import replace

from catcher.assertions.kinds import ChecksPass
from catcher.checks import Finding, Report, Severity, overall_score
from catcher.checks.model import COST, RANKS


def checks_fault(wanted: ChecksPass, reports: Sequence[Report]) -> str:
    """In one line what is not as it was asserted, "" when all is well. A check that could not be made is a fault."""
    faults = [f"{report.title}: {report.error}" for report in reports if report.error]
    findings = [each for report in reports for each in report.findings if each.rule not in wanted.ignore]
    least = wanted.fail_on or ("error" if wanted.min_score is None else None)
    if least is not None:
        faults += [_told(each) for each in findings if RANKS[each.severity] <= RANKS[Severity(least)]]
    score = overall_score([_without(report, wanted.ignore) for report in reports])
    if wanted.min_score is not None and score is not None and score < wanted.min_score:
        faults += [f"score {score:g}, expected {wanted.min_score:g}", *map(_told, findings)]
    return "; ".join(dict.fromkeys(faults))


def _without(report: Report, ignore: Sequence[str]) -> Report:
    """The report with the score that it had without these rules."""
    if report.score is None:
        return report
    cost = {each.rule: COST[each.severity] for each in report.findings if each.rule in ignore}
    return replace(report, score=min(100.0, report.score + sum(cost.values())))


def _told(finding: Finding) -> str:
    return f"{finding.severity.value}: {finding.text} [{finding.rule}]"
