"""The sidebar: the lists everybody has, inboxes, tags, saved searches, each a link with how many messages are there."""

import re
from collections.abc import Mapping
from urllib.parse import urlencode

from catcher.store.labels.inbox_names import fold_inbox
from catcher.store.model import Overview
from catcher.web.ui.pages import Link, Saved, Side
from catcher.web.ui.site import formatting
from catcher.web.ui.site.languages import _
from catcher.web.ui.site.location import Place

INBOXES_SHOWN = 15
TAGS_SHOWN = 30
_PLAIN = re.compile(r"[\w.@-]+")


def make_side(root: str, overview: Overview, place: Place, *, page: str, found: Mapping[int, int]) -> Side:
    """The sidebar of a page.

    root: path of the site. page: path of this page below it; on a page of a list, `place` says which entry is current.
    found: how many messages saved searches find, by their numbers, as far as that is known.
    """
    is_list = page.startswith(("i/", "view/")) or page in {"", "search"}
    here = place if is_list else None
    tags = list(overview.tags.items())
    saved = tuple(
        Saved(
            number=one.number,
            link=_search_link(
                root, here, one.query, name=f"s:{one.number}", label=one.name, count=found.get(one.number)
            ),
        )
        for one in overview.saved
    )
    return Side(
        root=root,
        folders=(
            _list_link(root, here, Place(), name="all", label=_("All mail"), count=overview.counts.messages),
            _search_link(root, here, "is:unread", name="unread", label=_("Unread"), count=overview.counts.unread),
            _search_link(root, here, "is:pinned", name="pinned", label=_("Pinned"), count=overview.pinned),
            Link(name="bin", label=_("Bin"), href=f"{root}bin", is_current=page == "bin", count=overview.binned),
        ),
        inboxes=tuple(
            _list_link(root, here, Place(inbox=name), name=f"i:{name}", label=name, count=count)
            for name, count in overview.inboxes
        ),
        more_inboxes=overview.inbox_count - len(overview.inboxes),
        tags=tuple(
            _search_link(root, here, tag_query(name), name=f"t:{name}", label=name, count=count)
            for name, count in tags[:TAGS_SHOWN]
        ),
        more_tags=len(tags) - len(tags[:TAGS_SHOWN]),
        saved=saved,
        here=next((one for one in saved if one.link.is_current), None),
    )


def numbers(side: Side) -> dict[str, int]:
    """The numbers of the sidebar by the names of its entries."""
    links = (*side.folders, *side.inboxes, *side.tags, *(one.link for one in side.saved))
    return {link.name: link.count for link in links if link.count is not None}


def names(side: Side) -> tuple[str, ...]:
    """What the sidebar lists; when that changes, it has to be drawn anew."""
    return tuple(link.name for link in (*side.inboxes, *side.tags, *(one.link for one in side.saved)))


def tag_query(name: str) -> str:
    """The search for a tag."""
    return f"tag:{name}" if _PLAIN.fullmatch(name) else f'tag:"{name}"'


def _list_link(root: str, here: Place | None, place: Place, *, name: str, label: str, count: int) -> Link:
    is_same = here is not None and not here.query and fold_inbox(here.inbox) == fold_inbox(place.inbox)
    return Link(name=name, label=formatting.shown(label), href=place.address(root), is_current=is_same, count=count)


def _search_link(root: str, here: Place | None, query: str, *, name: str, label: str, count: int | None = None) -> Link:
    is_same = here is not None and here.query == query and not here.inbox
    href = f"{root}?{urlencode({'q': query})}"
    return Link(name=name, label=formatting.shown(label), href=href, is_current=is_same, count=count)
