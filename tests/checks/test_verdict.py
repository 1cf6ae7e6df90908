"""What a build, a test and a page accept as good enough."""

import pytest

from catcher.checks import (
    Finding,
    Report,
    Requirements,
    Severity,
    overall_score,
    report_errors,
    violations,
    without_rules,
)
from catcher.checks.filters import SpamRule, SpamVerdict
from catcher.checks.rules.clients import check_clients
from catcher.checks.rules.spam import SpamFacts
from tests.checks.mails import html_mail, rules

ALT = Finding(rule="alt-missing", severity=Severity.ERROR, text="An image has no alternative text.")
TITLE = Finding(rule="title-missing", severity=Severity.INFO, text="There is no title.")
HEAVY = Finding(rule="size-heavy", severity=Severity.WARNING, text="It is heavy.")
REPORTS = (
    Report(check="accessibility", title="Accessibility", findings=(ALT, TITLE), score=75),
    Report(check="spam", title="Spam filter", error="No spam filter is set up."),
    Report(check="size", title="Size", findings=(HEAVY,), score=95),
)


@pytest.mark.parametrize(
    ("demand", "sentences"),
    [
        (Requirements(), 0),
        (Requirements(fail_on=Severity.ERROR), 1),
        (Requirements(fail_on=Severity.WARNING), 2),
        (Requirements(fail_on=Severity.INFO), 3),
        (Requirements(min_score=75), 0),
        (Requirements(min_score=76), 1),
        (Requirements(min_score=76, fail_on=Severity.ERROR), 2),
    ],
)
def test_message_falls_short_by_severity_or_score(demand: Requirements, sentences: int) -> None:
    """`--fail-on` fails at that severity or worse, `--min-score` by the lowest of all scores."""
    assert len(violations(REPORTS, demand)) == sentences


def test_sentences_name_check_rule_and_score() -> None:
    """The reader of a failed build knows where to look."""
    assert violations(REPORTS, Requirements(fail_on=Severity.ERROR, min_score=90)) == (
        "Accessibility: An image has no alternative text. [alt-missing]",
        "The score is 75, less than 90: Accessibility",
    )


def test_check_that_could_not_run_is_reported() -> None:
    """A check that did not run has not passed; the caller decides whether that matters."""
    assert report_errors(REPORTS) == ("Spam filter: No spam filter is set up.",)


@pytest.mark.parametrize("name", ["alt-missing", "accessibility/alt-missing", " ALT-missing "])
def test_ignored_rules_count_neither_as_findings_nor_in_the_score(name: str) -> None:
    """As if the rule had not been violated, with and without the name of its check."""
    reports = without_rules(REPORTS, [name])
    assert rules(reports[0]) == ["title-missing"]
    assert (reports[0].score, overall_score(reports)) == (100, 95)
    assert reports[1:] == REPORTS[1:]


@pytest.mark.parametrize("name", ["size/alt-missing", "no-such-rule", "alt"])
def test_rule_of_another_check_is_not_ignored(name: str) -> None:
    """The name of the check must match, and the whole name of the rule."""
    assert without_rules(REPORTS, [name]) == REPORTS


def test_programs_are_scored_without_ignored_features() -> None:
    """The score is computed again, as for a mail that does not use the feature."""
    with_grid = check_clients(html_mail('<p style="color:red;display:grid">x</p>'))
    plain = check_clients(html_mail('<p style="color:red">x</p>'))
    assert with_grid.score != plain.score
    (report,) = without_rules([with_grid], ["css-display-grid"])
    assert report.score == plain.score
    assert rules(report) == rules(plain)


def test_points_of_ignored_spam_rules_do_not_count() -> None:
    """The filter's points less those of the rule, 100 being none."""
    verdict = SpamVerdict(score=5.0, threshold=5.0, is_spam=True, rules=(SpamRule(name="BIG_ONE", score=5.0),))
    finding = Finding(rule="spam-big-one", severity=Severity.WARNING, text="x")
    report = Report(
        check="spam", title="Spam", findings=(finding,), score=50.0, facts=SpamFacts(filter="x", verdict=verdict)
    )
    assert without_rules([report], ["spam-big-one"])[0].score == 100
