"""Listeners, limits on connections, start and stop."""

import asyncio
import contextlib
import smtplib
import socket
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from catcher.errors import AddressInUse, SettingError
from catcher.smtp import SmtpListener, SmtpOptions, SmtpServer

Start = Callable[..., Any]
LOOPS = pytest.mark.parametrize("loop", ["asyncio", "uvloop"])


async def keep_nothing(envelope: Any, content: Any) -> str:
    return "id"


async def open_and_close(*listeners: SmtpListener) -> tuple[str, ...]:
    server = SmtpServer(keep_nothing, options=SmtpOptions(listeners=listeners))
    await server.start()
    found = tuple(server.addresses())
    await server.stop(grace=0)
    return found


def test_a_port_in_use_is_reported_in_one_line(server: Any) -> None:
    """AddressInUse contains the address and what was expected; nothing stays open."""
    listeners = (SmtpListener(port=0), SmtpListener(port=server.port))
    with pytest.raises(AddressInUse, match=rf"'127.0.0.1:{server.port}': Address already in use, expected"):
        asyncio.run(open_and_close(*listeners))


def test_an_address_that_cannot_be_bound_is_reported_in_one_line() -> None:
    """An unknown host name, and an address of another machine."""
    for host in ("no-such-host.invalid", "192.0.2.1"):
        with pytest.raises(AddressInUse, match=f"SMTP address '{host}:0': .*expected"):
            asyncio.run(open_and_close(SmtpListener(host=host, port=0)))


def test_every_address_of_a_name_gets_the_same_port() -> None:
    """ "localhost" and "" may be IPv4 and IPv6; one port serves both."""
    for host in ("localhost", ""):
        addresses = asyncio.run(open_and_close(SmtpListener(host=host, port=0)))
        assert len({address.rpartition(":")[2] for address in addresses}) == 1
        assert addresses[0].rpartition(":")[0] in {"127.0.0.1", "0.0.0.0"}


@LOOPS
def test_a_unix_socket_has_its_mode_and_goes_away(start: Start, tmp_path: Path, loop: str) -> None:
    """Its clients have no address and send no PROXY header; a stale socket file is replaced."""
    path = tmp_path / "mail.sock"
    dead = socket.socket(socket.AF_UNIX)
    dead.bind(str(path))
    dead.close()

    class UnixSMTP(smtplib.SMTP):
        def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
            connection = socket.socket(socket.AF_UNIX)
            connection.connect(host)
            return connection

    server = start(
        loop=loop, listeners=(SmtpListener(path=str(path), mode=0o620),), trusted_proxies=("127.0.0.1", "::/0")
    )
    assert server.server.addresses() == [f"unix:{path}"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o620
    with UnixSMTP(str(path)) as client:
        client.sendmail("a@b", ["c@d"], "x")
    assert server.message[0].client.address == ""
    with pytest.raises(AddressInUse, match=r"unix:.*mail\.sock"):
        asyncio.run(open_and_close(SmtpListener(path=str(path))))
    server.call(server.server.stop(grace=1))
    assert not path.exists()


def test_a_file_in_place_of_a_socket_is_left_alone(tmp_path: Path) -> None:
    """Only sockets are replaced."""
    (tmp_path / "precious").write_text("data")
    with pytest.raises(AddressInUse):
        asyncio.run(open_and_close(SmtpListener(path=str(tmp_path / "precious"))))
    assert (tmp_path / "precious").read_text() == "data"


def test_too_many_connections_are_rejected(start: Start) -> None:
    """421 over the limit, in total or from one address, until another connection ends."""
    for limit in ({"max_connections": 2}, {"max_connections_per_address": 2}):
        server = start(**limit)
        first, _second = server.connect(), server.connect()
        with socket.create_connection((server.host, server.port), timeout=20) as third:
            assert third.recv(4096).startswith(b"421 4.7.0 Too many connections")
            assert third.recv(4096) == b""
        assert server.session().ended == "refused"
        first.ask("QUIT", "221 *")
        assert server.session().ended == "quit"
        server.connect().ask("NOOP", "250 *")


def test_nothing_is_kept_of_connections_that_have_ended(start: Start) -> None:
    """The count of each address ends with its last connection."""
    server = start()
    raw = server.connect()
    raw.ask("QUIT", "221 *")
    assert server.session().ended == "quit"
    server.settle()
    assert server.server._connections._per_address == {}


def test_connections_to_a_unix_socket_are_not_counted_by_address(start: Start, tmp_path: Path) -> None:
    """They have none."""
    start(listeners=(SmtpListener(path=str(tmp_path / "mail.sock")),), max_connections_per_address=1)
    with socket.socket(socket.AF_UNIX) as first, socket.socket(socket.AF_UNIX) as second:
        for connection in (first, second):
            connection.connect(str(tmp_path / "mail.sock"))
            assert connection.recv(4096).startswith(b"220 ")


def test_a_thousand_idle_connections_do_not_block_others(start: Start) -> None:
    """Mail is still received."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 4096)), hard))
    server = start()
    with contextlib.ExitStack() as stack:
        stack.callback(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        idle = [
            stack.enter_context(socket.create_connection((server.host, server.port), timeout=20)) for _ in range(1000)
        ]
        for connection in idle:
            assert connection.recv(100).startswith(b"220 ")
        with smtplib.SMTP(server.host, server.port) as client:
            client.sendmail("a@b", ["c@d"], "x")
    assert len(server.recorder.messages) == 1


@LOOPS
def test_a_stop_lets_a_message_in_transfer_through(start: Start, loop: str) -> None:
    """Idle clients get 421, the one in DATA its 250 first; new connections are refused. RFC 5321 §3.8."""
    server = start(loop=loop)
    where = (server.host, server.port)
    idle, busy = server.connect(), server.connect()
    busy.begin()
    busy.ask("DATA", "354 *")
    busy.send(b"half a mess")
    stopped = asyncio.run_coroutine_threadsafe(server.server.stop(grace=20), server.loop)
    idle.expect("421 4.3.2 *")
    idle.expect_end()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(where)
    busy.send(b"age\r\n.\r\n")
    busy.expect("250 2.0.0 Ok: queued as id1")
    busy.expect("421 4.3.2 *")
    stopped.result(timeout=20)
    assert server.message[1] == b"half a message\r\n"


def test_a_stop_lets_content_that_is_refused_end_too(start: Start) -> None:
    """Its client gets the refusal, then the 421."""
    server = start(max_message_octets=10)
    raw = server.connect()
    raw.begin()
    raw.ask("DATA", "354 *")
    raw.send(b"x" * 20)
    server.settle()
    stopped = asyncio.run_coroutine_threadsafe(server.server.stop(grace=20), server.loop)
    server.settle()
    raw.ask("\r\n.", "552 5.3.4 *")
    raw.expect("421 4.3.2 *")
    stopped.result(timeout=20)


def test_a_stop_waits_no_longer_than_its_grace(start: Start) -> None:
    """A client that never ends its message and a store that never returns are aborted."""
    server = start()
    raw = server.connect()
    raw.begin()
    raw.ask("DATA", "354 *")
    server.recorder.hold = asyncio.Event()
    waiting = server.connect()
    waiting.begin()
    waiting.ask("DATA", "354 *")
    waiting.send(b"x\r\n.\r\n")
    server.recorder.called.get(timeout=20)
    server.call(server.server.stop(grace=0.05))
    assert {server.session().ended, server.session().ended} == {"stopped"}
    assert not server.recorder.messages


@pytest.mark.parametrize(
    "wrong",
    [
        {"label": "two\r\nlines"},
        {"idle_seconds": 0},
        {"trusted_proxies": ("everybody",)},
        {"require_tls": True},
        {"listeners": (SmtpListener(implicit_tls=True),)},
    ],
)
def test_invalid_options_are_refused(wrong: dict[str, Any]) -> None:
    """A wrong setting stops the start; it never becomes a default."""
    with pytest.raises(SettingError, match="expected"):
        SmtpOptions(**wrong)


def test_nothing_heavy_is_imported_for_smtp() -> None:
    """The listener opens before the web and database code is loaded."""
    code = "import sys, catcher.smtp; print(*sys.modules)"
    loaded = set(
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    )
    heavy = ("sqlalchemy", "alembic", "starlette", "uvicorn", "jinja2", "cryptography", "catcher.store")
    assert not loaded.intersection(heavy)
