"""Fixtures: an SMTP server on a free port, a recording `Deliver`, and a player for dialogue scripts."""

import asyncio
import contextlib
import fnmatch
import queue
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import pytest
import uvloop
from msgspec.structs import replace

from catcher.envelope import Envelope, SmtpSession
from catcher.smtp import SmtpListener, SmtpOptions, SmtpServer

PATIENCE = 20.0
"""Seconds that a test waits for something that always comes."""


class Recorder:
    """A `Deliver` that records its calls. failure: raised instead of returning; hold: delays the return."""

    def __init__(self) -> None:
        self.messages: list[tuple[Envelope, bytes]] = []
        self.paths: list[Path] = []
        self.failure: Exception | None = None
        self.hold: asyncio.Event | None = None
        self.called: queue.Queue[Envelope] = queue.Queue()

    async def __call__(self, envelope: Envelope, content: bytes | Path) -> str:
        self.called.put(envelope)
        if self.hold is not None:
            await self.hold.wait()
        if self.failure is not None:
            raise self.failure
        if isinstance(content, Path):
            self.paths.append(content)
            content = await asyncio.to_thread(content.read_bytes)
        self.messages.append((envelope, content))
        return f"id{len(self.messages)}"


@dataclass
class Running:
    """A server in its own thread, and what it has recorded."""

    server: SmtpServer
    recorder: Recorder
    loop: asyncio.AbstractEventLoop
    sessions: queue.Queue[SmtpSession] = field(default_factory=queue.Queue)
    opened: list["Raw"] = field(default_factory=list)

    @property
    def host(self) -> str:
        return self.server.addresses()[0].rpartition(":")[0].strip("[]")

    @property
    def port(self) -> int:
        return int(self.server.addresses()[0].rpartition(":")[2])

    @property
    def message(self) -> tuple[Envelope, bytes]:
        """The only message received."""
        assert len(self.recorder.messages) == 1, self.recorder.messages
        return self.recorder.messages[0]

    def session(self) -> SmtpSession:
        """The next connection that ended."""
        return self.sessions.get(timeout=PATIENCE)

    def call(self, coroutine: Any) -> Any:
        """The result of a coroutine that runs in the server's loop."""
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(timeout=PATIENCE)

    def pass_time(self, seconds: float) -> None:
        """Check the time limits of the open connections as if this time had passed."""

        async def expire() -> None:
            assert self.server._connections is not None
            for connection in tuple(self.server._connections._open):
                connection.expire(self.loop.time() + seconds)

        self.call(expire())

    def settle(self) -> None:
        """Wait until the server has read what was sent."""

        async def iterate() -> None:
            for _ in range(3):
                await asyncio.sleep(0)

        self.call(iterate())

    def connect(self) -> "Raw":
        """A raw connection, after the greeting."""
        raw = Raw(socket.create_connection((self.host, self.port), timeout=PATIENCE))
        self.opened.append(raw)
        raw.expect("220 *")
        return raw


class Raw:
    """A raw client connection."""

    def __init__(self, connection: socket.socket) -> None:
        self.socket = connection
        self._received = b""

    def send(self, octets: bytes) -> None:
        self.socket.sendall(octets)

    def line(self) -> str:
        """The next line, "" at the end of the connection."""
        while b"\r\n" not in self._received:
            try:
                piece = self.socket.recv(65536)
            except ConnectionResetError:
                piece = b""
            if not piece:
                assert not self._received, self._received
                return ""
            self._received += piece
        line, _, self._received = self._received.partition(b"\r\n")
        return line.decode()

    def reply(self) -> str:
        """The last line of the next reply."""
        line = self.line()
        while line[3:4] == "-":
            line = self.line()
        return line

    def expect(self, pattern: str) -> str:
        """The last line of the next reply, which must match the pattern ("*" and "?" as in file names)."""
        reply = self.reply()
        assert fnmatch.fnmatchcase(reply, pattern.replace("[", "[[]")), f"expected {pattern!r}, received {reply!r}"
        return reply

    def ask(self, command: str | bytes, pattern: str) -> str:
        """Send a command and expect its reply."""
        self.send((command.encode() if isinstance(command, str) else command) + b"\r\n")
        return self.expect(pattern)

    def begin(self, *recipients: str) -> None:
        """EHLO, MAIL and RCPT."""
        self.ask("EHLO test", "250 *")
        self.ask("MAIL FROM:<a@example.org>", "250 2.1.0 Ok")
        for recipient in recipients or ("b@example.com",):
            self.ask(f"RCPT TO:<{recipient}>", "250 2.1.5 Ok")

    def expect_end(self) -> None:
        """The server closes the connection without a further reply."""
        line = self.line()
        assert line == "", f"expected the end, received {line!r}"

    def close(self) -> None:
        self.socket.close()


class Start(Protocol):
    """The `start` fixture."""

    def __call__(
        self, *, loop: str = "asyncio", hook: Any = None, user_password: Any = None, observe: Any = None, **options: Any
    ) -> Running: ...


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a server with these options; it is stopped after the test."""
    with contextlib.ExitStack() as stack:

        def start(
            *,
            loop: str = "asyncio",
            hook: Any = None,
            user_password: Any = None,
            observe: Any = None,
            **options: Any,
        ) -> Running:
            options.setdefault("listeners", (SmtpListener(port=0),))
            options.setdefault("hostname", "mx.test")
            return stack.enter_context(
                running(SmtpOptions(**options), loop, hook=hook, user_password=user_password, observe=observe)
            )

        yield start


@contextlib.contextmanager
def running(options: SmtpOptions, loop: str, *, observe: Any, **collaborators: Any) -> Iterator[Running]:
    """A server in a thread with its own loop."""
    own = uvloop.new_event_loop() if loop == "uvloop" else asyncio.new_event_loop()
    thread = threading.Thread(target=own.run_forever, daemon=True)
    thread.start()
    recorder = Recorder()
    sessions: queue.Queue[SmtpSession] = queue.Queue()
    server = SmtpServer(recorder, options=options, observe=observe or sessions.put, **collaborators)
    try:
        asyncio.run_coroutine_threadsafe(server.start(), own).result(timeout=PATIENCE)
        run = Running(server=server, recorder=recorder, loop=own, sessions=sessions)
        yield run
        for raw in run.opened:
            raw.close()
    finally:
        asyncio.run_coroutine_threadsafe(server.stop(grace=2.0), own).result(timeout=PATIENCE)
        own.call_soon_threadsafe(own.stop)
        thread.join()
        own.close()


@pytest.fixture
def server(start: Start) -> Running:
    """A server with the usual options."""
    return start()


@pytest.fixture
def play(start: Start) -> Callable[[Path, str], Running]:
    """Play a dialogue script.

    "C: line" sends the line and CRLF; "c: octets" sends what the escapes say and nothing more; "S: pattern" expects one
    line of the server's; "E:" expects the end of the connection; "= name value" sets an option; "#" is a comment.
    """

    def play(script: Path, loop: str) -> Running:
        lines = [line for line in script.read_text("utf-8").splitlines() if line and not line.startswith("#")]
        options: dict[str, Any] = {}
        for line in lines:
            if line.startswith("= "):
                _, name, value = line.split()
                options[name] = int(value)
        is_lmtp = options.pop("lmtp", 0)
        run = start(loop=loop, listeners=(replace(SmtpListener(port=0), lmtp=bool(is_lmtp)),), **options)
        raw = Raw(socket.create_connection((run.host, run.port), timeout=PATIENCE))
        run.opened.append(raw)
        for number, line in enumerate(lines, start=1):
            kind, _, text = line.partition(": ")
            if kind == "C":
                raw.send(text.encode() + b"\r\n")
            elif kind == "c":
                raw.send(text.encode("latin-1").decode("unicode_escape").encode("latin-1"))
            elif kind == "S":
                received = raw.line()
                pattern = text.replace("[", "[[]")
                assert fnmatch.fnmatchcase(received, pattern), f"{script.name}, step {number}: {text!r}, {received!r}"
            elif line.startswith("E:"):
                raw.expect_end()
        raw.close()
        return run

    return play
