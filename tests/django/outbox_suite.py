"""A project's tests of the outbox, for any Django version; run by test_outbox.py in examples/django."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.core import mail
from django.core.mail import EmailMultiAlternatives, send_mail

from catcher.django import CaughtEmail, MailOutbox

SEND = "import django; django.setup(); from django.core.mail import send_mail; send_mail('far', 'b', None, ['c@d.e'])"


def send(subject: str = "Hello", **more: object) -> EmailMultiAlternatives:
    message = EmailMultiAlternatives(subject, "Hällo\nyou", "Äpp <app@example.com>", ["Änn <ann@example.com>"], **more)
    message.attach_alternative("<p>Hällo</p>", "text/html")
    message.send()
    return message


def test_a_message_is_what_was_sent(mailoutbox: MailOutbox) -> None:
    message = EmailMultiAlternatives(
        "Sübject", "Hällo\nyou", "Äpp <app@example.com>", ["Änn <ann@example.com>"], cc=["c@example.com"],
        bcc=["hidden@example.com"], reply_to=["r@example.com"], headers={"X-Own": "yes"},
    )  # fmt: skip
    message.attach_alternative("<p>Hällo</p>", "text/html")
    message.attach("a.txt", "tëxt", "text/plain")
    message.attach("b.bin", b"\x00\x01", "application/octet-stream")
    assert message.send() == 1
    caught = mailoutbox[0]
    assert isinstance(caught, EmailMultiAlternatives)
    assert isinstance(caught, CaughtEmail)
    for name in ("subject", "body", "from_email", "to", "cc", "bcc", "reply_to"):
        assert getattr(caught, name) == getattr(message, name), name
    assert caught.recipients() == message.recipients()
    assert caught.extra_headers["X-Own"] == "yes"
    assert [tuple(each) for each in caught.alternatives] == [("<p>Hällo</p>", "text/html")]
    assert [tuple(each) for each in caught.attachments] == [tuple(each) for each in message.attachments]
    assert caught.message()["X-Own"] == "yes"
    assert caught.body_contains("Hällo")


def test_it_is_the_list_of_django(mailoutbox: MailOutbox) -> None:
    assert mail.outbox is mailoutbox
    send("one")
    send("two")
    assert len(mail.outbox) == 2
    assert [each.subject for each in mail.outbox] == ["one", "two"]
    assert mail.outbox[-1].subject == "two"
    assert mail.outbox[0] is mail.outbox[0]
    assert mail.outbox == [mail.outbox[0], mail.outbox[1]]
    del mail.outbox[:]
    assert mail.outbox == []
    with pytest.raises(IndexError, match="no message 0: 0 within"):
        MailOutbox.__getitem__(_quick(mailoutbox), 0)


def _quick(outbox: MailOutbox) -> MailOutbox:
    outbox._timeout = 0.0
    return outbox


def test_every_test_begins_with_an_empty_one(mailoutbox: MailOutbox) -> None:
    mailoutbox.assert_empty()
    assert mail.outbox == []


def test_it_waits_for_mail_of_another_process(mailoutbox: MailOutbox) -> None:
    with subprocess.Popen([sys.executable, "-c", SEND], env=os.environ):
        assert mailoutbox[0].subject == "far"


def test_send_mail_and_the_other_functions_deliver_to_it(mailoutbox: MailOutbox) -> None:
    send_mail("by function", "b", None, ["a@example.com"], html_message="<p>b</p>")
    assert mailoutbox[0].from_email == settings.DEFAULT_FROM_EMAIL


@pytest.mark.skipif(not hasattr(mail, "mailers"), reason="MAILERS came with Django 6.1")
def test_every_alias_of_mailers_delivers_to_it(settings: object, mailoutbox: MailOutbox) -> None:
    assert set(mail.mailers) == {"default"}
    send_mail("by alias", "b", None, ["a@example.com"], using="default")
    assert mailoutbox[0].subject == "by alias"
