"""The settings page, with what one browser wants and what this instance is, and the list of keys."""

from itertools import groupby

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from catcher.web.services import InstanceInfo
from catcher.web.ui.checks.client_filter import families
from catcher.web.ui.message.page import VIEW_NAMES
from catcher.web.ui.pages import KeysPage, SettingsPage
from catcher.web.ui.site import formatting
from catcher.web.ui.site.languages import LANGUAGES, _, plural
from catcher.web.ui.site.preferences_cookie import changed, read_look, write_look
from catcher.web.ui.site.shortcuts import in_words
from catcher.web.ui.site.site import Done, Site, done_text, way_back


class PreferenceHandlers:
    """/settings and /keys."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def show(self, request: Request) -> Response:
        """GET /settings."""
        site, facts = self._site, self._site.services.facts
        page = SettingsPage(
            chrome=await site.chrome(request),
            listening=tuple(
                f"{where.protocol.upper()} {where.address} {where.security}".rstrip() for where in facts.listening
            ),
            database=facts.database,
            limits=_limits(facts),
            started_at=facts.started_at,
            settings=tuple(
                (_(section), tuple(rows)) for section, rows in groupby(facts.settings, key=lambda one: one.section)
            ),
            languages=tuple(LANGUAGES.items()),
            views=tuple((name, _(label)) for name, label in VIEW_NAMES.items()),
            families=await site.services.threads.run(families, read_look(request).clients),
            done=done_text(request),
        )
        return site.page("settings.html", page)

    async def save(self, request: Request) -> Response:
        """POST /settings: fields as in `look.changed`, each optional; then back to where it came from."""
        async with request.form(max_fields=100, max_files=0) as form:
            given = {name: str(value) for name, value in form.items()}
            if "clients" in form:
                given["clients"] = " ".join(str(value) for value in form.getlist("clients"))
        look = changed(read_look(request), given)
        response = RedirectResponse(
            way_back(self._site.root, given.get("back", ""))
            or self._site.href("settings", done=Done(action="saved", count=1)),
            status_code=303,
        )
        write_look(response, look, path=self._site.root)
        return response

    async def keys(self, request: Request) -> Response:
        """GET /keys: the list of keys; the script shows the same in a dialog."""
        page = KeysPage(chrome=await self._site.chrome(request), keys=in_words())
        return self._site.page("keys.html", page)


def _limits(facts: InstanceInfo) -> tuple[str, ...]:
    """What is kept of what comes, in sentences."""
    size = formatting.octets(facts.max_message_octets)
    largest = _("A message may have %(size)s.", size=size) if facts.max_message_octets else ""
    count = facts.max_messages
    all_kept = _("All messages are kept.")
    kept = (
        plural("The newest message is kept.", "The newest %(count)s messages are kept.", count) if count else all_kept
    )
    return tuple(filter(None, (largest, kept)))
