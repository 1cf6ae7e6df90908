"""The promises of the whole program, verified over real sockets with real databases."""

import json
import random
import smtplib
import threading
from collections.abc import Iterator

import pytest

from catcher.testing import RunningCatcher, running_catcher
from tests.depth import examples
from tests.served import send, serving

pytestmark = pytest.mark.slow

ROUNDS = examples(2)
CLIENTS = 4


@pytest.fixture(scope="module")
def catcher(shared_database_url: str) -> Iterator[RunningCatcher]:
    """A catcher on a database of either engine, which the tests that only add a message share."""
    with running_catcher(database=shared_database_url) as running:
        yield running


def test_read_your_writes(database_url: str) -> None:
    """A hundred times: 250, then the list has the message. What was acknowledged is there for the next read."""
    with serving("--database", database_url) as served, smtplib.SMTP(*served.smtp, timeout=30) as client:
        for _ in range(examples(100)):
            store_id = send(client)
            newest = json.loads(served.get("api/v1/messages?limit=1"))["messages"][0]
            assert newest["ID"] == store_id


def test_kill_9_loses_nothing_acknowledged(database_url: str) -> None:
    """Several rounds of killing the process amid concurrent sessions: every message with a 250 is stored."""
    acknowledged: list[str] = []

    def keep_sending(smtp: tuple[str, int], enough: threading.Event) -> None:
        try:
            with smtplib.SMTP(*smtp, timeout=30) as client:
                while True:
                    acknowledged.append(send(client, b"Subject: x\r\n\r\n" + b"0123456789\r\n" * random.randrange(500)))
                    if len(acknowledged) % 50 == 0:
                        enough.set()
        except (OSError, smtplib.SMTPException):
            return  # the server is gone, as it should be

    for _ in range(ROUNDS):
        with serving("--database", database_url) as served:
            enough = threading.Event()
            senders = [threading.Thread(target=keep_sending, args=(served.smtp, enough)) for _ in range(CLIENTS)]
            for sender in senders:
                sender.start()
            assert enough.wait(30)
            served.process.kill()
            for sender in senders:
                sender.join()
    assert len(acknowledged) >= ROUNDS * 50
    with running_catcher(database=database_url) as catcher:
        kept = {summary.store_id for summary in catcher.store.page(limit=100_000).messages}
    assert not set(acknowledged) - kept


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"\r\n",
        b"no header section at all\r\n",
        b"Subject: bare\nline\nfeeds\n\nbody\n",
        b"Subject: bare\rreturns\r\rbody\r",
        b"Subject: \x00\xff\xfe\r\n\r\nNUL \x00 and \x80\x81 eight bit\r\n",
        b"Subject: long\r\n\r\n" + b"x" * 3_000_000 + b"\r\n",
        b"Subject: dots\r\n\r\n.\r\n..\r\n.a\r\n\n.\n\r\n",
        bytes(range(256)) * 8192,
        b"Content-Type: multipart/mixed\r\n\r\n--nothing\r\n",
        b"Received: from x\r\nReturn-Path: <forged@example.com>\r\nBcc: secret@example.com\r\n\r\nbody\r\n",
    ],
    ids=["empty", "blank", "no-header", "lf", "cr", "nul", "long-line", "dots", "all-octets", "no-boundary", "trace"],
)
def test_octets_are_stored_as_received(catcher: RunningCatcher, smtp: smtplib.SMTP, octets: bytes) -> None:
    """Whatever they are; no header field is added or changed."""
    smtp.ehlo()
    smtp.mail("a@example.com")
    smtp.rcpt("b@example.com")
    assert smtp.docmd("DATA")[0] == 354
    ended = octets if octets.endswith(b"\r\n") else octets + b"\r\n"
    stuffed = ended.replace(b"\r\n.", b"\r\n..")
    smtp.send((b"." + stuffed if stuffed.startswith(b".") else stuffed) + b".\r\n")
    code, reply = smtp.getreply()
    assert code == 250, reply
    assert catcher.store.raw(reply.decode().rsplit(" ", 1)[-1]) == ended


def test_the_envelope_is_stored_as_the_client_stated_it(catcher: RunningCatcher, smtp: smtplib.SMTP) -> None:
    """Reverse-path, all forward-paths with parameters, duplicates and letter case, HELO, peer. RFC 5321 §2.3.1."""
    smtp.ehlo("client.example")
    smtp.docmd("MAIL FROM:<Sender+tag@Example.com> BODY=8BITMIME SIZE=100")
    smtp.command_encoding = "utf-8"
    recipients = ["Ann@Example.com", "bob@example.com", "Ann@Example.com", "ünï@exämple.com"]
    for number, recipient in enumerate(recipients):
        smtp.docmd(f"RCPT TO:<{recipient}>" + (" NOTIFY=SUCCESS,DELAY" if number == 1 else ""))
    _, reply = smtp.data(b"Subject: hello\r\n\r\nbody\r\n")
    envelope = catcher.store.get(reply.decode().rsplit(" ", 1)[-1]).envelope
    assert envelope.reverse_path == "Sender+tag@Example.com"
    assert envelope.parameters == (("BODY", "8BITMIME"), ("SIZE", "100"))
    assert envelope.recipients == tuple(recipients)
    assert envelope.forward_paths[1].parameters == (("NOTIFY", "SUCCESS,DELAY"),)
    assert (envelope.client.address, envelope.client.helo) == ("127.0.0.1", "client.example")


def test_a_bounce_is_stored_with_a_null_reverse_path(catcher: RunningCatcher, smtp: smtplib.SMTP) -> None:
    """A bounce from <> has the reverse-path "". RFC 5321 §4.5.5."""
    smtp.sendmail("", ["b@example.com"], b"Subject: undeliverable\r\n\r\nbody\r\n")
    assert catcher.store.get(catcher.store.latest().store_id).envelope.reverse_path == ""


def test_nothing_is_stored_when_a_client_disconnects_in_data(catcher: RunningCatcher, smtp: smtplib.SMTP) -> None:
    """An incomplete transaction leaves nothing."""
    before = catcher.store.counts().messages
    smtp.ehlo()
    smtp.mail("a@example.com")
    smtp.rcpt("b@example.com")
    smtp.docmd("DATA")
    smtp.send(b"Subject: half\r\n\r\nhalf a bo")
    smtp.close()
    with smtplib.SMTP(catcher.smtp_host, catcher.smtp_port, timeout=30) as other:
        store_id = send(other)
    assert catcher.store.latest().store_id == store_id
    assert catcher.store.counts().messages == before + 1
