"""The layout of every page: preferences, links, the sidebar."""

from collections.abc import Mapping

from msgspec import Struct


class Preferences(Struct, frozen=True, kw_only=True):
    """The preferences of one browser, from its cookie."""

    theme: str = "auto"  # "auto", "light" or "dark"
    is_dense: bool = False  # one line for each message instead of three
    groups_threads: bool = False  # one row of the list for each thread
    shows_message_below: bool = False  # the message below the list instead of beside it
    times: str = "local"  # "local" for the browser's time zone, "utc", or "ago" for relative times
    clock: str = "24"  # hours of the day: "24", "12", or "auto" for the browser's region
    has_shortcuts: bool = True  # whether single keys are shortcuts
    language: str = ""  # code of the language, "" for the browser's
    view: str = ""  # view in which a message opens, "" for the first available one
    keeps_view: bool = True  # whether the next message opens in the current view
    loads_remote_images: bool = False  # whether remote images load without being requested
    clients: tuple[str, ...] = ()  # families of mail clients to show findings for, () for all


class Choice(Struct, frozen=True, kw_only=True):
    """One value of a form field."""

    value: str  # as a form sends it
    label: str  # for people
    is_chosen: bool  # whether it is selected


class NavLink(Struct, frozen=True, kw_only=True):
    """A link of a navigation."""

    label: str  # for people
    href: str  # its target
    name: str = ""  # for scripts, the same in every language
    is_current: bool = False  # whether it links to this page
    count: int | None = None  # a number beside the label, None for none


class SavedSearchLink(Struct, frozen=True, kw_only=True):
    """A saved search in the sidebar."""

    number: int  # its number in the store
    link: NavLink  # its results


class Sidebar(Struct, frozen=True, kw_only=True):
    """The lists of the sidebar."""

    root: str  # path of the site
    folders: tuple[NavLink, ...]  # the fixed lists
    inboxes: tuple[NavLink, ...]  # the fullest inboxes, by name
    more_inboxes: int  # number of inboxes not listed
    tags: tuple[NavLink, ...]  # the first tags, by name
    more_tags: int  # number of tags not listed
    saved: tuple[SavedSearchLink, ...]  # saved searches
    current_search: SavedSearchLink | None  # the saved search that this page shows


class Layout(Struct, frozen=True, kw_only=True):
    """The values of the base template."""

    root: str  # path of the site, with a slash at both ends
    css: str  # path of the style sheet
    js: str  # path of the script
    icons: str  # path of the icon sprite
    favicon: str  # path of the favicon
    preferences: Preferences  # of this browser
    language: str  # code of the page's language
    label: str  # name of this instance, "" without one
    version: str  # of catcher
    smtp_address: str  # "host:port" of the SMTP listener, "" without one
    shortcuts: Mapping[str, str]  # the action of each key, for the script
    is_public: bool  # reachable from other machines without a password
    url: str  # path and query of this page, for returning to it
    is_following: bool  # whether new messages open automatically
    unread: int  # number of unread messages
    sidebar: Sidebar  # its lists
    query: str  # value of the search field
    inbox: str  # inbox that the search is limited to, "" for all mail
