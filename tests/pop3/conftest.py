"""Fixtures: a POP3 server on a free port with a store, and raw connections to it."""

import asyncio
import contextlib
import poplib
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import uvloop

from catcher.envelope import Envelope, ForwardPath
from catcher.intake import deliver_now
from catcher.pop3 import Pop3Options, Pop3Server
from catcher.store import AsyncStore, Store
from catcher.threads import Threads

PATIENCE = 20.0
"""Seconds that a test waits for something that always comes."""


class Raw:
    """A raw client connection."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self._file = self.socket.makefile("rb")

    def line(self) -> bytes:
        """The next line with its line end; b"" at the end of the connection."""
        return self._file.readline()

    def say(self, *lines: bytes) -> bytes:
        """Send lines in one piece and return the first line of the response."""
        self.socket.sendall(b"".join(line + b"\r\n" for line in lines))
        return self.line()

    def body(self) -> bytes:
        """The octets of a multi-line response, with its end."""
        lines = [b"\r\n"]
        while lines[-1] != b".\r\n" or not lines[-2].endswith(b"\r\n"):
            lines.append(self.line())
            assert lines[-1], f"the connection ended after {lines[-5:]!r}"
        return b"".join(lines[1:])

    def login(self) -> None:
        """Log in with arbitrary credentials."""
        assert self.say(b"USER anybody").startswith(b"+OK")
        assert self.say(b"PASS anything").startswith(b"+OK")

    def close(self) -> None:
        self._file.close()
        self.socket.close()


@dataclass
class Running:
    """A server in its own thread, and its store."""

    server: Pop3Server
    store: Store
    loop: asyncio.AbstractEventLoop
    opened: list[Raw] = field(default_factory=list)

    @property
    def port(self) -> int:
        return int(self.server.addresses()[0].rpartition(":")[2])

    def add(self, *contents: bytes) -> list[str]:
        """Store messages and return their ids."""
        envelope = Envelope(
            reverse_path="a@example.com",
            forward_paths=(ForwardPath(addr_spec="b@example.com"),),
            received_at=datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC),
        )
        return deliver_now(self.store, [(envelope, content) for content in contents])

    def connect(self) -> Raw:
        """A raw connection, after the greeting."""
        raw = Raw(self.port)
        self.opened.append(raw)
        assert raw.line().startswith(b"+OK catcher")
        return raw

    def session(self) -> Raw:
        """A raw connection that is logged in."""
        raw = self.connect()
        raw.login()
        return raw

    @contextlib.contextmanager
    def client(self) -> Iterator[poplib.POP3]:
        """The standard library's client, logged in."""
        client = poplib.POP3("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            client.user("anybody")
            client.pass_("anything")
            yield client
        finally:
            client.close()

    def call(self, coroutine: Any) -> Any:
        """The result of a coroutine that runs in the server's loop."""
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(timeout=PATIENCE)


Serve = Callable[..., AbstractContextManager[Running]]


@pytest.fixture(params=["asyncio", "uvloop"])
def serve(request: pytest.FixtureRequest, tmp_path: Path) -> Serve:
    """A function that runs a server with the options given by name, on the standard loop and on uvloop."""

    @contextlib.contextmanager
    def run(**options: Any) -> Iterator[Running]:
        loop = asyncio.new_event_loop() if request.param == "asyncio" else uvloop.new_event_loop()
        thread = threading.Thread(target=loop.run_forever, daemon=True)
        thread.start()
        threads = Threads(4)
        with Store.open(f"sqlite:///{tmp_path / 'mail.db'}") as store:
            options = {"host": "127.0.0.1", "port": 0, **options}
            server = Pop3Server(AsyncStore(store, threads), options=Pop3Options(**options), threads=threads)
            running = Running(server, store, loop)
            running.call(server.start())
            try:
                yield running
            finally:
                for raw in running.opened:
                    raw.close()
                running.call(server.stop(grace=5))
                threads.close()
                loop.call_soon_threadsafe(loop.stop)
                thread.join()
                loop.close()

    return run


@pytest.fixture
def pop3(serve: Serve) -> Iterator[Running]:
    """A server that accepts any credentials."""
    with serve() as running:
        yield running
