"""The settings page, the list of keys, and the cookie that keeps how one browser wants the pages."""

from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from catcher.web.ui import texts
from catcher.web.ui.pages import Key, KeysPage, Look, SettingsPage
from catcher.web.ui.site import Done, Site, done_text, read_look, write_look

KEYS = (
    Key(keys=("j", "k"), action="Next, previous row"),
    Key(keys=("Enter", "o"), action="Open the row"),
    Key(keys=("J", "K"), action="Open the next, previous message"),
    Key(keys=("u", "Escape"), action="Back to the list"),
    Key(keys=("x",), action="Tick the row; with Shift all rows between"),
    Key(keys=("* a", "* n"), action="Tick all rows, none"),
    Key(keys=("#", "Delete"), action="Delete"),
    Key(keys=("e",), action="Mark read and open the next unread"),
    Key(keys=("m",), action="Mark read or unread"),
    Key(keys=("/",), action="Search"),
    Key(keys=("1", "2", "3", "4", "5", "6", "7"), action="HTML, Text, Source, Parts, Headers, Raw, Checks"),
    Key(keys=("w", "W"), action="Next, previous width of the mail"),
    Key(keys=("d",), action="Light, dark, forced dark"),
    Key(keys=("i",), action="Images on, off"),
    Key(keys=("r",), action="Load remote images of this message"),
    Key(keys=("f",), action="Follow: open new messages as they come"),
    Key(keys=("n",), action="Show the new messages"),
    Key(keys=("g a", "g u", "g s"), action="All mail, unread, setup"),
    Key(keys=("[",), action="Sidebar"),
    Key(keys=("?", "Ctrl-K"), action="This list"),
)


class PreferenceHandlers:
    """/settings and /keys."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def show(self, request: Request) -> Response:
        """GET /settings."""
        site, facts = self._site, self._site.services.facts
        largest = f"A message may have {texts.octets(facts.max_message_octets)}." if facts.max_message_octets else ""
        kept = f"The newest {facts.max_messages} messages are kept." if facts.max_messages else "All messages are kept."
        page = SettingsPage(
            chrome=await site.chrome(request, await site.services.store.counts()),
            listening=tuple(
                f"{where.protocol.upper()} {where.address} {where.security}".rstrip() for where in facts.listening
            ),
            database=facts.database,
            limits=tuple(filter(None, (largest, kept))),
            started_at=facts.started_at,
            done=done_text(request),
        )
        return site.page("settings.html", page)

    async def save(self, request: Request) -> Response:
        """POST /settings: fields theme, dense, keys, each optional; then back to the page they were sent from."""
        async with request.form(max_fields=10, max_files=0) as form:
            given = {name: str(value) for name, value in form.items()}
        old = read_look(request)
        theme = given.get("theme", old.theme)
        look = Look(
            theme=theme if theme in {"auto", "light", "dark"} else old.theme,
            is_dense=given.get("dense", str(int(old.is_dense))) == "1",
            has_keys=given.get("keys", str(int(old.has_keys))) == "1",
        )
        response = RedirectResponse(self._way_back(given.get("back", "")), status_code=303)
        write_look(response, look, path=self._site.root)
        return response

    async def keys(self, request: Request) -> Response:
        """GET /keys: the list of keys; the script shows the same in a dialog."""
        chrome = await self._site.chrome(request, await self._site.services.store.counts())
        return self._site.page("keys.html", KeysPage(chrome=chrome, keys=KEYS))

    def _way_back(self, given: str) -> str:
        """A path of this site, never another one, whatever the form says."""
        target = urlsplit(given)
        is_own = not (target.scheme or target.netloc) and target.path.startswith(self._site.root)
        if is_own and not target.path.startswith("//") and "\\" not in given and given.isprintable():
            return given
        return self._site.href("settings", done=Done(action="saved", count=1))
