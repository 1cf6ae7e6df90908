"""The pages in a real Chromium: the everyday way, the keys, live mail, hostile mail, and life without scripts."""

import re
from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from catcher.store import ByIds, Everything
from catcher.web.ui.site.list_state import VIEWS
from tests.web.ui.conftest import Mailbox
from tests.web.ui.lines import line_to
from tests.web.ui.mails import (
    PDF,
    dark_styles,
    hostile,
    inline_images,
    invoice,
    mail,
    newsletter,
    nightly,
    report,
    thirty,
    welcome,
)
from tests.web.ui.traps import listener, trap, vectors


def opened(page: Page, mailbox: Mailbox, path: str = "") -> None:
    """Open a page and wait for its event stream."""
    page.goto(mailbox.url + path)
    expect(page.get_by_test_id("live")).to_have_attribute("data-state", "on")


def subject_of_focus(page: Page) -> str:
    return str(page.evaluate("document.activeElement.closest('.row')?.querySelector('.subject').textContent ?? ''"))


def test_mail_arrives_is_read_and_deleted(page: Page, mailbox: Mailbox, tmp_path: Path) -> None:
    """The everyday way: it appears in the open list, every view shows it, the file is whole, it goes away."""
    opened(page, mailbox)
    expect(page.get_by_role("heading", name="Waiting for the first message")).to_be_visible()
    mailbox.send(invoice())
    row = page.get_by_test_id("row")
    expect(row).to_have_count(1)
    expect(page).to_have_title("(1) All mail · catcher")
    row.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Invoice INV-2026-0042")
    expect(row).not_to_have_class(re.compile("unread"))
    expect(page.get_by_test_id("text")).to_contain_text("Your invoice is attached.")
    page.get_by_test_id("view-parts").click()
    expect(page.get_by_test_id("parts")).to_contain_text("application/pdf")
    page.get_by_test_id("view-headers").click()
    expect(page.get_by_test_id("headers")).to_contain_text("billing@acme.example")
    page.get_by_test_id("view-raw").click()
    expect(page.get_by_test_id("source")).to_contain_text("Subject: Invoice INV-2026-0042")
    with page.expect_download() as download:
        page.get_by_test_id("save").click()
    download.value.save_as(tmp_path / "saved")
    assert (tmp_path / "saved").read_bytes() == PDF
    assert download.value.suggested_filename == "INV-2026-0042.pdf"
    page.get_by_test_id("delete").click()
    expect(row).to_have_count(0)
    expect(page.get_by_test_id("toast")).to_contain_text("Deleted 1 message.")
    assert mailbox.catcher.store.counts().messages == 0
    assert page.evaluate("document.activeElement.id") == "list-name"


def test_html_is_shown_in_the_sandbox(page: Page, mailbox: Mailbox) -> None:
    """The frame's sandbox; a link opens a page without opener, the frame stays."""
    with listener() as server:
        mailbox.send(mail("Linked", html=f'<p>Hello</p><a href="{server.url}there">go</a>'))
        opened(page, mailbox, f"view/{mailbox.id_of('Linked')}")
        frame = page.get_by_test_id("frame")
        assert frame.get_attribute("sandbox") == "allow-popups allow-popups-to-escape-sandbox"
        inside = page.frame_locator("[data-testid=frame]")
        expect(inside.get_by_text("Hello")).to_be_visible()
        with page.expect_popup() as popup:
            inside.get_by_text("go").click()
        popup.value.wait_for_load_state()
        assert popup.value.evaluate("window.opener") is None
        expect(inside.get_by_text("Hello")).to_be_visible()
        assert "\r\nreferer:" not in server.requests[-1].lower()


def test_the_trap_springs_nothing(page: Page, mailbox: Mailbox) -> None:
    """Nothing runs, nothing is fetched, not even a connection is opened; title and address stay."""
    with listener() as server:
        assert len(vectors(server.url)) >= 100
        mailbox.send(trap(server.url), hostile())
        for subject in ("Trap", "Your account"):
            for view in VIEWS:
                opened(page, mailbox, f"view/{mailbox.id_of(subject)}?view={view}")
                assert "owned" not in page.title()
                assert page.url.startswith(f"{mailbox.url}view/")
        page.goto(f"{mailbox.url}view/{mailbox.id_of('Trap')}")
        inside = page.frame_locator("[data-testid=frame]")
        expect(inside.get_by_text("The end.")).to_be_visible()
        inside.locator("[data-cx=refused]", has_text="script link").click()
        page.goto(f"{mailbox.url}view/{mailbox.id_of('Trap')}/frame")
        trapped = mailbox.id_of("Trap")
        for path in (f"compare/{trapped}/{mailbox.id_of('Your account')}?what=render", f"compare/{trapped}/{trapped}"):
            page.goto(mailbox.url + path)
            assert "owned" not in page.title()
        page.goto(f"{mailbox.url}view/{mailbox.id_of('Trap')}/print")
        expect(page.get_by_text("The end.")).to_be_visible()
        assert page.title() != "owned"
        assert server.requests == []


def test_allowed_remote_content_is_images_only(page: Page, mailbox: Mailbox) -> None:
    """On request images load, without referrer and cookie; nothing else does."""
    with listener() as server:
        mailbox.send(trap(server.url))
        opened(page, mailbox, f"view/{mailbox.id_of('Trap')}")
        page.get_by_test_id("remote").locator("summary").click()
        page.get_by_role("link", name="Load remote images").click()
        expect(page.get_by_test_id("remote")).to_contain_text("Remote images loaded")
        expect(page.frame_locator("[data-testid=frame]").get_by_text("The end.")).to_be_visible()
        page.wait_for_load_state("networkidle")
        asked = " ".join(server.requests)
        assert "GET /3.png" in asked or "GET /7.png" in asked
        for request in server.requests:
            # A browser that may load images opens connections in advance.
            assert re.match(r"GET /\d+\.(png|svg|cur)|connection without", request), request
            assert "\r\nreferer:" not in request.lower()
            assert "\r\ncookie:" not in request.lower()


def test_dark_preview_is_inside_only(page: Page, mailbox: Mailbox) -> None:
    """The mail's dark colours inside while the page stays light; a mail without them says so."""
    mailbox.send(dark_styles(), welcome())
    opened(page, mailbox, f"view/{mailbox.id_of('Dark-mode')}")
    page.keyboard.press("d")
    expect(page).to_have_url(re.compile("scheme=dark"))
    inside = page.frame_locator("[data-testid=frame]")
    expect(inside.locator("body")).to_have_css("background-color", "rgb(1, 2, 3)")
    expect(page.locator("body")).to_have_css("background-color", "rgb(255, 255, 255)")
    page.goto(f"{mailbox.url}view/{mailbox.id_of('Welcome')}?scheme=dark")
    expect(page.get_by_text("No dark styles in this message")).to_be_visible()


def test_sixty_recipients_are_folded(page: Page, mailbox: Mailbox) -> None:
    """Two and "58 more", at most 120 px for who and when; unfolded all are there."""
    mailbox.send(*(each for each in thirty() if each["Subject"] == "To sixty people"))
    opened(page, mailbox, f"view/{mailbox.id_of('To sixty')}")
    who = page.locator("dl.who").first
    place = who.bounding_box()
    assert place is not None
    assert place["height"] <= 120
    fold = who.locator("details.fold").first
    expect(fold.get_by_text("person59@example.com")).to_be_hidden()
    fold.get_by_text("and 58 more").click()
    expect(fold.get_by_text("person59@example.com")).to_be_visible()
    expect(fold.get_by_text("person0@example.com")).to_be_visible()


def test_keys_come_back_from_the_mail(page: Page, mailbox: Mailbox) -> None:
    """A click into the mail takes the focus; when the pointer leaves the frame, keys act again."""
    mailbox.send(welcome(), newsletter())
    opened(page, mailbox, f"view/{mailbox.id_of('Acme news')}")
    page.frame_locator("[data-testid=frame]").get_by_text("News of the week.").click()
    assert page.evaluate("document.activeElement.tagName") == "IFRAME"
    page.get_by_test_id("frame").dispatch_event("mouseout", {"bubbles": True})
    assert page.evaluate("document.activeElement.id") == "subject"
    page.keyboard.press("J")
    expect(page.get_by_role("heading", level=1)).to_have_text("Welcome to Acme")


def test_inline_images_are_drawn(page: Page, mailbox: Mailbox) -> None:
    """The signed address works from the opaque origin of the frame; a missing part shows its words."""
    mailbox.send(inline_images())
    opened(page, mailbox, f"view/{mailbox.id_of('Inline image')}")
    image = page.frame_locator("[data-testid=frame]").get_by_alt_text("Acme")
    expect(image).to_have_js_property("naturalWidth", 60)


def test_the_edge_of_the_mail_can_be_moved(page: Page, mailbox: Mailbox) -> None:
    """By arrow keys and by number; the width stays for the next message."""
    mailbox.send(welcome(), newsletter())
    opened(page, mailbox, f"view/{mailbox.id_of('Acme news')}?w=600")
    frame, edge = page.get_by_test_id("frame"), page.get_by_test_id("edge")
    edge.focus()
    page.keyboard.press("ArrowLeft")
    width = int(page.get_by_label("Width in pixels").input_value())
    assert width == 590
    expect(page).to_have_url(re.compile(f"w={width}"))
    expect(frame).to_have_css("width", f"{width + 2}px")
    page.get_by_label("Width in pixels").fill("333")
    page.keyboard.press("Enter")
    expect(frame).to_have_css("width", "335px")
    page.locator("#subject").focus()
    page.keyboard.press("J")
    expect(page.get_by_role("heading", level=1)).to_have_text("Welcome to Acme")
    expect(frame).to_have_css("width", "335px")


def test_y_copies_the_code(page: Page, mailbox: Mailbox) -> None:
    """`y` puts the first code on the clipboard and says so; `Y` the first link, `b` opens it."""
    mailbox.send(*thirty()[1:3])
    opened(page, mailbox, f"view/{mailbox.id_of('sign-in code')}")
    page.keyboard.press("y")
    expect(page.get_by_test_id("toast")).to_have_text("Code copied")
    expect(page.locator("#news")).to_have_text("Code copied")
    assert page.evaluate("navigator.clipboard.readText()") == "482913"
    page.keyboard.press("J")
    page.keyboard.press("K")
    expect(page.get_by_role("heading", level=1)).to_have_text("Reset your password")
    page.keyboard.press("Y")
    expect(page.get_by_test_id("toast")).to_have_text("Link copied")
    assert page.evaluate("navigator.clipboard.readText()") == "https://acme.example/reset?token=3f9c1d2e"


def test_copying_works_without_the_clipboard_interface(own_page: Page, mailbox: Mailbox) -> None:
    """Browsers hide it from pages that come over plain HTTP from another machine, which is how teams run this."""
    mailbox.send(*thirty()[1:2])
    page = own_page
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    opened(page, mailbox, f"view/{mailbox.id_of('sign-in code')}")
    page.keyboard.press("y")
    expect(page.get_by_test_id("toast")).to_have_text("Code copied")
    page.get_by_role("searchbox", name="Search messages").focus()
    page.keyboard.press("Control+v")
    expect(page.get_by_role("searchbox", name="Search messages")).to_have_value("482913")


def test_all_header_fields_are_copied_as_lines(page: Page, mailbox: Mailbox) -> None:
    """The filter leaves two, and Copy all takes what is left, without the buttons' words."""
    mailbox.send(newsletter())
    opened(page, mailbox, f"view/{mailbox.id_of('Acme news')}?view=headers")
    page.get_by_role("searchbox", name="Filter the header fields").fill("unsub")
    expect(page.locator("#fields > div:visible")).to_have_count(2)
    page.get_by_role("button", name="Copy all").click()
    assert page.evaluate("navigator.clipboard.readText()") == (
        "List-Unsubscribe: <https://acme.example/u/1>, <mailto:leave@list.acme.example>\n"
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click"
    )


def test_c_pressed_twice_compares(page: Page, mailbox: Mailbox) -> None:
    """`c` marks one side, `c` on another message opens the comparison; `C` takes the previous one."""
    mailbox.send(nightly(1), welcome(), nightly(2))
    opened(page, mailbox)
    page.keyboard.press("j")
    page.keyboard.press("c")
    expect(page.get_by_test_id("toast")).to_have_text("Press c on another message to compare it with this one.")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("c")
    expect(page.get_by_role("heading", level=1)).to_have_text("Compare")
    page.get_by_test_id("compare-text").click()
    expect(page.get_by_test_id("diff").locator("del")).to_contain_text("Build 2 failed.")
    opened(page, mailbox, f"view/{mailbox.id_of('Nightly')}")
    page.keyboard.press("C")
    expect(page.get_by_role("heading", level=1)).to_have_text("Compare")


def test_keys_move_open_tick_and_delete(page: Page, mailbox: Mailbox) -> None:
    """No wrap at the ends, the view is kept, a range is ticked, focus goes to the next row."""
    mailbox.send(*(mail(f"Number {number}", text="text", html="<p>html</p>") for number in range(5)))
    opened(page, mailbox)
    page.keyboard.press("j")
    page.keyboard.press("k")
    assert "Number 4" in subject_of_focus(page)
    for _ in range(9):
        page.keyboard.press("j")
    assert "Number 0" in subject_of_focus(page)
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Number 1")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    page.keyboard.press("2")
    expect(page.get_by_test_id("text")).to_be_visible()
    page.keyboard.press("K")
    expect(page.get_by_role("heading", level=1)).to_have_text("Number 2")
    expect(page.get_by_test_id("text")).to_be_visible()
    page.keyboard.press("u")
    expect(page.get_by_text("No message selected")).to_be_visible()
    assert "Number 2" in subject_of_focus(page)
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Shift+X")
    expect(page.get_by_test_id("bulk")).to_contain_text("3 selected")
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("bulk")).to_be_hidden()
    page.keyboard.press("k")
    page.keyboard.press("#")
    expect(page.get_by_test_id("row")).to_have_count(4)
    assert "Number 0" in subject_of_focus(page)
    for left in (3, 2, 1, 0):
        page.keyboard.press("#")
        expect(page.get_by_test_id("row")).to_have_count(left)
    expect(page.locator("#list-name")).to_be_focused()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox", name="Search messages")).to_be_focused()


def test_the_focus_outlives_its_row(page: Page, mailbox: Mailbox) -> None:
    """Somebody else deletes what the reader is at: the next row, the one before, at last the list's name."""
    mailbox.send(*(mail(f"Number {number}", text="text") for number in range(3)))
    opened(page, mailbox)
    page.keyboard.press("j")
    page.keyboard.press("j")
    for gone, next_ in ((1, "Number 0"), (0, "Number 2")):
        mailbox.catcher.store.delete(ByIds((mailbox.id_of(f"Number {gone}"),)))
        expect(page.get_by_test_id("row").filter(has_text=f"Number {gone}")).to_have_count(0)
        assert next_ in subject_of_focus(page)
    mailbox.catcher.store.delete(Everything())
    expect(page.locator("#list-name")).to_be_focused()


def test_the_list_of_keys_runs_what_it_lists(page: Page, mailbox: Mailbox) -> None:
    """Ctrl-K, type, Enter."""
    mailbox.send(welcome())
    opened(page, mailbox)
    page.keyboard.press("j")
    page.keyboard.press("Control+k")
    dialog = page.get_by_role("dialog", name="Actions and shortcuts")
    expect(dialog.locator("[data-action=delete]")).to_be_visible()
    page.keyboard.type("sidebar")
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("navigation", name="Mailboxes")).to_be_hidden()


def test_nothing_moves_under_the_reader(page: Page, mailbox: Mailbox) -> None:
    """Scrolled down, new mail is held back to the pixel; `n` shows it, once."""
    mailbox.send(*(mail(f"Number {number}", text="x") for number in range(30)))
    opened(page, mailbox)
    page.evaluate("document.getElementById('scroll').scrollTop = 500")
    mailbox.send(welcome(), invoice(), report())
    held = page.get_by_test_id("held")
    expect(held).to_have_text("3 new messages")
    assert page.evaluate("document.getElementById('scroll').scrollTop") == 500
    expect(page.get_by_test_id("row")).to_have_count(30)
    page.keyboard.press("n")
    expect(page.get_by_test_id("row")).to_have_count(33)
    expect(held).to_be_hidden()


def test_ticks_survive_new_mail(page: Page, mailbox: Mailbox) -> None:
    """Two rows ticked, ten mails arrive, still ticked."""
    mailbox.send(*(mail(f"Number {number}", text="x") for number in range(4)))
    opened(page, mailbox)
    boxes = page.get_by_role("checkbox")
    boxes.nth(1).check()
    boxes.nth(2).check()
    mailbox.send(*(mail(f"Later {number}", text="x") for number in range(10)))
    expect(page.get_by_test_id("held")).to_have_text("10 new messages")
    page.get_by_test_id("held").click()
    expect(page.get_by_test_id("row")).to_have_count(14)
    expect(page.get_by_test_id("bulk")).to_contain_text("2 selected")
    page.get_by_test_id("bulk").get_by_role("button", name="Delete").click()
    expect(page.get_by_test_id("row")).to_have_count(12)


def test_a_lost_stream_is_shown_and_caught_up(own_page: Page, mailbox: Mailbox) -> None:
    """After 4 s without its stream the page says so; when it is back, every row is there once and the strip is gone."""
    page = own_page
    page.clock.install()
    with line_to(mailbox.url) as line:
        page.goto(line.url)
        live, strip, rows = (page.get_by_test_id(name) for name in ("live", "strip", "row"))
        expect(live).to_have_attribute("data-state", "on")
        mailbox.send(welcome())
        expect(rows).to_have_count(1)
        line.cut()
        expect(live).to_have_attribute("data-state", "lost")
        page.clock.fast_forward(4000)
        expect(strip).to_be_visible()
        expect(strip).to_contain_text(re.compile(r"retrying in \d+ s"))
        expect(strip.get_by_role("link", name="Refresh")).to_be_visible()
        mailbox.send(*(mail(f"Missed {number}", text="x") for number in range(5)))
        line.mend()
        page.clock.fast_forward(18_000)  # the longest pause between two attempts
        expect(rows).to_have_count(6)
        expect(strip).to_be_hidden()
        expect(live).to_have_attribute("data-state", "on")
        page.goto("about:blank")


def test_mail_is_seen_at_once(own_page: Page, mailbox: Mailbox) -> None:
    """The stream shows it: no timer of the page runs between the end of the SMTP transaction and the row."""
    page = own_page
    page.clock.install(time=0)
    mailbox.send(welcome())
    opened(page, mailbox)
    page.clock.pause_at(3_600_000)
    for number in range(3):
        mailbox.send(mail(f"Number {number}", text="x"))
        expect(page.get_by_test_id("row")).to_have_count(number + 2)


def test_follow_opens_what_comes(page: Page, mailbox: Mailbox) -> None:
    """The newest match opens by itself, in the view that was chosen."""
    mailbox.send(welcome())
    opened(page, mailbox, f"view/{mailbox.id_of('Welcome')}?view=headers")
    page.keyboard.press("f")
    mailbox.send(newsletter())
    expect(page.get_by_role("heading", level=1)).to_have_text("Acme news, November")
    expect(page.get_by_test_id("headers")).to_be_visible()


def test_the_focus_on_the_list_title_stays_there(page: Page, mailbox: Mailbox) -> None:
    """A message that opens by itself makes another heading of it."""
    mailbox.send(invoice())
    opened(page, mailbox, "?follow=1")
    page.locator("#list-name").focus()
    mailbox.send(welcome())
    expect(page.get_by_role("heading", level=1)).to_have_text("Welcome to Acme")
    expect(page.locator("#list-name")).to_be_focused()


def test_back_finds_the_list_again(page: Page, mailbox: Mailbox) -> None:
    """The browser's own Back and Forward work although no page was loaded."""
    mailbox.send(*thirty()[:6])
    opened(page, mailbox, "?q=acme")
    page.get_by_role("link", name="Welcome to Acme").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Welcome to Acme")
    page.go_back()
    expect(page.get_by_text("No message selected")).to_be_visible()
    page.go_forward()
    expect(page.get_by_role("heading", level=1)).to_have_text("Welcome to Acme")


def test_copy_puts_the_settings_on_the_clipboard(page: Page, mailbox: Mailbox) -> None:
    """Copy buttons beside the snippets."""
    opened(page, mailbox)
    page.get_by_role("button", name="Copy").first.click()
    expect(page.get_by_test_id("toast")).to_have_text("Copied")
    assert f"EMAIL_PORT = {mailbox.catcher.smtp_port}" in page.evaluate("navigator.clipboard.readText()")


def test_tabs_share_one_stream(page: Page, mailbox: Mailbox) -> None:
    """HTTP/1.1 allows six connections per host; eight tabs still work and get new mail."""
    tabs = [page, *(page.context.new_page() for _ in range(7))]
    for tab in tabs:
        opened(tab, mailbox)
    mailbox.send(welcome())
    for tab in tabs:
        expect(tab.get_by_test_id("row")).to_have_count(1)


def without_scripts(browser: Browser) -> Page:
    return browser.new_context(java_script_enabled=False, viewport={"width": 1200, "height": 800}).new_page()


def test_everything_works_without_scripts(browser: Browser, mailbox: Mailbox) -> None:
    """Open, switch all views, search, page, tick two and delete."""
    messages: list[EmailMessage] = [*thirty()[:6], *(mail(f"Number {number}", text="x") for number in range(60))]
    mailbox.send(*messages)
    page = without_scripts(browser)
    page.goto(mailbox.url)
    page.get_by_role("link", name="Older").click()
    page.get_by_role("link", name="Welcome to Acme").click()
    for view in ("text", "source", "parts", "headers", "raw", "delivery", "html"):
        page.get_by_test_id(f"view-{view}").click()
        expect(page.get_by_test_id(f"view-{view}")).to_have_attribute("aria-current", "page")
    page.get_by_role("link", name="375 px").click()
    expect(page.get_by_test_id("frame")).to_have_css("width", "377px")
    page.get_by_test_id("more").click()
    page.get_by_role("link", name="Compare text and HTML").click()
    expect(page.get_by_test_id("diff")).to_contain_text("Welcome, Ann.")
    page.get_by_role("searchbox", name="Search messages").fill("acme")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Search results")
    for box in page.get_by_test_id("row").get_by_role("checkbox").all()[:2]:
        box.check()
    page.get_by_test_id("bulk").get_by_role("button", name="Delete").click()
    expect(page.get_by_test_id("toast")).to_contain_text("Deleted 2 messages.")
    assert mailbox.catcher.store.counts().messages == len(messages) - 2
    page.context.close()


def test_a_finding_is_shown_in_the_mail(page: Page, mailbox: Mailbox) -> None:
    """ "Show in message" outlines the element and scrolls to it; the frame still runs no script."""
    filler = "<p>words</p>" * 200
    mailbox.send(
        mail("No alternative", html=f'<html lang="en"><body>{filler}<img src="data:image/gif;base64,R0lGOA==">')
    )
    opened(page, mailbox, f"view/{mailbox.id_of('No alternative')}?view=checks")
    page.locator("li", has_text="alternative text").get_by_role("link", name="Show in message").first.click()
    expect(page).to_have_url(re.compile("mark=1-"))
    frame = page.get_by_test_id("frame")
    assert "allow-scripts" not in (frame.get_attribute("sandbox") or "")
    marked = page.frame_locator("[data-testid=frame]").locator("#catcher-mark")
    expect(marked).to_have_css("outline-style", "solid")
    expect(marked).to_be_in_viewport()


def test_link_results_appear_one_by_one(page: Page, mailbox: Mailbox) -> None:
    """Links are checked on request, and each result shows as it arrives, without leaving the view."""
    mailbox.send(mail("Links", html='<a href="http://127.0.0.1:9/a">a</a><a href="http://10.0.0.1/b">b</a>'))
    opened(page, mailbox, f"view/{mailbox.id_of('Links')}?view=checks")
    address = page.url
    page.get_by_text("Check all links").click()
    expect(page.locator("#link-results > li")).to_have_count(2)
    expect(page.locator("#link-results")).to_contain_text("blocked: internal address (loopback)")
    assert page.url == address


@pytest.mark.parametrize("width", [1440, 1024, 800, 390, 320])
def test_no_menu_leaves_the_window(page: Page, mailbox: Mailbox, width: int) -> None:
    """Whatever opens a list of things to do or to look at, all of it can be seen, and Escape closes it."""
    mailbox.send(newsletter())
    page.set_viewport_size({"width": width, "height": 900})
    opened(page, mailbox, f"view/{mailbox.id_of('Acme news')}")
    opened_boxes = 0
    for summary in page.locator("details:has(> .menubox) > summary").all():
        if not summary.is_visible():
            continue
        summary.click()
        box = summary.locator("xpath=following-sibling::*[1]").bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        assert box["y"] + box["height"] <= 900
        page.keyboard.press("Escape")  # closes it, and leaves the message open
        expect(summary.locator("xpath=..")).not_to_have_attribute("open", "")
        opened_boxes += 1
    assert opened_boxes >= 5


def test_the_number_of_findings_comes_after_the_page(page: Page, mailbox: Mailbox) -> None:
    """Nothing waits for the checks: the number appears at their tab when one stays with a message, and is kept."""
    mailbox.send(mail("Grey", html='<p style="color:#bbb">grey</p>'))
    opened(page, mailbox)
    page.get_by_test_id("row").get_by_role("link").click()
    count = page.get_by_test_id("view-checks").get_by_test_id("finding-count")
    expect(count).to_have_text(re.compile(r"^\d+ errors? (and|or) warnings?$"))
    page.get_by_test_id("view-text").click()
    expect(page.get_by_test_id("view-text")).to_have_attribute("aria-current", "page")
    expect(count).to_have_count(1)
