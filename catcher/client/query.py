"""What somebody waits for, in the catcher's search language."""

import re
from typing import TypedDict, Unpack

_SPECIAL = re.compile(r'(["\\\-!:=()])')


class Conditions(TypedDict, total=False):
    """What a message may have to contain: names and addresses, subject, any text, a tag, a file name, the SMTP user."""

    from_: str | None
    to: str | None
    cc: str | None
    bcc: str | None
    reply_to: str | None
    addressed: str | None
    subject: str | None
    text: str | None
    tag: str | None
    filename: str | None
    user: str | None


def query_of(query: str = "", /, **conditions: Unpack[Conditions]) -> str:
    """The query with further conditions: terms by name with the text that they look for, None for those not asked.

    `text` looks wherever a free word does. Raises ValueError for a condition without a word.
    """
    terms = [_term(name.strip("_"), str(text)) for name, text in conditions.items() if text is not None]
    first = query.strip()
    if terms and " OR " in first:
        first = f"({first})"
    return " ".join(each for each in (first, *terms) if each)


def _term(name: str, text: str) -> str:
    if not text.strip():
        raise ValueError(f"{name}: expected some text")
    escaped = _SPECIAL.sub(r"\\\1", text)
    return f'"{escaped}"' if name == "text" else f'{name.replace("_", "-")}:"{escaped}"'
