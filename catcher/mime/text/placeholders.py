"""Placeholders: unfilled template variables in a text."""

import re
from collections.abc import Iterator

# the engines most used for mail first
VARIABLES = re.compile(
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
"""Unfilled variables; hardly any mail has such a text on purpose."""

_NO_VALUE = "none|null|undefined|nil|nan"
_GREETINGS = "|".join(rf"(?<=\b{word}.)" for word in ("hello", "hi", "hey", "dear", "hallo", "bonjour", "hola"))

# starts with what stands between the two, which is rarer than letters, and then tests the letters beside it
NOBODY = re.compile(
    rf"[ ,](?<=[a-z].)(?=[ ,]{{0,2}}(?:{_NO_VALUE})\b)(?:{_GREETINGS})[ ,]{{0,2}}({_NO_VALUE})\b", re.IGNORECASE
)
"""Greetings with a missing name: group 1 is the word for "no value" in common languages."""

NOTHING = re.compile(
    r"(?<![\w%])%[sdr](?!\w)"  # printf, Python
    r"|(?<![\w.-])(?:None(?! of\b| the\b)|undefined|null|NaN)(?![\w-])"
)
"""Renderings of a missing value. A mail can contain them on purpose, so only strict checks use this."""

_CODE = re.compile(r"<(style|script|code|pre)\b|<!--", re.IGNORECASE)
_ENDS = {name: re.compile(rf"</{name}\s*>", re.IGNORECASE) for name in ("style", "script", "code", "pre")}
_ENDS[""] = re.compile("-->")


def without_code(html: str) -> str:
    """Replace style sheets, scripts, code samples and comments of HTML by line breaks, which no pattern here matches.

    Offsets stay valid. An unclosed element extends to the end.
    """
    pieces: list[str] = []
    at = 0
    while found := _CODE.search(html, at):
        end = _ENDS[(found[1] or "").lower()].search(html, found.end())
        stop = end.end() if end is not None else len(html)
        pieces += (html[at : found.start()], "\n" * (stop - found.start()))
        at = stop
    return "".join(pieces) + html[at:]


def find_placeholders(text: str) -> Iterator[str]:
    """Yield each unfilled variable and each missing value in a text, in order."""
    for pattern in (VARIABLES, NOTHING):
        for match in pattern.finditer(text):
            yield match[0]
