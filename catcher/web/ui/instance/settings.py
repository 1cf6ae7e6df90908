"""The settings page: preferences of one browser and facts about this instance; and the page of shortcuts."""

from itertools import groupby

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from catcher.web.services import InstanceInfo
from catcher.web.ui.checks.client_filter import families
from catcher.web.ui.message.page import VIEW_NAMES
from catcher.web.ui.pages.instance import SettingsPage, ShortcutsPage
from catcher.web.ui.site import formatting
from catcher.web.ui.site.languages import LANGUAGES, _, plural
from catcher.web.ui.site.notices import ActionResult, notice_text, return_path
from catcher.web.ui.site.preferences import changed, read_preferences, write_preferences
from catcher.web.ui.site.shortcuts import translated
from catcher.web.ui.site.site import Site


async def show(site: Site, request: Request) -> Response:
    """GET /settings: the page."""
    facts = site.services.facts
    page = SettingsPage(
        layout=await site.layout(request),
        listening=tuple(
            f"{listener.protocol.upper()} {listener.address} {listener.security}".rstrip()
            for listener in facts.listening
        ),
        database=facts.database,
        limits=_limits(facts),
        started_at=facts.started_at,
        settings=tuple(
            (_(section), tuple(rows)) for section, rows in groupby(facts.settings, key=lambda one: one.section)
        ),
        languages=tuple(LANGUAGES.items()),
        views=tuple((name, _(label)) for name, label in VIEW_NAMES.items()),
        families=await site.services.threads.run(families, read_preferences(request).clients),
        notice=notice_text(request),
    )
    return site.page("settings.html", page)


async def save(site: Site, request: Request) -> Response:
    """POST /settings: change the preferences that the form names, then return to its page."""
    async with request.form(max_fields=100, max_files=0) as form:
        given = {name: str(value) for name, value in form.items()}
        if "clients" in form:
            given["clients"] = " ".join(str(value) for value in form.getlist("clients"))
    address = return_path(site.root, given.get("back", ""))
    response = RedirectResponse(address or site.href("settings", done=ActionResult(action="saved")), status_code=303)
    write_preferences(response, request, changed(read_preferences(request), given), path=site.root)
    return response


async def shortcuts(site: Site, request: Request) -> Response:
    """GET /keys: the keyboard shortcuts; the script shows the same list in a dialog."""
    return site.page("shortcuts.html", ShortcutsPage(layout=await site.layout(request), shortcuts=translated()))


def _limits(facts: InstanceInfo) -> tuple[str, ...]:
    """Return the limits of messages and mailbox, in sentences."""
    size, count = facts.max_message_octets, facts.max_messages
    return (
        *([_("Maximum message size: %(size)s.", size=formatting.octets(size))] if size else []),
        plural("Only the newest message is kept.", "The newest %(count)s messages are kept.", count)
        if count
        else _("All messages are kept."),
    )
