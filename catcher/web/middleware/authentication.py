"""Basic authentication against an htpasswd file (RFC 7617) and tokens (RFC 6750).

A token is sent as Bearer, or as the password of Basic by clients that support nothing else; the user name is ignored
then. `needed_scope` defines what its scope allows, `inbox_scope` what a token that is bound to an inbox may do.

Two things are open: health checks, and inline images at signed addresses. The sandboxed frame of a mail sends no
credentials, and the handler of these images checks the signature. All else needs a password or token, including event
streams, sockets and static files.
"""

import asyncio
import binascii
import hashlib
import hmac
import logging
import re
import secrets
from base64 import b64decode
from collections.abc import Awaitable, Callable

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from catcher.errors import StoreUnavailable
from catcher.lru import LruCache
from catcher.net.htpasswd import Htpasswd
from catcher.store.records.tokens import PREFIX, ApiToken
from catcher.store.records.tokens import Scope as TokenScope
from catcher.threads import Threads
from catcher.web.inbox_scope import bind
from catcher.web.middleware.unknown_host import WITHOUT_LOGIN
from catcher.web.services import WebOptions

log = logging.getLogger("catcher.web")

CACHED_CREDENTIALS = 1024
"""Valid credentials that are cached, so that a slow hash is not computed for every request."""

MAX_CONCURRENT = 2
"""Hashes that are computed at the same time, so that password guessing leaves threads for everything else."""

MAX_WAITING = 100
"""Requests that may wait for a free slot; further ones have to try again."""

MAX_SECRET_LENGTH = 200

HEALTH_PATHS = ("livez", "readyz")
"""Paths that are open to everybody, under any host name."""

_SIGNED_IMAGE = re.compile(r"view/[^/]+/cid/[0-9]+", re.ASCII)


class TooManyAttempts(Exception):
    """Too many passwords are being verified. Stays within this module: the response is 503."""


class PasswordVerifier:
    """Verifies credentials in a thread and caches valid ones; of invalid ones nothing is kept."""

    def __init__(self, passwords: Htpasswd, threads: Threads) -> None:
        self._passwords = passwords
        self._threads = threads
        self._known: LruCache[bytes, bool] = LruCache(CACHED_CREDENTIALS)
        self._key = secrets.token_bytes(32)
        self._slots = asyncio.Semaphore(MAX_CONCURRENT)
        self._waiting = 0

    async def verify(self, user: str, password: str) -> bool:
        """Return whether this is the user's password. Raises TooManyAttempts."""
        # Neither the password nor a plain hash of it is kept: a cached key is worthless outside this process.
        key = hmac.digest(self._key, hashlib.sha256(f"{user}\0{password}".encode()).digest(), "sha256")
        if self._known.get(key):
            return True
        if self._waiting >= MAX_WAITING:
            raise TooManyAttempts
        self._waiting += 1
        try:
            async with self._slots:
                # Browsers request a page and its files at once: the first verification serves the others.
                is_valid = bool(self._known.get(key)) or await self._threads.run(self._passwords.verify, user, password)
        finally:
            self._waiting -= 1
        if is_valid:
            self._known.put(key, True)
        return is_valid


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
        if not is_protected and bearer is None and not _may_be_token(secret):
            return without_login, scope
        try:
            if is_protected and basic is not None and passwords is not None and await passwords.verify(*basic):
                return self._app, scope
            token = await self._find_token(secret) if _may_be_token(secret) else None
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
            log.warning("wrong password", extra={"user": user, "peer": (scope.get("client") or ("",))[0]})
        return _unauthorized(), scope

    def _is_protected(self, *, is_sending: bool) -> bool:
        if is_sending and self._options.accepts_any_sender:
            return False
        return self._options.is_protected or (is_sending and self._send_passwords is not None)


def _may_be_token(secret: str) -> bool:
    """Return whether a secret has the form of a token and is worth a lookup."""
    return secret.startswith(PREFIX) and len(secret) < MAX_SECRET_LENGTH


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
