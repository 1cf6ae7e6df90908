"""Dialogues over real sockets."""

import asyncio
import contextlib
import queue
import re
import smtplib
import socket
import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catcher.envelope import ForwardPath, SmtpSession
from catcher.errors import MessageRefused, MessageTooLarge, StoreFull, StoreUnavailable
from catcher.hooks import HookAction, HookContext, Stage
from catcher.smtp import AuthPolicy, SmtpListener
from tests.depth import examples

Start = Callable[..., Any]
MIB = 1024 * 1024
LOOPS = pytest.mark.parametrize("loop", ["asyncio", "uvloop"])


def test_smtplib_delivers_a_message_and_gets_its_id(server: Any) -> None:
    """The 250 contains the store id; the envelope is complete. RFC 5321 §3.3."""
    message = EmailMessage()
    message["Subject"] = "Grüße"
    message.set_content("Hallo\n.\n..\nWelt\n")
    with smtplib.SMTP(server.host, server.port, local_hostname="client.example") as client:
        client.send_message(message, "a@example.org", ["b@example.com", "c@example.com"])
        assert client.docmd("noop") == (250, b"2.0.0 Ok")
    envelope, content = server.message
    assert b"\r\n.\r\n..\r\nWelt\r\n" in content
    assert envelope.reverse_path == "a@example.org"
    assert envelope.recipients == ("b@example.com", "c@example.com")
    assert envelope.client.helo == "client.example"
    assert envelope.client.protocol == "ESMTP"
    assert envelope.client.address == "127.0.0.1"
    assert envelope.client.port > 0
    assert abs((datetime.now(UTC) - envelope.received_at).total_seconds()) < 60


@LOOPS
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no header section at all\r\n",
        b"bare\nline\rfeeds\n.\nand \0 NUL \xff\xfe\r\n",
        b"x" * 3 * MIB + b"\r\n",
        b"\r\n" * 100_000,
        b".\r\r\n..dots\r\n" * 1000,
        bytes(range(256)) * 8192 + b"\r\n",
    ],
    ids=["empty", "headless", "bare", "megabyte line", "blank lines", "dots", "every octet"],
)
def test_content_is_kept_to_the_octet(start: Start, loop: str, content: bytes) -> None:
    """Nothing is added, changed or refused, in memory or on disk."""
    server = start(loop=loop)
    raw = server.connect()
    raw.begin()
    raw.ask("DATA", "354 *")
    stuffed = content.replace(b"\r\n.", b"\r\n..")
    stuffed = b"." + stuffed if stuffed.startswith(b".") else stuffed
    raw.send(stuffed + b".\r\n")
    raw.expect("250 2.0.0 Ok: queued as id1")
    assert server.message[1] == content


def test_many_recipients_are_accepted_in_one_burst(server: Any) -> None:
    """Hundreds of recipients, pipelined with all other commands. RFC 2920 §3.1."""
    raw = server.connect()
    recipients = tuple(f"user{number}@example.com" for number in range(900))
    burst = "EHLO x\r\nMAIL FROM:<>\r\n" + "".join(f"RCPT TO:<{address}>\r\n" for address in recipients) + "DATA\r\n"
    raw.send(burst.encode())
    for _ in range(902):
        raw.expect("250 *")
    raw.expect("354 *")
    raw.send(b"One\r\n.\r\nRSET\r\nMAIL FROM:<x@y>\r\nRCPT TO:<z@y>\r\nDATA\r\n")
    raw.expect("250 2.0.0 Ok: queued as id1")
    for pattern in ("250 2.0.0 *", "250 2.1.0 *", "250 2.1.5 *", "354 *"):
        raw.expect(pattern)
    raw.send(b"Two\r\n.\r\nQUIT\r\n")
    raw.expect("250 2.0.0 Ok: queued as id2")
    raw.expect("221 *")
    raw.expect_end()
    assert server.recorder.messages[0][0].recipients == recipients
    assert [content for _, content in server.recorder.messages] == [b"One\r\n", b"Two\r\n"]


@LOOPS
def test_input_may_be_split_anywhere(start: Start, loop: str) -> None:
    """Every split of a whole pipelined session gives the same message."""
    server = start(loop=loop)
    session = b"EHLO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n..x\r\n.\n\r\n.\r\nQUIT\r\n"
    for cut in range(1, len(session)):
        raw = server.connect()
        raw.send(session[:cut])
        server.settle()
        raw.send(session[cut:])
        for pattern in ("250 *", "250 *", "250 *", "354 *", "250 2.0.0 Ok: queued*", "221 *"):
            raw.expect(pattern)
        raw.expect_end()
        raw.close()
    assert {content for _, content in server.recorder.messages} == {b".x\r\n\n\r\n"}
    assert len(server.recorder.messages) == len(session) - 1


@pytest.mark.parametrize("fake", [b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r\n.\r"])
def test_a_smuggled_message_stays_content(server: Any, fake: bytes) -> None:
    """Only CRLF.CRLF ends DATA. RFC 5321 §4.1.1.4, CVE-2023-51764."""
    raw = server.connect()
    raw.begin()
    raw.ask("DATA", "354 *")
    raw.send(b"one" + fake + b"MAIL FROM:<evil@b>\r\nRCPT TO:<c@d>\r\nDATA\r\ntwo\r\n.\r\n")
    raw.expect("250 2.0.0 Ok: queued as id1")
    raw.ask("QUIT", "221 *")
    assert b"evil" in server.message[1]


@pytest.mark.parametrize("end", ["close", "half"])
@pytest.mark.parametrize("size", [10, 3 * MIB])
def test_a_client_that_disconnects_in_data_leaves_nothing(start: Start, tmp_path: Path, size: int, end: str) -> None:
    """Neither message nor file. RFC 5321 §4.1.1.4."""
    server = start(spool_directory=tmp_path)
    raw = server.connect()
    raw.begin()
    raw.ask("DATA", "354 *")
    raw.send(b"x" * size + b"\r\n.\r")
    raw.close() if end == "close" else raw.socket.shutdown(socket.SHUT_WR)
    assert server.session().ended == "lost"
    assert not server.recorder.messages
    assert not list(tmp_path.iterdir())


def test_what_was_sent_before_the_end_of_input_is_still_answered(server: Any) -> None:
    """`printf ... | nc host port` closes its side at once; the message is stored and the replies arrive."""
    raw = server.connect()
    raw.send(b"HELO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nx\r\n.\r\nNOOP\r\n")
    raw.socket.shutdown(socket.SHUT_WR)
    for pattern in ("250 *", "250 *", "250 *", "354 *", "250 2.0.0 Ok: queued as id1", "250 2.0.0 Ok"):
        raw.expect(pattern)
    raw.expect_end()


def test_large_content_is_spooled_and_the_file_is_gone_afterwards(start: Start, tmp_path: Path) -> None:
    """Above the threshold a file is delivered, below it octets; after the reply the file is deleted."""
    server = start(spool_directory=tmp_path, spool_octets=MIB)
    with smtplib.SMTP(server.host, server.port) as client:
        client.sendmail("a@b", ["c@d"], b"x" * (MIB - 2))
        assert not server.recorder.paths
        client.sendmail("a@b", ["c@d"], b"y" * 5 * MIB)
    assert [path.parent for path in server.recorder.paths] == [tmp_path]
    assert server.recorder.messages[1][1] == b"y" * 5 * MIB + b"\r\n"
    assert not list(tmp_path.iterdir())


def test_an_unwritable_disk_is_a_temporary_failure(start: Start, tmp_path: Path) -> None:
    """452 after the whole content, and the connection goes on. RFC 5321 §4.2.3."""
    server = start(spool_directory=tmp_path / "missing", spool_octets=1000)
    raw = server.connect()
    raw.begin()
    raw.ask("DATA", "354 *")
    raw.send(b"x" * 500_000 + b"\r\n.\r\n")
    raw.expect("452 4.3.1 *")
    raw.begin()
    raw.ask("DATA", "354 *")
    raw.send(b"small\r\n.\r\n")
    raw.expect("250 2.0.0 Ok: queued as id1")


@pytest.mark.parametrize(
    ("failure", "pattern"),
    [
        (StoreFull("no room", detail="/secret/path"), "452 4.3.1 *"),
        (StoreUnavailable("database is locked", detail="/secret/path"), "451 4.3.0 *"),
        (MessageTooLarge("too large"), "552 5.3.4 *"),
        (MessageRefused("5.7.1 N\u00f6\r\n250 no", code=554), "554 5.7.1 N???250 no"),
        (MessageRefused("5.7.1 " + "x" * 999, code=450), "450 5.7.1 " + "x" * 394),
        (MessageRefused("", code=550), "550 Refused"),
        (ValueError("/secret/path"), "451 4.3.5 Unable to process mail"),
    ],
)
def test_a_message_that_was_not_stored_is_not_acknowledged(
    server: Any, failure: Exception, pattern: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The reply contains no detail, the log does; the next message is processed. RFC 5321 §6.1."""
    server.recorder.failure = failure
    raw = server.connect()
    raw.begin()
    raw.ask("DATA", "354 *")
    assert "secret" not in raw.ask(b"x\r\n.", pattern)
    if not isinstance(failure, MessageTooLarge | MessageRefused):
        assert "/secret/path" in caplog.text
    server.recorder.failure = None
    raw.begin()
    raw.ask("DATA", "354 *")
    raw.ask(b"x\r\n.", "250 2.0.0 Ok: queued as id1")


def test_no_reply_comes_before_the_commit(server: Any) -> None:
    """The 250 waits for the delivery, and so do pipelined commands after it. RFC 5321 §6.1."""
    server.recorder.hold = asyncio.Event()
    raw = server.connect()
    raw.begin()
    raw.ask("DATA", "354 *")
    raw.send(b"x\r\n.\r\nNOOP\r\n")
    server.recorder.called.get(timeout=20)
    raw.socket.setblocking(False)
    with pytest.raises(BlockingIOError):
        raw.socket.recv(1)
    raw.socket.settimeout(20)
    server.loop.call_soon_threadsafe(server.recorder.hold.set)
    raw.expect("250 2.0.0 Ok: queued as id1")
    raw.expect("250 2.0.0 Ok")


def send_until_blocked(server: Any, raw: Any, octets: bytes) -> None:
    """Send the octets again and again, until the server reads no more of them."""
    raw.socket.setblocking(False)
    sent, refusals = 0, 0
    while refusals < 300:
        try:
            sent += raw.socket.send(octets)
            refusals = 0
        except BlockingIOError:
            refusals += 1
            server.settle()
        assert sent < 32 * MIB


def test_input_during_the_commit_is_bounded(server: Any) -> None:
    """What a client sends while its message is being stored stays in the kernel, except for its beginning."""
    server.recorder.hold = asyncio.Event()
    raw = server.connect()
    raw.begin()
    raw.ask("DATA", "354 *")
    raw.send(b"x\r\n.\r\n")
    server.recorder.called.get(timeout=20)
    send_until_blocked(server, raw, b"x" * MIB)
    server.loop.call_soon_threadsafe(server.recorder.hold.set)
    raw.socket.settimeout(20)
    raw.expect("250 2.0.0 Ok: queued as id1")


def test_a_client_that_disconnects_during_the_commit_has_its_message_stored(server: Any) -> None:
    """It was received completely; the session has its id."""
    server.recorder.hold = asyncio.Event()
    raw = server.connect()
    raw.begin()
    raw.ask("DATA", "354 *")
    raw.send(b"x\r\n.\r\n")
    server.recorder.called.get(timeout=20)
    raw.close()
    server.loop.call_soon_threadsafe(server.recorder.hold.set)
    session = server.session()
    assert session.store_ids == ("id1",)
    assert server.message[1] == b"x\r\n"


def test_content_over_the_limit_is_neither_kept_nor_read_as_commands(start: Start, tmp_path: Path) -> None:
    """552 at the end of the content, whatever the client said in SIZE=. RFC 1870 §6.3."""
    server = start(max_message_octets=2 * MIB, spool_directory=tmp_path)
    raw = server.connect()
    raw.begin()
    raw.ask("DATA", "354 *")
    raw.send(b"x" * 3 * MIB + b"\r\nRSET\r\nMAIL FROM:<evil@b>\r\n.\r\n")
    raw.expect("552 5.3.4 *(2097152)")
    raw.ask("QUIT", "221 *")
    assert not server.recorder.messages
    assert not list(tmp_path.iterdir())


def test_content_far_over_the_limit_ends_the_connection(start: Start) -> None:
    """An endless message is not read for ever."""
    server = start(max_message_octets=1000)
    raw = server.connect()
    raw.begin()
    raw.ask("DATA", "354 *")
    with pytest.raises(OSError):  # noqa: PT012 - which of the two sends meets the closed connection is up to the kernel
        for _ in range(200):
            raw.send(b"x" * MIB)
        raw.expect_end()
        raise ConnectionResetError
    assert server.session().ended == "refused"


def test_a_chunk_over_the_limit_is_refused_and_read_to_its_end(start: Start) -> None:
    """The octets of a refused chunk are not commands. RFC 3030 §2."""
    server = start(max_message_octets=10)
    raw = server.connect()
    raw.begin()
    raw.send(b"BDAT 8\r\nMAIL\r\n..BDAT 8 LAST\r\nRSET\r\n..NOOP\r\n")
    raw.expect("250 2.0.0 Ok: 8 octets received")
    raw.expect("552 5.3.4 *")
    raw.expect("250 2.0.0 Ok")
    assert not server.recorder.messages


def test_chunks_before_authentication_are_refused(start: Start) -> None:
    """BDAT does not circumvent 530. RFC 4954 §6."""
    server = start(auth=AuthPolicy(required=True))
    raw = server.connect()
    raw.ask("EHLO x", "250 *")
    raw.ask("MAIL FROM:<a@b>", "530 5.7.0 Authentication required")
    raw.send(b"BDAT 6 LAST\r\nQUIT\r\n")
    raw.expect("530 5.7.0 Authentication required")
    raw.ask("AUTH PLAIN AGEAYg==", "235 *")
    raw.ask("MAIL FROM:<a@b>", "250 *")


def test_recipients_that_are_dropped_get_their_replies(start: Start) -> None:
    """A message for nobody else is acknowledged and not delivered; LMTP replies for each recipient. RFC 2033 §4.2."""
    listeners = (SmtpListener(port=0, lmtp=True),)
    server = start(listeners=listeners, allowed_recipients=re.compile("@kept"), drop_others=True, max_recipients=3)
    for recipients, pattern in ((("a@x", "b@x"), "250 2.0.0 Ok: queued"), (("a@x", "b@kept"), "* queued as id1")):
        raw = server.connect()
        raw.ask("LHLO x", "250 *")
        raw.ask("MAIL FROM:<a@b>", "250 *")
        for recipient in (*recipients, "c@x"):
            raw.ask(f"RCPT TO:<{recipient}>", "250 *")
        raw.ask("RCPT TO:<d@x>", "452 4.5.3 *")
        raw.ask("DATA", "354 *")
        raw.ask("x\r\n.", pattern)
        raw.expect(pattern)
        raw.expect(pattern)
        raw.ask("QUIT", "221 *")
    assert server.message[0].recipients == ("b@kept",)


def test_an_idle_client_is_disconnected_with_421(start: Start) -> None:
    """421 after the idle time. RFC 5321 §4.5.3.2.7."""
    raw = start(idle_seconds=0.05).connect()
    raw.expect("421 4.4.2 mx.test catcher ESMTP Service closing transmission channel after timeout exceeded")
    raw.expect_end()


@pytest.mark.parametrize("begin", ["DATA", "BDAT 1000"])
def test_a_client_that_sends_content_too_slowly_is_disconnected(start: Start, begin: str) -> None:
    """The content as a whole has a time limit, which ends with it, however long the connection lasts."""
    server = start(data_seconds=1000, idle_seconds=5000)
    raw = server.connect()
    server.pass_time(4000)
    raw.begin()
    raw.ask("DATA", "354 *")
    server.pass_time(900)
    raw.ask("x\r\n.", "250 2.0.0 *")
    server.pass_time(4000)
    raw.begin()
    raw.send(f"BDAT 1\r\nx{begin}\r\n".encode() if begin[0] == "B" else b"DATA\r\n")
    raw.expect("250 *" if begin[0] == "B" else "354 *")
    server.pass_time(900)
    server.pass_time(1100)
    raw.expect("421 4.4.2 *")
    raw.expect_end()
    assert server.session().ended == "timeout"
    assert len(server.recorder.messages) == 1


def test_a_reset_ends_the_time_limit_of_the_content(start: Start) -> None:
    """RSET discards the chunks, and with them their limit."""
    server = start(data_seconds=1000, idle_seconds=5000)
    raw = server.connect()
    raw.begin()
    raw.ask("BDAT 1\r\nxRSET", "250 2.0.0 Ok: 1 octets received")
    raw.expect("250 2.0.0 Ok")
    server.pass_time(4000)
    raw.ask("NOOP", "250 2.0.0 Ok")


def test_a_client_that_reads_no_replies_stops_being_read(server: Any) -> None:
    """Replies in memory are limited, and so is input; the client is disconnected after the idle time."""
    raw = server.connect()
    raw.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    send_until_blocked(server, raw, b"EHLO x\r\n" * 10_000)
    server.pass_time(301)
    assert server.session().ended == "timeout"


def test_a_client_that_reads_its_replies_late_gets_them_all(server: Any) -> None:
    """Also if it has ended its input meanwhile."""
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.settimeout(20)
        client.connect((server.host, server.port))
        client.sendall(b"EHLO x\r\n" * 20_000)
        client.shutdown(socket.SHUT_WR)
        for _ in range(100):
            server.settle()
        replies = bytearray()
        while piece := client.recv(1 << 20):
            replies += piece
    assert replies.count(b"250 HELP\r\n") == 20_000


def test_a_line_that_never_ends_is_not_kept(start: Start) -> None:
    """A command line has a maximum size. RFC 5321 §4.5.3.1.4."""
    server = start(max_line=1000)
    raw = server.connect()
    raw.ask("HELO x", "250 *")
    for _ in range(5):
        raw.send(b"NOOP " + b"x" * 900)
        server.settle()
    raw.ask(b"", "500 5.5.2 Line too long")
    raw.ask("NOOP", "250 2.0.0 Ok")
    with pytest.raises(OSError):  # noqa: PT012 - the connection breaks somewhere in the loop
        for _ in range(100):
            raw.send(b"x" * MIB)
        raise ConnectionResetError
    assert server.session().ended == "refused"


def test_a_line_that_is_too_long_ends_a_connection_without_greeting(start: Start) -> None:
    """It may be the request line of a web page's request, whose body has commands."""
    server = start(max_line=1000)
    raw = server.connect()
    raw.send(b"POST /" + b"x" * 1000 + b" HTTP/1.1\r\nX: y\r\n\r\nEHLO x\r\nMAIL FROM:<a@b>\r\n")
    raw.ask(b"", "500 5.5.2 Line too long")
    assert server.session().ended == "refused"


def test_a_tls_handshake_on_a_plain_listener_is_logged(server: Any, caplog: pytest.LogCaptureFixture) -> None:
    """The most common mistake with ports is logged, and the client does not hang."""
    with pytest.raises((ssl.SSLError, ConnectionResetError)):
        smtplib.SMTP_SSL(server.host, server.port, context=ssl.create_default_context())
    assert server.session().ended == "refused"
    assert "speaks TLS" in caplog.text


def test_oddities_of_the_dialogue_are_noted_on_the_message(server: Any) -> None:
    """Bare LF, HELO without a name and invalid paths are accepted with notes."""
    raw = server.connect()
    raw.send(b"helo\nmail from: a@b\nrcpt to:<\xc3\xa9@d>\r\ndata\nx\r\n.\r\n")
    for pattern in ("250 *", "250 *", "250 *", "354 *", "250 *"):
        raw.expect(pattern)
    assert server.message[0].notes == (
        "a command line ended with LF alone",
        "HELO or EHLO without a name",
        "space around the colon of FROM:",
        "address without angle brackets",
        "address beyond ASCII without SMTPUTF8",
    )
    assert server.message[0].forward_paths == (ForwardPath(addr_spec="é@d"),)
    assert server.message[0].client.protocol == "SMTP"


def test_an_internationalized_message_has_its_protocol_type(server: Any) -> None:
    """RFC 6531 §4.3: the protocol type is UTF8SMTP."""
    with smtplib.SMTP(server.host, server.port) as client:
        client.sendmail("é@b", ["ü@d"], "Ä".encode(), mail_options=["SMTPUTF8", "BODY=8BITMIME"])
    assert server.message[0].client.protocol == "UTF8SMTP"
    assert server.message[0].notes == ()


def test_the_dialogue_is_kept_without_secrets(server: Any) -> None:
    """Each message and each connection has a transcript, without AUTH arguments and content."""
    with smtplib.SMTP(server.host, server.port, local_hostname="client.example") as client:
        client.login("somebody", "hunter2hunter2")
        client.docmd("AUTH PLAIN aHVudGVyMg==")
        client.docmd("  auth plain aHVudGVyMg==")
        client.docmd("aHVudGVyMg==")
        client.sendmail("a@b", ["c@d"], "Subject: first\r\n\r\nx")
        client.sendmail("second@b", ["c@d"], "Subject: second\r\n\r\nx")
    first, second = (envelope.transcript for envelope, _ in server.recorder.messages)
    whole = server.session()
    assert "c: mail from:<second@b>" in second.lower()
    assert "mail from:<a@b>" not in second.lower()
    assert "C: ehlo client.example\nS: 250-mx.test greets client.example\n250-" in second
    for text in (first, second, whole.transcript):
        assert "C: AUTH CRAM-MD5\n" in text
        assert "C: AUTH PLAIN ***\n" in text
        assert "aHVudGVyMg" not in text
        assert "hunter2" not in text
        assert "Subject:" not in text
    assert whole.store_ids == ("id1", "id2")
    assert whole.ended == "quit"
    assert whole.transcript.endswith("closing transmission channel\n")


def test_a_password_sent_after_a_refused_auth_is_not_kept(server: Any) -> None:
    """A client that goes on with AUTH although it was refused sends its password as a command."""
    for command in ("AUTH", "AUTH X-UNKNOWN", " AUTH LOGIN"):
        raw = server.connect()
        raw.ask("EHLO x", "250 *")
        raw.ask(command, "50? *")
        raw.ask("aHVudGVyMg==", "500 *")
        raw.ask("QUIT", "221 *")
        transcript = server.session().transcript
        assert "C: ***\nS: 500 5.5.2 " in transcript
        assert "aHVudGVyMg" not in transcript


def test_a_connection_without_a_message_is_recorded_too(server: Any) -> None:
    """It helps to find out why mail was not received."""
    raw = server.connect()
    raw.ask("EHLO probe.example", "250 *")
    raw.close()
    session = server.session()
    assert (session.client.helo, session.ended, session.store_ids) == ("probe.example", "lost", ())
    assert "C: EHLO probe.example" in session.transcript
    assert session.opened_at <= session.closed_at


def test_secrets_are_not_logged(server: Any, caplog: pytest.LogCaptureFixture) -> None:
    """The log at level DEBUG is masked like the transcript."""
    caplog.set_level("DEBUG", "catcher.smtp")
    with smtplib.SMTP(server.host, server.port) as client:
        client.login("somebody", "hunter2hunter2")
        client.docmd("AUTH PLAIN aHVudGVyMg==")
    assert "C: AUTH PLAIN ***" in caplog.text
    assert "S: 235 2.7.0" in caplog.text
    assert "aHVudGVyMg" not in caplog.text


def test_a_hook_decides_at_every_stage(start: Start) -> None:
    """Replies, delays and drops at connect, HELO, AUTH, MAIL, RCPT, DATA, content and QUIT."""
    asked: list[HookContext] = []
    verdicts: dict[Stage, list[HookAction | None]] = {
        Stage.CONNECT: [HookAction(delay=0.001)],
        Stage.HELO: [HookAction(reply="450 4.0.0 Later"), None],
        Stage.AUTH: [HookAction(reply="535 5.7.8 No"), None],
        Stage.MAIL: [HookAction(reply="451 4.3.0 Sender"), None],
        Stage.RCPT: [HookAction(reply="550 5.1.1 Recipient"), None],
        Stage.DATA: [HookAction(reply="452 4.3.1 Full"), None],
        Stage.CONTENT: [None],
        Stage.QUIT: [HookAction(drop=True)],
    }

    class Asked:
        is_armed = True

        def act(self, context: HookContext) -> HookAction | None:
            asked.append(context)
            return verdicts[context.stage].pop(0)

    server = start(hook=Asked())
    raw = server.connect()
    raw.send(b"EHLO x\xff\r\nEHLO x\r\nAUTH PLAIN AGEAYg==\r\nAUTH PLAIN AGEAYg==\r\n")
    for pattern in ("450 4.0.0 Later", "250 *", "535 5.7.8 No", "235 *"):
        raw.expect(pattern)
    for command, refusal in (("MAIL FROM:<a@b>", "451 *"), ("RCPT TO:<c@d>", "550 *"), ("DATA", "452 *")):
        raw.ask(command, refusal)
        raw.ask(command, "354 *" if command == "DATA" else "250 *")
    raw.ask(b"x\r\n.", "250 2.0.0 Ok: queued as id1")
    raw.send(b"QUIT\r\n")
    raw.expect_end()
    assert {context.stage for context in asked} == set(Stage)
    values = [(context.stage, context.value) for context in asked]
    assert values[:2] == [(Stage.CONNECT, "127.0.0.1"), (Stage.HELO, "x\\xff")]
    assert (Stage.AUTH, "a") in values
    assert (Stage.CONTENT, "a@b") in values
    known = {context.stage: context for context in asked}
    assert (known[Stage.MAIL].reverse_path, known[Stage.MAIL].recipients) == (None, ())
    assert (known[Stage.RCPT].reverse_path, known[Stage.RCPT].recipients) == ("a@b", ())
    assert (known[Stage.CONTENT].reverse_path, known[Stage.CONTENT].recipients) == ("a@b", ("c@d",))
    assert (known[Stage.CONTENT].client.helo, known[Stage.CONTENT].client.user) == ("x", "a")
    assert server.session().ended == "dropped"


@pytest.mark.parametrize(("stage", "code"), [(Stage.CONNECT, 554), (Stage.MAIL, 421), (Stage.CONTENT, 421)])
def test_a_hook_may_end_the_connection_with_a_reply(start: Start, stage: Stage, code: int) -> None:
    """Any reply in place of the greeting does, and a 421 at every stage. RFC 5321 §3.1, §3.8."""

    class Ending:
        is_armed = True

        def act(self, context: HookContext) -> HookAction | None:
            return HookAction(reply=f"{code} Bye") if context.stage is stage else None

    server = start(hook=Ending())
    with socket.create_connection((server.host, server.port), timeout=20) as connection:
        connection.sendall(b"HELO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nx\r\n.\r\nNOOP\r\n")
        replies = b""
        with contextlib.suppress(ConnectionResetError):
            while piece := connection.recv(4096):
                replies += piece
    assert replies.splitlines()[-1] == b"%d Bye" % code
    assert server.session().ended == "refused"


def test_a_session_that_cannot_be_recorded_harms_no_other(start: Start, caplog: pytest.LogCaptureFixture) -> None:
    """The failure is logged, and the server goes on."""
    sessions: queue.Queue[SmtpSession] = queue.Queue()

    def observe(session: SmtpSession) -> None:
        sessions.put(session)
        if sessions.qsize() == 1:
            raise ValueError("no room")

    server = start(observe=observe)
    for _ in range(2):
        raw = server.connect()
        raw.ask("QUIT", "221 *")
        raw.expect_end()
    assert [sessions.get(timeout=20).ended for _ in range(2)] == ["quit", "quit"]
    assert caplog.text.count("a session could not be recorded") == 1


WORDS = [
    *(b"\r\n", b"\n", b"\r\n.\r\n", b" ", b"<", b">", b'"', b"(", b"=", b"*", b"@", b"\xff", b"\0", b"a@b", b"3"),
    *(b"EHLO x\r\n", b"RSET\r\n", b"DATA\r\n", b"BDAT 3", b" LAST", b"AUTH LOGIN\r\n", b"AUTH PLAIN AGEAYg==\r\n"),
    *(b"MAIL FROM:", b"RCPT TO:", b"VRFY <", b"EXPN ", b"HELP ", b"STARTTLS\r\n", b"MAIL FROM:<>\r\nRCPT TO:<a@b>\r\n"),
]


@settings(max_examples=examples(150), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.lists(st.sampled_from(WORDS), max_size=30))
def test_no_octets_break_a_dialogue(server: Any, caplog: pytest.LogCaptureFixture, words: list[bytes]) -> None:
    """Whatever is sent, every line sent back is a reply, the connection ends, and nothing is raised."""
    caplog.clear()
    with socket.create_connection((server.host, server.port), timeout=20) as connection:
        connection.sendall(b"".join(words) + b"\r\n.\r\nQUIT\r\n")
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
    assert re.fullmatch(rb"(?:[2-5]\d\d[ -][^\r\n\0]*\r\n)+", answer), answer
    assert "Traceback" not in caplog.text
