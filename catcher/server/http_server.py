"""The HTTP server of an application: uvicorn without its signal handlers, logging and TLS set-up."""

import asyncio
import contextlib
import logging
import socket
import ssl
from collections.abc import Iterator
from typing import Any, cast

import uvicorn
from starlette.applications import Starlette

from catcher import server
from catcher.errors import StartError
from catcher.net.connections import Connections
from catcher.server.http_connection import HttpConnection, HttpLimits

log = logging.getLogger("catcher.web")

DRAIN_SECONDS = 2
"""How long running requests may take after the server was asked to stop."""


class HttpServer:
    """Serves an application on a listening socket. tls: None for plain HTTP. is_compressed: of WebSocket messages."""

    def __init__(
        self,
        app: Starlette,
        listener: socket.socket,
        *,
        tls: ssl.SSLContext | None,
        is_compressed: bool,
        limits: HttpLimits = HttpLimits(),  # noqa: B008 a frozen value
    ) -> None:
        self._limits = limits
        self._register: Connections | None = None
        config = uvicorn.Config(
            app,
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=DRAIN_SECONDS,
            ws="none",  # set at the start, as is the protocol of HTTP
            ws_per_message_deflate=is_compressed,
        )
        config.load()
        config.ssl = tls  # uvicorn would make one from files, without the lower bound on versions
        self._server = _Server(config)
        self._listener = listener
        self._serving: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to serve. Raises StartError."""
        limits, config = self._limits, self._server.config
        register = self._register = Connections(
            max_open=limits.max_connections, max_per_address=0, shortest=limits.shortest, log=log
        )

        def http(**given: Any) -> asyncio.Protocol:
            return HttpConnection(register=register, limits=limits, **given)

        def web_socket(**given: Any) -> asyncio.Protocol:
            # Through the room: the module is imported when the first WebSocket is opened.
            return server.WebSocketConnection(register=register, limits=limits, **given)

        config.http_protocol_class = cast("type[asyncio.Protocol]", http)
        config.ws_protocol_class = cast("type[asyncio.Protocol]", web_socket)
        self._serving = asyncio.create_task(self._server.serve(sockets=[self._listener]))
        while not self._server.started:
            if self._serving.done():
                raise StartError("the site did not start") from self._serving.exception()
            await asyncio.sleep(0.001)

    async def stop(self, *, grace: float) -> None:
        """Accept no further connections and end all of them within `grace` seconds. Safe to call twice."""
        self._server.exit()
        if self._serving is not None:
            with contextlib.suppress(TimeoutError, asyncio.CancelledError):
                await asyncio.wait_for(self._serving, grace)
        if self._register is not None:
            await self._register.close(grace=0)


class _Server(uvicorn.Server):
    """uvicorn, without the tenths of a second that it waits for a stop to be asked for and for connections to end."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._exit = asyncio.Event()

    def exit(self) -> None:
        """Let `serve` end."""
        self.should_exit = True
        self._exit.set()

    async def main_loop(self) -> None:
        """Renew the Date field every second, until the exit."""
        while not await self.on_tick(0):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._exit.wait(), 1)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close the listener and idle connections, and wait for the end of the others."""
        for listener in self.servers:
            listener.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        while self.server_state.connections or self.server_state.tasks:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.005)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals of the process alone."""
        yield
