"""`catcher readyz`: reports whether a running catcher is ready; the health check of the container."""

import http.client
import os
import socket
import time
from typing import TYPE_CHECKING

import click

from catcher.cli.options import Command, duration
from catcher.conf import load
from catcher.conf.addresses import SocketAddress

if TYPE_CHECKING:
    import ssl


@click.command("readyz", cls=Command)
@click.option("-l", "--listen", metavar="HOST:PORT", default=None, help="Address of the web interface.")
@click.option("--webroot", metavar="PATH", default=None, help="URL path of the web interface.")
@click.option("--https", is_flag=True, help="Use HTTPS; the default when the settings have a certificate.")
@click.option("--wait", is_flag=True, help="Wait until the server is ready or the timeout has passed.")
@click.option(
    "--timeout",
    metavar="DURATION",
    type=duration,
    default="30s",
    show_default=True,
    help="Maximum time to wait, such as 5s, 500ms or 1m.",
)
def command(listen: str | None, webroot: str | None, *, https: bool, wait: bool, timeout: float) -> None:
    """Exit with 0 if a running catcher is ready to receive mail and serve the web interface, else with 1.

    The default address is that of the server's settings.
    """
    settings, _ = load(flags={"listen": listen, "webroot": webroot}, environ=os.environ)
    deadline = time.monotonic() + timeout
    while True:
        is_secure = https or bool(settings.ui_tls_cert)
        failure = probe(settings.listen, f"{settings.webroot}readyz", timeout=min(5.0, timeout), is_secure=is_secure)
        if not failure:
            return
        if not wait or time.monotonic() >= deadline:
            raise click.ClickException(f"{settings.listen}: {failure}")
        time.sleep(0.1)


def probe(address: SocketAddress, path: str, *, timeout: float, is_secure: bool = False) -> str:
    """Return "" if a GET request for the path is answered with 200, else what failed."""
    connection = _Connection(address, timeout, is_secure=is_secure)
    try:
        connection.request("GET", path)
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        return str(error) or type(error).__name__
    finally:
        connection.close()
    return "" if status == http.HTTPStatus.OK else f"HTTP {status}"


class _Connection(http.client.HTTPConnection):
    """A connection to a listener by TCP, on loopback for a listener on every interface, or by its Unix socket."""

    def __init__(self, address: SocketAddress, timeout: float, *, is_secure: bool) -> None:
        host = "localhost" if address.host in {"0.0.0.0", "::", ""} else address.host  # noqa: S104 - compared, not bound
        super().__init__(host, address.port or None, timeout=timeout)
        self._path = address.path
        self._is_secure = is_secure

    def connect(self) -> None:
        if self._path:
            self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            self.sock.settimeout(self.timeout)
            self.sock.connect(self._path)
        else:
            super().connect()
        if self._is_secure:
            self.sock = _unverified_context().wrap_socket(self.sock)


def _unverified_context() -> "ssl.SSLContext":
    """Return a context that accepts any certificate: none needs to be valid for a loopback address."""
    import ssl  # costs 10 ms; only for HTTPS

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
