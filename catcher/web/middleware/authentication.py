"""Basic authentication against an htpasswd file (RFC 7617) and tokens (RFC 6750).

A token is sent as Bearer, or as the password of Basic by clients that support nothing else; the user name is ignored
then. `needed_scope` defines what its scope allows, `inbox_scope` what a token that is bound to an inbox may do.

Two things are open: health checks, and inline images at signed addresses. The sandboxed frame of a mail sends no
credentials, and the handler of these images checks the signature. All else needs a password or token, including event
streams, sockets and static files.
"""

import binascii
import logging
import re
from base64 import b64decode
from collections.abc import Awaitable, Callable

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from catcher.errors import StoreUnavailable
from catcher.net.password_verifier import PasswordVerifier, TooManyAttempts, TooManyFailures
from catcher.store.records.tokens import ApiToken, may_be_token
from catcher.store.records.tokens import Scope as TokenScope
from catcher.web.inbox_scope import bind
from catcher.web.middleware.unknown_host import WITHOUT_LOGIN
from catcher.web.services import WebOptions

log = logging.getLogger("catcher.web")

HEALTH_PATHS = ("livez", "readyz")
"""Paths that are open to everybody, under any host name."""

_SIGNED_IMAGE = re.compile(r"view/[^/]+/cid/[0-9]+", re.ASCII)


class Authentication:
    """Middleware that refuses requests without a valid password or token (401) or with too small a scope (403).

    A token limits its request even where none is required: its sender wants no more than it allows, and an unknown, an
    empty or an expired one must not open everything.

    passwords: verifies the users of the site, None when there are none. send_passwords: verifies those who may send
    through the API, instead. find_token: returns the token with a secret.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        passwords: PasswordVerifier | None,
        send_passwords: PasswordVerifier | None,
        find_token: Callable[[str], Awaitable[ApiToken | None]],
        options: WebOptions,
    ) -> None:
        self._app = app
        self._passwords = passwords
        self._send_passwords = send_passwords
        self._find_token = find_token
        self._options = options

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Authenticate a request or WebSocket, then pass or refuse it."""
        app = self._app
        if scope["type"] in ("http", "websocket"):
            app, scope = await self._authenticate(scope)
        await app(scope, receive, send)

    async def _authenticate(self, scope: Scope) -> tuple[ASGIApp, Scope]:
        """Return the application or a refusal, and the scope with the inbox that a token is bound to."""
        path = scope["path"].removeprefix(self._options.webroot)
        is_sending = path == "api/v1/send" and scope.get("method") == "POST"
        is_protected = self._is_protected(is_sending=is_sending)
        without_login = scope.get(WITHOUT_LOGIN, self._app)
        if _is_open(scope, path):
            return self._app if is_protected else without_login, scope
        passwords = self._send_passwords if is_sending and self._send_passwords is not None else self._passwords
        given = [value for name, value in scope["headers"] if name == b"authorization"]
        if len(given) > 1:  # ambiguous: the one that is ignored may be the token that limits the request
            return _unauthorized(), scope
        field = given[0] if given else b""
        basic, bearer = read_basic(field), read_bearer(field)
        secret = bearer or (basic[1] if basic else "")
        if not is_protected and bearer is None and not may_be_token(secret):
            return without_login, scope
        peer = (scope.get("client") or ("",))[0]
        try:
            if (
                is_protected
                and basic is not None
                and passwords is not None
                and await passwords.verify(*basic, address=peer)
            ):
                return self._app, scope
            token = await self._find_token(secret) if may_be_token(secret) else None
        except TooManyFailures:
            log.warning("too many wrong passwords", extra={"peer": peer})
            text = "Too many wrong passwords, try again later\n"
            return PlainTextResponse(text, status_code=429, headers={"Retry-After": "10"}), scope
        except TooManyAttempts:
            busy = PlainTextResponse("Too many attempts, try again\n", status_code=503, headers={"Retry-After": "1"})
            return busy, scope
        except StoreUnavailable:
            return PlainTextResponse("Service Unavailable\n", status_code=503, headers={"Retry-After": "1"}), scope
        if token is not None:
            needed = needed_scope(scope.get("method", "GET"), path)
            if not token.scope.covers(needed):
                return _forbidden(needed), scope
            return self._app, bind(scope, token.inbox) if token.inbox else scope
        if basic is not None or bearer is not None:
            user = basic[0][:100] if basic else ""
            log.warning("wrong password", extra={"user": user, "peer": peer})
        return _unauthorized(), scope

    def _is_protected(self, *, is_sending: bool) -> bool:
        if is_sending and self._options.accepts_any_sender:
            return False
        return self._options.is_protected or (is_sending and self._send_passwords is not None)


def needed_scope(method: str, path: str) -> TokenScope:
    """Return the scope that a request needs: read for GET, with the read marks it sets; admin for tokens; else write.

    path: below the webroot.
    """
    if path == "api/v1/tokens" or path.startswith("api/v1/tokens/"):
        return TokenScope.ADMIN
    return TokenScope.READ if method in ("GET", "HEAD") else TokenScope.WRITE


def _is_open(scope: Scope, path: str) -> bool:
    if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
        return False
    return path in HEALTH_PATHS or _SIGNED_IMAGE.fullmatch(path) is not None


def read_bearer(field: bytes) -> str | None:
    """Return the token of an Authorization field, "" for none that can be read; None for another scheme.

    Source: RFC 6750 §2.1.
    """
    scheme, _, secret = field.strip().partition(b" ")
    if scheme.lower() != b"bearer":
        return None
    text = secret.strip()
    return text.decode() if text.isascii() else ""


def read_basic(field: bytes) -> tuple[str, str] | None:
    """Return user and password of an Authorization field; None for another scheme or a malformed field. RFC 7617 §2.

    They are decoded as UTF-8 or, when that fails, as Latin-1, which older clients send.
    """
    scheme, _, encoded = field.strip().partition(b" ")
    if scheme.lower() != b"basic":
        return None
    try:
        octets = b64decode(encoded.strip(), validate=True)
    except binascii.Error:
        return None
    try:
        text = octets.decode()
    except UnicodeDecodeError:
        text = octets.decode("latin-1")
    user, colon, password = text.partition(":")
    return (user, password) if colon else None


def _unauthorized() -> PlainTextResponse:
    return PlainTextResponse("Unauthorized.\n", status_code=401, headers={"WWW-Authenticate": 'Basic realm="Login"'})


def _forbidden(needed: TokenScope) -> PlainTextResponse:
    """Return the answer to a token whose scope is too small. RFC 6750 §3.1."""
    headers = {"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{needed}"'}
    return PlainTextResponse(f"This needs a token of the scope {needed}.\n", status_code=403, headers=headers)
