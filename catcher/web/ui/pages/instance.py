"""The pages about this catcher: set-up, settings, keys, inboxes and tags, connections, the API."""

from dataclasses import dataclass
from datetime import datetime

from catcher.conf import EffectiveSetting
from catcher.web.ui.pages.chrome import Choice, Chrome, Link
from catcher.web.ui.pages.lists import Setup


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupPage:
    """/setup."""

    chrome: Chrome  # what surrounds it
    setup: Setup  # what to tell applications
    done: str  # what was just done, "" for nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsPage:
    """/settings: what this browser wants, and what this instance is."""

    chrome: Chrome  # what surrounds it
    listening: tuple[str, ...]  # where mail is taken
    database: str  # where it is kept, "" when it is not
    limits: tuple[str, ...]  # in sentences
    started_at: datetime  # since when it runs
    settings: tuple[tuple[str, tuple[EffectiveSetting, ...]], ...]  # what it was started with, by section
    languages: tuple[tuple[str, str], ...]  # code and name of each that can be chosen
    views: tuple[tuple[str, str], ...]  # code and name of each view of a message
    families: tuple[Choice, ...]  # mail programs that findings can be limited to
    done: str  # what was just done, "" for nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupsPage:
    """/inboxes and /tags: all of what the sidebar shows the first of."""

    chrome: Chrome  # what surrounds it
    name: str  # "inboxes" or "tags"
    title: str  # what is listed
    links: tuple[Link, ...]  # a piece of them, by name
    wanted: str  # the text that names were asked to have
    more: str  # address of the next piece, "" when this is the last
    hint: str  # how they come about


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One line of the list of keys."""

    does: str  # what it does, for the script
    keys: tuple[str, ...]  # any of them does it
    action: str  # what it does


@dataclass(frozen=True, slots=True, kw_only=True)
class KeysPage:
    """/keys."""

    chrome: Chrome  # what surrounds it
    keys: tuple[Key, ...]  # in the order of their use


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionLine:
    """One SMTP connection that brought no message."""

    closed_at: datetime  # when it was over
    client: str  # address, name and user, as far as they are known
    ended: str  # how it came to its end, a clause
    refusal: str  # the last reply that said no, "" when none did
    transcript: str  # what client and server said


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionsPage:
    """/connections."""

    chrome: Chrome  # what surrounds it
    connections: tuple[ConnectionLine, ...]  # newest first


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiRoute:
    """One route of the API."""

    method: str  # of HTTP
    path: str  # below the site's root, with names in braces
    summary: str  # what it does
    parameters: tuple[str, ...]  # of the query


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiGroup:
    """Routes that belong together."""

    name: str  # what they are about
    routes: tuple[ApiRoute, ...]  # in the order of the document


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiPage:
    """/api/v1/."""

    chrome: Chrome  # what surrounds it
    groups: tuple[ApiGroup, ...]  # all routes
