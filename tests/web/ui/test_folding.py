"""Equal messages in a row are one row of the list: by the server, by the script, by keys and without either."""

from datetime import UTC, datetime, timedelta

import httpx2
from playwright.sync_api import Browser, Page, expect

from catcher.mime.model import Address
from catcher.store.model import Addresses, ByIds, StoredSummary
from catcher.web.ui.list.folding import by_thread, equality_key, folded
from catcher.web.ui.pages.lists import MessageRow
from tests.web.ui.conftest import Mailbox
from tests.web.ui.mails import mail, nightly, thread
from tests.web.ui.test_browser import opened, subject_of_focus, without_scripts

START = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def row(
    arrival: int, *, subject: str = "Hello", to: str = "ann@example.com", seconds: int = 0, message_id: str = ""
) -> MessageRow:
    """A row of a list; only what folding looks at differs."""
    addresses = Addresses(
        from_=(Address(display_name="", addr_spec="a@example.com"),),
        to=(Address(display_name="", addr_spec=to),),
        cc=(),
        bcc=(),
        reply_to=(),
    )
    summary = StoredSummary(
        arrival=arrival, store_id=str(arrival), received_at=START + timedelta(seconds=seconds),
        message_id=message_id, addresses=addresses, subject=subject, snippet="", user="", tags=(), size=1,
        attachments=0, inlines=0, is_read=False,
    )  # fmt: skip
    return MessageRow(
        summary=summary, href="", subject=subject, sender="", recipient=to, more_recipients=0, snippet="",
        time="", iso_time="", full_time="", group=equality_key(summary),
    )  # fmt: skip


def runs(*rows: MessageRow) -> list[list[int]]:
    """The arrival numbers of each fold."""
    return [[one.summary.arrival, *(each.summary.arrival for each in one.folded)] for one in folded(rows)]


def test_equal_ones_in_a_row_are_folded() -> None:
    """Same subject, sender and recipients, one right after the other."""
    assert runs(row(3), row(2), row(1)) == [[3, 2, 1]]
    assert runs(row(4), row(3, subject="Other"), row(2), row(1)) == [[4], [3], [2, 1]]
    assert runs(row(2), row(1, to="bob@example.com")) == [[2], [1]]
    assert runs() == []


def test_what_a_person_tries_again_is_not_folded() -> None:
    """Within a minute of its neighbour; versions of a template sent by hand stay apart."""
    assert runs(row(3, seconds=110), row(2, seconds=55), row(1)) == [[3, 2, 1]]
    assert runs(row(3, seconds=190), row(2, seconds=60), row(1)) == [[3], [2, 1]]


def conversations(rows: list[MessageRow], **named: tuple[str, ...]) -> list[list[int]]:
    """The arrival numbers of each conversation; named: by "m" and the number, what a message answers."""
    found = by_thread(rows, {key.removeprefix("m"): ids for key, ids in named.items()})
    return [[one.summary.arrival, *(each.summary.arrival for each in one.folded)] for one in found]


def test_a_conversation_is_one_row_wherever_its_messages_stand() -> None:
    """By References, or by In-Reply-To alone as long as each answers one that is there; in any order of arrival."""
    rows = [row(number, message_id=f"{number}@X") for number in (5, 4, 3, 2, 1)]
    assert conversations(rows) == [[5], [4], [3], [2], [1]]
    assert conversations(rows, m4=("1@x", "2@x"), m2=("1@x",)) == [[5], [4, 2, 1], [3]]
    assert conversations(rows, m5=("3@x",), m3=("1@x",)) == [[5, 3, 1], [4], [2]]
    assert conversations(rows, m1=("5@x",), m2=("5@x",)) == [[5, 2, 1], [4], [3]]
    assert conversations(rows, m5=("gone@x",), m2=("gone@x",)) == [[5, 2], [4], [3], [1]]
    assert conversations([row(2), row(1)]) == [[2], [1]]  # without ids nothing belongs together


def test_threads_are_grouped_by_preference(page: Page, mailbox: Mailbox) -> None:
    """The newest message stands for its thread; a new reply is held back, and then joins its row."""
    begun, *answers = thread()
    mailbox.send(begun, mail("Between", text="x"), answers[0])
    opened(page, mailbox)
    assert shown(page) == ["Re: Lunch on Friday", "Between", "Lunch on Friday"]
    page.goto(f"{mailbox.url}settings")
    page.get_by_label("Group by thread").check()
    page.get_by_role("button", name="Save").click()
    opened(page, mailbox)
    fold = page.get_by_test_id("same")
    expect(fold).to_have_text("(2) messages in this thread")
    assert shown(page) == ["Re: Lunch on Friday", "Between"]
    mailbox.catcher.store.mark(ByIds((mailbox.id_of("Re: Lunch"),)), is_read=True)
    expect(page.locator("#rows .unread")).to_have_count(2)
    mailbox.send(mail("After", text="x"))
    expect(page.get_by_test_id("row").filter(has_text="After")).to_be_visible()
    mailbox.send(answers[1])
    page.get_by_test_id("held").click()
    expect(fold).to_have_text("(3) messages in this thread")
    assert shown(page) == ["Re: Lunch on Friday", "After", "Between"]
    mailbox.catcher.store.delete(ByIds((mailbox.id_of("Re: Lunch"),)))
    expect(fold).to_have_text("(2) messages in this thread")
    fold.click()
    assert len(shown(page)) == 4


def shown(page: Page) -> list[str]:
    """The subjects of the rows that can be seen."""
    texts = [each.inner_text() for each in page.locator("#rows .subject").all() if each.is_visible()]
    return [text.removeprefix("Unread.\n") for text in texts]


def test_a_fold_shows_its_count_and_opens(page: Page, mailbox: Mailbox) -> None:
    """Rows that come while the list is open join the fold; j steps over a closed one and into an open one."""
    mailbox.send(mail("Before", text="x"), nightly(1))
    opened(page, mailbox)
    mailbox.send(nightly(2), nightly(3))
    fold = page.get_by_test_id("same")
    expect(fold).to_have_text("×3 identical messages")
    assert len(shown(page)) == 2
    for key in ("j", "j"):
        page.keyboard.press(key)
    assert "Before" in subject_of_focus(page)
    fold.click()
    assert len(shown(page)) == 4
    page.keyboard.press("k")
    assert "Nightly" in subject_of_focus(page)
    page.keyboard.press("#")
    expect(fold).to_have_text("×2 identical messages")
    assert len(shown(page)) == 3  # what was unfolded stays so


def test_ticking_a_fold_ticks_what_is_behind_it(page: Page, mailbox: Mailbox) -> None:
    """The count says so, and all of them are deleted; an open fold's rows are ticked one by one."""
    mailbox.send(mail("Before", text="x"), *(nightly(number) for number in range(4)))
    opened(page, mailbox)
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("[data-ticked]")).to_have_text("4 selected")
    page.get_by_test_id("same").click()
    page.keyboard.press("k")
    page.locator("#rows .same input").last.uncheck()
    expect(page.locator("[data-ticked]")).to_have_text("3 selected")
    page.keyboard.press("#")
    expect(page.get_by_test_id("row")).to_have_count(2)
    expect(page.get_by_test_id("same")).to_have_count(0)


def test_a_row_that_loses_its_head_takes_its_place(page: Page, mailbox: Mailbox) -> None:
    """The newest is deleted elsewhere: the next of its fold stands for the others."""
    mailbox.send(*(nightly(number) for number in range(3)))
    opened(page, mailbox)
    expect(page.get_by_test_id("same")).to_have_text("×3 identical messages")
    with httpx2.Client(base_url=mailbox.url) as client:
        client.post("actions", data={"action": "delete", "id": mailbox.id_of("Nightly")})
    expect(page.get_by_test_id("same")).to_have_text("×2 identical messages")
    assert len(shown(page)) == 1
    expect(page.locator("#rows > .row .snippet")).to_have_text("Build 1 failed.")


def test_the_open_message_is_never_hidden(page: Page, mailbox: Mailbox) -> None:
    """An address of a message in the middle of a fold opens the fold, and so does stepping to it."""
    mailbox.send(*(nightly(number) for number in range(3)))
    newest, middle, _oldest = (each.store_id for each in mailbox.catcher.store.page(limit=3).messages)
    opened(page, mailbox, f"view/{newest}")
    assert len(shown(page)) == 1
    page.keyboard.press("J")
    expect(page.locator(".row.current")).to_have_attribute("data-id", middle)
    expect(page.locator(".row.current")).to_be_visible()
    opened(page, mailbox, f"view/{middle}")
    expect(page.locator(".row.current")).to_be_visible()


def test_a_fold_opens_without_scripts(browser: Browser, mailbox: Mailbox) -> None:
    """It is a details element, and its rows are rows like all others."""
    mailbox.send(*(nightly(number) for number in range(3)))
    page = without_scripts(browser)
    page.goto(mailbox.url)
    assert len(shown(page)) == 1
    page.get_by_test_id("same").click()
    assert len(shown(page)) == 3
    page.locator("#rows .same input").first.check()
    page.get_by_test_id("bulk").get_by_role("button", name="Delete").click()
    expect(page.get_by_test_id("toast")).to_contain_text("Deleted 1 message.")
    page.context.close()
