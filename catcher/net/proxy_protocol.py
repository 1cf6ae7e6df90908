"""The PROXY protocol, versions 1 and 2, parsed by aiosmtpd: a proxy announces the address of the client it speaks for.

Source: HAProxy's "The PROXY protocol", sections 2.1 and 2.2.
"""

import asyncio
import socket
from ipaddress import IPv4Address, IPv6Address

from aiosmtpd.proxy_protocol import V2_CMD, V2_SIGNATURE, get_proxy

__all__ = ["V2_SIGNATURE", "ProxyError", "read_source"]

MAX_LINE = 107
MAX_BLOCK = 4096


class ProxyError(ValueError):
    """A connection that does not begin with a valid PROXY header."""


async def read_source(connection: socket.socket) -> tuple[str, int] | None:
    """Read the header and return the client's address and port.

    Return None when the proxy does not announce a TCP client: UNKNOWN, LOCAL (a health check), a Unix socket.
    Raises ProxyError. Whatever follows the header, possibly a TLS handshake, stays in the socket.
    """
    data = await get_proxy(_HeaderReader(connection))
    if not data:
        raise ProxyError(data.error)
    if data.command == V2_CMD.LOCAL or not isinstance(data.src_addr, IPv4Address | IPv6Address):
        return None
    return str(data.src_addr), int(data.src_port or 0)


class _HeaderReader:
    """The part of asyncio.StreamReader that aiosmtpd uses, without reading ahead and with the header's limits."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._loop = asyncio.get_running_loop()

    async def read(self, n: int = -1) -> bytes:
        if n > MAX_BLOCK:
            raise ProxyError("header too long")
        return await self._loop.sock_recv(self._connection, n)

    async def readexactly(self, n: int) -> bytes:
        octets = b""
        while len(octets) < n:
            piece = await self.read(n - len(octets))
            if not piece:
                raise ProxyError("connection closed")
            octets += piece
        return octets

    async def readuntil(self, separator: bytes = b"\n") -> bytes:
        octets = b""
        while not octets.endswith(separator):
            if len(octets) > MAX_LINE:
                raise ProxyError("header too long")
            octets += await self.readexactly(1)
        return octets
