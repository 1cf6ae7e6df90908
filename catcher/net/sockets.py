"""Bound sockets for listeners: TCP on all addresses of a host name, or a Unix socket."""

import contextlib
import errno
import os
import socket
from collections.abc import Sequence
from pathlib import Path

from catcher.errors import AddressInUse

PORT_TRIES = 10

EVERY_ADDRESS = ("", "::")
"""Hosts that mean all addresses of both families, as "[::]:1025" and ":1025" do in other programs."""


def bind(host: str, port: int, *, path: str = "", mode: int | None = None, name: str) -> list[socket.socket]:
    """Return bound sockets that do not listen yet: one for each address of the host, all on the same port.

    port: 0 for any free one. path: a Unix socket instead of host and port; mode: its permissions. Address families that
    the machine lacks are skipped unless no other is left. name: begins the message of AddressInUse.
    """
    try:
        if path:
            return [bind_unix(path, mode=mode)]
        found = socket.getaddrinfo(
            None if host in EVERY_ADDRESS else host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
        # IPv4 first: where a host name has both, people and tools use that address.
        addresses = sorted({(family, str(address[0])) for family, _, _, _, address in found})
        for _ in range(PORT_TRIES):
            try:
                return _bind_all(addresses, port)
            except OSError as error:
                # A port that is free on the first address may be taken on the second; another one will do.
                if port or error.errno != errno.EADDRINUSE:
                    raise
        return _bind_all(addresses, port)
    except OSError as error:
        address = f"unix:{path}" if path else f"{host}:{port}"
        reason = error.strerror or error
        raise AddressInUse(f"{name} {address!r}: {reason}, expected one that is free and may be used") from None


def bind_unix(path: str, *, mode: int | None) -> socket.socket:
    """Return a bound Unix socket that does not listen yet. Raises OSError.

    A stale socket file, which nobody listens on, is replaced; an active one and any other file are left alone.
    mode: the permissions, None for the process's default.
    """
    file = Path(path)
    if file.is_socket() and not _is_active(path):
        file.unlink(missing_ok=True)
    bound = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        bound.setblocking(False)
        bound.bind(path)
        if mode is not None:
            file.chmod(mode)  # safe: nobody can connect before the socket listens
    except OSError:
        bound.close()
        raise
    return bound


def socket_address(bound: socket.socket) -> str:
    """Return the address of a bound socket as "host:port", "[host]:port" or "unix:/path"."""
    name = bound.getsockname()
    if isinstance(name, str):
        return f"unix:{name}"
    host, port = name[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _bind_all(addresses: Sequence[tuple[int, str]], port: int) -> list[socket.socket]:
    bound: list[socket.socket] = []
    missing: OSError | None = None
    with contextlib.ExitStack() as undo:
        for family, host in addresses:
            try:
                bound.append(undo.enter_context(_bind_tcp(family, host, port)))
            except OSError as error:
                if error.errno not in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
                    raise
                missing = error
                continue
            port = bound[0].getsockname()[1]
        if missing is not None and not bound:
            raise missing
        undo.pop_all()
    return bound


def _bind_tcp(family: int, host: str, port: int) -> socket.socket:
    # The protocol is named because asyncio sets TCP_NODELAY only on sockets that have it.
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":  # on Windows it would let two processes share the port
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        bound.setblocking(False)
        bound.bind((host, port))
    except OSError:
        bound.close()
        raise
    return bound


def _is_active(path: str) -> bool:
    with contextlib.closing(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)) as probe:
        try:
            probe.connect(path)
        except ConnectionRefusedError:
            return False
        except OSError:
            return True
    return True
