"""`/api/v1/sessions`: SMTP connections that brought no message, with what was said."""

from starlette.requests import Request
from starlette.responses import Response

from catcher.envelope import SmtpSession
from catcher.schema.sessions import SessionInfo, SessionList
from catcher.web.api.http.presenters import moment
from catcher.web.api.http.problems import BAD, told
from catcher.web.api.http.responses import json_answer
from catcher.web.api.openapi.operations import JSON, Content, Operation, Parameter
from catcher.web.services import Services

MOST = 1000


class Sessions:
    """The handler."""

    def __init__(self, services: Services) -> None:
        self._store = services.store

    async def listed(self, request: Request) -> Response:
        limit = request.query_params.get("limit", "100")
        if not (limit.isascii() and limit.isdigit() and 0 < len(limit) < 9):
            raise ValueError("limit: expected a whole number")
        found = await self._store.sessions(limit=min(int(limit), MOST))
        return json_answer(SessionList(sessions=tuple(_shape(session) for session in found)))


def _shape(session: SmtpSession) -> SessionInfo:
    client = session.client
    return SessionInfo(
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
            answers={200: Content(description="The connections.", media={JSON: SessionList}), 400: BAD},
        ),
    )
