"""Tests of catcher.relay.release: what real servers receive, and the report on each recipient."""

import io
import socket
from pathlib import Path
from typing import Any

import pytest
import trustme

from catcher import mail
from catcher.errors import RelayError
from catcher.mail.connections import get_connection
from catcher.relay import HeaderEdits, RecipientReply, smtp_options, transmit
from tests.mail.servers import Mailbox, smtp_server
from tests.relay.conftest import Keep
from tests.relay.scripted import scripted

ODD = (
    b"From: <a@example.com>\r\nSubject: \xff raw\r\nX-Tab:\tx  \r\n\r\n.dot\r\n..two\r\n\x00\xfe" + b"x" * 900 + b"\r\n"
)
BACKENDS = "catcher.mail.backends"


def smtp(port: int, **options: Any) -> Any:
    """A connection to a server on loopback, as the settings would make it."""
    given: dict[str, Any] = {
        "host": "127.0.0.1", "port": port, "starttls": False, "tls": False, "username": "", "password": "",
        "timeout": 20,
    }  # fmt: skip
    further = {name: options.pop(name) for name in ("session_seconds",) if name in options}
    return get_connection("catcher.relay.smtp.BoundedEmailBackend", **smtp_options(**given | options), **further)


def test_the_octets_arrive_as_they_were_stored(keep: Keep, sink: Mailbox) -> None:
    """Header section, raw eight-bit octets and dots are unchanged; the envelope has the new recipients."""
    stored = keep(ODD, "first@example.com", reverse_path="author@example.com")
    report = transmit(stored, ODD, ["x@example.org", "y@example.org"], connection=smtp(sink.port))
    [arrived] = sink.messages
    assert arrived.original_content == ODD
    assert (arrived.mail_from, arrived.rcpt_tos) == ("author@example.com", ["x@example.org", "y@example.org"])
    assert "BODY=8BITMIME" in arrived.mail_options_seen
    assert report.outcomes == tuple(
        RecipientReply(recipient=each, is_accepted=True, code=250) for each in ("x@example.org", "y@example.org")
    )


def test_a_bounce_keeps_its_null_reverse_path(keep: Keep, sink: Mailbox) -> None:
    """MAIL FROM:<>. RFC 5321 §4.5.5."""
    transmit(keep(ODD, reverse_path=""), ODD, ["x@example.org"], connection=smtp(sink.port))
    assert sink.messages[0].mail_from == "<>"


def test_header_edits_are_made_and_set_the_reverse_path(keep: Keep, sink: Mailbox) -> None:
    """override_from wins over return_path, and that over the given reverse-path. Mailpit compatibility: Release."""
    octets = b"From: Anna <a@example.com>\r\nBcc: h@example.com\r\n\r\nbody\r\n"
    stored = keep(octets)
    for wishes, sender in (
        (HeaderEdits(drop_bcc=True), "given@example.com"),
        (HeaderEdits(drop_bcc=True, return_path="r@example.com"), "r@example.com"),
        (HeaderEdits(drop_bcc=True, return_path="r@example.com", override_from="o@example.com"), "o@example.com"),
    ):
        transmit(
            stored, octets, ["x@y.test"], connection=smtp(sink.port), edits=wishes, reverse_path="given@example.com"
        )
        assert sink.messages[-1].mail_from == sender
        assert b"h@example.com" not in sink.messages[-1].content
    assert sink.messages[-1].content == (
        b"Return-Path: <r@example.com>\r\nX-Original-From: a@example.com\r\nFrom: Anna <o@example.com>\r\n\r\nbody\r\n"
    )


def test_refused_recipients_are_reported_one_by_one(keep: Keep, sink: Mailbox) -> None:
    """The others get the message; the report has the server's replies, in the order given, each once."""
    sink.refuse = {"no@example.org"}
    given = ["no@example.org", "yes@example.org", "no address", "ü@example.org", "yes@example.org", "b@bücher.example"]
    report = transmit(keep(ODD), ODD, given, connection=smtp(sink.port))
    assert sink.messages[0].rcpt_tos == ["yes@example.org", "b@xn--bcher-kva.example"]
    assert [(each.recipient, each.code) for each in report.outcomes] == [
        ("no@example.org", 550), ("yes@example.org", 250), ("no address", 553), ("ü@example.org", 553),
        ("b@bücher.example", 250),
    ]  # fmt: skip
    assert report.refused[0].text == "no such mailbox"
    assert [each.recipient for each in report.accepted] == ["yes@example.org", "b@bücher.example"]


def test_when_all_recipients_are_refused_the_report_says_so(keep: Keep, sink: Mailbox) -> None:
    """No exception is raised."""
    sink.refuse = {"no@example.org", "nor@example.org"}
    report = transmit(keep(ODD), ODD, sorted(sink.refuse), connection=smtp(sink.port))
    assert [each.code for each in report.outcomes] == [550, 550]
    assert not report.accepted
    assert not sink.messages


def test_a_server_that_closes_during_the_recipients_has_accepted_none(keep: Keep) -> None:
    """After 421 no recipient counts as accepted, including the ones before it. RFC 5321 §3.8."""
    with scripted(b"220 hi\r\n", b"250 hi\r\n", b"250 ok\r\n", b"250 ok\r\n", b"421 too busy\r\n") as server:
        report = transmit(keep(ODD), ODD, ["a@b.test", "c@d.test", "e@f.test"], connection=smtp(server.port))
    assert [(each.is_accepted, each.code) for each in report.outcomes] == [(False, 421)] * 3


def test_invalid_addresses_cause_no_connection(keep: Keep) -> None:
    """Port 1 would refuse a connection."""
    report = transmit(keep(ODD), ODD, ["x", "a@b\r\nRCPT TO:<evil@example.com>"], connection=smtp(1))
    assert [each.code for each in report.outcomes] == [553, 553]


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")  # the test server's, under implicit TLS
@pytest.mark.parametrize("implicit", [False, True])
def test_with_tls_and_a_login(keep: Keep, authority: trustme.CA, trusted: trustme.CA, implicit: bool) -> None:
    """STARTTLS and TLS from the start, against a certificate that is checked."""
    with smtp_server(authority, implicit_tls=implicit, auth=True) as server:
        login = {"starttls": not implicit, "tls": implicit, "username": "me", "password": "secret"}
        transmit(keep(ODD), ODD, ["x@y.test"], connection=smtp(server.port, **login))
        assert server.messages[0].over_tls
        assert server.logins == [("me", "secret")]
        with pytest.raises(RelayError, match="login refused: 535") as caught:
            transmit(keep(ODD), ODD, ["x@y.test"], connection=smtp(server.port, **login | {"password": "hunter2"}))
    assert "hunter2" not in str(caught.value) + caught.value.detail


@pytest.mark.slow
def test_an_untrusted_certificate_is_refused_unless_verification_is_off(keep: Keep, authority: trustme.CA) -> None:
    """verify=False is for test servers only."""
    with smtp_server(authority) as server:
        with pytest.raises(RelayError, match="the certificate is not trusted"):
            transmit(keep(ODD), ODD, ["x@y.test"], connection=smtp(server.port, starttls=True))
        assert not server.messages
        transmit(keep(ODD), ODD, ["x@y.test"], connection=smtp(server.port, starttls=True, verify=False))
        assert server.messages[0].over_tls


def test_a_server_that_is_down_is_one_clear_error(keep: Keep) -> None:
    """A refused connection is reported as such."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(RelayError, match="error connecting: Connection refused"):
        transmit(keep(ODD), ODD, ["x@y.test"], connection=smtp(port))


@pytest.mark.parametrize(
    ("reply", "text", "is_lasting"),
    [(b"550 not you\r\n", "550 not you", True), (b"451 later\r\n", "451 later", False)],
)
def test_a_server_that_refuses_the_whole_message_is_an_error(
    keep: Keep, reply: bytes, text: str, is_lasting: bool
) -> None:
    """The error has the reply; 5yz is permanent. RFC 5321 §4.2.1."""
    with scripted(b"220 hi\r\n", b"250 hi\r\n", reply, b"250 ok\r\n", b"221 bye\r\n") as server:
        with pytest.raises(RelayError, match=text) as caught:
            transmit(keep(ODD), ODD, ["x@y.test"], connection=smtp(server.port))
        assert caught.value.is_lasting is is_lasting


def test_a_failure_of_quit_does_not_matter(keep: Keep) -> None:
    """An accepted message is not reported as failed because of an odd reply to QUIT."""
    taken = (b"220 hi\r\n", b"250 hi\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n", b"")
    lines = len(ODD.split(b"\r\n"))
    with scripted(*taken, *[b""] * (lines - 2), b"250 taken\r\n", b"500 what?\r\n") as server:
        report = transmit(keep(ODD), ODD, ["x@y.test"], connection=smtp(server.port, timeout=5))
    assert [each.is_accepted for each in report.outcomes] == [True]


def test_the_other_mail_backends_can_be_relays(keep: Keep, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """console, filebased, locmem and dummy get the message as stored."""
    stored = keep(ODD)
    stream = io.StringIO()
    assert transmit(
        stored, ODD, ["x@y.test"], connection=get_connection(f"{BACKENDS}.console.EmailBackend", stream=stream)
    )
    assert stream.getvalue().startswith(ODD.decode("utf-8", "replace"))
    transmit(
        stored,
        ODD,
        ["x@y.test"],
        connection=get_connection(f"{BACKENDS}.filebased.EmailBackend", file_path=tmp_path / "out"),
    )
    [file] = (tmp_path / "out").iterdir()
    assert file.read_bytes().startswith(ODD)
    monkeypatch.setattr(mail, "outbox", [], raising=False)
    transmit(stored, ODD, ["x@y.test"], connection=get_connection(f"{BACKENDS}.locmem.EmailBackend"))
    [kept] = mail.outbox
    assert (kept.to, kept.message().as_bytes(), kept.message()["X-Tab"]) == (["x@y.test"], ODD, "x  ")
    report = transmit(stored, ODD, ["x@y.test"], connection=get_connection(f"{BACKENDS}.dummy.EmailBackend"))
    assert [each.code for each in report.outcomes] == [250]


class Broken:
    """A custom backend with a fault."""

    def open(self) -> None:
        return None

    def close(self) -> None:
        raise AssertionError("nothing was opened")

    def send_messages(self, messages: list[Any]) -> int:
        return len(messages[0].body)


def test_a_backend_that_would_compose_a_new_message_fails(keep: Keep) -> None:
    """Any exception of a custom class becomes one error, and no other message is sent instead."""
    with pytest.raises(RelayError, match="error sending: 'StoredMail' object has no attribute 'body'"):
        transmit(keep(ODD), ODD, ["x@y.test"], connection=Broken())
