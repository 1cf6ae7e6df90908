"""What the site runs on: its listening socket, bound before anything heavy is imported, and the HTTP server."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from catcher.conf import SocketAddress
from catcher.errors import AddressInUse, StartError
from catcher.net.sockets import bind_unix

if TYPE_CHECKING:
    import uvicorn
    from starlette.applications import Starlette

BACKLOG = 2048

DRAIN_SECONDS = 2
"""How long running requests may go on after a stop was asked for."""


@contextlib.contextmanager
def http_socket(address: SocketAddress) -> Iterator[socket.socket]:
    """A listening socket for the site, closed at the end of the block. Raises AddressInUse."""
    try:
        listener = bind_unix(address.path, mode=address.mode) if address.path else _bound(address)
    except OSError as error:
        raise AddressInUse(
            f"--listen={str(address)!r}: {error.strerror}, expected an address that is free and may be used"
        ) from None
    try:
        listener.listen(BACKLOG)
        listener.setblocking(False)
        yield listener
    finally:
        listener.close()
        if address.path:
            Path(address.path).unlink(missing_ok=True)


def site_url(listener: socket.socket, address: SocketAddress, *, webroot: str, is_secure: bool) -> str:
    """Where the pages are found from this machine; "" on a Unix socket."""
    if address.path:
        return ""
    host = address.host
    if host in {"0.0.0.0", "::", ""}:  # noqa: S104 - every address: name one that works from here
        host = "127.0.0.1"
    scheme = "https" if is_secure else "http"
    return f"{scheme}://{SocketAddress(host, listener.getsockname()[1])}{webroot}"


class Site:
    """The HTTP server of an application; it leaves the process's signals and its log to whoever runs the catcher."""

    def __init__(self, app: "Starlette", *, tls: ssl.SSLContext | None, is_compressed: bool) -> None:
        self._server = _server(app, tls=tls, is_compressed=is_compressed)
        self._serving: asyncio.Task[None] | None = None

    async def start(self, listener: socket.socket) -> None:
        """Serve on this socket. Raises StartError."""
        self._serving = asyncio.create_task(self._server.serve(sockets=[listener]))
        while not self._server.started:
            if self._serving.done():
                raise StartError("the site did not start") from self._serving.exception()
            await asyncio.sleep(0.001)

    async def stop(self, *, grace: float) -> None:
        """Accept nobody any more and end all connections within `grace` seconds."""
        self._server.should_exit = True
        if self._serving is not None:
            with contextlib.suppress(TimeoutError, asyncio.CancelledError):
                await asyncio.wait_for(self._serving, grace)


def _bound(address: SocketAddress) -> socket.socket:
    family = socket.AF_INET6 if _is_ipv6(address) else socket.AF_INET
    # Named, because asyncio sets TCP_NODELAY only on sockets that say they are TCP, and answers would wait without it.
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
    """Every address means IPv4 alone where the machine has no IPv6, as in many containers."""
    return ":" in address.host and (address.host != "::" or socket.has_dualstack_ipv6())


def _server(app: "Starlette", *, tls: ssl.SSLContext | None, is_compressed: bool) -> "uvicorn.Server":
    import uvicorn

    class Server(uvicorn.Server):
        @contextlib.contextmanager
        def capture_signals(self) -> Iterator[None]:
            yield

    config = uvicorn.Config(
        app,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=DRAIN_SECONDS,
        ws=cast("type[asyncio.Protocol]", _web_socket),
        ws_per_message_deflate=is_compressed,
    )
    config.load()
    config.ssl = tls  # a context of ours: uvicorn would make one from files, without the lower bound on versions
    return Server(config)


def _web_socket(**given: Any) -> asyncio.Protocol:
    """The protocol of a WebSocket, called like its class, which is imported when the first one is opened."""
    from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

    return WebSocketsSansIOProtocol(**given)
