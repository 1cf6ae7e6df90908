"""Bulk actions: on the selected messages, or on all messages of a list."""

from msgspec import Struct
from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from catcher.errors import TagError
from catcher.store.db.codec import microseconds
from catcher.store.model import ByIds, Everything, Matching, Selection
from catcher.store.search import Anything
from catcher.web.ui.list.downloads import TYPES, download
from catcher.web.ui.list.page import notice_page
from catcher.web.ui.site.languages import _
from catcher.web.ui.site.list_state import ListState, read_number, read_query
from catcher.web.ui.site.notices import ActionResult, return_path
from catcher.web.ui.site.site import Site, now

MAX_FIELDS = 20_000


class BulkAction(Struct, frozen=True, kw_only=True):
    """A submitted form of the list or of a message.

    ids: the selected messages. is_all: all messages of the list `state` instead. tag: the tag to add or remove.
    back: the page to return to, "" for the list.
    """

    action: str
    ids: tuple[str, ...]
    is_all: bool
    state: ListState
    tag: str
    back: str

    def selection(self) -> Selection | None:
        """Return the messages; None when the search is invalid: a typing error deletes nothing."""
        if not self.is_all:
            return ByIds(self.ids)
        query, error = read_query(self.state)
        if error:
            return None
        return Everything() if isinstance(query, Anything) else Matching(query)


async def act(site: Site, request: Request) -> Response:
    """POST /actions: run an action, then return to the list or to the page that the form names.

    Fields: action, id (repeated), q, i and before for the list, scope ("all" for all of it), tag, back. The actions
    "delete-all" and "read-all" mean all of the list, whatever scope says.
    """
    form = await _read(request)
    selection = form.selection()
    if selection is None or not (form.is_all or form.ids):
        return await _refuse(site, request, _("No message is selected, or the search is invalid."))
    if form.action in TYPES:
        return download(site.services, selection, kind=form.action)
    if form.action == "compare":
        ids = [each for each in form.ids[:3] if each.isascii() and each.isalnum()]
        return RedirectResponse(f"{site.root}compare?{'&'.join(f'id={each}' for each in ids)}", 303)
    try:
        result = await _run(site, form, selection)
    except TagError:
        return await _refuse(site, request, _("Tag names consist of letters, digits, spaces and - _ . @."))
    if result is None:
        return await _refuse(site, request, _("Unknown action."))
    if form.back and form.action not in {"delete", "unread"}:
        return RedirectResponse(return_path(site.root, form.back) or site.root, status_code=303)
    state = replace(form.state, before=None) if form.is_all else form.state
    return RedirectResponse(state.href(site.root, done=result), status_code=303)


async def _run(site: Site, form: BulkAction, selection: Selection) -> ActionResult | None:
    """Run the action; None when there is none of this name. Deleting moves messages to the bin when there is one."""
    store = site.services.store
    match form.action:
        case "delete":
            moment = now() if site.options.bin else None
            count = await store.delete(selection, binned_at=moment)
            return ActionResult(action="deleted", count=count, moment=microseconds(moment) if moment else 0)
        case "read" | "unread":
            count = await store.mark(selection, is_read=form.action == "read")
            return ActionResult(action=form.action, count=count)
        case "pin" | "unpin":
            count = await store.pin(selection, is_pinned=form.action == "pin")
            return ActionResult(action=f"{form.action}ned", count=count)
        case "tag":
            return ActionResult(action="tagged", count=await store.add_tag(selection, form.tag))
        case "untag":
            return ActionResult(action="untagged", count=await store.remove_tag(selection, form.tag))
    return None


async def _refuse(site: Site, request: Request, text: str) -> Response:
    return await notice_page(site, request, _("Nothing was changed"), text)


async def _read(request: Request) -> BulkAction:
    async with request.form(max_fields=MAX_FIELDS, max_files=0) as form:
        given = {name: str(form.get(name, "")) for name in ("action", "q", "i", "before", "scope", "tag", "back")}
        ids = tuple(str(value) for value in form.getlist("id"))
    action, scope = given["action"].partition("-")[::2]
    return BulkAction(
        action=action,
        ids=ids,
        is_all="all" in (scope, given["scope"]),
        state=ListState(query=given["q"].strip(), inbox=given["i"], before=read_number(given["before"])),
        tag=given["tag"],
        back=given["back"],
    )
