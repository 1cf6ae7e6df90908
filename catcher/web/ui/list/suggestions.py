"""Empty search results: the search without each of its terms, and an overview of the search language."""

from msgspec.structs import replace

from catcher.store.search import TERMS, tokens
from catcher.web.ui.pages.layout import NavLink
from catcher.web.ui.site import formatting
from catcher.web.ui.site.list_state import ListState, read_query
from catcher.web.ui.site.site import Site

MAX_TERMS = 6
"""Longer searches get no suggestions, since each term costs a search of its own."""


async def suggestions(site: Site, state: ListState) -> tuple[NavLink, ...]:
    """Return the search without each of its terms and the number of its results, the largest first."""
    found = tokens(state.query)
    if not 0 < len(found) <= MAX_TERMS:
        return ()
    links = []
    for token in found:
        rest = " ".join(f"{state.query[: token.start]} {state.query[token.end :]}".split())
        shorter = replace(state, query=rest, before=None)
        query, error = read_query(shorter)
        if not error:
            page = await site.services.store.page(query, limit=1)
            term = formatting.shown(state.query[token.start : token.end])
            links.append(NavLink(label=term, href=shorter.href(site.root), count=page.matching))
    return tuple(sorted(links, key=lambda link: -(link.count or 0)))


def search_terms() -> tuple[tuple[str, str], ...]:
    """Return an example of each term of the search language, and its meaning."""
    return tuple((term.example, term.help) for term in TERMS)
