"""The PROXY protocol, versions 1 and 2: a proxy tells whom it speaks for before the client's first octet.

Source: HAProxy's "The PROXY protocol", sections 2.1 and 2.2. Only the two families that mail comes by are told apart.
"""

import asyncio
import ipaddress
import socket
import struct
from collections.abc import Awaitable, Callable

SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"
MAX_LINE = 107
MAX_BLOCK = 4096

Read = Callable[[int], Awaitable[bytes]]
"""Reads exactly so many octets."""


class NotProxied(ValueError):
    """The connection does not begin with a PROXY header that can be read. Stays within this room: it is closed."""


def parse_line(line: bytes) -> tuple[str, int] | None:
    """The source of a version 1 header, given without its CRLF; None when the proxy does not tell (UNKNOWN).

    Raises NotProxied.
    """
    words = line.split(b" ")
    if words[:2] == [b"PROXY", b"UNKNOWN"]:
        return None
    if len(words) != 6 or words[0] != b"PROXY" or words[1] not in (b"TCP4", b"TCP6"):
        raise NotProxied("malformed header")
    try:
        address = ipaddress.ip_address(words[2].decode("ascii"))
        port = int(words[4].decode("ascii"))
    except ValueError:
        raise NotProxied("malformed address") from None
    if address.version != int(words[1][3:]) or not 0 <= port <= 65535:
        raise NotProxied("malformed address")
    return str(address), port


def parse_block(command: int, family: int, block: bytes) -> tuple[str, int] | None:
    """The source of a version 2 header; None for LOCAL (a health check) and for other families.

    command, family: the 13th and 14th octet. block: what the length counts. Raises NotProxied.
    """
    if command >> 4 != 2 or command & 15 > 1:
        raise NotProxied("unknown version or command")
    if command & 15 == 0:
        return None
    length = {1: 4, 2: 16}.get(family >> 4)
    if length is None:
        return None
    if len(block) < 2 * length + 4:
        raise NotProxied("header too short")
    (port,) = struct.unpack_from("!H", block, 2 * length)
    return str(ipaddress.ip_address(block[:length])), port


async def read_source(read: Read) -> tuple[str, int] | None:
    """Read one header and not an octet more; the client's address and port, None when the proxy does not tell.

    Raises NotProxied, and what `read` raises.
    """
    start = await read(len(SIGNATURE))
    if start == SIGNATURE:
        command, family, length = struct.unpack("!BBH", await read(4))
        if length > MAX_BLOCK:
            raise NotProxied("header too long")
        return parse_block(command, family, await read(length) if length else b"")
    if not start.startswith(b"PROXY "):
        raise NotProxied("no header")
    line = bytearray(start)
    while not line.endswith(b"\r\n"):
        if len(line) > MAX_LINE:
            raise NotProxied("header too long")
        line += await read(1)
    return parse_line(bytes(line[:-2]))


def exact_reader(loop: asyncio.AbstractEventLoop, connection: socket.socket) -> Read:
    """A `Read` on a socket, so that what follows the header, a TLS handshake perhaps, stays in the socket."""

    async def read(size: int) -> bytes:
        octets = b""
        while len(octets) < size:
            piece = await loop.sock_recv(connection, size - len(octets))
            if not piece:
                raise NotProxied("connection closed")
            octets += piece
        return octets

    return read
