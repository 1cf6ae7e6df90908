"""The settings page, the list of keys, and the cookie that keeps how one browser wants the pages."""

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from catcher.web.languages import LANGUAGES, _, marked, plural
from catcher.web.services import Facts
from catcher.web.ui import texts
from catcher.web.ui.pages import Key, KeysPage, Look, SettingsPage
from catcher.web.ui.site import Done, Site, done_text, read_look, way_back, write_look

KEYS = (
    Key(keys=("j", "k"), action=marked("Next, previous row")),
    Key(keys=("Enter", "o"), action=marked("Open the row")),
    Key(keys=("J", "K"), action=marked("Open the next, previous message")),
    Key(keys=("u", "Escape"), action=marked("Back to the list")),
    Key(keys=("x",), action=marked("Tick the row; with Shift all rows between")),
    Key(keys=("* a", "* n"), action=marked("Tick all rows, none")),
    Key(keys=("#", "Delete"), action=marked("Delete")),
    Key(keys=("e",), action=marked("Mark read and open the next unread")),
    Key(keys=("m",), action=marked("Mark read or unread")),
    Key(keys=("/",), action=marked("Search")),
    Key(
        keys=("1", "2", "3", "4", "5", "6", "7", "8"),
        action=marked("HTML, Text, Source, Parts, Headers, Raw, Checks, Delivery"),
    ),
    Key(keys=("w", "W"), action=marked("Next, previous width of the mail")),
    Key(keys=("d",), action=marked("Light, dark, forced dark")),
    Key(keys=("i",), action=marked("Images on, off")),
    Key(keys=("r",), action=marked("Load remote images of this message")),
    Key(keys=("c",), action=marked("Compare: this message with the next one that c is pressed on")),
    Key(keys=("C",), action=marked("Compare with the previous of the same subject")),
    Key(keys=("y",), action=marked("Copy the first code")),
    Key(keys=("Y",), action=marked("Copy the first link")),
    Key(keys=("b",), action=marked("Open the first link")),
    Key(keys=("f",), action=marked("Follow: open new messages as they come")),
    Key(keys=("n",), action=marked("Show the new messages")),
    Key(keys=("g a", "g u", "g s"), action=marked("All mail, unread, setup")),
    Key(keys=("[",), action=marked("Sidebar")),
    Key(keys=("?", "Ctrl-K"), action=marked("This list")),
)


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
            languages=tuple(LANGUAGES.items()),
            done=done_text(request),
        )
        return site.page("settings.html", page)

    async def save(self, request: Request) -> Response:
        """POST /settings: fields theme, dense, keys, lang, each optional; then back to the page they were sent from."""
        async with request.form(max_fields=10, max_files=0) as form:
            given = {name: str(value) for name, value in form.items()}
        old = read_look(request)
        theme, language = given.get("theme", old.theme), given.get("lang", old.language)
        look = Look(
            theme=theme if theme in {"auto", "light", "dark"} else old.theme,
            is_dense=given.get("dense", str(int(old.is_dense))) == "1",
            has_keys=given.get("keys", str(int(old.has_keys))) == "1",
            language=language if language in LANGUAGES else "",
        )
        response = RedirectResponse(
            way_back(self._site.root, given.get("back", ""))
            or self._site.href("settings", done=Done(action="saved", count=1)),
            status_code=303,
        )
        write_look(response, look, path=self._site.root)
        return response

    async def keys(self, request: Request) -> Response:
        """GET /keys: the list of keys; the script shows the same in a dialog."""
        chrome = await self._site.chrome(request)
        return self._site.page(
            "keys.html", KeysPage(chrome=chrome, keys=tuple(replace(key, action=_(key.action)) for key in KEYS))
        )


def _limits(facts: Facts) -> tuple[str, ...]:
    """What is kept of what comes, in sentences."""
    size = texts.octets(facts.max_message_octets)
    largest = _("A message may have %(size)s.", size=size) if facts.max_message_octets else ""
    count = facts.max_messages
    all_kept = _("All messages are kept.")
    kept = (
        plural("The newest message is kept.", "The newest %(count)s messages are kept.", count) if count else all_kept
    )
    return tuple(filter(None, (largest, kept)))
