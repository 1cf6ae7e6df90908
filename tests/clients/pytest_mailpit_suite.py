"""A suite as users of pytest-mailpit write it, against the catcher of its settings; run by test_python.py."""

import smtplib
from email.message import EmailMessage
from typing import Any

import pytest


def send(mailpit_smtp: Any, to: str, subject: str = "Welcome", text: str = "Your code is 482913") -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "app@example.com", to, subject
    message.set_content(text)
    message.add_alternative(f'<p>{text}</p><a href="https://example.com/go?t=1">go</a>', subtype="html")
    with smtplib.SMTP(mailpit_smtp.host, mailpit_smtp.port, timeout=30) as client:
        client.send_message(message)


def test_an_inbox_sees_its_own_mail(mailpit_inbox: Any, mailpit_smtp: Any) -> None:
    send(mailpit_smtp, str(mailpit_inbox.address))
    send(mailpit_smtp, "somebody@else.example", subject="Other")
    message = mailpit_inbox.wait_for_message()
    assert message.subject == "Welcome"
    assert "482913" in message.text
    assert len(mailpit_inbox.messages()) == 1


def test_inboxes_are_apart(mailpit_inbox_factory: Any, mailpit_smtp: Any) -> None:
    one, two = mailpit_inbox_factory(), mailpit_inbox_factory()
    send(mailpit_smtp, str(one.address), subject="one")
    send(mailpit_smtp, str(two.address), subject="two")
    assert one.wait_for_message().subject == "one"
    assert two.wait_for_message().subject == "two"


def test_the_client_asks_everything(mailpit: Any, mailpit_smtp: Any) -> None:
    assert mailpit.is_ready()
    before = mailpit.info().messages
    send(mailpit_smtp, "bob@example.com", subject="asked for")
    message = mailpit.wait_for_message("subject:asked")
    assert mailpit.info().messages == before + 1
    assert message.html


def test_faults_are_made(mailpit_chaos: Any, mailpit_smtp: Any) -> None:
    mailpit_chaos.reject_recipients(452)
    with pytest.raises(smtplib.SMTPRecipientsRefused) as caught:
        send(mailpit_smtp, "bob@example.com")
    assert caught.value.recipients["bob@example.com"][0] == 452
    mailpit_chaos.reset()
    send(mailpit_smtp, "bob@example.com")


def test_checks_and_urls(mailpit: Any, mailpit_smtp: Any) -> None:
    send(mailpit_smtp, "bob@example.com", subject="checked")
    message = mailpit.wait_for_message("subject:checked")
    assert mailpit.check_html(message.id)
    assert mailpit.check_links(message.id)
    assert b"Subject: checked" in mailpit.get_raw(message.id)
    assert mailpit.get_headers(message.id)["Subject"] == ["checked"]


def test_nothing_comes(mailpit_inbox: Any) -> None:
    mailpit_inbox.assert_no_message()
