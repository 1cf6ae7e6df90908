"""Opens the address that mail is fetched from, and closes it."""

import asyncio
import functools
import logging
import ssl
from pathlib import Path

from catcher.errors import AddressInUse
from catcher.net.sockets import bind_unix, socket_address
from catcher.pop3.connection import Connection
from catcher.pop3.options import Pop3Options
from catcher.pop3.protocol import err
from catcher.pop3.session import Session
from catcher.store import AsyncStore
from catcher.threads import Threads

log = logging.getLogger("catcher.pop3")


class Pop3Server:
    """Serves the store's messages as one maildrop; belongs to the loop it is started in.

    Sessions do not lock the maildrop: each sees what was there when it logged in.
    """

    def __init__(self, store: AsyncStore, *, options: Pop3Options, threads: Threads) -> None:
        self._store = store
        self._options = options
        self._threads = threads
        self._server: asyncio.Server | None = None
        self._context: ssl.SSLContext | None = None
        self._sessions: dict[asyncio.Task[None], Session] = {}

    @property
    def security(self) -> str:
        """How connections are protected: "", "STLS" or "TLS"."""
        if self._context is None:
            return ""
        return "TLS" if self._options.implicit_tls else "STLS"

    def addresses(self) -> list[str]:
        """Where it really listens, port 0 resolved: "host:port", "[host]:port" or "unix:/path"."""
        return [] if self._server is None else [socket_address(one) for one in self._server.sockets]

    async def start(self) -> None:
        """Open the address. Raises AddressInUse, and whatever the TLS provider raises."""
        options, loop = self._options, asyncio.get_running_loop()
        self._context = options.tls() if options.tls is not None else None
        secure = self._context if options.implicit_tls else None
        make = functools.partial(Connection, self._begin, is_secure=secure is not None)
        try:
            if options.path:
                bound = bind_unix(options.path, mode=options.mode)
                self._server = await loop.create_unix_server(make, sock=bound, ssl=secure)
            else:
                host = None if options.host in {"", "::"} else options.host
                self._server = await loop.create_server(make, host, options.port, ssl=secure)
        except OSError as error:
            where = f"unix:{options.path}" if options.path else f"{options.host}:{options.port}"
            raise AddressInUse(
                f"POP3 address {where!r}: {error.strerror or error}, expected one that is free and may be used"
            ) from None

    async def stop(self, *, grace: float) -> None:
        """Accept nobody any more; commands that are being answered have `grace` seconds. Safe to call twice."""
        server, self._server = self._server, None
        if server is None:
            return
        server.close()
        if self._options.path:
            Path(self._options.path).unlink(missing_ok=True)  # noqa: ASYNC240 - one system call
        for task, session in self._sessions.items():
            if session.is_idle:
                task.cancel()
        if self._sessions:
            await asyncio.wait(tuple(self._sessions), timeout=grace)
        for session in self._sessions.values():
            session.abort()
        await asyncio.gather(*self._sessions, return_exceptions=True)

    def _begin(self, connection: Connection) -> None:
        if self._server is None or len(self._sessions) >= self._options.max_connections:
            connection.turn_away(err("too many connections", code="SYS/TEMP"))
            return
        session = Session(
            connection, store=self._store, options=self._options, threads=self._threads, context=self._context
        )
        task = asyncio.get_running_loop().create_task(session.run())
        self._sessions[task] = session
        task.add_done_callback(self._sessions.pop)
