"""The number of findings beside the tab of the checks."""

from catcher.checks import Finding, Report, Severity
from catcher.web.ui.checks.page import finding_count


def report(*severities: Severity) -> Report:
    findings = tuple(Finding(rule="x", severity=severity, text="x") for severity in severities)
    return Report(check="x", title="X", findings=findings)


def test_errors_and_warnings_count_and_notes_do_not() -> None:
    """A note needs no action, so it is no reason to open the checks."""
    count = finding_count([report(Severity.ERROR, Severity.INFO), report(Severity.WARNING, Severity.WARNING)])
    assert (count.errors, count.warnings) == (1, 2)
