"""The list of messages: its page and its rows."""

from datetime import datetime

from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import Response

from catcher.store.model import Counts, StoredSummary
from catcher.store.search import unknown_names
from catcher.web.ui.instance.setup import setup_guide
from catcher.web.ui.list.folding import by_thread, equality_key, folded
from catcher.web.ui.list.suggestions import search_terms, suggestions
from catcher.web.ui.pages.layout import Preferences
from catcher.web.ui.pages.lists import ListPage, ListView, MessageRow, NoticePage
from catcher.web.ui.site import dates, formatting
from catcher.web.ui.site.languages import _
from catcher.web.ui.site.list_state import MAX_NUMBER, ListState, error_parts, read_list_state, read_query
from catcher.web.ui.site.notices import notice_text, undo_moment
from catcher.web.ui.site.preferences import read_preferences
from catcher.web.ui.site.site import PAGE_ROWS, Site, now

SUBJECT_CHARACTERS = 200
NAME_CHARACTERS = 80


async def show(site: Site, request: Request) -> Response:
    """GET /, /search and /i/{inbox}: one page of the list."""
    state = read_list_state(request)
    message_list, counts = await read_list(site, state, read_preferences(request))
    # An empty inbox shows how to send mail to it, as the empty mailbox does.
    is_empty = not (message_list.matching or state.query or (counts.messages and not state.inbox))
    page = ListPage(
        layout=await site.layout(request, state),
        message_list=message_list,
        setup=await setup_guide(site, request, "", inbox=state.inbox) if is_empty else None,
        notice=notice_text(request),
        undo=undo_moment(request),
    )
    site.preload()
    return site.page("list.html", page)


async def read_list(
    site: Site, state: ListState, preferences: Preferences, *, current: StoredSummary | None = None
) -> tuple[ListView, Counts]:
    """Return a page of the list, or the page around `current` when it lacks that, and the counts of the mailbox."""
    store = site.services.store
    query, error = read_query(state)
    before = min(state.before, MAX_NUMBER) if state.before is not None else None
    page = await store.page(query, limit=PAGE_ROWS, before=before)
    if current is not None and before is None and page.messages and current.arrival < page.messages[-1].arrival:
        before = current.arrival + 1
        page = await store.page(query, limit=PAGE_ROWS, before=before)
        state = replace(state, before=before)
    moment, is_empty_search = now(), bool(state.query) and not page.matching
    rows = [make_row(site, summary, state, moment, current=current) for summary in page.messages]
    whole = ListState(query=state.query, inbox=state.inbox)
    message_list = ListView(
        title=_title(state),
        rows=by_thread(rows, await store.references([summary.store_id for summary in page.messages]))
        if preferences.groups_threads
        else folded(rows),
        groups_threads=preferences.groups_threads,
        is_complete=page.matching <= len(page.messages),
        matching=page.matching,
        unread=page.matching_unread,
        is_exact=page.is_exact,
        query=state.query,
        inbox=state.inbox,
        error=error,
        error_parts=error_parts(state) if is_empty_search else ("", ""),
        unknown_names=tuple((name, similar) for name, similar, _position in unknown_names(state.query)),
        suggestions=await suggestions(site, state) if is_empty_search and not error else (),
        search_terms=search_terms() if is_empty_search else (),
        cursor=page.cursor,
        newest_href="" if state.before is None else whole.href(site.root),
        older_href="" if page.next_before is None else whole.href(site.root, before=page.next_before),
        before="" if state.before is None else str(state.before),
        is_live=state.before is None,
        href=state.page.href(site.root),
        has_bin=bool(site.options.bin),
        can_delete_all=not site.services.hides_delete_all,
    )
    return message_list, page.counts


def make_row(
    site: Site, summary: StoredSummary, state: ListState, moment: datetime, *, current: StoredSummary | None = None
) -> MessageRow:
    """Return one message as a row of the list."""
    addresses = summary.addresses
    recipients = (*addresses.to, *addresses.cc, *addresses.bcc)
    recipient = recipients[0].addr_spec or recipients[0].display_name if recipients else ""
    return MessageRow(
        summary=summary,
        href=site.message_href(summary.store_id) + state.query_string(),
        subject=formatting.shown(summary.subject[:SUBJECT_CHARACTERS]),
        sender=formatting.sender_name(summary, limit=NAME_CHARACTERS),
        recipient=formatting.shown(recipient[:NAME_CHARACTERS]),
        more_recipients=max(len(recipients) - 1, 0),
        snippet=formatting.shown(summary.snippet[:SUBJECT_CHARACTERS]),
        time=dates.short_time(summary.received_at, moment),
        iso_time=dates.machine_time(summary.received_at),
        full_time=dates.full_time(summary.received_at),
        group=equality_key(summary),
        is_current=current is not None and current.store_id == summary.store_id,
    )


async def notice_page(
    site: Site, request: Request, title: str, text: str, *, status: int = 400, restore: str = ""
) -> Response:
    """Return a page that says what happened and what to do, with the list beside it."""
    state = read_list_state(request)
    message_list, _counts = await read_list(site, replace(state, view=""), read_preferences(request))
    page = NoticePage(
        layout=await site.layout(request, state), message_list=message_list, title=title, text=text, restore=restore
    )
    return site.page("notice.html", page, status=status)


def _title(state: ListState) -> str:
    if state.inbox and not state.query:
        return formatting.shown(state.inbox)
    names = {"": _("All mail"), "is:unread": _("Unread"), "is:pinned": _("Pinned")}
    return _("Search results") if state.inbox else names.get(state.query, _("Search results"))
