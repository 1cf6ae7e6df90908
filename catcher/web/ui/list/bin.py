"""The bin: what was deleted, how long it stays, bringing it back, and deleting it for good."""

from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from catcher.errors import NotFound
from catcher.store.db.codec import moment
from catcher.store.model import BinnedMessage
from catcher.web.ui.list.page import list_piece, make_row
from catcher.web.ui.pages import BinPage, BinRow, GonePage
from catcher.web.ui.site import formatting
from catcher.web.ui.site.languages import _
from catcher.web.ui.site.location import Place, read_place
from catcher.web.ui.site.preferences_cookie import read_look
from catcher.web.ui.site.site import PAGE_ROWS, Done, Site, done_text, now, way_back

LATEST_MOMENT = 10**17


class BinHandlers:
    """/bin, /bin/restore, /bin/discard, and the page of a message that is in it."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def show(self, request: Request) -> Response:
        """GET /bin?start=: what was deleted last first."""
        site, store = self._site, self._site.services.store
        given = request.query_params.get("start", "")
        start = int(given) if given.isascii() and given.isdigit() and len(given) < 9 else 0
        found = await store.bin(limit=PAGE_ROWS + 1, start=start)
        kept = site.options.bin
        page = BinPage(
            chrome=await site.chrome(request),
            rows=tuple(self._row(one) for one in found[:PAGE_ROWS]),
            newer=site.href("bin", start=max(0, start - PAGE_ROWS) or None) if start else "",
            older=site.href("bin", start=start + PAGE_ROWS) if len(found) > PAGE_ROWS else "",
            kept=formatting.duration(kept) if kept else "",
            done=done_text(request),
        )
        return site.page("bin.html", page)

    async def restore(self, request: Request) -> Response:
        """POST /bin/restore: bring back the ticked ones (id), or what was deleted at one moment (at)."""
        store = self._site.services.store
        async with request.form(max_fields=5000, max_files=0) as form:
            ids = [str(each) for each in form.getlist("id")]
            at, back = str(form.get("at", "")), str(form.get("back", ""))
        count = await store.restore(ids) if ids else 0
        if at.isascii() and at.isdigit() and int(at) < LATEST_MOMENT:
            count += await store.restore_deleted_at(moment(int(at)))
        return self._back(back, Done(action="restored", count=count))

    async def discard(self, request: Request) -> Response:
        """POST /bin/discard: delete the ticked ones for good (id), or everything that is in the bin (all)."""
        store = self._site.services.store
        async with request.form(max_fields=5000, max_files=0) as form:
            ids = [str(each) for each in form.getlist("id")]
            is_all = bool(form.get("all"))
        count = await (store.empty_bin() if is_all else store.discard(ids))
        return self._back("", Done(action="discarded", count=count))

    async def gone(self, request: Request, store_id: str) -> Response | None:
        """The page at the address of a message that is in the bin, the list beside it; None when it is not there."""
        site = self._site
        try:
            binned = await site.services.store.binned_message(store_id)
        except NotFound:
            return None
        place = read_place(request)
        beside = Place(query=place.query, inbox=place.inbox, before=place.before)
        listing, _counts = await list_piece(site, beside, read_look(request))
        age = formatting.duration(now() - binned.deleted_at)
        page = GonePage(
            chrome=await site.chrome(request, place),
            listing=listing,
            title=_("Deleted %(age)s ago", age=age),
            text=formatting.title(binned.summary.subject) or _("(no subject)"),
            restore=store_id,
        )
        return site.page("gone.html", page, status=404)

    def _row(self, binned: BinnedMessage) -> BinRow:
        moment_of_reading = now()
        row = make_row(self._site, binned.summary, Place(), moment_of_reading)
        return BinRow(row=row, left=formatting.duration(self._left(binned.deleted_at, moment_of_reading)))

    def _left(self, deleted_at: datetime, moment_of_reading: datetime) -> timedelta:
        """Without a bin the next sweep takes what an earlier run put there."""
        kept = self._site.options.bin or timedelta(0)
        return max(timedelta(0), deleted_at + kept - moment_of_reading)

    def _back(self, back: str, done: Done) -> Response:
        """To the page the form names, which must be one of this site, else to the bin."""
        address = way_back(self._site.root, back) or self._site.href("bin")
        mark = "&" if "?" in address else "?"
        return RedirectResponse(f"{address}{mark}done={done}", status_code=303)
