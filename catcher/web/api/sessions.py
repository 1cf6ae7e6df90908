"""`/api/v1/sessions`: SMTP sessions that delivered no message, with their dialogues."""

from starlette.requests import Request
from starlette.responses import Response

from catcher.envelope import SmtpSession
from catcher.schema.sessions import SessionInfo, SessionList
from catcher.web.api.http.requests import whole_number
from catcher.web.api.http.responses import json_response
from catcher.web.api.openapi import parameters
from catcher.web.api.openapi.operations import JSON, Content, Parameter, Resource, operation
from catcher.web.api.presenters import moment

MAX_SESSIONS = 1000


class Sessions(Resource):
    """Handlers of sessions."""

    tag = "smtp"
    has_problems = True

    @operation(
        "GET",
        "/api/v1/sessions",
        parameters=(Parameter("limit", "Maximum number of sessions, 100 by default."),),
        responses={200: Content("The sessions.", {JSON: SessionList}), 400: parameters.INVALID},
    )
    async def list(self, request: Request) -> Response:
        """List SMTP sessions that delivered no message."""
        limit = min(whole_number(request, "limit", 100), MAX_SESSIONS)
        found = await self._store.sessions.newest(limit=limit)
        return json_response(SessionList(sessions=tuple(_session_info(each) for each in found)))


def _session_info(session: SmtpSession) -> SessionInfo:
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
