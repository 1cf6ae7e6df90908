"""`catcher readyz`: asks a running catcher whether it is ready; the container's health check."""

import http.client
import os
import socket
import time

import click

from catcher.conf import load
from catcher.conf.kinds import SocketAddress
from catcher.errors import SettingError


@click.command("readyz")
@click.option("-l", "--listen", metavar="HOST:PORT", default=None, help="Where it serves its pages.")
@click.option("--webroot", metavar="PATH", default=None, help="The path that its pages live under.")
@click.option("--wait", is_flag=True, help="Ask again until it is ready or the time is over.")
@click.option("--timeout", metavar="SECONDS", type=click.FloatRange(min=0.1), default=30.0, show_default=True)
def command(listen: str | None, webroot: str | None, *, wait: bool, timeout: float) -> None:
    """Exit with 0 when a running catcher is ready to take mail and serve pages, else with 1.

    The address comes from the same settings that the server reads.
    """
    try:
        settings, _ = load(flags={"listen": listen, "webroot": webroot}, environ=os.environ)
    except SettingError as error:
        raise click.ClickException(str(error)) from None
    deadline = time.monotonic() + timeout
    while True:
        answer = ask(settings.listen, f"{settings.webroot}readyz", timeout=min(5.0, timeout))
        if not answer:
            return
        if not wait or time.monotonic() >= deadline:
            raise click.ClickException(f"{settings.listen}: {answer}")
        time.sleep(0.1)


def ask(address: SocketAddress, path: str, *, timeout: float) -> str:
    """ "" when GET of the path is answered with 200, else what happened."""
    connection = _Connection(address, timeout)
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

    def __init__(self, address: SocketAddress, timeout: float) -> None:
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(address.host, address.host)  # noqa: S104 - translated away
        super().__init__(host or "localhost", address.port or None, timeout=timeout)
        self._path = address.path

    def connect(self) -> None:
        if not self._path:
            super().connect()
            return
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)
