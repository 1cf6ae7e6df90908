"""The pages of all inboxes and of all tags, which the sidebar shows the first of; and searches that are kept."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response

from catcher.store.labels.inbox_names import fold_inbox
from catcher.store.search import InInbox, render
from catcher.web.ui.pages import GroupsPage, Link
from catcher.web.ui.site import formatting
from catcher.web.ui.site.languages import _
from catcher.web.ui.site.location import Place
from catcher.web.ui.site.sidebar import tag_query
from catcher.web.ui.site.site import Done, Site

LINKS = 200
"""Names on one page."""


class GroupHandlers:
    """/inboxes, /tags, /saved and /saved/remove."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def inboxes(self, request: Request) -> Response:
        """GET /inboxes?filter=&start=: every inbox by name."""
        found = [(one.name, one.messages, Place(inbox=one.name)) for one in await self._site.services.store.inboxes()]
        hint = _("Mail makes its inbox: by the user name of its sender, a +tag, a sub-domain or its recipient.")
        return await self._page(request, found, name="inboxes", title=_("Inboxes"), hint=hint)

    async def tags(self, request: Request) -> Response:
        """GET /tags?filter=&start=: every tag by name."""
        counts = await self._site.services.store.tags()
        found = [(name, count, Place(query=tag_query(name))) for name, count in counts.items()]
        hint = _("Tags come with mail (X-Tags), by rules, and by hand: tick messages and press l.")
        return await self._page(request, found, name="tags", title=_("Tags"), hint=hint)

    async def save(self, request: Request) -> Response:
        """POST /saved: keep the search `q` in the inbox `i` under `name`."""
        async with request.form(max_fields=10, max_files=0) as form:
            name, query, inbox = (str(form.get(field, "")).strip() for field in ("name", "q", "i"))
        if inbox:
            query = f"{render(InInbox(name=fold_inbox(inbox)))} {query}".strip()
        if not query:
            return self._site.redirect("")
        await self._site.services.store.saved_searches.save(name or query, query)
        return self._site.redirect("", q=query, done=Done(action="kept", count=1))

    async def forget(self, request: Request) -> Response:
        """POST /saved/remove: forget the search of this `number`."""
        async with request.form(max_fields=10, max_files=0) as form:
            number = str(form.get("number", ""))
        if number.isascii() and number.isdigit() and len(number) < 18:
            await self._site.services.store.saved_searches.remove(int(number))
        return self._site.redirect("", done=Done(action="forgotten", count=1))

    async def _page(
        self, request: Request, found: Sequence[tuple[str, int, Place]], *, name: str, title: str, hint: str
    ) -> Response:
        wanted = request.query_params.get("filter", "").strip()[:200]
        given = request.query_params.get("start", "")
        start = int(given) if given.isascii() and given.isdigit() and len(given) < 9 else 0
        matching = [one for one in found if fold_inbox(wanted) in fold_inbox(one[0])]
        site, end = self._site, start + LINKS
        page = GroupsPage(
            chrome=await site.chrome(request),
            name=name,
            title=title,
            links=tuple(
                Link(label=formatting.shown(label), href=place.address(site.root), count=count)
                for label, count, place in matching[start:end]
            ),
            wanted=wanted,
            more=site.href(name, filter=wanted, start=end) if len(matching) > end else "",
            hint=hint,
        )
        return site.page("groups.html", page)
