"""The POP3 server: its listener and its sessions, from start to stop."""

import asyncio
import functools
import ssl
from pathlib import Path

from catcher.net.password_verifier import FailedLogins, PasswordVerifier
from catcher.net.sockets import bind, socket_address
from catcher.pop3.connection import Pop3Connection
from catcher.pop3.options import Pop3Options
from catcher.pop3.protocol import err
from catcher.pop3.session import Pop3Session
from catcher.store import AsyncStore
from catcher.threads import Threads


class Pop3Server:
    """Serves the store's messages. Belongs to the loop it is started in."""

    def __init__(self, store: AsyncStore, *, options: Pop3Options, threads: Threads) -> None:
        self._store = store
        self._options = options
        self._failures = FailedLogins()
        self._passwords: PasswordVerifier | None = None
        if options.passwords is not None:
            self._passwords = PasswordVerifier(options.passwords, threads, failures=self._failures)
        self._listeners: list[asyncio.Server] = []
        self._context: ssl.SSLContext | None = None
        self._sessions: dict[asyncio.Task[None], Pop3Session] = {}

    @property
    def security(self) -> str:
        """The protection of connections: "", "STLS" or "TLS"."""
        if self._context is None:
            return ""
        return "TLS" if self._options.implicit_tls else "STLS"

    def addresses(self) -> list[str]:
        """Return the bound addresses, port 0 resolved: "host:port", "[host]:port" or "unix:/path"."""
        return [socket_address(bound) for listener in self._listeners for bound in listener.sockets]

    async def start(self) -> None:
        """Open the listener. Raises AddressInUse, and whatever the TLS provider raises."""
        options, loop = self._options, asyncio.get_running_loop()
        self._context = options.tls() if options.tls is not None else None
        tls = self._context if options.implicit_tls else None
        make = functools.partial(Pop3Connection, self._begin, is_secure=tls is not None)
        listen = loop.create_unix_server if options.path else loop.create_server
        for bound in bind(options.host, options.port, path=options.path, mode=options.mode, name="POP3 address"):
            self._listeners.append(await listen(make, sock=bound, ssl=tls))

    async def stop(self, *, grace: float) -> None:
        """Close the listener; commands in progress have `grace` seconds. Safe to call twice."""
        listeners, self._listeners = self._listeners, []
        if not listeners:
            return
        for listener in listeners:
            listener.close()
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

    def _begin(self, connection: Pop3Connection) -> None:
        if not self._listeners or len(self._sessions) >= self._options.max_connections:
            connection.reject(err("too many connections", code="SYS/TEMP"))
            return
        session = Pop3Session(
            connection,
            store=self._store,
            options=self._options,
            passwords=self._passwords,
            failures=self._failures,
            context=self._context,
        )
        task = asyncio.get_running_loop().create_task(session.run())
        self._sessions[task] = session
        task.add_done_callback(self._sessions.pop)
