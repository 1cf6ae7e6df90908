"""The answer to a request whose Host field may come from DNS rebinding."""

import logging

from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from catcher.lru import LruCache
from catcher.schema.base import encode
from catcher.schema.problems import Problem, ProblemResponse

log = logging.getLogger("catcher.web")

WITHOUT_LOGIN = "catcher.without_login"
"""Key of the scope: the application that answers in the place of everything that needs no login."""

LOGGED_NAMES = 100
"""Names of which it is known that they were logged; each is logged once."""

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Unknown host name</title>
<h1>Unknown host name</h1>
<p>This mail catcher does not know the name <b>{host}</b>. It refuses unknown names, because any web site could use
one to read the mail (DNS rebinding).
<p>To use this name, restart the mail catcher with one of these settings:
<pre>--hosts {host}
CATCHER_HOSTS={host}</pre>
<p>Several names are separated by spaces, and <code>*.example.com</code> stands for all names below it. With a login
(<code>--ui-auth-file</code>, <code>--require-token</code>) every name is accepted.
"""


class UnknownHost:
    """Refuses requests for unknown names with 403, and says which setting accepts the name.

    A page where HTML is accepted, a problem in JSON below the API, else plain text; one line in the log for each name.
    """

    def __init__(self, *, api: str) -> None:
        self._api = api
        self._logged: LruCache[str, bool] = LruCache(LOGGED_NAMES)

    def refusal(self, host: str) -> ASGIApp:
        """Return the application that refuses requests for this name."""

        async def refuse(scope: Scope, receive: Receive, send: Send) -> None:
            if not self._logged.get(host):
                self._logged.put(host, True)
                log.warning("requests for %s refused: unknown host name; set --hosts or CATCHER_HOSTS to use it", host)
            await self._response(scope, host)(scope, receive, send)

        return refuse

    def _response(self, scope: Scope, host: str) -> Response:
        text = f"The host name {host} is unknown here. To use it, set --hosts {host} or CATCHER_HOSTS={host}."
        if scope["path"].startswith(self._api):
            body = encode(ProblemResponse(error=Problem(code="unknown-host", message=text)))
            return Response(body, status_code=403, media_type="application/json")
        accepted = next((value for name, value in scope["headers"] if name == b"accept"), b"")
        if b"text/html" in accepted:
            return HTMLResponse(_PAGE.format(host=host), status_code=403)
        return PlainTextResponse(text + "\n", status_code=403)
