"""The log of connections without a message, in the API and on its page."""

import smtplib
import socket
from collections.abc import Iterator

import httpx2
import pytest

from catcher.testing import RunningCatcher, running_catcher
from tests.waiting import wait_until


@pytest.fixture
def catcher() -> Iterator[RunningCatcher]:
    with running_catcher(
        smtp_auth="ann:secret", smtp_auth_allow_insecure=True, smtp_allowed_recipients="@example"
    ) as one:
        yield one


def sessions(catcher: RunningCatcher, number: int) -> list[dict[str, str]]:
    """At least this many connections, newest first."""

    def find() -> list[dict[str, str]]:
        found: list[dict[str, str]] = httpx2.get(f"{catcher.url}api/v1/sessions").json()["sessions"]
        return found if len(found) >= number else []

    return wait_until(find)


def test_a_refused_login_is_logged_without_its_password(catcher: RunningCatcher) -> None:
    """The reason of a missing mail can be read; secrets cannot."""
    with (
        pytest.raises(smtplib.SMTPAuthenticationError),
        smtplib.SMTP(catcher.smtp_host, catcher.smtp_port) as client,
    ):
        client.login("ann", "wr0ng-pass")
    (session,) = sessions(catcher, 1)
    assert (session["address"], session["ended"]) == ("127.0.0.1", "quit")
    assert "535 5.7.8" in session["transcript"]
    page = httpx2.get(f"{catcher.url}connections").text
    assert "535 5.7.8 Authentication credentials invalid" in page
    for secret in ("wr0ng-pass", "d3IwbmctcGFzcw"):
        assert secret not in session["transcript"] + page


def test_silent_connections_and_those_with_mail_are_not_logged(catcher: RunningCatcher) -> None:
    """Health checks are not logged, and a message has its own transcript; client input is shown as text."""
    socket.create_connection((catcher.smtp_host, catcher.smtp_port)).close()
    with smtplib.SMTP(catcher.smtp_host, catcher.smtp_port) as client:
        client.login("ann", "secret")
        client.sendmail("a@example.com", ["b@example.com"], "Subject: x\r\n\r\nx")
    with smtplib.SMTP(catcher.smtp_host, catcher.smtp_port) as client:
        client.ehlo("<script>alert(1)</script>")
        client.mail("a@example.com")
    found = sessions(catcher, 1)
    assert [session["helo"] for session in found] == ["<script>alert(1)</script>"]
    page = httpx2.get(f"{catcher.url}connections").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_the_last_entries_survive_a_stop(tmp_path: object) -> None:
    """A stop writes the entries that are still buffered."""
    with (
        running_catcher(database=f"{tmp_path}/mail.db") as first,
        smtplib.SMTP(first.smtp_host, first.smtp_port) as client,
    ):
        client.ehlo("last-words")
    with running_catcher(database=f"{tmp_path}/mail.db") as second:
        assert [one["helo"] for one in sessions(second, 1)] == ["last-words"]
