"""The fixtures of the plugin, used as intended, in this very run."""

import smtplib
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

import pytest

from catcher.client import BadRequest, Catcher, NothingCame, UnexpectedMail
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


def test_a_repeated_wait_names_the_message_that_was_returned_before(mailbox: Mailbox) -> None:
    """A newcomer's second identical wait must not look like lost mail."""
    send(mailbox, "Welcome")
    mailbox.wait(subject="Welcome")
    with pytest.raises(NothingCame, match="an earlier wait returned what matches: 'Welcome'; each message is returned"):
        mailbox.wait(subject="Welcome", timeout=0)
    assert [message.subject for message in mailbox.messages] == ["Welcome"]


def test_what_was_waited_for_is_not_more(mailbox: Mailbox) -> None:
    """`assert_no_more` is what a test means after its waits; `assert_empty` counts all mail."""
    mailbox.assert_no_more()
    send(mailbox, "Welcome")
    with pytest.raises(UnexpectedMail, match="Welcome"):
        mailbox.assert_no_more()
    mailbox.wait()
    mailbox.assert_no_more()
    with pytest.raises(UnexpectedMail):
        mailbox.assert_empty()


@pytest.mark.parametrize("name", ["subjct", "form_", "From", "body"])
def test_an_unknown_condition_is_an_error(mailbox: Mailbox, name: str) -> None:
    """A misspelt condition must not make an absence pass, nor a wait return other mail."""
    send(mailbox, "Welcome")
    wrong: dict[str, Any] = {name: "Welcome"}
    for call in (mailbox.wait, mailbox.inbox.wait_absent, mailbox.inbox.latest, mailbox.catcher.wait_for):
        with pytest.raises(TypeError, match=f"unknown condition '{name}'"):
            call(**wrong)
    with pytest.raises(TypeError, match="did you mean 'subject'"):
        mailbox.wait(subjct="Welcome")  # type: ignore[call-arg]


@pytest.mark.parametrize("query", ["subjekt:Welcome", "-fron:ann", "(tag:a OR titel:b)", "wecome:"])
def test_an_unknown_search_term_is_an_error(mailbox: Mailbox, query: str) -> None:
    """With the position of its name; quoted it is text, and so are addresses of the web and times."""
    send(mailbox, "Welcome")
    for call in (mailbox.wait, mailbox.inbox.wait_absent):
        with pytest.raises(BadRequest, match="there is no search term"):
            call(query, timeout=0)
    mailbox.inbox.wait_absent('"Re: hello" http://example.com/ 12:30', timeout=0)


def test_the_server_says_where_smtp_is(catcher_server: Catcher, mailbox: Mailbox) -> None:
    """For applications whose settings are made before there is a mailbox."""
    assert (catcher_server.smtp_host, catcher_server.smtp_port) == (mailbox.host, mailbox.port)


def test_a_code_and_a_link_may_be_absent(mailbox: Mailbox) -> None:
    """`code` and `link` raise, the others give None."""
    send(mailbox, "Welcome", "Nothing to type here")
    message = mailbox.wait()
    assert (message.code_or_none, message.link_or_none) == (None, None)
    send(mailbox, "Sign in", "Your code is 107755")
    assert mailbox.wait().code_or_none == "107755"


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data", "content"])
def test_a_fault_applies_to_senders_that_do_not_log_in(mailbox: Mailbox, smtp_faults: SmtpFaults, stage: str) -> None:
    """Those that send to an address of the mailbox; at MAIL the first recipient tells which mailbox it is."""
    smtp_faults.add(stage, code=451, times=1)  # type: ignore[arg-type]
    message = EmailMessage()
    message["From"], message["To"] = "app@example.com", mailbox.address()
    with smtplib.SMTP(mailbox.host, mailbox.port, timeout=60) as client:
        with pytest.raises(smtplib.SMTPException, match="451"):
            client.send_message(message)
        client.rset()
        client.send_message(message)
    mailbox.wait()


@pytest.mark.parametrize("fault", [{"stage": "helo"}, {"stage": "connect"}])
def test_a_fault_that_could_never_apply_is_refused(smtp_faults: SmtpFaults, fault: dict[str, str]) -> None:
    """Before the login nothing says which mailbox it is."""
    with pytest.raises(BadRequest, match="not known yet at the stage"):
        smtp_faults.add(**fault, code=451)  # type: ignore[arg-type]


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
