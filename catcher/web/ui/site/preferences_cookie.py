"""How one browser wants the pages: read from its cookie, written back, changed by a form."""

import re
from collections.abc import Mapping
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from catcher.web.ui.pages import Look
from catcher.web.ui.site.languages import LANGUAGES
from catcher.web.ui.site.location import VIEWS

LOOK_COOKIE = "catcher_look"
THEMES = ("auto", "light", "dark")
TIMES = ("local", "utc", "ago")
CLOCKS = ("24", "12", "auto")

MOST_CLIENTS = 60
_CLIENT = re.compile(r"[a-z0-9-]{1,40}")


def read_look(request: Request) -> Look:
    """The look from the cookie; anything unknown in it is the default."""
    values = dict(pair.partition("=")[::2] for pair in request.cookies.get(LOOK_COOKIE, "").split("."))
    return changed(Look(), {**values, "clients": values.get("clients", "").replace("~", " ")})


def write_look(response: Response, look: Look, *, path: str) -> None:
    """Set the cookie, for a year."""
    values = {
        "theme": look.theme,
        "dense": int(look.is_dense),
        "talk": int(look.has_conversations),
        "below": int(look.is_below),
        "keys": int(look.has_keys),
        "times": look.times,
        "clock": look.clock,
        "lang": look.language,
        "view": look.view,
        "keep": int(look.keeps_view),
        "remote": int(look.loads_remote),
        "clients": "~".join(look.clients),
    }
    value = ".".join(f"{name}={value}" for name, value in values.items())
    response.set_cookie(LOOK_COOKIE, value, max_age=31_536_000, path=path, samesite="lax", httponly=True)


def changed(look: Look, given: Mapping[str, str]) -> Look:
    """The look with what is given by the names that cookie and form have; what is missing or unknown stays.

    clients: families of mail programs, parted by spaces.
    """

    def one_of(name: str, allowed: tuple[str, ...], old: str) -> str:
        return given[name] if given.get(name) in allowed else old

    def is_on(name: str, *, old: bool) -> bool:
        return one_of(name, ("0", "1"), str(int(old))) == "1"

    clients = tuple(sorted(set(filter(_CLIENT.fullmatch, given.get("clients", "").split()))))
    return replace(
        look,
        theme=one_of("theme", THEMES, look.theme),
        is_dense=is_on("dense", old=look.is_dense),
        has_conversations=is_on("talk", old=look.has_conversations),
        is_below=is_on("below", old=look.is_below),
        has_keys=is_on("keys", old=look.has_keys),
        times=one_of("times", TIMES, look.times),
        clock=one_of("clock", CLOCKS, look.clock),
        language=one_of("lang", ("", *LANGUAGES), look.language),
        view=one_of("view", ("", *VIEWS), look.view),
        keeps_view=is_on("keep", old=look.keeps_view),
        loads_remote=is_on("remote", old=look.loads_remote),
        clients=clients[:MOST_CLIENTS] if "clients" in given else look.clients,
    )
