"""`catcher readyz`: asks a running catcher whether it is ready; the container's health check."""

import http.client
import os
import socket
import time
from typing import TYPE_CHECKING

import click

from catcher.conf import load
from catcher.conf.addresses import SocketAddress
from catcher.errors import SettingError

if TYPE_CHECKING:
    import ssl


@click.command("readyz")
@click.option("-l", "--listen", metavar="HOST:PORT", default=None, help="Where it serves its pages.")
@click.option("--webroot", metavar="PATH", default=None, help="The path that its pages live under.")
@click.option("--https", is_flag=True, help="It serves HTTPS; known when the settings have a certificate.")
@click.option("--wait", is_flag=True, help="Ask again until it is ready or the time is over.")
@click.option("--timeout", metavar="SECONDS", type=click.FloatRange(min=0.1), default=30.0, show_default=True)
def command(listen: str | None, webroot: str | None, *, https: bool, wait: bool, timeout: float) -> None:
    """Exit with 0 when a running catcher is ready to take mail and serve pages, else with 1.

    The address comes from the same settings that the server reads.
    """
    try:
        settings, _ = load(flags={"listen": listen, "webroot": webroot}, environ=os.environ)
    except SettingError as error:
        raise click.ClickException(str(error)) from None
    deadline = time.monotonic() + timeout
    while True:
        is_secure = https or bool(settings.ui_tls_cert)
        answer = ask(settings.listen, f"{settings.webroot}readyz", timeout=min(5.0, timeout), is_secure=is_secure)
        if not answer:
            return
        if not wait or time.monotonic() >= deadline:
            raise click.ClickException(f"{settings.listen}: {answer}")
        time.sleep(0.1)


def ask(address: SocketAddress, path: str, *, timeout: float, is_secure: bool = False) -> str:
    """ "" when GET of the path is answered with 200, else what happened."""
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
    """A connection to a listener: by TCP, on loopback when it listens on every address, or by its Unix socket."""

    def __init__(self, address: SocketAddress, timeout: float, *, is_secure: bool) -> None:
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(address.host, address.host)  # noqa: S104 - translated away
        super().__init__(host or "localhost", address.port or None, timeout=timeout)
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
            self.sock = _trusting().wrap_socket(self.sock)


def _trusting() -> "ssl.SSLContext":
    """Takes any certificate: it is asked whether the server runs, by an address that no certificate need be for."""
    import ssl  # only for who serves HTTPS

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
