"""The sidebar: fixed lists, inboxes, tags and saved searches, each a link with its number of messages."""

import re
from collections.abc import Mapping
from urllib.parse import urlencode

from catcher.store.labels.inbox_names import fold_inbox
from catcher.store.model import Overview
from catcher.web.ui.pages.layout import NavLink, SavedSearchLink, Sidebar
from catcher.web.ui.site import formatting
from catcher.web.ui.site.languages import _
from catcher.web.ui.site.list_state import ListState

INBOXES_SHOWN = 15
TAGS_SHOWN = 30
_PLAIN = re.compile(r"[\w.@-]+")


def make_sidebar(root: str, overview: Overview, state: ListState, *, path: str, counts: Mapping[int, int]) -> Sidebar:
    """Return the sidebar of a page.

    root: path of the site. path: of this page below it; on the pages of a list, `state` tells the current entry.
    counts: known result counts of saved searches, by their numbers.
    """
    is_list = path.startswith(("i/", "view/")) or path in {"", "search"}
    current = state if is_list else None
    tags = list(overview.tags.items())

    def list_link(inbox: str, *, name: str, label: str, count: int) -> NavLink:
        is_current = current is not None and not current.query and fold_inbox(current.inbox) == fold_inbox(inbox)
        href = ListState(inbox=inbox).href(root)
        return NavLink(name=name, label=formatting.shown(label), href=href, is_current=is_current, count=count)

    def search_link(query: str, *, name: str, label: str, count: int | None) -> NavLink:
        is_current = current is not None and current.query == query and not current.inbox
        href = f"{root}?{urlencode({'q': query})}"
        return NavLink(name=name, label=formatting.shown(label), href=href, is_current=is_current, count=count)

    saved = tuple(
        SavedSearchLink(
            number=one.number,
            link=search_link(one.query, name=f"s:{one.number}", label=one.name, count=counts.get(one.number)),
        )
        for one in overview.saved
    )
    return Sidebar(
        root=root,
        folders=(
            list_link("", name="all", label=_("All mail"), count=overview.counts.messages),
            search_link("is:unread", name="unread", label=_("Unread"), count=overview.counts.unread),
            search_link("is:pinned", name="pinned", label=_("Pinned"), count=overview.pinned),
            NavLink(name="bin", label=_("Bin"), href=f"{root}bin", is_current=path == "bin", count=overview.binned),
        ),
        inboxes=tuple(list_link(name, name=f"i:{name}", label=name, count=count) for name, count in overview.inboxes),
        more_inboxes=overview.inbox_count - len(overview.inboxes),
        tags=tuple(
            search_link(tag_query(name), name=f"t:{name}", label=name, count=count) for name, count in tags[:TAGS_SHOWN]
        ),
        more_tags=len(tags) - len(tags[:TAGS_SHOWN]),
        saved=saved,
        current_search=next((one for one in saved if one.link.is_current), None),
    )


def numbers(sidebar: Sidebar) -> dict[str, int]:
    """Return the numbers of the sidebar by the names of its entries."""
    return {link.name: link.count for link in (*sidebar.folders, *_lists(sidebar)) if link.count is not None}


def names(sidebar: Sidebar) -> tuple[str, ...]:
    """Return the names of the variable entries; when they change, the sidebar has to be redrawn."""
    return tuple(link.name for link in _lists(sidebar))


def tag_query(name: str) -> str:
    """Return the search for a tag."""
    return f"tag:{name}" if _PLAIN.fullmatch(name) else f'tag:"{name}"'


def _lists(sidebar: Sidebar) -> tuple[NavLink, ...]:
    return (*sidebar.inboxes, *sidebar.tags, *(one.link for one in sidebar.saved))
