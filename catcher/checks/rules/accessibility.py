"""Accessibility: whether a screen reader, a large font or weak eyes can read the HTML."""

from collections.abc import Iterator
from dataclasses import dataclass

from catcher.checks.model import MAX_PLACES, Finding, FindingPlace, Report, Severity, in_order, score_of
from catcher.checks.options import CheckOptions
from catcher.checks.parse.html import HtmlPart
from catcher.checks.parse.sheets import parsed_styles
from catcher.checks.parse.styles import ComputedStyles
from catcher.checks.parse.subject import CheckedMail
from catcher.checks.rules.accessibility_rules import ENOUGH, RULES, RenderedPart, Violation

NAME = "accessibility"
TITLE = "Accessibility"

_WCAG = "https://www.w3.org/WAI/WCAG22/Understanding/"


@dataclass(frozen=True, slots=True)
class _Rule:
    """What is the same for every fault of a rule."""

    severity: Severity
    advice: str
    source: str


_ERROR, _WARNING, _INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
_TABLE = {
    "lang-missing": _Rule(_WARNING, "Give html, and the first element in body, a lang.", _WCAG + "language-of-page"),
    "lang-invalid": _Rule(_ERROR, "Write a tag such as en or pt-BR.", _WCAG + "language-of-page"),
    "title-missing": _Rule(_INFO, "Put the subject into <title>.", _WCAG + "page-titled"),
    "dir-missing": _Rule(_ERROR, "Give html and body dir=rtl.", "HTML §3.2.6.4"),
    "alt-missing": _Rule(_ERROR, 'Say what it shows, alt="" when it is decoration.', _WCAG + "non-text-content"),
    "alt-file-name": _Rule(_WARNING, "Say what the image shows.", _WCAG + "non-text-content"),
    "link-unnamed": _Rule(_ERROR, "Give it text, or its image an alt.", _WCAG + "link-purpose-in-context"),
    "link-vague": _Rule(_WARNING, "Name the place it leads to.", _WCAG + "link-purpose-in-context"),
    "heading-order": _Rule(_WARNING, "Use the levels in order.", _WCAG + "info-and-relationships"),
    "heading-empty": _Rule(_WARNING, "Take it out.", _WCAG + "headings-and-labels"),
    "table-role": _Rule(_WARNING, 'Give it role="presentation", or headings.', _WCAG + "info-and-relationships"),
    "table-role-wrong": _Rule(_WARNING, "Take the role out.", _WCAG + "info-and-relationships"),
    "font-small": _Rule(_WARNING, "Use 14 pixels or more.", "https://www.w3.org/WAI/tips/designing/"),
    "contrast": _Rule(_WARNING, f"Take colours with {ENOUGH:g}:1.", _WCAG + "contrast-minimum"),
    "motion": _Rule(_WARNING, "Let the text stand still.", _WCAG + "pause-stop-hide"),
    "zoom-off": _Rule(_WARNING, "Take it out of the viewport.", _WCAG + "resize-text"),
}


class AccessibilityCheck:
    """Looks at the HTML as those do who do not see it as its author does."""

    name = NAME
    title = TITLE
    on_request = False

    def __init__(self, options: CheckOptions) -> None:
        self._threads = options.threads

    async def run(self, subject: CheckedMail) -> Report:
        """Findings on language, images, links, headings, tables and colours; no facts."""
        return await self._threads.run(judge_accessibility, subject)


def judge_accessibility(subject: CheckedMail) -> Report:
    """The report on a message's HTML, None as score without any."""
    styles = parsed_styles(subject)
    findings: list[Finding] = []
    is_cut = False
    for part in subject.html_parts:
        page = RenderedPart(part, ComputedStyles(part, styles))
        for rule in RULES:
            findings.extend(_gathered(part, rule(page)))
        is_cut = is_cut or part.is_cut
    return Report(
        check=NAME,
        title=TITLE,
        findings=in_order(findings),
        score=score_of(findings) if subject.html_parts else None,
        is_cut=is_cut or styles.budget().is_spent,
    )


def _gathered(part: HtmlPart, faults: Iterator[Violation]) -> Iterator[Finding]:
    """Faults that say the same become one finding with several places."""
    groups: dict[tuple[str, str], list[Violation]] = {}
    counts: dict[tuple[str, str], int] = {}
    for fault in faults:
        key = (fault.rule, fault.text)
        counts[key] = counts.get(key, 0) + 1
        group = groups.setdefault(key, [])
        if len(group) <= MAX_PLACES:
            group.append(fault)
    for key, group in groups.items():
        places = tuple(_place(part, fault) for fault in group)
        rule = _TABLE[key[0]]
        yield Finding(
            rule=key[0],
            severity=group[0].severity or rule.severity,
            text=key[1],
            place=places[0],
            others=places[1:],
            count=counts[key],
            advice=rule.advice,
            source=rule.source,
        )


def _place(part: HtmlPart, fault: Violation) -> FindingPlace:
    if fault.attribute:
        return part.place(part.attribute(fault.element, fault.attribute).start, fault.element)
    return part.place(part.start_of(fault.element), fault.element)
