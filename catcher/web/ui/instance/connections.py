"""The page of SMTP connections without a message, for finding out why an application's mail is missing."""

from starlette.requests import Request
from starlette.responses import Response

from catcher.envelope import SmtpSession
from catcher.web.ui.pages.instance import ConnectionRow, ConnectionsPage
from catcher.web.ui.site import formatting
from catcher.web.ui.site.languages import _, marked
from catcher.web.ui.site.site import Site

SHOWN = 100

_ENDS = {
    "quit": marked("ended by QUIT"),
    "lost": marked("closed by the client"),
    "timeout": marked("timed out"),
    "refused": marked("closed by the server"),
    "stopped": marked("closed when the server stopped"),
}


async def show(site: Site, request: Request) -> Response:
    """GET /connections: the page."""
    rows = tuple(_row(session) for session in await site.services.store.sessions.newest(limit=SHOWN))
    return site.page("connections.html", ConnectionsPage(layout=await site.layout(request), connections=rows))


def _row(session: SmtpSession) -> ConnectionRow:
    client = session.client
    known = [client.address or _("Unix socket"), *filter(None, (client.helo, client.user))]
    return ConnectionRow(
        closed_at=session.closed_at,
        client=formatting.shown(" · ".join(known)),
        ended=_(_ENDS.get(session.ended, session.ended)),
        refusal=formatting.shown(last_refusal(session.transcript)),
        transcript=formatting.shown_lines(session.transcript),
    )


def last_refusal(transcript: str) -> str:
    """Return the last negative reply, "" without one."""
    replies = (line[3:] for line in reversed(transcript.split("\n")) if line[:4] in ("S: 4", "S: 5"))
    return next(replies, "")
