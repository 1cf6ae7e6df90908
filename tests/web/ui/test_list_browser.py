"""The list in a real Chromium: inboxes, bulk, bin and undo, follow, lost connections, palette, what survives what."""

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from catcher.store import ByIds
from catcher.web.ui.site import saved_counts
from tests.web.ui.conftest import Mailbox
from tests.web.ui.mails import invoice, mail, report, welcome
from tests.web.ui.test_browser import opened, subject_of_focus, without_scripts


def many(count: int, **fields: str) -> list:  # type: ignore[type-arg]
    return [mail(f"Number {number}", text="x", **fields) for number in range(count)]


def box_of(page: Page, at: int) -> Locator:
    """The tick box of a row."""
    return page.get_by_test_id("row").nth(at).get_by_role("checkbox")


def number_of(page: Page, name: str) -> str:
    return page.locator(f'[data-number="{name}"]').inner_text()


def test_an_inbox_is_a_list_of_its_own(page: Page, mailbox: Mailbox) -> None:
    """The link shows only its mail, counts are equal and live, `u` returns to it."""
    mailbox.send(*many(3), mail("For bob", text="x", to="bob@example.com"))
    opened(page, mailbox)
    page.get_by_test_id("inbox").filter(has_text="ann@example.com").click()
    expect(page).to_have_url(f"{mailbox.url}i/ann@example.com")
    expect(page.get_by_test_id("row")).to_have_count(3)
    expect(page.locator("[data-count]")).to_have_text("3 messages · 3 unread")
    assert number_of(page, "i:ann@example.com") == "3"
    mailbox.send(mail("For cy", text="x", to="cy@example.com"), mail("For ann", text="x"))
    expect(page.get_by_test_id("row")).to_have_count(4)
    expect(page.locator('[data-number="i:ann@example.com"]')).to_have_text("4")
    expect(page.get_by_test_id("inbox")).to_have_count(3)
    page.get_by_role("link", name="Number 1").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Number 1")
    page.keyboard.press("u")
    expect(page).to_have_url(f"{mailbox.url}i/ann@example.com")
    expect(page.get_by_test_id("row")).to_have_count(4)
    assert "Number 1" in subject_of_focus(page)


def test_a_deletion_is_taken_back(page: Page, mailbox: Mailbox) -> None:
    """No question, a toast with Undo; `z` brings it back, and the focus goes to it."""
    mailbox.send(*many(4))
    opened(page, mailbox)
    for key in ("j", "j", "#"):
        page.keyboard.press(key)
    expect(page.get_by_test_id("row")).to_have_count(3)
    expect(page.get_by_test_id("toast")).to_contain_text("Deleted 1 message.")
    expect(page.locator('[data-number="bin"]')).to_have_text("1")
    page.keyboard.press("z")
    expect(page.get_by_test_id("row")).to_have_count(4)
    expect(page.get_by_test_id("toast")).to_contain_text("Restored 1 message.")
    assert "Number 2" in subject_of_focus(page)
    page.keyboard.press("#")
    expect(page.get_by_test_id("row")).to_have_count(3)
    page.get_by_test_id("toast").get_by_role("button", name="Undo").click()
    expect(page.get_by_test_id("row")).to_have_count(4)
    assert mailbox.catcher.store.bin() == []


def test_deleting_another_one_leaves_the_open_message(page: Page, mailbox: Mailbox) -> None:
    """What is read stays, and there is a way back all the same."""
    mailbox.send(*many(3))
    opened(page, mailbox, f"view/{mailbox.id_of('Number 1')}")
    box_of(page, 0).check()
    page.get_by_test_id("bulk").get_by_role("button", name="Delete").click()
    expect(page.get_by_test_id("toast").get_by_role("button", name="Undo")).to_be_visible()
    expect(page.get_by_test_id("row")).to_have_count(2)
    expect(page.get_by_role("heading", level=1)).to_have_text("Number 1")
    expect(page.locator(".row [aria-current=true]")).to_have_text("Number 1")


def test_the_last_one_leaves_a_heading_with_the_focus(page: Page, mailbox: Mailbox) -> None:
    """The focus is on the heading of the list, not on `body`, and what is next is said."""
    mailbox.send(welcome())
    opened(page, mailbox)
    page.keyboard.press("j")
    page.keyboard.press("#")
    expect(page.get_by_test_id("row")).to_have_count(0)
    expect(page.locator("#list-name")).to_be_focused()


def test_all_that_matches_is_deleted_and_restored(page: Page, mailbox: Mailbox) -> None:
    """Beyond the page, only what matches and not the pinned one; one undo brings all of it back."""
    mailbox.send(*many(60), *(mail(f"Other {number}", text="x", to="bob@example.com") for number in range(3)))
    mailbox.catcher.store.pin(ByIds((mailbox.id_of("Number 7"),)), is_pinned=True)
    opened(page, mailbox, "?q=to:ann")
    box_of(page, 0).check()
    page.get_by_label("Select all 60 results").check()
    expect(page.get_by_test_id("bulk")).to_contain_text("60 selected")
    page.get_by_test_id("bulk").get_by_role("button", name="Delete").click()
    expect(page.get_by_test_id("row")).to_have_count(1)
    expect(page.get_by_test_id("row")).to_contain_text("Number 7")
    assert mailbox.catcher.store.counts().messages == 4
    page.keyboard.press("z")
    expect(page.get_by_test_id("toast")).to_contain_text("Restored 59 messages.")
    assert mailbox.catcher.store.counts().messages == 63


def test_ticks_survive_pages_and_new_mail(page: Page, mailbox: Mailbox) -> None:
    """Ticked on one page, acted on from another; Escape clears all of it."""
    mailbox.send(*many(70))
    opened(page, mailbox)
    for at in (1, 2):
        box_of(page, at).check()
    mailbox.send(*(mail(f"Later {number}", text="x") for number in range(10)))
    expect(page.get_by_test_id("bulk")).to_contain_text("2 selected")
    page.get_by_role("link", name="Older").click()
    expect(page).to_have_url(re.compile("before="))
    expect(page.get_by_test_id("bulk")).to_contain_text("2 selected")
    box_of(page, 0).check()
    page.keyboard.press("s")
    expect(page.get_by_test_id("bulk")).to_be_hidden()
    expect(page.locator('[data-number="pinned"]')).to_have_text("3")
    pinned = mailbox.catcher.store.page(limit=100).messages
    assert {"Number 68", "Number 67"} < {one.subject for one in pinned if one.is_pinned}
    box_of(page, 0).check()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("bulk")).to_be_hidden()


def test_what_is_ticked_is_saved(page: Page, mailbox: Mailbox) -> None:
    """The browser's own download, and the page stays."""
    mailbox.send(welcome(), invoice(), report())
    opened(page, mailbox)
    for at in (0, 1):
        box_of(page, at).check()
    page.get_by_test_id("bulk").get_by_label("More actions").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as zip").click()
    assert re.fullmatch(r"mail-[\d-]+\.zip", download.value.suggested_filename)
    expect(page.get_by_test_id("bulk")).to_contain_text("2 selected")


def test_tags_are_given_by_key(page: Page, mailbox: Mailbox) -> None:
    """`l` opens the field, with suggestions; the tag appears in the row and in the sidebar."""
    mailbox.send(welcome(), invoice())
    opened(page, mailbox)
    page.keyboard.press("j")
    page.keyboard.press("l")
    page.keyboard.type("bills")
    page.get_by_test_id("bulk").get_by_role("button", name="Add").click()
    expect(page.get_by_test_id("row").first).to_contain_text("bills")
    expect(page.locator('[data-number="t:bills"]')).to_have_text("1")
    page.get_by_test_id("row").first.get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Invoice INV-2026-0042")
    page.keyboard.press("Escape")
    page.keyboard.press("s")
    expect(page.get_by_test_id("pin")).to_have_attribute("aria-pressed", "true")


def test_keys_act_at_once_when_the_palette_was_closed(page: Page, mailbox: Mailbox) -> None:
    """The browser takes the focus out of a closed dialog only with the next picture; keys need not wait for it."""
    mailbox.send(welcome())
    opened(page, mailbox)
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog", name="Actions and shortcuts").get_by_role("searchbox")).to_be_focused()
    page.evaluate(
        """() => {
            const dialog = document.getElementById("keysdialog");
            dialog.close();
            const options = { key: "j", bubbles: true, cancelable: true };
            dialog.querySelector("input").dispatchEvent(new KeyboardEvent("keydown", options));
        }"""
    )
    assert "Welcome" in subject_of_focus(page)


def test_the_palette_offers_what_can_be_done(page: Page, mailbox: Mailbox) -> None:
    """Ctrl-K, "dele", Enter deletes; what is not possible now is not there, places to go are."""
    mailbox.send(welcome(), invoice())
    opened(page, mailbox)
    page.keyboard.press("Control+k")
    dialog = page.get_by_role("dialog", name="Actions and shortcuts")
    expect(dialog.get_by_text("Next message")).to_be_visible()
    expect(dialog.locator("[data-action=delete]")).to_be_hidden()
    expect(dialog.get_by_text("Next preview width")).to_be_hidden()
    expect(dialog.get_by_text("ann@example.com")).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.keyboard.press("j")
    page.keyboard.press("Control+k")
    expect(dialog.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("dele")
    expect(dialog.get_by_text("Next message")).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("row")).to_have_count(1)
    expect(page.get_by_test_id("toast")).to_contain_text("Undo")
    page.keyboard.press("Control+k")
    expect(dialog.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("undo")
    expect(dialog.get_by_text("Next message")).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("row")).to_have_count(2)


def test_the_first_row_is_few_steps_away(page: Page, mailbox: Mailbox) -> None:
    """The skip link makes it two stops from there."""
    mailbox.send(welcome())
    opened(page, mailbox)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to messages")).to_be_focused()
    page.keyboard.press("Enter")
    stops = 0
    while not page.evaluate("document.activeElement.closest('.row') !== null"):
        page.keyboard.press("Tab")
        stops += 1
        assert stops <= 8


def test_new_rows_wait_for_the_reader(page: Page, mailbox: Mailbox) -> None:
    """Scrolled, the offset stays to the pixel; the button says how many; `n` shows them."""
    mailbox.send(*many(40))
    opened(page, mailbox)
    page.evaluate("document.getElementById('scroll').scrollTop = 500")
    mailbox.send(welcome(), invoice(), report())
    expect(page.get_by_test_id("held")).to_have_text("3 new messages")
    assert page.evaluate("document.getElementById('scroll').scrollTop") == 500
    page.keyboard.press("n")
    expect(page.get_by_test_id("row")).to_have_count(43)
    assert "Weekly report" in subject_of_focus(page)


def test_following_opens_matches_until_the_reader_moves(page: Page, mailbox: Mailbox) -> None:
    """A match opens in the view that was chosen, another one does not; scrolling pauses it and it says so."""
    mailbox.send(*many(40))
    opened(page, mailbox, "?q=to:ann&view=headers&follow=1")
    follow = page.get_by_role("button", name="Follow")
    expect(follow).to_have_attribute("aria-pressed", "true")
    mailbox.send(mail("Match one", text="x"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Match one")
    expect(page.get_by_test_id("headers")).to_be_visible()
    expect(page).to_have_url(re.compile("follow=1"))
    mailbox.send(mail("No match", text="x", to="bob@example.com"), mail("Match two", text="x"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Match two")
    page.locator("#scroll").hover()
    page.mouse.wheel(0, 400)
    expect(follow).to_contain_text("paused")
    mailbox.send(mail("Match three", text="x"))
    expect(page.get_by_test_id("held")).to_have_text("1 new message")
    expect(page.get_by_role("heading", level=1)).to_have_text("Match two")
    page.keyboard.press("f")
    mailbox.send(mail("Match four", text="x"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Match four")


def test_a_buffering_proxy_is_noticed(own_page: Page, mailbox: Mailbox) -> None:
    """A response without events does not count as connected; the list is polled instead, and mail appears."""
    page = own_page
    page.clock.install()
    page.route("**/events?*", lambda route: route.fulfill(body="", content_type="text/event-stream"))
    page.goto(mailbox.url)
    expect(page.get_by_test_id("live")).to_have_attribute("data-state", "lost")
    page.clock.fast_forward(4000)
    expect(page.get_by_test_id("strip")).to_be_visible()
    mailbox.send(welcome())
    page.clock.fast_forward(10_000)
    expect(page.get_by_test_id("row")).to_have_count(1)
    page.unroute_all(behavior="ignoreErrors")


def test_another_tab_shows_how_much_is_unread(page: Page, mailbox: Mailbox) -> None:
    """Title and icon count, and go back to plain when all is read."""
    mailbox.send(welcome())
    opened(page, mailbox)
    icon = page.locator("link[rel=icon]")
    mailbox.send(*many(2))
    expect(page).to_have_title("(3) All mail · catcher")
    expect(icon).to_have_attribute("href", re.compile(r"^data:image/svg\+xml,.*%3E3%3C"))
    page.get_by_label("List actions").click()
    page.get_by_role("button", name="Mark all as read").click()
    expect(page).to_have_title("All mail · catcher")
    expect(icon).to_have_attribute("href", re.compile("/static/favicon"))


# The browser's own, as a user who allows them has it: a Chromium without windows never asks and always denies.
NOTIFICATIONS = """
window.Notification = class {
  static asked = 0;
  static permission = "default";
  static async requestPermission() {
    this.asked += 1;
    return (this.permission = "granted");
  }
};
"""


def test_loading_a_page_asks_for_no_notifications(page: Page, mailbox: Mailbox) -> None:
    """Only the button asks; pressed and allowed, it stays on."""
    page.add_init_script(NOTIFICATIONS)
    mailbox.send(welcome())
    opened(page, mailbox)
    assert page.evaluate("Notification.asked") == 0
    page.get_by_label("List actions").click()
    bell = page.get_by_role("button", name="Notify me of new mail")
    expect(bell).to_have_attribute("aria-pressed", "false")
    bell.click()
    expect(bell).to_have_attribute("aria-pressed", "true")
    assert page.evaluate("Notification.asked") == 1


def test_bulk_and_undo_work_without_scripts(browser: Browser, mailbox: Mailbox) -> None:
    """Tick two and delete, undo by the button of the page, pin, tag, inbox, compare."""
    mailbox.send(welcome(), invoice(), report())
    page = without_scripts(browser)
    page.goto(mailbox.url)
    bulk = page.get_by_test_id("bulk")
    for at in (0, 1):
        box_of(page, at).check()
    bulk.get_by_role("button", name="Delete").click()
    page.get_by_test_id("toast").get_by_role("button", name="Undo").click()
    expect(page.get_by_test_id("row")).to_have_count(3)
    box_of(page, 0).check()
    bulk.get_by_role("button", name="Pin").click()
    expect(page.get_by_test_id("row").first).to_contain_text("Pinned.")
    box_of(page, 0).check()
    bulk.get_by_label("Tags", exact=True).click()
    bulk.get_by_role("combobox", name="Tag").fill("weekly")
    bulk.get_by_role("button", name="Add").click()
    expect(page.get_by_test_id("row").first).to_contain_text("weekly")
    page.get_by_test_id("inbox").first.click()
    for at in (0, 1):
        box_of(page, at).check()
    bulk.get_by_label("More actions").click()
    bulk.get_by_role("button", name="Compare").click()
    expect(page).to_have_url(re.compile(r"/compare/\w+/\w+"))
    page.context.close()


def test_a_full_page_has_few_elements(page: Page, mailbox: Mailbox) -> None:
    """Fifty rows with tags and attachments, inboxes and tags beside them: at most 1,200 elements."""
    mailbox.send(*(mail(f"Number {number}", text="x", to=f"p{number}@example.com") for number in range(60)))
    store = mailbox.catcher.store
    store.set_tags([one.store_id for one in store.page(limit=60).messages], ["one", "two", "three"])
    opened(page, mailbox)
    expect(page.get_by_test_id("row")).to_have_count(50)
    assert page.evaluate("document.querySelectorAll('*').length") <= 1200


@pytest.mark.parametrize(("times", "shown"), [("utc", r"^\d\d:\d\d$"), ("ago", r"^(now|\d+s? ?(sec\.|s)? ago)$")])
def test_times_are_shown_as_wanted(page: Page, mailbox: Mailbox, times: str, shown: str) -> None:
    """Absolute in a zone, or how long ago; to the second on hover."""
    mailbox.send(welcome())
    page.goto(f"{mailbox.url}settings")
    page.locator(f"input[name=times][value={times}]").check()
    page.get_by_role("button", name="Save").click()
    opened(page, mailbox)
    moment = page.get_by_test_id("row").locator("time")
    expect(moment).to_have_text(re.compile(shown))
    expect(moment).to_have_attribute("title", re.compile(r"\d\d:\d\d:\d\d UTC$"))


@pytest.mark.parametrize(("clock", "shown"), [("12", r"^\d{1,2}:\d\d[\s ][AP]M$"), ("auto", r"^\d\d?:\d\d$")])
def test_times_go_by_the_clock_that_is_wanted(browser: Browser, mailbox: Mailbox, clock: str, shown: str) -> None:
    """Twelve hours, or what the browser's country has, whatever the language of the page: here Germany."""
    mailbox.send(welcome())
    page = browser.new_context(locale="de-DE").new_page()
    page.goto(f"{mailbox.url}settings")
    page.locator(f"input[name=clock][value='{clock}']").check()
    page.get_by_role("button", name="Save").click()
    opened(page, mailbox)
    expect(page.get_by_test_id("row").locator("time")).to_have_text(re.compile(shown))
    page.get_by_test_id("row").get_by_role("link").click()
    expect(page.locator(".who time")).to_have_text(re.compile(r"^\d{4}-\d\d-\d\d \d\d?:\d\d:\d\d([\s ][AP]M)?$"))
    page.context.close()


def test_a_saved_search_shows_its_count(own_page: Page, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """The number appears by itself, and is updated after new mail, at most every six seconds."""
    monkeypatch.setattr(saved_counts, "MIN_INTERVAL", 0)
    own_page.clock.install()
    mailbox.send(invoice())
    mailbox.catcher.store.saved_searches.save("Bills", "subject:invoice")
    opened(own_page, mailbox)
    number = own_page.locator("#sidelists [data-saved]")
    expect(number).to_have_text("1")
    mailbox.send(invoice())
    expect(own_page.get_by_test_id("row")).to_have_count(2)
    own_page.clock.fast_forward(6000)
    expect(number).to_have_text("2")
