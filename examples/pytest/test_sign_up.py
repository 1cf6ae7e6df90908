"""Tests with a mailbox of their own each; run them with `pytest`, or `pytest -n 8`."""

import smtplib
from collections.abc import Callable

import pytest
from shop import Shop

from catcher.testing import assert_links_to, assert_no_template_variables, assert_recipients
from catcher.testing.mailbox import Mailbox, SmtpFaults


@pytest.fixture
def shop(mailbox: Mailbox) -> Shop:
    """The application, sending into this test's mailbox."""
    return Shop(mailbox.host, mailbox.port, mailbox.username, mailbox.password)


def test_who_has_the_code_is_a_customer(shop: Shop, mailbox: Mailbox) -> None:
    shop.sign_up("ann@example.com")
    shop.confirm("ann@example.com", mailbox.wait(to="ann@example.com").code)
    assert shop.is_customer("ann@example.com")


def test_the_mail_is_as_it_should_be(shop: Shop, mailbox: Mailbox) -> None:
    shop.sign_up("ann@example.com")
    mail = mailbox.wait(subject="Welcome")
    assert_recipients(mail, "ann@example.com")
    assert_links_to(mail, "shop.example", contains=f"code={mail.code}")
    assert_no_template_variables(mail)


def test_nobody_gets_mail_who_has_not_signed_up(mailbox: Mailbox) -> None:
    mailbox.assert_empty()


def test_a_server_that_refuses_is_noticed(shop: Shop, smtp_faults: SmtpFaults) -> None:
    smtp_faults.refuse_recipients(code=550)
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        shop._send("ann@example.com", "482913")


def test_the_mail_is_what_it_was(shop: Shop, mailbox: Mailbox, mail_snapshot: Callable[..., None]) -> None:
    shop.sign_up("ann@example.com")
    mail_snapshot(mailbox.wait())
