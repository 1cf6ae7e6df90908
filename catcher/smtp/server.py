"""The SMTP server: its listeners, which may differ in address, protocol and TLS, from start to stop."""

import asyncio
import functools
import logging
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from catcher.counters import Counters
from catcher.envelope import SmtpSession
from catcher.hooks import Hook
from catcher.net.connections import Connections
from catcher.net.password_verifier import FailedLogins
from catcher.net.sockets import bind, socket_address
from catcher.smtp.connection import SmtpConnection
from catcher.smtp.context import Deliver, ServerContext, UserPassword
from catcher.smtp.dialogue import SmtpDialogue
from catcher.smtp.options import SmtpListener, SmtpOptions
from catcher.smtp.proxy_listener import ProxyListener
from catcher.smtp.spool import remove_stale_files
from catcher.threads import Threads

BACKLOG = 1024
ACCEPT_ITERATIONS = 5
"""Iterations of the event loop, at most, between the acceptance of a connection and its greeting."""

STALE_SECONDS = 86_400.0

OpenListener: TypeAlias = asyncio.Server | ProxyListener


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundAddress:
    """An address that the server listens on.

    protocol: "smtp" or "lmtp". address: "host:port", "[host]:port" or "unix:/path". security: "", "STARTTLS" or "TLS".
    """

    protocol: str
    address: str
    security: str


class SmtpServer:
    """Receives mail on all listeners of the options and passes it to `deliver`. Belongs to the loop it is started in.

    observe: called with each ended session, in the loop; must not block. hook: called at each stage of a dialogue.
    threads: for blocking work; by default the server has its own. user_password: passwords that take precedence over
    the options'. counters: count refused mail here; `deliver` counts the rest.
    """

    def __init__(
        self,
        deliver: Deliver,
        *,
        options: SmtpOptions,
        observe: Callable[[SmtpSession], None] | None = None,
        hook: Hook | None = None,
        threads: Threads | None = None,
        user_password: UserPassword | None = None,
        counters: Counters | None = None,
    ) -> None:
        self._deliver = deliver
        self.options = options
        self._observe = observe
        self._hook = hook
        self._threads = threads
        self._user_password = user_password or _no_password
        self._counters = counters or Counters()
        self._own_threads: Threads | None = None
        self._connections: Connections | None = None
        self._listeners: list[OpenListener] = []
        self._clean_up: asyncio.Task[int] | None = None
        self._listening: list[BoundAddress] = []

    @property
    def listening(self) -> tuple[BoundAddress, ...]:
        """The bound addresses, port 0 resolved, in the order of the options; empty when the server is not started."""
        return tuple(self._listening)

    def addresses(self) -> list[str]:
        """Return `listening` as text."""
        return [bound.address for bound in self._listening]

    async def start(self) -> None:
        """Open all listeners.

        Raises AddressInUse, and whatever the TLS provider raises; then nothing is left open.
        """
        threads = self._threads
        if threads is None:
            threads = self._own_threads = Threads(2, name="catcher-smtp")
        self._connections = Connections(
            max_open=self.options.max_connections,
            max_per_address=self.options.max_connections_per_address,
            shortest=min(self.options.idle_seconds, self.options.data_seconds),
            log=logging.getLogger("catcher.smtp"),
        )
        try:
            context = ServerContext(
                deliver=self._deliver,
                options=self.options,
                hostname=self.options.hostname or socket.gethostname(),
                threads=threads,
                observe=self._observe,
                hook=self._hook,
                user_password=self._user_password,
                counters=self._counters,
                failed_logins=FailedLogins(),
                tls=self.options.tls() if self.options.tls is not None else None,
                loop=asyncio.get_running_loop(),
            )
            for listener in self.options.listeners:
                for bound in bind(
                    listener.host, listener.port, path=listener.path, mode=listener.mode, name="SMTP address"
                ):
                    await self._open(listener, bound, context, self._connections)
        except BaseException:
            await self.stop(grace=0)
            raise
        # Not awaited: clients need not wait for it.
        self._clean_up = asyncio.create_task(
            threads.run(remove_stale_files, self.options.spool_directory, older_than=STALE_SECONDS)
        )

    async def stop(self, *, grace: float) -> None:
        """Close the listeners, let messages in transfer finish within `grace` seconds, end all connections."""
        listeners, self._listeners = self._listeners, []
        await _close(listeners)
        if self._connections is not None:
            await self._connections.close(grace=grace)
            self._connections = None
        for bound in self._listening:
            if bound.address.startswith("unix:"):
                Path(bound.address.removeprefix("unix:")).unlink(missing_ok=True)  # noqa: ASYNC240 - one system call
        self._listening = []
        if self._clean_up is not None:
            await self._clean_up
            self._clean_up = None
        if self._own_threads is not None:
            self._own_threads.close()
            self._own_threads = None

    async def _open(
        self, listener: SmtpListener, bound: socket.socket, context: ServerContext, connections: Connections
    ) -> None:
        """Listen on the socket."""
        loop = asyncio.get_running_loop()
        tls = context.tls if listener.implicit_tls else None
        begin = functools.partial(SmtpDialogue, context=context, is_lmtp=listener.lmtp)
        make = functools.partial(SmtpConnection, begin, context=context, connections=connections)
        self._listening.append(
            BoundAddress(
                protocol="lmtp" if listener.lmtp else "smtp",
                address=socket_address(bound),
                security="" if context.tls is None else "TLS" if listener.implicit_tls else "STARTTLS",
            )
        )
        if self.options.trusted_proxies and not listener.path:
            bound.listen(BACKLOG)
            self._listeners.append(ProxyListener(make, bound, tls=tls, trusted=self.options.trusted_proxies))
        else:
            create = loop.create_unix_server if listener.path else loop.create_server
            self._listeners.append(await create(make, sock=bound, ssl=tls, backlog=BACKLOG))


async def _close(listeners: Sequence[OpenListener]) -> None:
    """Close the listeners.

    A connection that asyncio (up to 3.12) accepts in the iteration in which its server is closed would stay open for
    ever, unregistered. So first stop accepting, and close once all accepted connections are registered.
    """
    loop = asyncio.get_running_loop()
    if isinstance(loop, asyncio.SelectorEventLoop):
        for listener in listeners:
            if isinstance(listener, asyncio.Server):
                for bound in listener.sockets:
                    loop.remove_reader(bound.fileno())
        for _ in range(ACCEPT_ITERATIONS):
            await asyncio.sleep(0)
    for listener in listeners:
        listener.close()


async def _no_password(user: str) -> str:
    return ""
