"""Listener behind trusted proxies: reads the PROXY header of each connection before the dialogue begins.

The dialogue never sees the header, so clients that are not trusted proxies cannot forge their address, and TLS may
begin right after the header.
"""

import asyncio
import functools
import logging
import socket
import ssl
from collections.abc import Callable
from ipaddress import ip_address, ip_network

from catcher.net.proxy_protocol import ProxyError, read_source
from catcher.smtp.connection import SmtpConnection
from catcher.smtp.peer import plain_address

log = logging.getLogger("catcher.smtp")

HEADER_SECONDS = 5.0
ACCEPT_RETRY_SECONDS = 0.1
MAX_WAITING = 1000
"""Connections without a complete header; any more are closed."""


class ProxyListener:
    """One bound socket, on which connections are accepted as soon as it listens.

    make: creates a connection; `source` is the address that a proxy announced. trusted: networks of the proxies, which
    have to send a header; connections from elsewhere are served without one.
    """

    def __init__(
        self,
        make: Callable[..., SmtpConnection],
        bound: socket.socket,
        *,
        tls: ssl.SSLContext | None,
        trusted: tuple[str, ...],
    ) -> None:
        self._make = make
        self._bound = bound
        self._tls = tls
        self._trusted = [ip_network(network, strict=False) for network in trusted]
        self._loop = asyncio.get_running_loop()
        self._waiting: set[asyncio.Task[None]] = set()
        self._accepting = self._loop.create_task(self._accept())

    def close(self) -> None:
        """Stop accepting, and close the connections without a complete header. Safe to call twice."""
        self._accepting.cancel()
        self._bound.close()
        for task in self._waiting:
            task.cancel()

    async def _accept(self) -> None:
        while True:
            try:
                connection, name = await self._loop.sock_accept(self._bound)
            except OSError as error:  # out of file descriptors, or the client has disconnected
                log.warning("connection not accepted: %s", error)
                await asyncio.sleep(ACCEPT_RETRY_SECONDS)
                continue
            if len(self._waiting) >= MAX_WAITING:
                connection.close()
                continue
            task = self._loop.create_task(self._connect(connection, plain_address(name[0])))
            self._waiting.add(task)
            task.add_done_callback(self._waiting.discard)

    async def _connect(self, connection: socket.socket, address: str) -> None:
        make = self._make
        try:
            connection.setblocking(False)
            if any(ip_address(address) in network for network in self._trusted):
                async with asyncio.timeout(HEADER_SECONDS):
                    source = await read_source(connection)
                if source is not None:
                    make = functools.partial(make, source=(plain_address(source[0]), source[1]))
            await self._loop.connect_accepted_socket(make, connection, ssl=self._tls)
        except (ProxyError, TimeoutError, OSError) as error:
            log.warning("connection from a proxy closed: %s", error or "no header in time", extra={"peer": address})
            connection.close()
        except asyncio.CancelledError:
            connection.close()
            raise
