"""The pages about this instance: setup, settings, shortcuts, inboxes and tags, connections, the API."""

from datetime import datetime

from msgspec import Struct

from catcher.conf import EffectiveSetting
from catcher.web.ui.pages.layout import Choice, Layout, NavLink
from catcher.web.ui.pages.lists import SetupGuide


class SetupPage(Struct, frozen=True, kw_only=True):
    """/setup."""

    layout: Layout  # of the page
    setup: SetupGuide  # the guide
    notice: str  # result of the last action, "" without one


class SettingsPage(Struct, frozen=True, kw_only=True):
    """/settings: the preferences of this browser, and facts about this instance."""

    layout: Layout  # of the page
    listening: tuple[str, ...]  # addresses that accept mail
    database: str  # as configured, "" for an ephemeral one
    limits: tuple[str, ...]  # in sentences
    started_at: datetime  # of this process
    settings: tuple[tuple[str, tuple[EffectiveSetting, ...]], ...]  # by section
    languages: tuple[tuple[str, str], ...]  # code and name of each language
    views: tuple[tuple[str, str], ...]  # code and name of each view of a message
    families: tuple[Choice, ...]  # mail clients that findings can be limited to
    notice: str  # result of the last action, "" without one


class GroupsPage(Struct, frozen=True, kw_only=True):
    """/inboxes and /tags: the complete lists of the sidebar."""

    layout: Layout  # of the page
    name: str  # "inboxes" or "tags"
    title: str  # of the list
    links: tuple[NavLink, ...]  # one page of them, by name
    filter: str  # text that the names contain
    more_href: str  # address of the next page, "" on the last page
    hint: str  # where they come from


class Shortcut(Struct, frozen=True, kw_only=True):
    """One keyboard shortcut."""

    name: str  # of the action, for the script
    keys: tuple[str, ...]  # each of them is enough
    action: str  # for people


class ShortcutsPage(Struct, frozen=True, kw_only=True):
    """/keys."""

    layout: Layout  # of the page
    shortcuts: tuple[Shortcut, ...]  # in the order of their use


class ConnectionRow(Struct, frozen=True, kw_only=True):
    """One SMTP connection without a message."""

    closed_at: datetime  # its end
    client: str  # address, name and user, as far as they are known
    ended: str  # how it ended, a clause
    refusal: str  # the last negative reply, "" without one
    transcript: str  # the SMTP dialogue


class ConnectionsPage(Struct, frozen=True, kw_only=True):
    """/connections."""

    layout: Layout  # of the page
    connections: tuple[ConnectionRow, ...]  # newest first


class ApiRoute(Struct, frozen=True, kw_only=True):
    """One route of the API."""

    method: str  # of HTTP
    path: str  # below the site's root, with names in braces
    summary: str  # one sentence
    parameters: tuple[str, ...]  # of the query


class ApiGroup(Struct, frozen=True, kw_only=True):
    """Routes of one subject."""

    name: str  # the subject
    routes: tuple[ApiRoute, ...]  # in the order of the OpenAPI document


class ApiPage(Struct, frozen=True, kw_only=True):
    """/api/v1/."""

    layout: Layout  # of the page
    groups: tuple[ApiGroup, ...]  # all routes
