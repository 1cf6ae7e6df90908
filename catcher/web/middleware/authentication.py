"""Who may come in: HTTP's Basic authentication against an htpasswd file, RFC 7617, and tokens, RFC 6750.

A token comes as Bearer, or as the password of Basic for clients that know nothing else; the user's name is then
nobody's. What its scope lets it do stands in `needed_scope`; of a token that is bound to an inbox, see `scoping`.

Health is told to everybody, and an inline image to whoever has its signed address: the sandboxed frame it is shown in
sends no credentials, and its handler lets nobody in without a signature. All else needs a password, event streams,
sockets and static files included.
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
from catcher.lru import Recent
from catcher.net.htpasswd import Htpasswd
from catcher.store.records.tokens import PREFIX, ApiToken
from catcher.store.records.tokens import Scope as TokenScope
from catcher.threads import Threads
from catcher.web.inbox_scope import bind
from catcher.web.services import WebOptions

log = logging.getLogger("catcher.web")

REMEMBERED = 1024
"""Credentials that are known to be right, so that a slow hash is not computed for every request."""

AT_ONCE = 2
"""Hashes that are computed at the same time: guessing takes no more threads than that from everything else."""

WAITING = 100
"""Requests that may wait for their turn; more are asked to come again."""

LONGEST_SECRET = 200

_SIGNED_IMAGE = re.compile(r"view/[^/]+/cid/[0-9]+", re.ASCII)


class Busy(Exception):
    """So many passwords are being checked that this one was not. Stays within this module: the answer is 503."""


class Keeper:
    """Checks credentials, off the loop, and remembers those that were right; of the wrong ones nothing is kept."""

    def __init__(self, passwords: Htpasswd, threads: Threads) -> None:
        self._passwords = passwords
        self._threads = threads
        self._known: Recent[bytes, bool] = Recent(REMEMBERED)
        self._key = secrets.token_bytes(32)
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0

    async def admits(self, user: str, password: str) -> bool:
        """Whether this is the user's password. Raises Busy."""
        # Neither the password nor a plain hash of it is kept: what is remembered is worthless outside this process.
        mark = hmac.digest(self._key, hashlib.sha256(f"{user}\0{password}".encode()).digest(), "sha256")
        if self._known.get(mark):
            return True
        if self._waiting >= WAITING:
            raise Busy
        self._waiting += 1
        try:
            async with self._turn:
                # Browsers ask for a page and all that belongs to it at once: the first answer serves the others.
                is_right = bool(self._known.get(mark)) or await self._threads.run(
                    self._passwords.verify, user, password
                )
        finally:
            self._waiting -= 1
        if is_right:
            self._known.put(mark, True)
        return is_right


class Authentication:
    """Refuses with 401 whoever brings no right password or token, on every path but those that need none, and with 403
    a token whose scope does not reach.

    A token limits its request where nobody is asked for one, too: who sends it asks for no more than it allows, and one
    that has expired must not open everything.

    keeper: of the passwords, None when there are none. sending: of those that let send by the API, instead. tokens:
    finds the token of a secret. options: what is closed.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        keeper: Keeper | None,
        sending: Keeper | None,
        tokens: Callable[[str], Awaitable[ApiToken | None]],
        options: WebOptions,
    ) -> None:
        self._app = app
        self._keeper = keeper
        self._sending = sending
        self._tokens = tokens
        self._options = options

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._app
        if scope["type"] in ("http", "websocket"):
            app, scope = await self._admitted(scope)
        await app(scope, receive, send)

    async def _admitted(self, scope: Scope) -> tuple[ASGIApp, Scope]:
        """The application, or the refusal, and the scope with the inbox that a token is bound to."""
        path = scope["path"].removeprefix(self._options.webroot)
        is_sending = path == "api/v1/send" and scope.get("method") == "POST"
        if _is_open(scope, path):
            return self._app, scope
        is_closed = self._is_closed(is_sending=is_sending)
        keeper = self._sending if is_sending and self._sending is not None else self._keeper
        given = [value for name, value in scope["headers"] if name == b"authorization"]
        field = given[0] if len(given) == 1 else b""
        basic, bearer = read_basic(field), read_bearer(field)
        secret = bearer or (basic[1] if basic else "")
        if not is_closed and not _may_be_token(secret):
            return self._app, scope
        try:
            if is_closed and basic is not None and keeper is not None and await keeper.admits(*basic):
                return self._app, scope
            token = await self._tokens(secret) if _may_be_token(secret) else None
        except Busy:
            busy = PlainTextResponse("Too many attempts, try again\n", status_code=503, headers={"Retry-After": "1"})
            return busy, scope
        except StoreUnavailable:
            return PlainTextResponse("Service Unavailable\n", status_code=503, headers={"Retry-After": "1"}), scope
        if token is not None:
            needed = needed_scope(scope.get("method", "GET"), path)
            if not token.scope.covers(needed):
                return _forbidden(needed), scope
            return self._app, bind(scope, token.inbox) if token.inbox else scope
        if basic is not None or bearer:
            user = basic[0][:100] if basic else ""
            log.warning("wrong password", extra={"user": user, "peer": (scope.get("client") or ("",))[0]})
        return _unauthorized(), scope

    def _is_closed(self, *, is_sending: bool) -> bool:
        if is_sending and self._options.accepts_any_sender:
            return False
        return self._options.is_closed or (is_sending and self._sending is not None)


def _may_be_token(secret: str) -> bool:
    """What does not look like a token is not looked up."""
    return secret.startswith(PREFIX) and len(secret) < LONGEST_SECRET


def needed_scope(method: str, path: str) -> TokenScope:
    """What a request needs of a token: reading for what reads, with the read marks that this sets; administering for
    tokens themselves; writing for all else.

    path: below the webroot.
    """
    if path == "api/v1/tokens" or path.startswith("api/v1/tokens/"):
        return TokenScope.ADMIN
    return TokenScope.READ if method in ("GET", "HEAD") else TokenScope.WRITE


def _is_open(scope: Scope, path: str) -> bool:
    if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
        return False
    return path in ("livez", "readyz") or _SIGNED_IMAGE.fullmatch(path) is not None


def read_bearer(field: bytes) -> str:
    """The token of an Authorization field; "" when it is of another scheme or malformed. RFC 6750 §2.1."""
    scheme, _, secret = field.strip().partition(b" ")
    text = secret.strip()
    return text.decode() if scheme.lower() == b"bearer" and text.isascii() else ""


def read_basic(field: bytes) -> tuple[str, str] | None:
    """User and password of an Authorization field; None when it is of another scheme or malformed. RFC 7617 §2.

    They are read as UTF-8, and as Latin-1 where they are not, as older clients send them.
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
    """RFC 6750 §3.1."""
    headers = {"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{needed}"'}
    return PlainTextResponse(f"This needs a token of the scope {needed}.\n", status_code=403, headers=headers)
