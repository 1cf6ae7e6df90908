"""What every listener needs of sockets: a Unix socket in its place, and how an address is written."""

import contextlib
import socket
from pathlib import Path


def bind_unix(path: str, *, mode: int | None) -> socket.socket:
    """A bound Unix socket that does not listen yet. Raises OSError.

    A socket that nobody answers on any more is replaced; a living one, or anything else in its place, is left alone.
    mode: its permissions, None for the process's usual ones.
    """
    place = Path(path)
    if place.is_socket() and not _answers(path):
        place.unlink(missing_ok=True)
    one = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        one.setblocking(False)
        one.bind(path)
        if mode is not None:
            place.chmod(mode)  # nobody can connect before the socket listens
    except OSError:
        one.close()
        raise
    return one


def shown(bound: socket.socket) -> str:
    """Where it is bound, as "host:port", "[host]:port" or "unix:/path"."""
    name = bound.getsockname()
    if isinstance(name, str):
        return f"unix:{name}"
    host, port = name[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _answers(path: str) -> bool:
    with contextlib.closing(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)) as probe:
        try:
            probe.connect(path)
        except ConnectionRefusedError:
            return False
        except OSError:
            return True
    return True
