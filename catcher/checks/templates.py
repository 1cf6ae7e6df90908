"""Template variables that were not filled in, wherever a reader would see them."""

import re
from collections.abc import Iterator

from catcher.checks.document import HtmlPart
from catcher.checks.model import MAX_PLACES, Finding, Place, Severity
from catcher.checks.subject import Subject
from catcher.mime import part_text

MAX_TEXT = 1_000_000
"""Characters of a text that are searched."""

# what template engines leave behind when a name is not filled in, the engines most used with mail first
_VARIABLES = re.compile(
    r"\{\{[^{}<>\n]{1,100}\}\}"  # Django, Jinja, Handlebars, Liquid, Vue
    r"|\{%[^%\n]{1,200}%\}"  # Django, Jinja, Liquid
    r"|\*\|[A-Z0-9_:]{1,60}\|\*"  # Mailchimp, Mandrill
    r"|%%[A-Za-z_][A-Za-z0-9_ ]{0,60}%%"  # Salesforce
    r"|%%=[^%\n]{1,100}=%%"  # Salesforce AMPscript
    r"|<%=?[^%\n]{1,200}%>"  # ERB, EJS
    r"|\$\{[A-Za-z_][^{}\n]{0,100}\}"  # JavaScript, Java, Mako
    r"|#\{[A-Za-z_][^{}\n]{0,100}\}"  # Ruby, Pug
    r"|%\([A-Za-z_]\w{0,60}\)[sd]"  # Python
    r"|\[\[[A-Za-z_][\w.: ]{0,60}\]\]"  # Mailjet, Thymeleaf
    r"|\[object Object\]"
    r"|&lt;%=?[^%\n]{1,200}%&gt;"
)
# a greeting to nobody; the words of the common languages for "no value"
_NOBODY = re.compile(
    r"\b(?:hello|hi|hey|dear|hallo|bonjour|hola)[ ,]{1,3}(none|null|undefined|nil|nan)\b", re.IGNORECASE
)
# what is never closed goes on to the end, so that no text is looked through twice
_CODE = re.compile(r"<(style|script|code|pre)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)", re.IGNORECASE | re.DOTALL)


def template_findings(subject: Subject) -> Iterator[Finding]:
    """One finding for variables and one for missing names, in subject and bodies; code is left out."""
    for rule, pattern, sentence in (
        ("template-variable", _VARIABLES, "A template variable was not filled in"),
        ("template-nobody", _NOBODY, "A value is missing where a name should be"),
    ):
        places = [Place(excerpt=match[0]) for match in pattern.finditer(subject.message.subject[:1_000])]
        count = len(places)
        for part, shown in _texts(subject):
            for match in pattern.finditer(shown):
                count += 1
                if len(places) <= MAX_PLACES:
                    places.append(part.place(match.start(1) if rule == "template-nobody" else match.start()))
        if places:
            yield Finding(
                rule=rule,
                severity=Severity.ERROR,
                text=f"{sentence}: {places[0].excerpt[:60]}",
                place=places[0],
                others=tuple(places[1:]),
                count=count,
                advice="Give the template its value.",
            )


def _texts(subject: Subject) -> Iterator[tuple[HtmlPart, str]]:
    """The bodies as texts with places, code blanked out; a plain text has lines and columns just as HTML has."""
    for index in subject.message.text_parts:
        part = subject.message.parts[index]
        plain = HtmlPart(part.part_id, part_text(subject.octets, part)[:MAX_TEXT])
        yield plain, plain.text
    for html in subject.html_parts:
        yield html, _CODE.sub(lambda match: " " * len(match[0]), html.text)
