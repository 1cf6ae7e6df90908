"""A catcher with the fixture mails in it, and clients for it."""

import smtplib
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage

import httpx2
import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from catcher.testing import RunningCatcher, running_catcher
from tests.web.ui.mails import thirty

VIEWPORT: ViewportSize = {"width": 1440, "height": 900}


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


@pytest.fixture(scope="session")
def shared_page(browser: Browser) -> Page:
    """A page that tests use one after the other: the first pages in a context of its own take twice the time."""
    context = browser.new_context(viewport=VIEWPORT, color_scheme="null")  # emulation would reach into frames
    context.set_default_timeout(30_000)  # the first page of a message imports the extraction
    return context.new_page()


@pytest.fixture
def page(shared_page: Page, mailbox: Mailbox) -> Iterator[Page]:
    """A blank page without cookies and permissions but the clipboard's; errors in what it opens are errors.

    What else a browser keeps is by origin, and the mailbox of each test has a port of its own.
    """
    context, errors = shared_page.context, list[str]()

    def note(error: object) -> None:
        errors.append(str(error))

    context.grant_permissions(["clipboard-read", "clipboard-write"])
    shared_page.on("pageerror", note)
    yield shared_page
    shared_page.unroute_all(behavior="ignoreErrors")
    shared_page.goto("about:blank")
    shared_page.remove_listener("pageerror", note)
    shared_page.set_viewport_size(VIEWPORT)
    shared_page.mouse.move(0, 0)
    for other in context.pages:
        if other is not shared_page:
            other.close()
    context.clear_cookies()
    context.clear_permissions()
    assert errors == []


@pytest.fixture
def own_page(browser: Browser) -> Iterator[Page]:
    """A page in a context of its own, for what cannot be taken back: a faked clock, scripts that run first."""
    context = browser.new_context(viewport=VIEWPORT)
    context.set_default_timeout(30_000)
    yield context.new_page()
    context.close()
