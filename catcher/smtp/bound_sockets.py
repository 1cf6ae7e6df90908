"""Binds the sockets of a listener: TCP on every address of a host name, or a Unix socket."""

import asyncio
import errno
import os
import socket
from collections.abc import Sequence

from catcher.errors import AddressInUse
from catcher.net.sockets import bind_unix
from catcher.smtp.options import Listener

PORT_TRIES = 10

EVERYWHERE = ("", "::")
"""Hosts that mean every address of both families, as other programs understand "[::]:1025" and ":1025"."""


async def bind(listener: Listener) -> list[socket.socket]:
    """The bound sockets, not listening yet; several when the host has several addresses, all on one port.

    Addresses of a family that this machine lacks are left out, if another remains. Raises AddressInUse with one line.
    """
    if listener.path:
        return [_bind_path(listener)]
    try:
        found = await asyncio.get_running_loop().getaddrinfo(
            None if listener.host in EVERYWHERE else listener.host,
            listener.port,
            type=socket.SOCK_STREAM,
            flags=socket.AI_PASSIVE,
        )
    except OSError as error:
        raise _unusable(listener, error) from None
    # IPv4 first: of a name with both, people and tools name that address.
    addresses = sorted({(family, name[0]) for family, _, _, _, name in found})
    for attempt in range(PORT_TRIES):
        try:
            return _bind_all(listener, addresses)
        except OSError as error:
            # A port that was free on the first address may be taken on the second: then any other will do.
            if listener.port or error.errno != errno.EADDRINUSE or attempt == PORT_TRIES - 1:
                raise _unusable(listener, error) from None
    return []


def bind_beside(bound: socket.socket) -> socket.socket:
    """One more socket on the address of a bound one, which must be shared; it gets connections once it listens.

    Raises OSError.
    """
    return _bind_tcp(bound.family, bound.getsockname(), is_shared=True)


def _bind_all(listener: Listener, addresses: Sequence[tuple[int, str | int]]) -> list[socket.socket]:
    bound: list[socket.socket] = []
    missing: OSError | None = None
    port = listener.port
    try:
        for family, host in addresses:
            try:
                if listener.reuse_port and port:
                    # Another server of this user's that shares its port would unnoticed get half of the mail.
                    _bind_tcp(family, (host, port), is_shared=False).close()
                bound.append(_bind_tcp(family, (host, port), is_shared=listener.reuse_port))
            except OSError as error:
                if error.errno not in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
                    raise
                missing = error
                continue
            port = bound[0].getsockname()[1]
        if missing is not None and not bound:
            raise missing
    except OSError:
        for one in bound:
            one.close()
        raise
    return bound


def _bind_tcp(family: int, address: tuple[str | int, ...], *, is_shared: bool) -> socket.socket:
    # The protocol is named, because asyncio sets TCP_NODELAY only on sockets that say they are TCP.
    one = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":  # elsewhere it would let two processes steal each other's connections
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if is_shared:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if family == socket.AF_INET6:
            one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        one.setblocking(False)
        one.bind(address)
    except OSError:
        one.close()
        raise
    return one


def _bind_path(listener: Listener) -> socket.socket:
    try:
        return bind_unix(listener.path, mode=listener.mode)
    except OSError as error:
        raise _unusable(listener, error) from None


def _unusable(listener: Listener, error: OSError) -> AddressInUse:
    where = f"unix:{listener.path}" if listener.path else f"{listener.host}:{listener.port}"
    return AddressInUse(f"SMTP address {where!r}: {error.strerror or error}, expected one that is free and may be used")
