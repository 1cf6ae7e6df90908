"""Tests of catcher.server.catcher, its options and its HTTP server: each setting has its effect."""

import asyncio
import contextlib
import logging
import poplib
import smtplib
import socket
import sqlite3
import ssl
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
import trustme

from catcher.conf import load
from catcher.errors import SettingError
from catcher.server import open_listeners, run_catcher, start_catcher
from catcher.store import Scope, Store
from catcher.testing import RunningCatcher, running_catcher
from tests.waiting import wait_until

SOME = "127.0.0.1:0"
WORDS = b"From: a@example.com\r\nTo: b@example.com\r\nSubject: hello\r\n\r\nbody\r\n"


def statistics(running: RunningCatcher) -> Any:
    """The counters that /api/v1/info tells."""
    return httpx2.get(f"{running.url}api/v1/info", timeout=30).json()["RuntimeStats"]


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str, ssl.SSLContext]:
    """A certificate, its key, and a client's context that trusts them."""
    authority = trustme.CA()
    leaf = authority.issue_cert("localhost", "127.0.0.1")
    leaf.private_key_pem.write_to_path(str(tmp_path / "key.pem"))
    for blob in leaf.cert_chain_pems:
        blob.write_to_path(str(tmp_path / "cert.pem"), append=True)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    return str(tmp_path / "cert.pem"), str(tmp_path / "key.pem"), trusting


def final_output(running: RunningCatcher, octets: bytes) -> bytes:
    """All that the SMTP server sends to a client that sends this and then waits, until the connection is closed."""
    said = b""
    with socket.create_connection((running.smtp_host, running.smtp_port), timeout=30) as client:
        client.sendall(octets)
        with contextlib.suppress(ConnectionResetError):
            while piece := client.recv(1000):
                said += piece
    return said


def free_port() -> int:
    """A port that was free a moment ago."""
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as taken:
        return int(taken.getsockname()[1])


def send(client: smtplib.SMTP) -> None:
    """Send a message, which must be accepted."""
    assert client.sendmail("a@example.com", ["b@example.com"], WORDS) == {}


def test_plain_tls_and_lmtp_are_served_at_the_same_time(files: tuple[str, str, ssl.SSLContext], tmp_path: Path) -> None:
    """SMTP with STARTTLS, SMTP under TLS and LMTP, each on its address, all into one mailbox."""
    certificate, key, trusting = files
    secure, local = free_port(), tmp_path / "lmtp.sock"
    settings = {"smtps": f"127.0.0.1:{secure}", "lmtp": f"unix:{local}"}
    with running_catcher(smtp_tls_cert=certificate, smtp_tls_key=key, **settings) as running:
        with smtplib.SMTP(running.smtp_host, running.smtp_port, timeout=30) as client:
            send(client)
            client.starttls(context=trusting)
            send(client)
        with smtplib.SMTP_SSL("127.0.0.1", secure, timeout=30, context=trusting) as client:
            send(client)
        with smtplib.LMTP(str(local), timeout=30) as client:
            send(client)
        kept = [running.store.get(summary.store_id).envelope.client for summary in running.store.page().messages]
        assert [bool(client.tls) for client in reversed(kept)] == [False, True, True, False]
        assert kept[0].protocol == "LMTP"


def test_tls_can_be_required(files: tuple[str, str, ssl.SSLContext]) -> None:
    """--smtp-require-starttls: 530 before STARTTLS; --smtp-require-tls: no unencrypted connections."""
    certificate, key, trusting = files
    both = {"smtp_tls_cert": certificate, "smtp_tls_key": key}
    with (
        running_catcher(smtp_require_starttls="true", **both) as running,
        smtplib.SMTP(running.smtp_host, running.smtp_port, timeout=30) as client,
    ):
        client.ehlo()
        assert client.mail("a@example.com")[0] == 530
        client.starttls(context=trusting)
        send(client)
    with (
        running_catcher(smtp_require_tls="true", **both) as running,
        smtplib.SMTP_SSL(running.smtp_host, running.smtp_port, timeout=30, context=trusting) as client,
    ):
        send(client)


def test_a_certificate_is_generated_and_its_authority_can_be_downloaded(tmp_path: Path) -> None:
    """`auto`: one certificate for SMTP, POP3 and the pages, under a CA that clients can trust."""
    pop3 = free_port()
    with running_catcher(
        database=str(tmp_path / "some.db"),
        smtp_tls_cert="auto:mail.test",
        ui_tls_cert="sans:pages.test",
        ui_tls_key="sans:pages.test",
        pop3_tls_cert="auto",
        pop3_require_tls="true",
        pop3=f"127.0.0.1:{pop3}",
        hosts=["pages.test"],
    ) as running:
        assert running.url.startswith("https://127.0.0.1:")
        authority = ssl.create_default_context(cafile=str(tmp_path / "catcher-tls" / "ca.pem"))
        downloaded = httpx2.get(f"{running.url}api/v1/ca.pem", verify=authority, timeout=30)
        assert downloaded.headers["Content-Type"] == "application/x-pem-file"
        assert downloaded.content == (tmp_path / "catcher-tls" / "ca.pem").read_bytes()
        trusting = ssl.create_default_context(cadata=downloaded.text)
        with smtplib.SMTP(running.smtp_host, running.smtp_port, timeout=30) as client:
            client.starttls(context=trusting)
            send(client)
        mailbox = poplib.POP3_SSL("127.0.0.1", pop3, timeout=30, context=trusting)
        mailbox.user("anybody")
        mailbox.pass_("anything")
        assert mailbox.stat()[0] == 1
        mailbox.quit()
        with (
            socket.create_connection(("127.0.0.1", running.smtp_port), timeout=30),
            socket.create_connection(("127.0.0.1", int(running.url.rsplit(":", 1)[1].rstrip("/"))), timeout=30) as raw,
            trusting.wrap_socket(raw, server_hostname="pages.test") as wrapped,
        ):
            assert ("DNS", "mail.test") in wrapped.getpeercert()["subjectAltName"]  # type: ignore[index]


@pytest.mark.parametrize("reading", [{"require_token": "true"}, {"ui_auth": "ann:secret"}])
def test_pop3_needs_a_login_where_the_pages_need_one(reading: dict[str, str]) -> None:
    """One rule for every protocol that reads: a user of the site or a token, unless POP3 has users of its own."""
    port = free_port()
    with running_catcher(pop3=f"127.0.0.1:{port}", **reading) as running:
        token = running.store.tokens.make("t", Scope.READ, now=datetime.now(UTC))[1]
        valid = [("anybody", token), *([("ann", "secret")] if "ui_auth" in reading else [])]
        for user, password in (*valid, ("anybody", "anything"), ("ann", "wrong")):
            client = poplib.POP3("127.0.0.1", port, timeout=30)
            client.user(user)
            if (user, password) in valid:
                assert client.pass_(password).startswith(b"+OK")
            else:
                with pytest.raises(poplib.error_proto, match="AUTH"):
                    client.pass_(password)
            client.close()


def test_without_a_generated_certificate_there_is_no_authority() -> None:
    """The route responds 404."""
    with running_catcher() as running:
        assert httpx2.get(f"{running.url}api/v1/ca.pem", timeout=30).status_code == 404


def test_a_password_file_is_enforced_and_tls_with_it(files: tuple[str, str, ssl.SSLContext], tmp_path: Path) -> None:
    """--smtp-auth-file requires a login, and TLS unless --smtp-auth-allow-insecure is given."""
    certificate, key, trusting = files
    (tmp_path / "passwords").write_text("ann:secret\n")
    with (
        running_catcher(
            smtp_auth_file=str(tmp_path / "passwords"), smtp_tls_cert=certificate, smtp_tls_key=key
        ) as running,
        smtplib.SMTP(running.smtp_host, running.smtp_port, timeout=30) as client,
    ):
        client.ehlo()
        assert not client.has_extn("auth")
        client.starttls(context=trusting)
        client.ehlo()
        assert client.mail("a@example.com") == (530, b"5.7.0 Authentication required")
        with pytest.raises(smtplib.SMTPAuthenticationError):
            client.login("ann", "wrong")
        client.login("ann", "secret")
        send(client)
    with (
        running_catcher(smtp_auth="ann:secret bob:other", smtp_auth_allow_insecure="true") as running,
        smtplib.SMTP(running.smtp_host, running.smtp_port, timeout=30) as client,
    ):
        client.login("bob", "other")
        send(client)


@pytest.mark.slow
def test_limits_reach_the_smtp_server(tmp_path: Path) -> None:
    """Connections, idle time, wrong commands, the server's name, and the directory of large content."""
    with running_catcher(
        smtp_hostname="mx.test",
        smtp_max_connections_per_address=1,
        smtp_max_errors=2,
        smtp_idle_timeout=1,
        spool_directory=str(tmp_path),
    ) as running:
        with smtplib.SMTP(running.smtp_host, running.smtp_port, timeout=30) as client:
            assert client.ehlo()[1].startswith(b"mx.test")
            with pytest.raises(smtplib.SMTPConnectError) as caught:
                smtplib.SMTP(running.smtp_host, running.smtp_port, timeout=30)
            assert caught.value.smtp_code == 421
        assert b"421 4.4.2" in final_output(running, b"")
        assert b"421 4.7.0 Too many errors" in final_output(running, b"NONSENSE\r\n" * 5)
    with pytest.raises(SettingError, match="--spool-directory="), running_catcher(spool_directory="/nowhere/at/all"):
        pass


def test_a_trusted_proxy_gives_the_address_of_the_client() -> None:
    """--smtp-trusted-proxies: the PROXY header's address is the client's."""
    with running_catcher(smtp_trusted_proxies=["127.0.0.0/8"]) as running:
        with socket.create_connection((running.smtp_host, running.smtp_port), timeout=30) as proxy:
            proxy.sendall(b"PROXY TCP4 192.0.2.7 127.0.0.1 4000 25\r\n")
            lines = proxy.makefile("rb")
            assert lines.readline().startswith(b"220")
            for command in (b"HELO x", b"MAIL FROM:<a@b>", b"RCPT TO:<c@d>", b"DATA", b"hello\r\n.", b"QUIT"):
                proxy.sendall(command + b"\r\n")
                assert lines.readline()[:1] in b"23"
        summary = running.store.page().messages[0]
        assert running.store.get(summary.store_id).envelope.client.address == "192.0.2.7"


def test_the_unspecified_address_covers_both_families() -> None:
    """[::]:PORT also listens for IPv4, as users of such settings expect; on a host without IPv6, for IPv4 only."""
    hosts = ["127.0.0.1", "::1"] if socket.has_dualstack_ipv6() else ["127.0.0.1"]
    with running_catcher(smtp="[::]:0", listen="[::]:0", hosts="*") as running:
        port = running.url.rsplit(":", 1)[1].rstrip("/")
        for host in hosts:
            with smtplib.SMTP(host, running.smtp_port, timeout=30) as client:
                send(client)
            name = f"[{host}]" if ":" in host else host
            assert httpx2.get(f"http://{name}:{port}/livez", timeout=30).status_code == 200


def test_compression_can_be_turned_off() -> None:
    """--disable-http-compression: Accept-Encoding is ignored."""
    headers = {"Accept-Encoding": "gzip"}
    with running_catcher() as running:
        assert httpx2.get(running.url, headers=headers, timeout=30).headers.get("Content-Encoding") == "gzip"
    with running_catcher(disable_http_compression="true") as running:
        assert "Content-Encoding" not in httpx2.get(running.url, headers=headers, timeout=30).headers


def test_a_public_address_without_a_password_gives_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    """Anyone who can reach the address could read all mail."""
    with running_catcher(listen="0.0.0.0:0"):
        assert "without a password" in caplog.text
    caplog.clear()
    with running_catcher(listen="0.0.0.0:0", ui_auth="ann:pw"):
        assert "without a password" not in caplog.text


def test_all_deleted_messages_are_counted() -> None:
    """/api/v1/info counts messages deleted on request and by retention."""
    with running_catcher(max=2) as running:
        with smtplib.SMTP(running.smtp_host, running.smtp_port, timeout=30) as client:
            for _ in range(3):
                send(client)
        wait_until(lambda: statistics(running)["MessagesDeleted"] == 1)  # retention is a task of its own
        httpx2.delete(f"{running.url}api/v1/messages", timeout=30)
        assert statistics(running)["MessagesDeleted"] == 3


def test_refused_recipients_and_messages_are_counted() -> None:
    """/api/v1/info counts malformed recipients and messages that are too large."""
    with (
        running_catcher(max_message_size="1K") as running,
        smtplib.SMTP(running.smtp_host, running.smtp_port, timeout=30) as client,
    ):
        client.ehlo()
        client.mail("a@example.com")
        assert client.docmd("RCPT TO:<>")[0] == 501
        client.rcpt("b@example.com")
        assert client.data(b"x" * 5000)[0] == 552
        told = statistics(running)
        assert (told["SMTPRejected"], told["SMTPAccepted"], told["SMTPIgnored"]) == (2, 0, 0)
        send(client)
        told = statistics(running)
        assert (told["SMTPRejected"], told["SMTPAccepted"], told["SMTPAcceptedSize"]) == (2, 1, len(WORDS))


def test_nothing_heavy_is_imported_before_the_smtp_listener_opens() -> None:
    """The start of `catcher serve` imports no database, web framework, certificates or HTTP client."""
    modules = "catcher.cli.serve, catcher.server.catcher"
    code = f"import sys, {modules}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    heavy = {"alembic", "cryptography", "httpx2", "jinja2", "platformdirs", "shutil", "sqlalchemy"}
    assert not (heavy | {"starlette", "tempfile", "tomllib", "turbohtml", "uvicorn"}) & set(done.stdout.split())
    assert "aiosmtpd" in done.stdout


@pytest.mark.slow
def test_rarely_used_modules_are_not_imported_at_the_start() -> None:
    """A catcher that has served a list and a search has imported no page, parser or other dialect."""
    code = """
import sys, urllib.request
from catcher.testing.in_process import running_catcher

with running_catcher() as running:
    for path in ("messages", "search?query=subject:x"):
        urllib.request.urlopen(f"{running.url}api/v1/{path}", timeout=30).read()
    loaded = set(sys.modules)
    urllib.request.urlopen(running.url, timeout=30).read()
    assert "catcher.web.ui.routes" in sys.modules
print(*sorted(loaded))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    loaded = set(done.stdout.split())
    pages = {"catcher.web.ui.routes", "catcher.web.frame.document", "jinja2", "polib", "turbohtml"}
    checks = {"catcher.checks.runner", "catcher.checks.registry", "catcher.extract.extraction", "tinycss2"}
    rare = checks | {"catcher.assertions.snapshot", "catcher.mail", "httpx2", "websockets"}
    database = {"alembic", "sqlalchemy.orm", "sqlalchemy.dialects.postgresql", "psycopg"}
    assert (pages | rare | database) & loaded == set()
    assert "sqlalchemy.dialects.sqlite" in loaded


def test_clients_connect_before_the_store_is_open() -> None:
    """SMTP greets as soon as the listeners are open; an early request is answered when the site is ready."""

    async def early() -> tuple[bytes, bytes]:
        settings, origins = load(flags={"smtp": "127.0.0.1:0", "listen": "127.0.0.1:0", "ephemeral": True})
        async with open_listeners(settings) as listeners:
            host, _, port = listeners.addresses.smtp[0].rpartition(":")
            smtp, writer = await asyncio.open_connection(host, int(port))
            greeting = await asyncio.wait_for(smtp.readline(), 30)
            writer.close()
            site = urlsplit(listeners.addresses.url)
            http, writer = await asyncio.open_connection(site.hostname, site.port)
            writer.write(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            async with start_catcher(listeners, origins=origins):
                answer = await asyncio.wait_for(http.readline(), 30)
                writer.close()
        return greeting, answer

    greeting, answer = asyncio.run(early())
    assert greeting.startswith(b"220 ")
    assert b" 200 " in answer


def test_a_unix_socket_serves_the_pages_and_is_removed_afterwards(tmp_path: Path) -> None:
    """--listen unix:PATH:MODE; the socket of a dead process is replaced."""
    path = tmp_path / "site.sock"
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))
    with running_catcher(listen=f"unix:{path}:600") as running:
        assert running.url == ""
        assert path.stat().st_mode & 0o777 == 0o600
        with httpx2.Client(transport=httpx2.HTTPTransport(uds=str(path))) as client:
            assert client.get("http://localhost/readyz", timeout=30).status_code == 200
    assert not path.exists()


def test_a_message_that_ends_while_the_catcher_stops_is_stored(tmp_path: Path) -> None:
    """Listeners close, accepted mail is committed: a DATA in progress gets its 250 and its message is stored."""
    file = tmp_path / "kept.db"

    async def stopped_amid_data() -> bytes:
        settings, origins = load(flags={"smtp": "127.0.0.1:0", "listen": "127.0.0.1:0", "database": str(file)})
        stack = contextlib.AsyncExitStack()
        started = await stack.enter_async_context(run_catcher(settings, origins=origins))
        host, _, port = started.addresses.smtp[0].rpartition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        for line in ("EHLO me", "MAIL FROM:<a@example.com>", "RCPT TO:<b@example.com>", "DATA"):
            writer.write(f"{line}\r\n".encode())
        await reader.readuntil(b"354 ")
        await reader.readline()
        writer.write(b"Subject: the last\r\n\r\n")
        stopping = asyncio.create_task(stack.aclose())
        while not stopping.done():
            try:
                _, probe = await asyncio.open_connection(host, int(port))
            except OSError:
                break
            probe.close()
        writer.write(b"body\r\n.\r\n")
        reply = await asyncio.wait_for(reader.readline(), 10)
        writer.close()
        await stopping
        return reply

    assert asyncio.run(stopped_amid_data()).startswith(b"250 ")
    with Store.open(f"sqlite:///{file}") as store:
        assert store.latest().subject == "the last"


@pytest.mark.sqlite
@pytest.mark.slow
def test_retention_continues_after_the_database_was_locked(tmp_path: Path) -> None:
    """A lock held by another process delays retention and does not end it."""
    file = tmp_path / "locked.db"
    told = threading.Event()

    class Listening(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if "could not be deleted" in record.getMessage():
                told.set()

    handler = Listening()
    logging.getLogger("catcher").addHandler(handler)
    try:
        with running_catcher(database=str(file), max=1) as catcher:
            gone = threading.Event()
            catch_one(catcher)
            with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                assert told.wait(30)
                other.execute("ROLLBACK")
            catcher.store.events.subscribe(lambda events: gone.set() if events[-1].kind == "prune" else None)
            catch_one(catcher)
            assert gone.wait(30)
            assert catcher.store.counts().messages == 1
    finally:
        logging.getLogger("catcher").removeHandler(handler)


def catch_one(catcher: RunningCatcher) -> None:
    with smtplib.SMTP(catcher.smtp_host, catcher.smtp_port, timeout=30) as client:
        client.sendmail("a@example.com", ["b@example.com"], b"Subject: x\r\n\r\nbody\r\n")
