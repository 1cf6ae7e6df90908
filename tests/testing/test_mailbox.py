"""The fixtures of the plugin, used as intended, in this very run."""

import smtplib
from collections.abc import Callable
from email.message import EmailMessage

import pytest

from catcher.client import NothingCame, UnexpectedMail
from catcher.testing import assert_recipients, assert_text_contains
from catcher.testing.mailbox import Mailbox, SmtpFaults
from tests.testing.suites import SENDING

scope: dict[str, Callable[..., None]] = {}
exec(SENDING, scope)
send = scope["send"]


def test_waiting_returns_each_mail_once(mailbox: Mailbox) -> None:
    """Each wait returns the first matching mail that was not returned before, in any order of the waits."""
    send(mailbox, "first")
    send(mailbox, "second", "Your code is 107755")
    assert mailbox.wait(subject="second").code == "107755"
    assert mailbox.wait().subject == "first"
    with pytest.raises(NothingCame, match="no message came"):
        mailbox.wait(timeout=0)
    assert [message.subject for message in mailbox.wait_for_all(2)] == ["first", "second"]
    with pytest.raises(NothingCame) as caught:
        mailbox.wait(subject="third", timeout=0)
    assert "'second' from app@example.com to ann@example.com" in str(caught.value)
    with pytest.raises(NothingCame):
        mailbox.wait("subject:third OR subject:first", timeout=0)


def test_an_address_reaches_the_mailbox_without_a_login(mailbox: Mailbox) -> None:
    """For applications whose SMTP settings cannot be changed for each test."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "app@example.com", mailbox.address("ann"), "Hello"
    with smtplib.SMTP(mailbox.host, mailbox.port, timeout=60) as client:
        client.send_message(message)
    arrived = mailbox.wait()
    assert arrived.subject == "Hello"
    assert_recipients(arrived, mailbox.address("ann"))


def test_mailboxes_are_separate(mailbox: Mailbox, make_mailbox: Callable[[], Mailbox]) -> None:
    """Each has its own mail only."""
    other = make_mailbox()
    send(other)
    assert_text_contains(other.wait(), "482913")
    mailbox.assert_empty()
    with pytest.raises(UnexpectedMail, match="Welcome"):
        other.assert_empty()


def test_the_outbox_is_a_list_that_waits(mailbox: Mailbox) -> None:
    """It compares and behaves like a list; it waits for mail that has not arrived, and reports a timeout."""
    outbox = mailbox.outbox
    assert outbox == []
    outbox.assert_empty()
    send(mailbox, "first")
    send(mailbox, "second")
    assert outbox[1].subject == "second"
    assert len(outbox) == 2
    assert outbox[-1] == outbox[1]
    assert [message.subject for message in outbox] == ["first", "second"]
    assert outbox[:1] == [outbox[0]]
    assert outbox == [outbox[0], outbox[1]]
    assert outbox[0] in outbox
    assert repr(outbox).count("Message") == 2
    assert outbox.pop(0).subject == "first"
    with pytest.raises(AssertionError, match=r"1 of 2 messages within 0 seconds\n  'second'"):
        outbox.wait(2, timeout=0)
    with pytest.raises(AssertionError, match="expected no messages"):
        outbox.assert_empty()
    outbox.clear()
    assert outbox == []
    send(mailbox, "third")
    assert [message.subject for message in outbox.wait(1)] == ["third"]
    del outbox[0]
    assert outbox == []


def test_faults_affect_this_mailbox_only(
    mailbox: Mailbox, make_mailbox: Callable[[], Mailbox], smtp_faults: SmtpFaults
) -> None:
    """As many refusals as configured, and none after clearing."""
    other = make_mailbox()
    smtp_faults.refuse_recipients(code=450, times=1)
    send(other)
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        send(mailbox)
    send(mailbox)
    smtp_faults.refuse_login()
    with pytest.raises(smtplib.SMTPAuthenticationError):
        send(mailbox)
    smtp_faults.clear()
    smtp_faults.refuse_content(times=1)
    with pytest.raises(smtplib.SMTPDataError):
        send(mailbox)
    smtp_faults.refuse_sender(times=1)
    with pytest.raises(smtplib.SMTPSenderRefused):
        send(mailbox)
    smtp_faults.drop()
    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(mailbox)
    smtp_faults.clear()
    smtp_faults.delay(0.01, times=1)
    send(mailbox, "after all")
    assert len(mailbox.wait_for_all(2)) == 2
