"""Admission of mail as the settings say: recipients, duplicates, dates; and the credentials of the send API."""

import smtplib
from datetime import UTC, datetime

import httpx2
import pytest

from catcher.testing import RunningCatcher, running_catcher

SENT = {"From": {"Email": "a@example.com"}, "To": [{"Email": "b@example.com"}], "Text": "x"}


def mail(message_id: str = "", date: str = "") -> str:
    """A message with these header fields."""
    fields = {"Subject": "x", "Message-ID": message_id, "Date": date}
    return "".join(f"{name}: {body}\r\n" for name, body in fields.items() if body) + "\r\ntext\r\n"


def send(catcher: RunningCatcher, *recipients: str, content: str = "") -> tuple[int, bytes]:
    """The last reply to a message to these recipients; refused recipients are omitted."""
    with smtplib.SMTP(catcher.smtp_host, catcher.smtp_port) as client:
        client.ehlo()
        client.mail("a@example.com")
        replies = [client.rcpt(recipient) for recipient in recipients]
        if all(code != 250 for code, _ in replies):
            return replies[-1]
        return client.data(content or mail())


def test_a_recipient_that_is_not_allowed_is_refused() -> None:
    """A recipient that is not allowed gets Mailpit's 550; the others get their mail. Mailpit compatibility: SMTP."""
    with running_catcher(smtp_allowed_recipients=r"@example\.com$") as catcher:
        assert send(catcher, "x@example.org") == (
            550,
            b"5.1.0 Requested action not taken: mailbox unavailable",
        )
        assert send(catcher, "x@example.org", "y@example.com")[0] == 250
        latest = catcher.store.get(catcher.store.latest().store_id)
        assert latest.envelope.recipients == ("y@example.com",)
        assert catcher.store.counts().messages == 1


def test_recipients_that_are_not_allowed_can_be_ignored() -> None:
    """They get 250; a message without allowed recipients is not stored. Mailpit compatibility: SMTP."""
    with running_catcher(smtp_allowed_recipients=r"@example\.com$", smtp_ignore_rejected_recipients=True) as catcher:
        assert send(catcher, "x@example.org") == (250, b"2.0.0 Ok: queued")
        assert catcher.store.counts().messages == 0
        assert send(catcher, "x@example.org", "y@example.com")[0] == 250
        latest = catcher.store.get(catcher.store.latest().store_id)
        assert latest.envelope.recipients == ("y@example.com",)


def test_a_duplicate_is_acknowledged_and_not_stored_again() -> None:
    """Duplicates are found by Message-ID; messages without one are never duplicates. Mailpit compatibility: Storage."""
    with running_catcher(ignore_duplicate_ids=True) as catcher:
        assert send(catcher, "b@example.com", content=mail("<1@x>"))[1].startswith(b"2.0.0 Ok: queued as ")
        assert send(catcher, "b@example.com", content=mail("<1@x>")) == (250, b"2.0.0 Ok: queued")
        for message_id in ("<2@x>", "", ""):
            assert send(catcher, "b@example.com", content=mail(message_id))[1].startswith(b"2.0.0 Ok: queued as ")
        assert catcher.store.counts().messages == 4
        info = httpx2.get(f"{catcher.url}api/v1/info").json()
        assert (info["RuntimeStats"]["SMTPAccepted"], info["RuntimeStats"]["SMTPIgnored"]) == (4, 1)
        assert httpx2.get(f"{catcher.url}api/v1/webui").json()["DuplicatesIgnored"] is True


def test_the_date_field_can_be_used_as_the_time_of_receipt() -> None:
    """With --use-message-dates the Date field counts; without a valid one, the current time."""
    with running_catcher(use_message_dates=True) as catcher:
        send(catcher, "b@example.com", content=mail(date="Mon, 2 Mar 2020 10:00:00 +0100"))
        assert catcher.store.latest().received_at == datetime(2020, 3, 2, 9, tzinfo=UTC)
        send(catcher, "b@example.com", content=mail(date="some day"))
        assert catcher.store.latest().received_at.year >= 2026


@pytest.mark.parametrize(
    ("options", "admitted"),
    [
        ({"ui_auth": "ui:u"}, {"ui"}),
        ({"send_api_auth": "app:a"}, {"app"}),
        ({"ui_auth": "ui:u", "send_api_auth": "app:a"}, {"app"}),
        ({"ui_auth": "ui:u", "send_api_auth_accept_any": True}, {"", "ui", "app"}),
        ({}, {"", "ui", "app"}),
    ],
)
def test_the_send_api_has_its_own_credentials(options: dict[str, object], admitted: set[str]) -> None:
    """The credentials of the pages are accepted only if the send API has none. Mailpit compatibility: Send."""
    with running_catcher(**options) as catcher:
        for user in ("", "ui", "app"):
            auth = (user, user[0]) if user else None
            answer = httpx2.post(f"{catcher.url}api/v1/send", json=SENT, auth=auth)
            assert answer.status_code == (200 if user in admitted else 401), user
            listed = httpx2.get(f"{catcher.url}api/v1/messages", auth=auth).status_code
            assert listed == (200 if user == "ui" or "ui_auth" not in options else 401), user
