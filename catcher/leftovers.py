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

# what is never closed goes on to the end, so that no text is looked through twice
_CODE = re.compile(r"<(style|script|code|pre)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)", re.IGNORECASE | re.DOTALL)


def without_code(html: str) -> str:
    """HTML with style sheets, scripts, samples of code and comments blanked out; every place stays where it was."""
    return _CODE.sub(lambda match: " " * len(match[0]), html)


def leftovers(text: str) -> Iterator[str]:
    """Each unfilled variable and each missing value that a text shows, in order. Raises nothing."""
    for pattern in (VARIABLES, NOTHING):
        for match in pattern.finditer(text):
            yield match[0]
