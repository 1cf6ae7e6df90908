"""The numbers of findings that are kept for the tab of the checks."""

from catcher.checks import Finding, Report, Severity
from catcher.web.ui.site.badge import FindingCounts


def report(*severities: Severity) -> Report:
    findings = tuple(Finding(rule="x", severity=severity, text="x") for severity in severities)
    return Report(check="x", title="X", findings=findings)


def test_errors_and_warnings_count_and_notes_do_not() -> None:
    """A note asks for nothing, so it is no reason to look."""
    counts = FindingCounts()
    assert counts.get("a") is None
    counts.put("a", (), [report(Severity.ERROR, Severity.INFO), report(Severity.WARNING, Severity.WARNING)])
    count = counts.get("a")
    assert count is not None
    assert (count.errors, count.warnings) == (1, 2)


def test_the_numbers_not_asked_for_longest_go() -> None:
    """However many messages are looked at, the memory for it is bounded."""
    counts = FindingCounts(size=2)
    for store_id in ("a", "b"):
        counts.put(store_id, (), [])
    assert counts.get("a") is not None
    counts.put("c", (), [])
    assert counts.get("b") is None
    assert counts.get("a") is not None
