"""Queries in the catcher's search language, made from conditions."""

import re
from difflib import get_close_matches
from typing import TypedDict, Unpack

_SPECIAL = re.compile(r'(["\\\-!:=()])')


class Conditions(TypedDict, total=False):
    """Texts that a message has to contain, by field; `text` is looked for everywhere, `user` is the SMTP user."""

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
    """Return the query narrowed by conditions, those that are None left out.

    Texts are taken literally. Raises TypeError for an unknown condition and ValueError for a blank one.
    """
    known = Conditions.__annotations__
    for name in conditions.keys() - known.keys():
        similar = get_close_matches(name, known, n=1)
        hint = f"did you mean {similar[0]!r}?" if similar else f"expected one of {', '.join(known)}"
        raise TypeError(f"unknown condition {name!r}, {hint}")
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
