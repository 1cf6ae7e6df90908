"""Signing up on a live server: the mail comes from its thread, or from the worker's process."""

from urllib.request import urlopen

import pytest

from catcher.django import MailOutbox
from catcher.testing import assert_checks, assert_no_template_variables, assert_recipients


def test_the_server_welcomes_a_customer(live_server, mailoutbox: MailOutbox) -> None:
    urlopen(f"{live_server.url}/sign-up/", data=b"email=ann@example.com")
    assert len(mailoutbox) == 1
    assert mailoutbox[0].subject == "Welcome to the shop"
    assert mailoutbox[0].to == ["ann@example.com"]


def test_the_worker_welcomes_a_customer(
    live_server, worker: str, mailoutbox: MailOutbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_WORKER", worker)
    urlopen(f"{live_server.url}/sign-up/", data=b"email=bob@example.com")
    mail = mailoutbox[0]  # waits until it is there
    assert mail.caught.code == "482913"
    assert_recipients(mail, "bob@example.com", "audit@example.com")
    assert_no_template_variables(mail)
    assert_checks(mail, fail_on="error")


def test_nobody_is_welcomed_who_has_not_signed_up(mailoutbox: MailOutbox) -> None:
    mailoutbox.assert_empty()
    assert mailoutbox == []
