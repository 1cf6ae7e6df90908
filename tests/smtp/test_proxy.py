"""The PROXY protocol."""

import asyncio
import contextlib
import smtplib
import socket
import ssl
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st

from catcher.net.proxy_protocol import V2_SIGNATURE, ProxyError, read_source
from catcher.net.tls import context_from_files
from catcher.smtp import SmtpListener

Start = Callable[..., Any]


def block(command: int, family: int, body: bytes) -> bytes:
    return V2_SIGNATURE + struct.pack("!BBH", command, family, len(body)) + body


FOUR = socket.inet_aton("192.0.2.7") + socket.inet_aton("10.0.0.1") + struct.pack("!HH", 4321, 25)
SIX = socket.inet_pton(socket.AF_INET6, "2001:db8::7") + bytes(16) + struct.pack("!HH", 4321, 25)


@pytest.mark.parametrize(
    ("header", "address"),
    [
        (b"PROXY TCP4 192.0.2.7 10.0.0.1 4321 25\r\n", "192.0.2.7"),
        (b"PROXY TCP6 2001:db8::7 ::1 4321 25\r\n", "2001:db8::7"),
        (b"PROXY UNKNOWN\r\n", "127.0.0.1"),
        (block(0x21, 0x11, FOUR), "192.0.2.7"),
        (block(0x21, 0x21, SIX + b"\x04\0\x01x"), "2001:db8::7"),
        (block(0x20, 0x00, b""), "127.0.0.1"),
        (block(0x20, 0x11, FOUR), "127.0.0.1"),
        (block(0x21, 0x31, bytes(216)), "127.0.0.1"),
    ],
    ids=["v1 IPv4", "v1 IPv6", "v1 unknown", "v2 IPv4", "v2 with TLV", "v2 LOCAL", "v2 LOCAL with address", "v2 Unix"],
)
def test_the_client_has_the_address_in_the_header(start: Start, header: bytes, address: str) -> None:
    """The header is read to its last octet and no further. HAProxy's PROXY protocol §2.1, §2.2."""
    server = start(trusted_proxies=("127.0.0.0/8",))
    with socket.create_connection((server.host, server.port), timeout=20) as connection:
        connection.sendall(header + b"HELO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nx\r\n.\r\nQUIT\r\n")
        while connection.recv(4096):
            pass
    assert server.message[0].client.address == address


@pytest.mark.parametrize(
    "header",
    [
        b"EHLO a.proxy.that.says.nothing\r\n",
        b"PROXY TCP4 x y 1 2\r\n",
        b"PROXY " + b"x" * 200,
        block(0x31, 0x11, FOUR),
        block(0x21, 0x11, bytes(5000)),
    ],
)
def test_a_trusted_proxy_must_send_a_header(start: Start, header: bytes) -> None:
    """Without a header the connection is closed."""
    server = start(trusted_proxies=("127.0.0.1",))
    with socket.create_connection((server.host, server.port), timeout=20) as connection:
        connection.sendall(header)
        with contextlib.suppress(ConnectionResetError):
            assert connection.recv(4096) == b""
    assert server.server.listening


def test_only_a_trusted_proxy_may_send_a_header(start: Start) -> None:
    """From other addresses the header is an unknown command."""
    server = start(trusted_proxies=("192.0.2.0/24",))
    raw = server.connect()
    raw.ask("PROXY TCP4 192.0.2.7 10.0.0.1 4321 25", "500 5.5.2 *")
    raw.close()
    assert server.session().client.address == "127.0.0.1"


def test_tls_may_begin_after_the_header(start: Start, tmp_path: Path) -> None:
    """A proxy in front of implicit TLS passes the handshake through."""
    authority = trustme.CA()
    authority.issue_cert("localhost").private_key_and_cert_chain_pem.write_to_path(str(tmp_path / "server.pem"))
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)

    class ProxiedSMTP(smtplib.SMTP_SSL):
        def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
            plain = socket.create_connection((host, port), timeout)
            plain.sendall(block(0x21, 0x11, FOUR))
            return trusting.wrap_socket(plain, server_hostname="localhost")

    server = start(
        tls=lambda: context_from_files(tmp_path / "server.pem"),
        listeners=(SmtpListener(port=0, implicit_tls=True),),
        trusted_proxies=("127.0.0.1",),
    )
    with ProxiedSMTP(server.host, server.port, context=trusting, timeout=20) as client:
        client.sendmail("a@b", ["c@d"], "x")
    assert (server.message[0].client.address, server.message[0].client.port) == ("192.0.2.7", 4321)


def test_a_line_may_have_107_octets_and_no_more() -> None:
    """The longest line is read; a longer one is refused before its end arrives. HAProxy's PROXY protocol §2.1."""
    full = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"
    addresses = f"{full} {full} 65535 65535\r\n"

    async def read(header: str) -> tuple[str, int] | None:
        proxy, server = socket.socketpair()
        with proxy, server:
            server.setblocking(False)
            proxy.sendall(header.encode())
            async with asyncio.timeout(20):
                return await read_source(server)

    assert len(f"PROXY UNKNOWN {addresses}") == 107
    assert asyncio.run(read(f"PROXY UNKNOWN {addresses}")) is None
    assert asyncio.run(read(f"PROXY TCP6 {addresses}")) == (full, 65535)
    with pytest.raises(ProxyError):
        asyncio.run(read("PROXY UNKNOWN " + "x" * 100))


@given(
    line=st.binary(max_size=110), command=st.integers(0, 255), family=st.integers(0, 255), body=st.binary(max_size=60)
)
def test_any_header_is_read_or_refused(line: bytes, command: int, family: int, body: bytes) -> None:
    """Nothing but ProxyError is raised."""

    async def read(header: bytes) -> None:
        proxy, server = socket.socketpair()
        with proxy, server:
            server.setblocking(False)
            proxy.sendall(header)
            proxy.shutdown(socket.SHUT_WR)
            with contextlib.suppress(ProxyError):
                await read_source(server)

    async def read_all() -> None:
        for header in (line, b"PROXY " + line, b"PROXY TCP4 " + line + b"\r\n", block(command, family, body)):
            await read(header)

    asyncio.run(read_all())
