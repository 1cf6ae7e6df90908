"""The page of SMTP connections that brought no message: why an application's mail is not here."""

from starlette.requests import Request
from starlette.responses import Response

from catcher.envelope import SmtpSession
from catcher.web.ui.pages import ConnectionLine, ConnectionsPage
from catcher.web.ui.site import formatting
from catcher.web.ui.site.languages import _, marked
from catcher.web.ui.site.site import Site

SHOWN = 100

_ENDS = {
    "quit": marked("ended by QUIT"),
    "lost": marked("hung up"),
    "timeout": marked("fell silent"),
    "refused": marked("was hung up on"),
    "stopped": marked("cut off when the server stopped"),
}


class ConnectionHandlers:
    """/connections."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def show(self, request: Request) -> Response:
        """GET /connections."""
        site = self._site
        store = site.services.store
        lines = tuple(_line(session) for session in await store.sessions.newest(limit=SHOWN))
        chrome = await site.chrome(request)
        return site.page("connections.html", ConnectionsPage(chrome=chrome, connections=lines))


def _line(session: SmtpSession) -> ConnectionLine:
    client = session.client
    who = [client.address or _("Unix socket"), *filter(None, (client.helo, client.user))]
    return ConnectionLine(
        closed_at=session.closed_at,
        client=formatting.shown(" · ".join(who)),
        ended=_(_ENDS.get(session.ended, session.ended)),
        refusal=formatting.shown(last_refusal(session.transcript)),
        transcript=formatting.shown_lines(session.transcript),
    )


def last_refusal(transcript: str) -> str:
    """The last reply that said no, "" when none did."""
    replies = (line[3:] for line in reversed(transcript.split("\n")) if line[:4] in ("S: 4", "S: 5"))
    return next(replies, "")
