"""Who may come in: HTTP's Basic authentication against an htpasswd file. RFC 7617.

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
from collections import OrderedDict

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from catcher.htpasswd import Htpasswd
from catcher.threads import Threads

log = logging.getLogger("catcher.web")

REMEMBERED = 1024
"""Credentials that are known to be right, so that a slow hash is not computed for every request."""

AT_ONCE = 2
"""Hashes that are computed at the same time: guessing takes no more threads than that from everything else."""

WAITING = 100
"""Requests that may wait for their turn; more are asked to come again."""

_SIGNED_IMAGE = re.compile(r"view/[^/]+/cid/[0-9]+", re.ASCII)


class Busy(Exception):
    """So many passwords are being checked that this one was not. Stays within this module: the answer is 503."""


class Keeper:
    """Checks credentials, off the loop, and remembers those that were right; of the wrong ones nothing is kept."""

    def __init__(self, passwords: Htpasswd, threads: Threads) -> None:
        self._passwords = passwords
        self._threads = threads
        self._known: OrderedDict[bytes, None] = OrderedDict()
        self._key = secrets.token_bytes(32)
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0

    async def admits(self, user: str, password: str) -> bool:
        """Whether this is the user's password. Raises Busy."""
        # Neither the password nor a plain hash of it is kept: what is remembered is worthless outside this process.
        mark = hmac.digest(self._key, hashlib.sha256(f"{user}\0{password}".encode()).digest(), "sha256")
        if self._is_known(mark):
            return True
        if self._waiting >= WAITING:
            raise Busy
        self._waiting += 1
        try:
            async with self._turn:
                # Browsers ask for a page and all that belongs to it at once: the first answer serves the others.
                is_right = self._is_known(mark) or await self._threads.run(self._passwords.verify, user, password)
        finally:
            self._waiting -= 1
        if is_right:
            self._remember(mark)
        return is_right

    def _is_known(self, mark: bytes) -> bool:
        if mark not in self._known:
            return False
        self._known.move_to_end(mark)
        return True

    def _remember(self, mark: bytes) -> None:
        self._known[mark] = None
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)


class Authentication:
    """Refuses with 401 whoever brings no right password, on every path but those that need none."""

    def __init__(self, app: ASGIApp, *, keeper: Keeper, webroot: str) -> None:
        self._app = app
        self._keeper = keeper
        self._webroot = webroot

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._app if scope["type"] not in ("http", "websocket") else await self._admitted(scope)
        await app(scope, receive, send)

    async def _admitted(self, scope: Scope) -> ASGIApp:
        """The application, or the refusal."""
        if self._is_open(scope):
            return self._app
        given = [value for name, value in scope["headers"] if name == b"authorization"]
        credentials = read_basic(given[0]) if len(given) == 1 else None
        if credentials is None:
            return _unauthorized()
        user, password = credentials
        try:
            if await self._keeper.admits(user, password):
                return self._app
        except Busy:
            return PlainTextResponse("Too many attempts, try again\n", status_code=503, headers={"Retry-After": "1"})
        log.warning("wrong password", extra={"user": user[:100], "peer": (scope.get("client") or ("",))[0]})
        return _unauthorized()

    def _is_open(self, scope: Scope) -> bool:
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            return False
        path = scope["path"].removeprefix(self._webroot)
        return path in ("livez", "readyz") or _SIGNED_IMAGE.fullmatch(path) is not None


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
