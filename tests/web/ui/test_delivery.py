"""The delivery view: who handed the message in, what was said, and what became of it."""

import re
import smtplib
from datetime import UTC, datetime, timedelta

import httpx2

from catcher.store.records.outbox import NewJob
from catcher.web.ui.message.delivery import exchanges, recipient_rows
from tests.web.api.mails import envelope
from tests.web.ui.conftest import Mailbox
from tests.web.ui.mails import welcome


def text_of(page: str) -> str:
    """The words of a page, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page))


def test_the_delivery_view_shows_the_whole_delivery(mailbox: Mailbox, http: httpx2.Client) -> None:
    """Client, MAIL, every RCPT with parameters and reply, the steps, the transcript."""
    with smtplib.SMTP(mailbox.catcher.smtp_host, mailbox.catcher.smtp_port, local_hostname="app.test") as client:
        client.login("shop", "very-secret")
        client.mail("bounce@acme.example", ["BODY=8BITMIME"])
        client.rcpt("ann@example.com", ["NOTIFY=NEVER"])
        client.rcpt("hidden@example.com")
        client.data(b"Subject: Way\r\n\r\nhello\r\n")
    page = http.get(f"view/{mailbox.id_of('Way')}?view=delivery").text
    words = text_of(page)
    for expected in (
        "HELO name app.test",
        "Protocol ESMTPA",
        "Encryption none",
        "User shop (",
        "MAIL FROM &lt;bounce@acme.example&gt; BODY=8BITMIME",
        "RCPT TO &lt;ann@example.com&gt; NOTIFY=NEVER 250 2.1.5",
        "RCPT TO &lt;hidden@example.com&gt; 250 2.1.5",
        "2 recipients accepted",
        "Received and stored 20",
        "Read",
        "C: AUTH",
    ):
        assert expected in words
    assert "very-secret" not in page


def test_a_message_without_a_dialogue_has_a_note(mailbox: Mailbox, http: httpx2.Client) -> None:
    """The send endpoint and test messages come without SMTP."""
    http.post("setup/test", data={"kind": "plain"})
    words = text_of(http.get(f"view/{mailbox.id_of('order')}?view=delivery").text)
    assert "Protocol HTTP" in words
    assert "No SMTP dialogue" in words


def test_what_relays_and_webhooks_said_is_in_the_steps(mailbox: Mailbox, http: httpx2.Client) -> None:
    """Attempts, recipients and answers, from the queue."""
    mailbox.send(welcome())
    store, store_id, now = mailbox.catcher.store, mailbox.id_of("Welcome"), datetime.now(UTC)
    queue = store.outbox
    queue.begin(has_rules=True)
    mark = queue.mark()
    assert mark is not None
    jobs = [
        NewJob(store_id=store_id, relay="live", recipients=("ann@example.com",)),
        NewJob(store_id=store_id, relay="webhook:chat", recipients=()),
    ]
    assert queue.add(jobs, after=mark, upto=mark, now=now)
    first, second = queue.claim(now=now, lease=timedelta(minutes=1), limit=2)
    queue.finish(first, is_sent=False, text="ann@example.com: 550 no such user")
    queue.finish(second, is_sent=True, text="200 OK")
    words = text_of(http.get(f"view/{store_id}?view=delivery").text)
    assert "Relay live 20" in words
    assert "failed · 1 attempt · ann@example.com · ann@example.com: 550 no such user" in words
    assert "Webhook chat 20" in words
    assert "sent · 1 attempt · 200 OK" in words


def test_replies_stand_beside_their_recipients() -> None:
    """A recipient that was refused is shown as well, although the message was not taken for it."""
    transcript = (
        "S: 220 hello\nC: EHLO a\nS: 250-one\n250 two\nC: (TLS handshake: TLSv1.3 X)\nC: MAIL FROM:<>\nS: 250 ok\n"
        "C: rcpt to:<a@x>\nS: 250 fine\nC: RCPT TO:<b@x> NOTIFY=NEVER\nS: 550 no\nC: DATA\nS: 354 go\n"
    )
    said = exchanges(transcript)
    assert said[:4] == [("", "220 hello"), ("EHLO a", "250-one\n250 two"), ("(TLS handshake: TLSv1.3 X)", ""), said[3]]
    lines = recipient_rows(envelope("a@x"), said)
    assert [(line.address, line.reply, line.is_refused) for line in lines] == [
        ("a@x", "250 fine", False),
        ("b@x", "550 no", True),
    ]
