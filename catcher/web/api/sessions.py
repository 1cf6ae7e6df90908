"""`/api/v1/sessions`: SMTP connections that brought no message, with what was said."""

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from catcher.envelope import SmtpSession
from catcher.schema.messages import Moment
from catcher.web.api.http.presenters import moment
from catcher.web.api.http.problems import BAD, told
from catcher.web.api.http.responses import json_answer
from catcher.web.api.openapi.operations import JSON, Content, Operation, Parameter
from catcher.web.services import Services

MOST = 1000


class SessionShape(Struct, frozen=True, kw_only=True):
    """One connection.

    address: of the client, "" on a Unix socket. helo, user, tls: what it said of itself, "" when it did not. ended:
    "quit", "lost", "timeout", "refused" or "stopped". transcript: the dialogue, secrets masked, a line each, "C: "
    before what the client said and "S: " before the answers.
    """

    address: str
    helo: str
    user: str
    tls: str
    opened_at: Moment
    closed_at: Moment
    ended: str
    transcript: str


class SessionsAnswer(Struct, frozen=True, kw_only=True):
    """Connections, newest first; the newest thousand are kept."""

    sessions: tuple[SessionShape, ...]


class Sessions:
    """The handler."""

    def __init__(self, services: Services) -> None:
        self._store = services.store

    async def listed(self, request: Request) -> Response:
        limit = request.query_params.get("limit", "100")
        if not (limit.isascii() and limit.isdigit() and 0 < len(limit) < 9):
            raise ValueError("limit: expected a whole number")
        found = await self._store.sessions(limit=min(int(limit), MOST))
        return json_answer(SessionsAnswer(sessions=tuple(_shape(session) for session in found)))


def _shape(session: SmtpSession) -> SessionShape:
    client = session.client
    return SessionShape(
        address=client.address,
        helo=client.helo,
        user=client.user,
        tls=client.tls,
        opened_at=moment(session.opened_at),
        closed_at=moment(session.closed_at),
        ended=session.ended,
        transcript=session.transcript,
    )


def operations(services: Services) -> tuple[Operation, ...]:
    """The route of connections without a message."""
    return (
        Operation(
            method="GET",
            path="/api/v1/sessions",
            handler=told(Sessions(services).listed),
            summary="List SMTP connections that brought no message",
            tag="smtp",
            parameters=(Parameter(name="limit", description="How many at most; 100 when it is not given."),),
            answers={200: Content(description="The connections.", media={JSON: SessionsAnswer}), 400: BAD},
        ),
    )
