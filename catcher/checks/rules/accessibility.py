"""Accessibility of the HTML: findings on the violations of WCAG that `accessibility_rules` detects."""

from collections import Counter
from collections.abc import Iterator

from catcher.checks.model import MAX_PLACES, Finding, FindingPlace, Report, Severity, in_order, score_of
from catcher.checks.parse.checked_mail import CheckedMail
from catcher.checks.parse.html import HtmlPart
from catcher.checks.parse.sheets import parsed_styles
from catcher.checks.parse.styles import ComputedStyles
from catcher.checks.rules.accessibility_rules import MIN_CONTRAST, RULES, RenderedPart, Violation
from catcher.checks.rules.rule_table import CheckRule, RuleTable
from catcher.checks.runner import LocalCheck

NAME = "accessibility"
TITLE = "Accessibility"

_WCAG = "https://www.w3.org/WAI/WCAG22/Understanding/"


_ERROR, _WARNING, _INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
_TABLE = RuleTable(
    CheckRule(
        "lang-missing", _WARNING, "Give html, and the first element in body, a lang.", _WCAG + "language-of-page"
    ),
    CheckRule("lang-invalid", _ERROR, "Write a tag such as en or pt-BR.", _WCAG + "language-of-page"),
    CheckRule("title-missing", _INFO, "Put the subject into <title>.", _WCAG + "page-titled"),
    CheckRule("dir-missing", _ERROR, "Give html and body dir=rtl.", "HTML §3.2.6.4"),
    CheckRule("alt-missing", _ERROR, 'Say what it shows, alt="" when it is decoration.', _WCAG + "non-text-content"),
    CheckRule("alt-file-name", _WARNING, "Say what the image shows.", _WCAG + "non-text-content"),
    CheckRule("link-unnamed", _ERROR, "Give it text, or its image an alt.", _WCAG + "link-purpose-in-context"),
    CheckRule("link-vague", _WARNING, "Name its destination.", _WCAG + "link-purpose-in-context"),
    CheckRule("heading-order", _WARNING, "Use the levels in order.", _WCAG + "info-and-relationships"),
    CheckRule("heading-empty", _WARNING, "Take it out.", _WCAG + "headings-and-labels"),
    CheckRule("table-role", _WARNING, 'Give it role="presentation", or headings.', _WCAG + "info-and-relationships"),
    CheckRule("table-role-wrong", _WARNING, "Remove the role.", _WCAG + "info-and-relationships"),
    CheckRule("font-small", _WARNING, "Use 14 pixels or more.", "https://www.w3.org/WAI/tips/designing/"),
    CheckRule("contrast", _WARNING, f"Take colours with {MIN_CONTRAST:g}:1.", _WCAG + "contrast-minimum"),
    CheckRule("motion", _WARNING, "Do not animate the text.", _WCAG + "pause-stop-hide"),
    CheckRule("zoom-off", _WARNING, "Remove it from the viewport.", _WCAG + "resize-text"),
)


def check_accessibility(mail: CheckedMail) -> Report:
    """Return the report on language, images, links, headings, tables and colours; no score without HTML, no facts."""
    styles = parsed_styles(mail)
    findings: list[Finding] = []
    is_cut = False
    for part in mail.html_parts:
        page = RenderedPart(part, ComputedStyles(part, styles))
        for rule in RULES:
            findings.extend(_grouped(part, rule(page)))
        is_cut = is_cut or part.is_cut
    return Report(
        check=NAME,
        title=TITLE,
        findings=in_order(findings),
        score=score_of(findings) if mail.html_parts else None,
        is_cut=is_cut or styles.budget().is_spent,
    )


class AccessibilityCheck(LocalCheck):
    """The HTML as readers with a screen reader, large fonts or low vision perceive it."""

    name = NAME
    title = TITLE
    examine = staticmethod(check_accessibility)


def _grouped(part: HtmlPart, violations: Iterator[Violation]) -> Iterator[Finding]:
    """Yield one finding with several places for all violations with the same text."""
    groups: dict[tuple[str, str], list[Violation]] = {}
    counts: Counter[tuple[str, str]] = Counter()
    for violation in violations:
        key = (violation.rule, violation.text)
        counts[key] += 1
        group = groups.setdefault(key, [])
        if len(group) <= MAX_PLACES:
            group.append(violation)
    for key, group in groups.items():
        places = [_place(part, violation) for violation in group]
        yield _TABLE.finding(*key, *places, count=counts[key], severity=group[0].severity)


def _place(part: HtmlPart, violation: Violation) -> FindingPlace:
    element = violation.element
    if violation.attribute:
        return part.place(part.attribute(element, violation.attribute).start, element)
    return part.place(part.start_of(element), element)
