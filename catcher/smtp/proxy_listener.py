"""Accepts connections where trusted proxies stand in front: reads the PROXY header, then lets the dialogue begin.

The dialogue itself never sees the header, so a client that is not a trusted proxy cannot lie about its address, and TLS
may begin right behind it.
"""

import asyncio
import functools
import logging
import socket
import ssl
from collections.abc import Callable
from ipaddress import ip_address, ip_network

from catcher.net.proxy_protocol import NotProxied, exact_reader, read_source
from catcher.smtp.peer import plain_address
from catcher.smtp.protocol import CatcherSMTP

log = logging.getLogger("catcher.smtp")

HEADER_SECONDS = 5.0
ACCEPT_AGAIN_SECONDS = 0.1
MAX_WAITING = 1000
"""Connections whose header has not come yet; more are closed."""


class ProxiedDoor:
    """One listening socket. make: a new dialogue, given `peer` when a proxy told it. trusted: networks of the proxies.

    A trusted proxy must send a header; everybody else is served as on any other address.
    """

    def __init__(
        self,
        make: Callable[..., CatcherSMTP],
        bound: socket.socket,
        *,
        tls: ssl.SSLContext | None,
        trusted: tuple[str, ...],
    ) -> None:
        self._make = make
        self._bound = bound
        self._tls = tls
        self._trusted = [ip_network(network, strict=False) for network in trusted]
        self._accepting: asyncio.Task[None] | None = None
        self._arrivals: set[asyncio.Task[None]] = set()

    def open(self, backlog: int) -> None:
        """Begin to listen."""
        self._bound.listen(backlog)
        self._accepting = asyncio.get_running_loop().create_task(self._accept())

    def leave(self) -> None:
        """Accept nobody any more. Safe to call twice."""
        if self._accepting is not None:
            self._accepting.cancel()
        self._bound.close()

    def close(self) -> None:
        """Accept nobody any more; who has not come past the header is sent away. Safe to call twice."""
        self.leave()
        for task in self._arrivals:
            task.cancel()

    async def _accept(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                connection, name = await loop.sock_accept(self._bound)
            except OSError as error:  # out of file descriptors, or the client has gone again
                log.warning("connection not accepted: %s", error)
                await asyncio.sleep(ACCEPT_AGAIN_SECONDS)
                continue
            if len(self._arrivals) >= MAX_WAITING:
                connection.close()
                continue
            task = loop.create_task(self._arrive(connection, plain_address(name[0])))
            self._arrivals.add(task)
            task.add_done_callback(self._arrivals.discard)

    async def _arrive(self, connection: socket.socket, address: str) -> None:
        loop = asyncio.get_running_loop()
        make = self._make
        try:
            connection.setblocking(False)
            if any(ip_address(address) in network for network in self._trusted):
                async with asyncio.timeout(HEADER_SECONDS):
                    source = await read_source(exact_reader(loop, connection))
                if source is not None:
                    make = functools.partial(make, peer=(plain_address(source[0]), source[1]))
            await loop.connect_accepted_socket(make, connection, ssl=self._tls)
        except (NotProxied, TimeoutError, OSError) as error:
            log.warning("connection from a proxy closed: %s", error or "no header in time", extra={"peer": address})
            connection.close()
        except asyncio.CancelledError:
            connection.close()
            raise
