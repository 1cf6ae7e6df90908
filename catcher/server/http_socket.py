"""The listening socket of the site, bound before anything heavy is imported."""

import contextlib
import socket
from collections.abc import Iterator
from pathlib import Path

from catcher.conf import SocketAddress
from catcher.errors import AddressInUse
from catcher.net.sockets import bind_unix

BACKLOG = 2048


@contextlib.contextmanager
def http_socket(address: SocketAddress) -> Iterator[socket.socket]:
    """Yield a listening socket, closed at the end of the block. Raises AddressInUse."""
    try:
        listener = bind_unix(address.path, mode=address.mode) if address.path else _bound(address)
    except OSError as error:
        raise AddressInUse(f"--listen={str(address)!r}: {error.strerror}, expected a free address") from None
    try:
        listener.listen(BACKLOG)
        listener.setblocking(False)
        yield listener
    finally:
        listener.close()
        if address.path:
            Path(address.path).unlink(missing_ok=True)


def site_url(listener: socket.socket, address: SocketAddress, *, webroot: str, is_secure: bool) -> str:
    """Return the address of the pages from this machine; "" on a Unix socket."""
    if address.path:
        return ""
    host = address.host
    if host in {"0.0.0.0", "::", ""}:  # noqa: S104 - a listener on every address
        host = "127.0.0.1"
    scheme = "https" if is_secure else "http"
    return f"{scheme}://{SocketAddress(host, listener.getsockname()[1])}{webroot}"


def _bound(address: SocketAddress) -> socket.socket:
    family = socket.AF_INET6 if _is_ipv6(address) else socket.AF_INET
    # IPPROTO_TCP by name: asyncio sets TCP_NODELAY only on sockets that have it, and answers would wait without.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        host = address.host
        if host == "::" and family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        elif host == "::":
            host = ""
        listener.bind((host, address.port))
    except OSError:
        listener.close()
        raise
    return listener


def _is_ipv6(address: SocketAddress) -> bool:
    """Return False for every address on a machine without IPv6, as in many containers."""
    return ":" in address.host and (address.host != "::" or socket.has_dualstack_ipv6())
