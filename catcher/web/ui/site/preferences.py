"""Per-browser preferences, stored in a cookie."""

import re
from collections.abc import Mapping

from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import Response

from catcher.web.ui.pages.layout import Preferences
from catcher.web.ui.site.languages import LANGUAGES
from catcher.web.ui.site.list_state import VIEWS

COOKIE = "catcher_look"
THEMES = ("auto", "light", "dark")
TIMES = ("local", "utc", "ago")
CLOCKS = ("24", "12", "auto")

MAX_CLIENTS = 60
_CLIENT = re.compile(r"[a-z0-9-]{1,40}")


def read_preferences(request: Request) -> Preferences:
    """Return the preferences in the cookie; unknown values become defaults."""
    values = dict(pair.partition("=")[::2] for pair in request.cookies.get(COOKIE, "").split("."))
    return changed(Preferences(), {**values, "clients": values.get("clients", "").replace("~", " ")})


def write_preferences(response: Response, preferences: Preferences, *, path: str) -> None:
    """Set the cookie, for a year."""
    values = {
        "theme": preferences.theme,
        "dense": int(preferences.is_dense),
        "talk": int(preferences.groups_threads),
        "below": int(preferences.shows_message_below),
        "keys": int(preferences.has_shortcuts),
        "times": preferences.times,
        "clock": preferences.clock,
        "lang": preferences.language,
        "view": preferences.view,
        "keep": int(preferences.keeps_view),
        "remote": int(preferences.loads_remote_images),
        "clients": "~".join(preferences.clients),
    }
    value = ".".join(f"{name}={value}" for name, value in values.items())
    response.set_cookie(COOKIE, value, max_age=31_536_000, path=path, samesite="lax", httponly=True)


def changed(preferences: Preferences, given: Mapping[str, str]) -> Preferences:
    """Return the preferences with the values of a form or cookie; missing and unknown values change nothing.

    clients: families of mail clients, separated by spaces.
    """

    def one_of(name: str, allowed: tuple[str, ...], old: str) -> str:
        return given[name] if given.get(name) in allowed else old

    def is_on(name: str, *, old: bool) -> bool:
        return one_of(name, ("0", "1"), str(int(old))) == "1"

    clients = tuple(sorted(set(filter(_CLIENT.fullmatch, given.get("clients", "").split()))))
    return replace(
        preferences,
        theme=one_of("theme", THEMES, preferences.theme),
        is_dense=is_on("dense", old=preferences.is_dense),
        groups_threads=is_on("talk", old=preferences.groups_threads),
        shows_message_below=is_on("below", old=preferences.shows_message_below),
        has_shortcuts=is_on("keys", old=preferences.has_shortcuts),
        times=one_of("times", TIMES, preferences.times),
        clock=one_of("clock", CLOCKS, preferences.clock),
        language=one_of("lang", ("", *LANGUAGES), preferences.language),
        view=one_of("view", ("", *VIEWS), preferences.view),
        keeps_view=is_on("keep", old=preferences.keeps_view),
        loads_remote_images=is_on("remote", old=preferences.loads_remote_images),
        clients=clients[:MAX_CLIENTS] if "clients" in given else preferences.clients,
    )
