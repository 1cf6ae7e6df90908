"""A catcher with the fixture mails in it, and clients for it."""

import smtplib
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage

import httpx2
import pytest

from catcher.testing import RunningCatcher, running_catcher
from tests.web.ui.mails import thirty


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A running catcher, and the store ids of its messages by subject."""

    catcher: RunningCatcher

    @property
    def url(self) -> str:
        return self.catcher.url

    def id_of(self, subject: str) -> str:
        """The store id of the newest message whose subject contains this."""
        page = self.catcher.store.page(limit=1000)
        return next(summary.store_id for summary in page.messages if subject in summary.subject)

    def send(self, *messages: EmailMessage) -> None:
        """Send messages over SMTP; a Bcc field becomes a recipient that no field names."""
        with smtplib.SMTP(self.catcher.smtp_host, self.catcher.smtp_port, timeout=30) as client:
            for message in messages:
                recipients = [each.addr_spec for each in message["To"].addresses]
                if message["Bcc"]:
                    recipients += [each.addr_spec for each in message["Bcc"].addresses]
                    del message["Bcc"]
                client.send_message(message, "bounce@acme.example", recipients)


@pytest.fixture
def mailbox(catcher: RunningCatcher) -> Mailbox:
    """An empty mailbox of this test's own."""
    return Mailbox(catcher)


@pytest.fixture(scope="module")
def filled() -> Iterator[Mailbox]:
    """A mailbox with the thirty mails, for the tests of a module that only look."""
    with running_catcher() as running:
        box = Mailbox(running)
        box.send(*thirty())
        yield box


@pytest.fixture
def http(mailbox: Mailbox) -> Iterator[httpx2.Client]:
    """A client for the test's own mailbox."""
    with httpx2.Client(base_url=mailbox.url, timeout=30) as client:
        yield client


@pytest.fixture(scope="module")
def reader(filled: Mailbox) -> Iterator[httpx2.Client]:
    """A client for the filled mailbox."""
    with httpx2.Client(base_url=filled.url, timeout=30) as client:
        yield client
