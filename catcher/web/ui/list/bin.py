"""The bin: deleted messages, their remaining time, restoring them, and deleting them for good."""

from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from catcher.errors import NotFound
from catcher.store.db.codec import moment
from catcher.store.model import BinnedMessage
from catcher.web.ui.list.page import make_row, notice_page
from catcher.web.ui.pages.lists import BinPage, BinRow
from catcher.web.ui.site import formatting
from catcher.web.ui.site.languages import _
from catcher.web.ui.site.list_state import ListState, read_number
from catcher.web.ui.site.notices import ActionResult, notice_text, return_path
from catcher.web.ui.site.site import PAGE_ROWS, Site, now

MAX_FIELDS = 5000


async def show(site: Site, request: Request) -> Response:
    """GET /bin?start=: the deleted messages, last deleted first."""
    start = read_number(request.query_params.get("start", ""), digits=8) or 0
    found = await site.services.store.bin(limit=PAGE_ROWS + 1, start=start)
    retention, read_at = site.options.bin, now()
    page = BinPage(
        layout=await site.layout(request),
        rows=tuple(_row(site, one, read_at) for one in found[:PAGE_ROWS]),
        newer_href=site.href("bin", start=max(0, start - PAGE_ROWS) or None) if start else "",
        older_href=site.href("bin", start=start + PAGE_ROWS) if len(found) > PAGE_ROWS else "",
        retention=formatting.duration(retention) if retention else "",
        notice=notice_text(request),
    )
    return site.page("bin.html", page)


async def restore(site: Site, request: Request) -> Response:
    """POST /bin/restore: restore the selected messages (id), or those that were deleted at one moment (at)."""
    store = site.services.store
    async with request.form(max_fields=MAX_FIELDS, max_files=0) as form:
        ids = [str(each) for each in form.getlist("id")]
        at, back = read_number(str(form.get("at", "")), digits=17), str(form.get("back", ""))
    count = await store.restore(ids) if ids else 0
    if at is not None:
        count += await store.restore_deleted_at(moment(at))
    return _redirect(site, back, ActionResult(action="restored", count=count))


async def discard(site: Site, request: Request) -> Response:
    """POST /bin/discard: delete the selected messages for good (id), or all messages in the bin (all)."""
    store = site.services.store
    async with request.form(max_fields=MAX_FIELDS, max_files=0) as form:
        ids = [str(each) for each in form.getlist("id")]
        is_all = bool(form.get("all"))
    count = await (store.empty_bin() if is_all else store.discard(ids))
    return _redirect(site, "", ActionResult(action="discarded", count=count))


async def deleted_page(site: Site, request: Request, store_id: str) -> Response | None:
    """Return the page for the address of a message in the bin, with the list beside it; None when it is not there."""
    try:
        binned = await site.services.store.binned_message(store_id)
    except NotFound:
        return None
    title = _("Deleted %(age)s ago", age=formatting.duration(now() - binned.deleted_at))
    subject = formatting.title(binned.summary.subject) or _("(no subject)")
    return await notice_page(site, request, title, subject, status=404, restore=store_id)


def _row(site: Site, binned: BinnedMessage, read_at: datetime) -> BinRow:
    # Without a bin the next cleanup deletes what an earlier run put there.
    expires_at = binned.deleted_at + (site.options.bin or timedelta(0))
    row = make_row(site, binned.summary, ListState(), read_at)
    return BinRow(row=row, time_left=formatting.duration(max(timedelta(0), expires_at - read_at)))


def _redirect(site: Site, back: str, result: ActionResult) -> Response:
    """Redirect to the page that the form names, when it is one of this site, else to the bin."""
    address = return_path(site.root, back) or site.href("bin")
    separator = "&" if "?" in address else "?"
    return RedirectResponse(f"{address}{separator}done={result}", status_code=303)
