"""How each framework is told where to send: one data file, and its texts with the values of a listener and an inbox."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import quote

from catcher.paths import data_directory

ANY = "any"
"""User and password where a program insists on some and any will do."""

_LOGIN = re.compile(r"\[\[(.*?)\]\]")
_PLAIN = re.compile(r"[A-Za-z0-9._@+-]{1,200}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """Where to send, and as whom. user: "" for nobody; then there is no password."""

    host: str
    port: str
    user: str = ""
    password: str = ""


def can_be_written(name: str) -> bool:
    """Whether a user name means the same in every file that a snippet is for.

    Mail makes inboxes, and so their names: a quote in one would be code in somebody's settings.
    """
    return _PLAIN.fullmatch(name) is not None


def filled(text: str, login: Login) -> str:
    """The text of a snippet with the values in it. Lines that only a login needs go when there is none."""
    lines = []
    for line in text.splitlines():
        kept = _LOGIN.sub(r"\1" if login.user else "", line)
        if kept.strip() or not line.strip():
            lines.append(kept.rstrip())
    user, password = login.user or ANY, login.password or ANY
    values = {
        "{{h}}": login.host,
        "{{p}}": login.port,
        "{{u}}": user,
        "{{w}}": password,
        "{{u%}}": quote(user, safe=""),
        "{{w%}}": quote(password, safe=""),
    }
    whole = "\n".join(lines)
    for mark, value in values.items():
        whole = whole.replace(mark, value)
    return whole


@cache
def frameworks() -> Mapping[str, Any]:
    """The data file, by the key of each framework: its name, and its snippets with title and text."""
    with (data_directory("templates") / "setup" / "frameworks.toml").open("rb") as file:
        return tomllib.load(file)
