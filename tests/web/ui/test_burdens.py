"""What many messages, and a mouse, do to the page that is open: it stays quick, small and where it was."""

import re
from datetime import UTC, datetime

import httpx2
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from catcher.envelope import Envelope, ForwardPath
from catcher.intake import deliver_now
from catcher.testing import running_catcher
from catcher.web.ui.live import MAX_NEW_ROWS
from catcher.web.ui.site import signed_urls
from tests.web.ui.conftest import Mailbox
from tests.web.ui.mails import inline_images, welcome
from tests.web.ui.test_browser import opened

WATCH = """() => {
  window.inserted = [0];
  new MutationObserver((changes) => window.inserted.push(changes.flatMap((each) => [...each.addedNodes]).length))
    .observe(document.querySelector("#rows"), { childList: true });
}"""
"""Counts the nodes that each task of the page adds to the list."""


def deliver(mailbox: Mailbox, first: int, count: int) -> None:
    """Store messages of two senders at once, in one transaction, as a busy SMTP listener does."""
    envelope = Envelope(
        reverse_path="a@example.com",
        forward_paths=(ForwardPath(addr_spec="ann@example.com"),),
        received_at=datetime.now(UTC),
    )
    numbers = range(first, first + count)
    octets = [
        f"From: a{number % 2}@example.com\r\nTo: ann@example.com\r\nSubject: Number {number}\r\n\r\nx\r\n".encode()
        for number in numbers
    ]
    deliver_now(mailbox.catcher.store, [(envelope, each) for each in octets])


@pytest.mark.parametrize("group", [5, 25, 500])
def test_a_thousand_arrivals_never_block_the_page(page: Page, mailbox: Mailbox, group: int) -> None:
    """A task of the page draws at most 20 new rows, the list keeps at most 200, and no mail is forgotten.

    How long the page is blocked is measured by `bench`, part "pages".
    """
    deliver(mailbox, 0, 60)
    opened(page, mailbox)
    page.evaluate(WATCH)
    for first in range(60, 1060, group):
        deliver(mailbox, first, group)
    expect(page.locator('[data-number="all"]')).to_have_text("1060")
    assert page.get_by_test_id("row").count() <= 200
    assert max(page.evaluate("window.inserted")) <= 2 * MAX_NEW_ROWS  # a row and the white space after it
    page.keyboard.press("n")
    expect(page.get_by_test_id("row").first).to_contain_text("Number 1059")


def test_twenty_pages_further_the_page_is_as_small(page: Page, mailbox: Mailbox) -> None:
    """ "Older" twenty times; no piece is skipped or shown twice, and none has more than 1,200 elements."""
    deliver(mailbox, 0, 1060)
    opened(page, mailbox)
    seen: list[str] = []
    for turn in range(21):
        rows = page.get_by_test_id("row")
        expect(rows.first).to_contain_text(f"Number {1059 - 50 * turn}")
        seen += rows.evaluate_all("rows => rows.map((row) => row.dataset.id)")
        assert page.evaluate("document.querySelectorAll('*').length") <= 1200
        if turn < 20:
            page.get_by_role("link", name="Older").click()
    assert len(seen) == len(set(seen)) == 1050


def drag(page: Page, handle: Locator, by: int) -> None:
    """With the mouse, in steps."""
    box = handle.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + by, y, steps=5)
    page.mouse.up()


def test_the_list_is_made_wider_by_mouse(page: Page, mailbox: Mailbox) -> None:
    """Dragged within its bounds, and kept for the next page."""
    mailbox.send(welcome())
    opened(page, mailbox)
    split, lists = page.locator("#split"), page.locator("#list")
    drag(page, split, 100)
    expect(split).to_have_attribute("aria-valuenow", re.compile("50[01]"))
    assert 500 <= lists.evaluate("list => list.offsetWidth") <= 501
    drag(page, split, 700)
    expect(lists).to_have_css("width", "640px")
    opened(page, mailbox, f"view/{mailbox.id_of('Welcome')}")
    expect(page.locator("#list")).to_have_css("width", "640px")


def test_the_mail_is_made_wider_by_mouse(page: Page, mailbox: Mailbox) -> None:
    """The right edge is dragged; the number field and the address say the width that it is."""
    mailbox.send(welcome())
    opened(page, mailbox, f"view/{mailbox.id_of('Welcome')}?w=375")
    drag(page, page.get_by_test_id("edge"), 100)
    width = int(page.locator("#width").input_value())
    assert 375 < width <= 600
    expect(page.get_by_test_id("frame")).to_have_attribute("width", str(width + 2))
    assert f"w={width}" in page.url
    assert not page.locator(".mail.held").count()


def test_an_inline_image_outlives_its_address(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is drawn where a password is required; an expired address is refused, and a reload shows the image."""
    with running_catcher(ui_auth="ann:secret") as running:
        box = Mailbox(running)
        box.send(inline_images())
        context = browser.new_context(http_credentials={"username": "ann", "password": "secret"})
        context.set_default_timeout(30_000)
        reader = context.new_page()
        image = reader.frame_locator("[data-testid=frame]").get_by_alt_text("Acme")
        monkeypatch.setattr(signed_urls, "LIFETIME", -10)
        reader.goto(f"{box.url}view/{box.id_of('Inline image')}")
        expect(image).to_have_js_property("complete", True)
        expect(image).to_have_js_property("naturalWidth", 0)
        expired = f"{box.url}{(image.get_attribute('src') or '').lstrip('/')}"
        assert httpx2.get(expired, auth=("ann", "secret")).status_code == 403
        monkeypatch.undo()
        reader.reload()
        expect(image).to_have_js_property("naturalWidth", 60)
        context.close()
