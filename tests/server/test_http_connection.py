"""Slow, crowded and unread connections of the site, with limits small enough to be reached."""

import asyncio
import contextlib
import logging
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import httpx2
import pytest
import uvloop
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from catcher.server import HttpServer
from catcher.server.http_connection import MAX_HEAD, HttpLimits
from tests.waiting import wait_until

PATIENCE = 20.0
LARGE = 8 * 1024 * 1024
HALF = b"GET / HTTP/1.1\r\nHost: localhost\r\n"
Serve = Callable[..., AbstractContextManager[int]]


async def _hello(request: Request) -> Response:
    return PlainTextResponse("hello")


async def _large(request: Request) -> Response:
    return Response(b"x" * LARGE)


async def _upload(request: Request) -> Response:
    return PlainTextResponse(str(len(await request.body())))


async def _flood(socket: WebSocket) -> None:
    await socket.accept()
    while True:
        await socket.send_bytes(b"x" * 65_536)


@pytest.fixture(params=["asyncio", "uvloop"])
def serve(request: pytest.FixtureRequest) -> Serve:
    """A function that serves with limits given by name and yields the port, on the standard loop and on uvloop."""

    @contextlib.contextmanager
    def run(**limits: Any) -> Iterator[int]:
        loop = asyncio.new_event_loop() if request.param == "asyncio" else uvloop.new_event_loop()
        thread = threading.Thread(target=loop.run_forever, daemon=True)
        thread.start()
        routes = [
            Route("/", _hello),
            Route("/large", _large),
            Route("/upload", _upload, methods=["POST"]),
            WebSocketRoute("/flood", _flood),
        ]
        with socket.create_server(("127.0.0.1", 0)) as listener:
            listener.setblocking(False)
            server = HttpServer(
                Starlette(routes=routes), listener, tls=None, is_compressed=False, limits=HttpLimits(**limits)
            )

            def call(work: Any) -> None:
                asyncio.run_coroutine_threadsafe(work, loop).result(timeout=PATIENCE)

            call(server.start())
            try:
                yield listener.getsockname()[1]
            finally:
                call(server.stop(grace=0.2))
                loop.call_soon_threadsafe(loop.stop)
                thread.join()
                loop.close()

    return run


def connect(port: int, octets: bytes) -> socket.socket:
    """A connection on which these octets were sent."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
    connection.sendall(octets)
    return connection


def rest(connection: socket.socket) -> bytes:
    """All that the server sends until it closes or resets the connection."""
    received = bytearray()
    with contextlib.suppress(ConnectionError):
        while piece := connection.recv(65_536):
            received += piece
    return bytes(received)


@pytest.mark.slow
@pytest.mark.parametrize("octets", [b"", b"GET", HALF])
def test_a_request_that_is_not_completed_is_ended(serve: Serve, octets: bytes) -> None:
    """Its header section has a time limit, from the start of the connection on. RFC 9110 §15.5.9."""
    with serve(head_seconds=0.2) as port, connect(port, octets) as connection:
        assert rest(connection).startswith(b"HTTP/1.1 408 ")


def test_a_second_request_on_a_connection_has_the_same_limit(serve: Serve) -> None:
    """The time begins with its first octet, and octets that follow slowly do not extend it."""
    with serve(head_seconds=0.2) as port, connect(port, HALF + b"\r\n") as connection:
        received = b""
        while not received.endswith(b"hello"):
            received += connection.recv(4096)
        connection.sendall(HALF)
        assert rest(connection).startswith(b"HTTP/1.1 408 ")


def test_a_body_that_is_not_completed_is_ended(serve: Serve) -> None:
    """A client that announces more than it sends holds no handler for ever."""
    head = b"POST /upload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nabc"
    with serve(body_seconds=0.2) as port, connect(port, head) as connection:
        assert b" 200 " not in rest(connection)


def test_an_endless_header_section_is_refused(serve: Serve) -> None:
    """It would be kept in memory. RFC 6585 §5."""
    with serve() as port, connect(port, HALF + b"X: " + b"y" * (2 * MAX_HEAD)) as connection:
        assert b" 200 " not in rest(connection)


def test_a_crowd_of_half_requests_locks_nobody_out(serve: Serve) -> None:
    """At the limit the connection that has waited longest gives way, even to one from the same address."""
    with serve(max_connections=20) as port, contextlib.ExitStack() as stack:
        crowd = [stack.enter_context(connect(port, HALF)) for _ in range(100)]
        for _ in range(3):
            assert httpx2.get(f"http://127.0.0.1:{port}/", timeout=PATIENCE).text == "hello"
        assert rest(crowd[0]) == b""


def test_a_response_that_is_not_read_is_dropped(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    """The log says why."""
    with (
        caplog.at_level(logging.INFO, "catcher.web"),
        serve(write_seconds=0.2) as port,
        connect(port, HALF.replace(b"/ ", b"/large ", 1) + b"\r\n") as connection,
    ):
        wait_until(lambda: "response not read" in caplog.text)
        assert len(rest(connection)) < LARGE


def test_a_web_socket_that_is_not_read_is_dropped(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    """Its messages do not collect in memory."""
    fields = (
        b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    with (
        caplog.at_level(logging.INFO, "catcher.web"),
        serve(write_seconds=0.2) as port,
        connect(port, HALF.replace(b"/ ", b"/flood ", 1) + fields) as connection,
    ):
        assert connection.recv(12) == b"HTTP/1.1 101"
        wait_until(lambda: "messages not read" in caplog.text)
        assert rest(connection)
