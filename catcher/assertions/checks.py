"""Assertions about the reports of the checks."""

from collections.abc import Sequence

from catcher.assertions.kinds import ChecksPass
from catcher.checks import Finding, Report, Severity, overall_score, report_errors, without_rules
from catcher.checks.model import RANKS


def checks_fault(wanted: ChecksPass, reports: Sequence[Report]) -> str:
    """Return one line on what violates the assertion, "" for nothing. A check that could not run violates it."""
    kept = without_rules(reports, wanted.ignore)
    faults = [*report_errors(kept)]
    findings = [each for report in kept for each in report.findings]
    least = wanted.fail_on or ("error" if wanted.min_score is None else None)
    if least is not None:
        faults += [_line(each) for each in findings if RANKS[each.severity] <= RANKS[Severity(least)]]
    score = overall_score(kept)
    if wanted.min_score is not None and score is not None and score < wanted.min_score:
        faults += [f"score {score:g}, expected {wanted.min_score:g}", *map(_line, findings)]
    return "; ".join(dict.fromkeys(faults))


def _line(finding: Finding) -> str:
    return f"{finding.severity.value}: {finding.text} [{finding.rule}]"
