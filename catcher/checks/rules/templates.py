"""Unfilled template variables in the subject and the bodies."""

from collections.abc import Iterator
from functools import partial

from catcher.checks.model import MAX_PLACES, Finding, FindingPlace, Severity
from catcher.checks.parse.checked_mail import CheckedMail
from catcher.checks.parse.html import HtmlPart, excerpt
from catcher.checks.rules.rule_table import CheckRule, RuleTable
from catcher.mime import part_text
from catcher.mime.text.placeholders import NOBODY, VARIABLES, without_code

MAX_TEXT = 1_000_000
"""Characters of a plain text that are searched."""

_ON_VARIABLES = "https://docs.djangoproject.com/en/stable/ref/templates/api/#how-invalid-variables-are-handled"
_TABLE = RuleTable(
    CheckRule("template-variable", Severity.ERROR, "Give the template its value.", _ON_VARIABLES),
    CheckRule("template-nobody", Severity.ERROR, "Give the template its value.", _ON_VARIABLES),
)


def template_findings(mail: CheckedMail) -> Iterator[Finding]:
    """Yield one finding for unfilled variables and one for missing names. Samples of code in the HTML are skipped."""
    texts = tuple(_texts(mail))
    for rule, pattern, group, sentence in (
        ("template-variable", VARIABLES, 0, "A template variable was not filled in"),
        ("template-nobody", NOBODY, 1, "A value is missing where a name should be"),
    ):
        line = mail.message.subject[:1_000]
        places = [FindingPlace(excerpt=excerpt(line[match.start(group) :])) for match in pattern.finditer(line)]
        count = len(places)
        for part, shown in texts:
            for match in pattern.finditer(shown):
                count += 1
                if len(places) <= MAX_PLACES:
                    places.append(part.place(match.start(group)))
        if places:
            yield _TABLE.finding(rule, f"{sentence}: {places[0].excerpt[:60]}", *places, count=count)


def _texts(mail: CheckedMail) -> Iterator[tuple[HtmlPart, str]]:
    """Yield each body with its text, code blanked out; plain texts, too, as `HtmlPart`, for its places."""
    for index in mail.message.text_parts:
        part = mail.message.parts[index]
        plain = HtmlPart(part.part_id, part_text(mail.octets, part)[:MAX_TEXT], partial(mail.sent.of_text, part))
        yield plain, plain.text
    for html in mail.html_parts:
        yield html, without_code(html.text)
