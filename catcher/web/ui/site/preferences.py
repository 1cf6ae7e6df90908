"""Per-browser preferences, stored in a cookie."""

import re
from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import Response

from catcher.web.ui.pages.layout import Preferences
from catcher.web.ui.site.languages import LANGUAGES
from catcher.web.ui.site.list_state import VIEWS

COOKIE = "catcher_look"

MAX_CLIENTS = 60
_CLIENT = re.compile(r"[a-z0-9-]{1,40}")


_SWITCHES = {
    "dense": "is_dense",
    "talk": "groups_threads",
    "below": "shows_message_below",
    "keys": "has_shortcuts",
    "keep": "keeps_view",
    "remote": "loads_remote_images",
}
"""Fields of `Preferences` that are "0" or "1", by their names in cookie and form."""
_CHOICES = {
    "theme": ("theme", ("auto", "light", "dark")),
    "times": ("times", ("local", "utc", "ago")),
    "clock": ("clock", ("24", "12", "auto")),
    "lang": ("language", ("", *LANGUAGES)),
    "view": ("view", ("", *VIEWS)),
}
"""Other fields and their allowed values, by their names in cookie and form."""


def read_preferences(request: Request) -> Preferences:
    """Return the preferences in the cookie; unknown values become defaults."""
    values = dict(pair.partition("=")[::2] for pair in request.cookies.get(COOKIE, "").split("."))
    return changed(Preferences(), {**values, "clients": values.get("clients", "").replace("~", " ")})


def set_cookie(response: Response, request: Request, name: str, value: str, *, path: str) -> None:
    """Set a cookie for a year that scripts cannot read; sent over TLS only if this request used it.

    Behind a proxy that is trusted, on this machine, its X-Forwarded-Proto says whether.
    """
    is_secure = request.url.scheme == "https"
    response.set_cookie(name, value, max_age=31_536_000, path=path, secure=is_secure, httponly=True, samesite="lax")


def write_preferences(response: Response, request: Request, preferences: Preferences, *, path: str) -> None:
    """Set the cookie, for a year."""
    values = {name: int(getattr(preferences, field)) for name, field in _SWITCHES.items()}
    values |= {name: getattr(preferences, field) for name, (field, _allowed) in _CHOICES.items()}
    value = ".".join(f"{name}={value}" for name, value in values.items())
    value += f".clients={'~'.join(preferences.clients)}"
    set_cookie(response, request, COOKIE, value, path=path)


def changed(preferences: Preferences, given: Mapping[str, str]) -> Preferences:
    """Return the preferences with the values of a form or cookie; missing and unknown values change nothing.

    clients: families of mail clients, separated by spaces.
    """
    changes: dict[str, Any] = {
        field: given[name] == "1" for name, field in _SWITCHES.items() if given.get(name) in ("0", "1")
    }
    changes |= {field: given[name] for name, (field, allowed) in _CHOICES.items() if given.get(name) in allowed}
    if "clients" in given:
        changes["clients"] = tuple(sorted(set(filter(_CLIENT.fullmatch, given["clients"].split()))))[:MAX_CLIENTS]
    return replace(preferences, **changes)
