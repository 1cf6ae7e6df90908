"""Signing up in a browser, with the code from the mail."""

import os
import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer

import pytest
from playwright.sync_api import Page, expect, sync_playwright
from shop import Site

from catcher.testing.mailbox import Mailbox


@pytest.fixture
def page() -> Iterator[Page]:
    """A page of a headless Chromium; pytest-playwright has one of these."""
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--no-first-run"]
        browser = playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM"), args=flags)
        yield browser.new_page()
        browser.close()


@pytest.fixture
def site(mailbox: Mailbox) -> Iterator[str]:
    """The site, sending into this test's mailbox; its address."""
    Site.smtp = (mailbox.host, mailbox.port, mailbox.username, mailbox.password)
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


def test_a_customer_signs_up(page: Page, site: str, mailbox: Mailbox) -> None:
    page.goto(site)
    page.get_by_label("Address").fill("ann@example.com")
    page.get_by_text("Sign up").click()
    page.get_by_label("Code").fill(mailbox.wait(subject="Your code", to="ann@example.com").code)
    page.get_by_text("Confirm").click()
    expect(page.get_by_role("heading")).to_have_text("Welcome")
