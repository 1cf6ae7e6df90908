"""Setup snippets of frameworks: one data file, with placeholders for host, port and login."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import quote

from catcher.paths import data_directory

ANY = "any"
"""User and password for programs that require them, when any are accepted."""

_LOGIN = re.compile(r"\[\[(.*?)\]\]")
_PLAIN = re.compile(r"[A-Za-z0-9._@+-]{1,200}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """Server and login of an application. user: "" for none; then there is no password either."""

    host: str
    port: str
    user: str = ""
    password: str = ""


def is_plain(name: str) -> bool:
    """Return whether a user name needs no quoting in any snippet.

    Incoming mail creates inboxes, and so their names: a quote in one would be code in somebody's settings.
    """
    return _PLAIN.fullmatch(name) is not None


def filled(text: str, login: Login) -> str:
    """Return the text of a snippet with the values filled in. Lines for a login are removed when there is none."""
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
    """Return the data file: by the key of each framework its name, and its snippets with title and text."""
    with (data_directory("templates") / "setup" / "frameworks.toml").open("rb") as file:
        return tomllib.load(file)
