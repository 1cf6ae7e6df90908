"""What a list says that has nothing: which term of the search is too much, and what else can be asked."""

from dataclasses import replace

from catcher.store.search import TERMS, tokens
from catcher.web.ui.pages import Link
from catcher.web.ui.site import formatting
from catcher.web.ui.site.location import Place, read_query
from catcher.web.ui.site.site import Site

MOST_TERMS = 6
"""Of a longer search no term is tried, as each costs a search of its own."""


async def searches_without(site: Site, place: Place) -> tuple[Link, ...]:
    """The search without each of its terms, with how many messages that finds; the one that finds most comes first."""
    found = tokens(place.query)
    if not 0 < len(found) <= MOST_TERMS:
        return ()
    links = []
    for one in found:
        rest = " ".join(f"{place.query[: one.start]} {place.query[one.end :]}".split())
        fewer = replace(place, query=rest, before=None)
        query, error = read_query(fewer)
        if not error:
            page = await site.services.store.page(query, limit=1)
            term = formatting.shown(place.query[one.start : one.end])
            links.append(Link(label=term, href=fewer.address(site.root), count=page.matching))
    return tuple(sorted(links, key=lambda link: -(link.count or 0)))


def search_help() -> tuple[tuple[str, str], ...]:
    """An example of each term of the search language, and what it asks for."""
    return tuple((term.example, term.help) for term in TERMS)
