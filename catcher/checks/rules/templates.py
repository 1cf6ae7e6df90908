"""Template variables that were not filled in, wherever a reader would see them."""

from collections.abc import Iterator
from functools import partial

from catcher.checks.model import MAX_PLACES, Finding, FindingPlace, Severity
from catcher.checks.parse.html import HtmlPart, excerpt
from catcher.checks.parse.subject import CheckedMail
from catcher.mime import part_text
from catcher.mime.placeholders import NOBODY, VARIABLES, without_code

MAX_TEXT = 1_000_000
"""Characters of a text that are searched."""

_ON_VARIABLES = "https://docs.djangoproject.com/en/stable/ref/templates/api/#how-invalid-variables-are-handled"


def template_findings(subject: CheckedMail) -> Iterator[Finding]:
    """One finding for variables and one for missing names, in subject and bodies; code is left out."""
    texts = tuple(_texts(subject))
    for rule, pattern, group, sentence in (
        ("template-variable", VARIABLES, 0, "A template variable was not filled in"),
        ("template-nobody", NOBODY, 1, "A value is missing where a name should be"),
    ):
        line = subject.message.subject[:1_000]
        places = [FindingPlace(excerpt=excerpt(line[match.start(group) :])) for match in pattern.finditer(line)]
        count = len(places)
        for part, shown in texts:
            for match in pattern.finditer(shown):
                count += 1
                if len(places) <= MAX_PLACES:
                    places.append(part.place(match.start(group)))
        if places:
            yield Finding(
                rule=rule,
                severity=Severity.ERROR,
                text=f"{sentence}: {places[0].excerpt[:60]}",
                place=places[0],
                others=tuple(places[1:]),
                count=count,
                advice="Give the template its value.",
                source=_ON_VARIABLES,
            )


def _texts(subject: CheckedMail) -> Iterator[tuple[HtmlPart, str]]:
    """The bodies as texts with places, code blanked out; a plain text has lines and columns just as HTML has."""
    for index in subject.message.text_parts:
        part = subject.message.parts[index]
        plain = HtmlPart(part.part_id, part_text(subject.octets, part)[:MAX_TEXT], partial(subject.sent.of_text, part))
        yield plain, plain.text
    for html in subject.html_parts:
        yield html, without_code(html.text)
