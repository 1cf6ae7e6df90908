"""The pages of all inboxes and all tags, and saved searches."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from catcher.store.search import Anything, fold, render, within
from catcher.web.ui.pages.instance import GroupsPage
from catcher.web.ui.pages.layout import NavLink
from catcher.web.ui.site import formatting
from catcher.web.ui.site.languages import _
from catcher.web.ui.site.list_state import ListState, read_number
from catcher.web.ui.site.notices import ActionResult
from catcher.web.ui.site.sidebar import tag_query
from catcher.web.ui.site.site import Site

PAGE_LINKS = 200


async def inboxes(site: Site, request: Request) -> Response:
    """GET /inboxes?filter=&start=: every inbox by name."""
    found = [(one.name, one.messages, ListState(inbox=one.name)) for one in await site.services.store.inboxes()]
    hint = _("Inboxes are created by incoming mail: from its SMTP user, +tag, subdomain or recipient.")
    return await _page(site, request, found, name="inboxes", title=_("Inboxes"), hint=hint)


async def tags(site: Site, request: Request) -> Response:
    """GET /tags?filter=&start=: every tag by name."""
    counts = await site.services.store.tags()
    found = [(name, count, ListState(query=tag_query(name))) for name, count in counts.items()]
    hint = _("Tags come from the X-Tags header field and from rules. To add one, select messages and press l.")
    return await _page(site, request, found, name="tags", title=_("Tags"), hint=hint)


async def save(site: Site, request: Request) -> Response:
    """POST /saved: save the search `q` in the inbox `i` under `name`."""
    async with request.form(max_fields=10, max_files=0) as form:
        name, query, inbox = (str(form.get(field, "")).strip() for field in ("name", "q", "i"))
    query = f"{render(within(Anything(), inbox))} {query}".strip()
    if not query:
        return site.redirect("")
    await site.services.store.saved_searches.save(name or query, query)
    return site.redirect("", q=query, done=ActionResult(action="kept"))


async def remove_saved(site: Site, request: Request) -> Response:
    """POST /saved/remove: remove the saved search with this `number`."""
    async with request.form(max_fields=10, max_files=0) as form:
        number = read_number(str(form.get("number", "")), digits=17)
    if number is not None:
        await site.services.store.saved_searches.remove(number)
    return site.redirect("", done=ActionResult(action="forgotten"))


async def saved_counts(site: Site, request: Request) -> Response:
    """GET /saved/numbers: the number of results of each saved search, by the names of the sidebar's entries."""
    counts = await site.saved_counts.fresh()
    return JSONResponse(
        {f"s:{number}": count for number, count in counts.items()}, headers={"Cache-Control": "no-store"}
    )


async def _page(
    site: Site, request: Request, found: Sequence[tuple[str, int, ListState]], *, name: str, title: str, hint: str
) -> Response:
    text = request.query_params.get("filter", "").strip()[:200]
    start = read_number(request.query_params.get("start", ""), digits=8) or 0
    matching = [one for one in found if fold(text) in fold(one[0])]
    end = start + PAGE_LINKS
    page = GroupsPage(
        layout=await site.layout(request),
        name=name,
        title=title,
        links=tuple(
            NavLink(label=formatting.shown(label), href=state.href(site.root), count=count)
            for label, count, state in matching[start:end]
        ),
        filter=text,
        more_href=site.href(name, filter=text, start=end) if len(matching) > end else "",
        hint=hint,
    )
    return site.page("groups.html", page)
