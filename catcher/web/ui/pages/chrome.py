"""What surrounds every page: the look a browser wants, links, the sidebar."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How this browser wants the pages, from its cookie."""

    theme: str = "auto"  # "auto", "light" or "dark"
    is_dense: bool = False  # one line a message instead of three
    has_conversations: bool = False  # the messages of a conversation in one row of the list
    is_below: bool = False  # the message under the list instead of beside it
    times: str = "local"  # "local" for the browser's zone, "utc", or "ago" for how long ago
    clock: str = "24"  # hours of the day: "24", "12", or "auto" for what the browser's country has
    has_keys: bool = True  # whether single keys do something
    language: str = ""  # code of the wanted language, "" for what the browser says
    view: str = ""  # view that a message opens in, "" for the first that it has
    keeps_view: bool = True  # whether the next message opens in the view of the one before
    loads_remote: bool = False  # whether remote images are shown without being asked for
    clients: tuple[str, ...] = ()  # families of mail programs to have findings about, () for all


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One value of a setting."""

    value: str  # as a form sends it
    label: str  # for people
    is_chosen: bool  # whether it is in force


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link of a navigation."""

    label: str  # as shown
    href: str  # where it leads
    name: str = ""  # for programs, the same in every language
    is_current: bool = False  # whether this page is it
    count: int | None = None  # a number behind the label, None for none


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """A search that was kept."""

    number: int  # to name it by
    link: Link  # the list of what it finds


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """The lists of the sidebar."""

    root: str  # path of the site
    folders: tuple[Link, ...]  # the lists everybody has
    inboxes: tuple[Link, ...]  # the fullest ones, by name
    more_inboxes: int  # how many there are besides
    tags: tuple[Link, ...]  # the first ones, by name
    more_tags: int  # how many there are besides
    saved: tuple[Saved, ...]  # searches that were kept
    here: Saved | None  # the one of them that this page shows


@dataclass(frozen=True, slots=True, kw_only=True)
class Chrome:
    """What surrounds every page."""

    root: str  # path of the site, with a slash at both ends
    css: str  # path of the style sheet
    js: str  # path of the script
    icons: str  # path of the sprite
    favicon: str  # path of the icon of the tab
    look: Look  # how this browser wants it
    language: str  # code of the language of the page
    label: str  # what this instance was named, "" for nothing
    version: str  # of catcher
    smtp: str  # where mail is taken, "host:port", "" when nowhere
    keys: Mapping[str, str]  # what each key does, for the script
    is_public: bool  # reachable by others without a password
    here: str  # path and query of this page, for coming back to it
    is_following: bool  # whether it shows what comes by itself
    unread: int  # how many messages nobody has read
    side: Side  # the lists of the sidebar
    query: str  # what the search field holds
    inbox: str  # the inbox it searches, "" for all mail
