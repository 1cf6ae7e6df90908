"""A line between a browser and the site that can be cut and mended, as a sleeping laptop or a proxy does it."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit


class Line:
    """Passes TCP connections on from a port of its own; `cut` ends them all and takes no new ones until `mend`."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._server = socket.create_server(("127.0.0.1", 0))
        self._port = self._server.getsockname()[1]
        self._open: set[socket.socket] = set()
        self._start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}/"

    def cut(self) -> None:
        """End every connection, take no more."""
        with contextlib.suppress(OSError):  # cut before
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        for end in tuple(self._open):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        """Take connections again, on the same port."""
        self._server = socket.create_server(("127.0.0.1", self._port))
        self._start()

    def _start(self) -> None:
        threading.Thread(target=self._accept, args=(self._server,), daemon=True).start()

    def _accept(self, server: socket.socket) -> None:
        while True:
            try:
                near, _ = server.accept()
            except OSError:
                return
            far = socket.create_connection(self._target)
            for source, sink in ((near, far), (far, near)):
                self._open.add(source)
                threading.Thread(target=self._carry, args=(source, sink), daemon=True).start()

    def _carry(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while octets := source.recv(65536):
                sink.sendall(octets)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_RDWR)
        self._open.discard(source)
        source.close()


@contextlib.contextmanager
def line_to(url: str) -> Iterator[Line]:
    """A line to the site at this address."""
    parts = urlsplit(url)
    line = Line(parts.hostname or "127.0.0.1", parts.port or 80)
    try:
        yield line
    finally:
        line.cut()
