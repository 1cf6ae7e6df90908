"""What template engines leave in a text when a name is not filled in, as patterns and as a search."""

import re
from collections.abc import Iterator

# the engines most used with mail first
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
"""Variables that were not filled in; hardly any mail has such a text on purpose."""

_NO_VALUE = "none|null|undefined|nil|nan"
_GREETINGS = "|".join(rf"(?<=\b{word}.)" for word in ("hello", "hi", "hey", "dear", "hallo", "bonjour", "hola"))

# begins with what stands between the two, which is rarer than letters, and looks at the letters beside it first
NOBODY = re.compile(
    rf"[ ,](?<=[a-z].)(?=[ ,]{{0,2}}(?:{_NO_VALUE})\b)(?:{_GREETINGS})[ ,]{{0,2}}({_NO_VALUE})\b", re.IGNORECASE
)
"""What follows a greeting to nobody: group 1 is the word that the common languages have for "no value"."""

NOTHING = re.compile(
    r"(?<![\w%])%[sdr](?!\w)"  # printf, Python
    r"|(?<![\w.-])(?:None(?! of\b| the\b)|undefined|null|NaN)(?![\w-])"
)
"""What programs write for a value that is missing. A mail can say so on purpose, so this is for strict readers."""

_CODE = re.compile(r"<(style|script|code|pre)\b|<!--", re.IGNORECASE)
_ENDS = {name: re.compile(rf"</{name}\s*>", re.IGNORECASE) for name in ("style", "script", "code", "pre")}
_ENDS[""] = re.compile("-->")


def without_code(html: str) -> str:
    """HTML with style sheets, scripts, samples of code and comments made line breaks, of which no pattern here is made;
    every place stays where it was. What is never closed goes on to the end.
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
    """Each unfilled variable and each missing value that a text shows, in order. Raises nothing."""
    for pattern in (VARIABLES, NOTHING):
        for match in pattern.finditer(text):
            yield match[0]
