"""STARTTLS, implicit TLS, and certificates, from files or generated."""

import datetime as dt
import smtplib
import socket
import ssl
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import trustme

from catcher.errors import SettingError
from catcher.net.tls import ca_certificate, context_from_files, generated_context
from catcher.smtp import AuthPolicy, SmtpListener, connection

Start = Callable[..., Any]
LOOPS = pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
MIB = 1024 * 1024


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def context(authority: trustme.CA, tmp_path: Path) -> ssl.SSLContext:
    """The server's context, from files."""
    leaf = authority.issue_cert("localhost", "127.0.0.1")
    leaf.private_key_and_cert_chain_pem.write_to_path(str(tmp_path / "server.pem"))
    return context_from_files(tmp_path / "server.pem")


@pytest.fixture
def trusting(authority: trustme.CA) -> ssl.SSLContext:
    """A client's context that trusts the CA."""
    client = ssl.create_default_context()
    authority.configure_trust(client)
    return client


@LOOPS
def test_starttls_secures_the_connection_and_resets_the_session(
    start: Start, context: ssl.SSLContext, trusting: ssl.SSLContext, loop: str
) -> None:
    """RFC 3207 §4.2: EHLO, AUTH and the transaction before it are void; the envelope names the TLS version."""
    server = start(loop=loop, tls=lambda: context)
    assert server.server.listening[0].security == "STARTTLS"
    with smtplib.SMTP(server.host, server.port) as client:
        client.ehlo()
        assert client.has_extn("starttls")
        client.mail("early@b")
        client.starttls(context=trusting)
        assert client.docmd("MAIL FROM:<a@b>") == (
            503,
            b"5.5.1 Bad sequence of commands (HELO/EHLO required before MAIL)",
        )
        client.ehlo()
        assert not client.has_extn("starttls")
        assert client.docmd("STARTTLS")[0] == 503
        client.sendmail("a@b", ["c@d"], b"x" * 3 * MIB)
    envelope, content = server.message
    assert len(content) == 3 * MIB + 2
    assert envelope.client.protocol == "ESMTPS"
    assert envelope.client.tls.startswith("TLSv1.3 TLS_")
    assert server.session().ended == "quit"


@LOOPS
def test_listeners_may_differ_in_tls_and_protocol(
    start: Start, context: ssl.SSLContext, trusting: ssl.SSLContext, loop: str
) -> None:
    """Plain, implicit TLS and LMTP at the same time, each on a port of its own. RFC 8314 §3.3."""
    listeners = (SmtpListener(port=0), SmtpListener(port=0, implicit_tls=True), SmtpListener(port=0, lmtp=True))
    server = start(loop=loop, tls=lambda: context, listeners=listeners)
    kinds = [(where.protocol, where.security) for where in server.server.listening]
    assert kinds == [("smtp", "STARTTLS"), ("smtp", "TLS"), ("lmtp", "STARTTLS")]
    port = int(server.server.addresses()[1].rpartition(":")[2])
    with smtplib.SMTP_SSL("localhost", port, context=trusting) as client:
        client.ehlo()
        assert not client.has_extn("starttls")
        client.sendmail("a@b", ["c@d"], "x")
    with smtplib.LMTP("127.0.0.1", int(server.server.addresses()[2].rpartition(":")[2])) as client:
        client.sendmail("a@b", ["c@d"], "y")  # smtplib reads one reply only, whatever the number of recipients
    assert [envelope.client.protocol for envelope, _ in server.recorder.messages] == ["ESMTPS", "LMTP"]


def test_input_after_starttls_in_the_clear_is_dropped(
    start: Start, context: ssl.SSLContext, trusting: ssl.SSLContext
) -> None:
    """Commands injected after STARTTLS are not executed under TLS. RFC 3207 §6, CVE-2011-0411."""
    server = start(tls=lambda: context)
    raw = server.connect()
    raw.ask("EHLO x", "250 *")
    raw.ask("STARTTLS\r\nEHLO evil\r\nMAIL FROM:<evil@b>\r\nRSET", "220 2.0.0 *")
    secure = trusting.wrap_socket(raw.socket, server_hostname="localhost")
    raw.socket = secure
    raw.ask("RCPT TO:<c@d>", "503 5.5.1 *")
    raw.ask("NOOP", "250 2.0.0 Ok")
    secure.close()
    assert "evil" not in server.session().transcript


@LOOPS
def test_a_command_in_one_piece_with_the_end_of_the_handshake_is_answered(
    start: Start, context: ssl.SSLContext, trusting: ssl.SSLContext, loop: str
) -> None:
    """A client need not pause after its Finished message. RFC 8446 §2, RFC 3207 §4."""
    server = start(loop=loop, tls=lambda: context)
    coming, going = ssl.MemoryBIO(), ssl.MemoryBIO()
    secure = trusting.wrap_bio(coming, going, server_hostname="localhost")
    with socket.create_connection((server.host, server.port), timeout=30) as plain:
        plain.recv(1000)
        for line in (b"EHLO x\r\n", b"STARTTLS\r\n"):
            plain.sendall(line)
            plain.recv(1000)
        while True:
            try:
                secure.do_handshake()
                break
            except ssl.SSLWantReadError:
                plain.sendall(going.read())
                coming.write(plain.recv(65536))
        secure.write(b"EHLO y\r\n")
        plain.sendall(going.read())  # Finished and the command
        while True:
            try:
                assert secure.read(1000).startswith(b"250-")
                break
            except ssl.SSLWantReadError:
                coming.write(plain.recv(65536))


def test_a_handshake_that_fails_ends_only_its_connection(start: Start, context: ssl.SSLContext) -> None:
    """A client that does not speak TLS after STARTTLS is disconnected; others are served."""
    server = start(tls=lambda: context)
    raw = server.connect()
    raw.ask("EHLO x", "250 *")
    raw.ask("STARTTLS", "220 *")
    raw.send(b"this is no handshake\r\n" * 10)
    assert server.session().ended == "lost"
    server.connect().ask("NOOP", "250 *")


def test_a_client_that_never_begins_the_handshake_is_disconnected(
    start: Start, context: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The handshake after STARTTLS has a time limit of its own."""
    monkeypatch.setattr(connection, "HANDSHAKE_SECONDS", 0.05)
    server = start(tls=lambda: context)
    raw = server.connect()
    raw.ask("STARTTLS", "220 *")
    raw.expect_end()
    assert server.session().ended == "lost"


def test_tls_may_be_required(start: Start, context: ssl.SSLContext, trusting: ssl.SSLContext) -> None:
    """530 until STARTTLS; the commands needed before it work. RFC 3207 §4."""
    server = start(tls=lambda: context, require_tls=True)
    with smtplib.SMTP(server.host, server.port) as client:
        client.ehlo()
        for command in ("MAIL FROM:<a@b>", "RCPT TO:<a@b>", "DATA", "RSET", "AUTH PLAIN AGEAYg==", "VRFY x", "EXPN x"):
            assert client.docmd(command) == (530, b"5.7.0 Must issue a STARTTLS command first")
        client._host = "localhost"  # type: ignore[attr-defined]
        client.starttls(context=trusting)
        client.sendmail("a@b", ["c@d"], "x")
    assert server.message[1] == b"x\r\n"


def test_a_password_sent_without_the_required_tls_is_not_kept(start: Start, context: ssl.SSLContext) -> None:
    """A client that goes on with AUTH after the 530 sends its password as a command."""
    server = start(tls=lambda: context, require_tls=True)
    raw = server.connect()
    raw.ask("EHLO x", "250 *")
    raw.ask("AUTH LOGIN", "530 *")
    raw.ask("aHVudGVyMg==", "500 *")
    raw.close()
    assert server.session().transcript.endswith("C: ***\nS: 500 5.5.2 Syntax error, command unrecognized\n")


def test_auth_may_need_tls(start: Start, context: ssl.SSLContext, trusting: ssl.SSLContext) -> None:
    """AUTH is offered and accepted only under TLS. RFC 4954 §4."""
    server = start(tls=lambda: context, auth=AuthPolicy(needs_tls=True))
    with smtplib.SMTP(server.host, server.port) as client:
        client.ehlo()
        assert not client.has_extn("auth")
        assert client.docmd("AUTH PLAIN AGEAYg==")[0] == 538
        client.starttls(context=trusting)
        client.login("ann", "secret")
        client.sendmail("a@b", ["c@d"], "x")
    assert server.message[0].client.protocol == "ESMTPSA"


def test_a_certificate_is_generated_once_and_trusted_through_its_ca(start: Start, tmp_path: Path) -> None:
    """The CA can be downloaded; the second start reuses the certificate; only the owner can read the keys."""
    directory = tmp_path / "tls"
    assert ca_certificate(directory) is None
    generated_context(directory, ["localhost", "127.0.0.1"])
    made = (directory / "server.pem").read_bytes()
    server = start(tls=lambda: generated_context(directory, ["localhost"]))
    assert (directory / "server.pem").read_bytes() == made
    pem = ca_certificate(directory)
    assert pem is not None
    client_context = ssl.create_default_context(cadata=pem.decode())
    with smtplib.SMTP(server.host, server.port) as client:
        client.starttls(context=client_context)
        client.sendmail("a@b", ["c@d"], "x")
    for name in ("ca-key.pem", "server.pem"):
        assert stat.S_IMODE((directory / name).stat().st_mode) == 0o600


def test_a_certificate_is_renewed_under_the_same_ca(tmp_path: Path) -> None:
    """Before it expires, or for another name, a new certificate is generated; the CA stays."""
    now = dt.datetime.now(dt.UTC)
    generated_context(tmp_path, ["localhost"], now=now)
    first, authority = (tmp_path / "server.pem").read_bytes(), ca_certificate(tmp_path)
    generated_context(tmp_path, ["localhost"], now=now + dt.timedelta(days=300))
    assert (tmp_path / "server.pem").read_bytes() == first
    generated_context(tmp_path, ["localhost"], now=now + dt.timedelta(days=380))
    second = (tmp_path / "server.pem").read_bytes()
    generated_context(tmp_path, ["other.test"], now=now + dt.timedelta(days=380))
    assert len({first, second, (tmp_path / "server.pem").read_bytes()}) == 3
    assert ca_certificate(tmp_path) == authority
    generated_context(tmp_path, ["localhost"], now=now + dt.timedelta(days=3640))
    assert ca_certificate(tmp_path) != authority


def test_a_broken_ca_is_replaced(tmp_path: Path) -> None:
    """A truncated file, for example after a full disk, does not prevent the start."""
    (tmp_path / "ca.pem").write_text("nonsense")
    (tmp_path / "ca-key.pem").write_text("nonsense")
    (tmp_path / "server.json").write_text("[]")
    assert generated_context(tmp_path, ["localhost"])


def test_certificate_files_that_cannot_be_used_stop_the_start(tmp_path: Path) -> None:
    """One line that names the files."""
    (tmp_path / "bad.pem").write_text("nonsense")
    for path in (tmp_path / "missing.pem", tmp_path / "bad.pem"):
        with pytest.raises(SettingError, match=r"TLS certificate .*expected PEM"):
            context_from_files(path)
    (tmp_path / "file").touch()
    with pytest.raises(SettingError, match=r"TLS directory .*expected one that can be written"):
        generated_context(tmp_path / "file", ["localhost"])
