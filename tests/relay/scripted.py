"""An SMTP server on loopback that says what a script tells it, and then nothing more."""

import contextlib
import socket
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field


@dataclass
class Scripted:
    """One connection after another gets the same replies, one for each line it sends, the first for nothing.

    After the last reply it stays silent until the client leaves, or says `drip` without end when there is one.
    heard: the lines that came in. silent: set when the script is over.
    """

    replies: Sequence[bytes]
    drip: bytes = b""
    port: int = 0
    heard: list[bytes] = field(default_factory=list)
    silent: threading.Event = field(default_factory=threading.Event)
    left: threading.Event = field(default_factory=threading.Event)

    def converse(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as lines:
            for number, reply in enumerate(self.replies):
                if number and not self._hear(lines.readline()):
                    return
                connection.sendall(reply)
            self.silent.set()
            with contextlib.suppress(OSError):
                while self.drip:
                    connection.sendall(self.drip)
                while self._hear(lines.readline()):
                    pass

    def _hear(self, line: bytes) -> bool:
        self.heard.append(line)
        return bool(line)


@contextlib.contextmanager
def scripted(*replies: bytes, drip: bytes = b"") -> Iterator[Scripted]:
    """The server, on a free port, until the end of the block."""
    server = Scripted(replies=replies, drip=drip)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server.port = listener.getsockname()[1]

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with contextlib.suppress(OSError):
                    server.converse(connection)
                server.left.set()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(timeout=10)
