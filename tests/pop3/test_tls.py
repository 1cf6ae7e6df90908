"""POP3 with STLS and implicit TLS."""

import poplib
import ssl

import pytest
import trustme

from tests.pop3.conftest import PATIENCE, Serve

AUTHORITY = trustme.CA()


def server_context() -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    AUTHORITY.issue_cert("127.0.0.1", "localhost").configure_cert(context)
    return context


@pytest.fixture
def trusting() -> ssl.SSLContext:
    """A client's context that trusts our authority only."""
    context = ssl.create_default_context()
    AUTHORITY.configure_trust(context)
    return context


def test_stls_secures_the_session_and_is_no_longer_offered(serve: Serve, trusting: ssl.SSLContext) -> None:
    """STLS in the authorization state. RFC 2595 §4."""
    with serve(tls=server_context) as running:
        assert running.server.security == "STLS"
        (store_id,) = running.add(b"Subject: x\r\n\r\nbody\r\n")
        client = poplib.POP3("localhost", running.port, timeout=PATIENCE)
        assert "STLS" in client.capa()
        assert client.stls(trusting).startswith(b"+OK")
        assert "STLS" not in client.capa()
        with pytest.raises(poplib.error_proto, match="not offered"):
            client._shortcmd("STLS")  # type: ignore[attr-defined]
        client.user("a")
        client.pass_("b")
        assert client.uidl()[1] == [f"1 {store_id}".encode()]
        assert client.retr(1)[1] == [b"Subject: x", b"", b"body"]
        client.quit()


def test_input_after_stls_in_the_clear_ends_the_session(serve: Serve) -> None:
    """Anybody on the way could have injected it. RFC 2595 §4."""
    with serve(tls=server_context) as running:
        raw = running.connect()
        assert raw.say(b"STLS", b"USER injected", b"PASS injected", b"STAT").startswith(b"-ERR wait")
        assert raw.line() == b""


def test_a_user_name_given_in_the_clear_is_forgotten(serve: Serve, trusting: ssl.SSLContext) -> None:
    """The client starts again after STLS, and may send commands together after the login. RFC 2595 §4."""
    with serve(tls=server_context) as running:
        raw = running.connect()
        assert raw.say(b"USER before") == b"+OK now the password\r\n"
        assert raw.say(b"STLS") == b"+OK begin TLS\r\n"
        secure = trusting.wrap_socket(raw.socket, server_hostname="localhost")
        file = secure.makefile("rb")
        secure.sendall(b"PASS mine\r\n")
        assert file.readline() == b"-ERR USER comes before PASS\r\n"
        for command in (b"USER a\r\n", b"PASS b\r\n"):
            secure.sendall(command)
            assert file.readline().startswith(b"+OK")
        secure.sendall(b"NOOP\r\nQUIT\r\n")
        assert [file.readline() for _ in range(3)] == [b"+OK\r\n", b"+OK bye\r\n", b""]
        file.close()
        secure.close()


def test_stls_is_refused_after_the_login(serve: Serve) -> None:
    """It belongs to the authorization state. RFC 2595 §4."""
    with serve(tls=server_context) as running:
        raw = running.session()
        assert raw.say(b"STLS").startswith(b"-ERR")
        assert raw.say(b"NOOP") == b"+OK\r\n"


def test_a_failed_handshake_ends_the_session_only(serve: Serve) -> None:
    """Plain text in place of a handshake closes the connection; other clients are served."""
    with serve(tls=server_context) as running:
        raw = running.connect()
        assert raw.say(b"STLS") == b"+OK begin TLS\r\n"
        raw.socket.sendall(b"this is no handshake\r\n" * 20)
        while raw.line():
            pass
        assert running.session().say(b"NOOP") == b"+OK\r\n"


def test_implicit_tls_begins_with_the_first_octet(serve: Serve, trusting: ssl.SSLContext) -> None:
    """POP3S. RFC 8314 §3.3."""
    with serve(tls=server_context, implicit_tls=True) as running:
        assert running.server.security == "TLS"
        running.add(b"Subject: x\r\n\r\n" + b"y" * 3_000_000)
        client = poplib.POP3_SSL("localhost", running.port, context=trusting, timeout=PATIENCE)
        client.user("a")
        client.pass_("b")
        assert "STLS" not in client.capa()
        assert client.stat()[0] == 1
        client.quit()
