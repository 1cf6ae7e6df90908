"""Inboxes, bin, pins, tags, saved searches and what can be done to many messages, by plain HTTP as without scripts."""

import contextlib
import html
import io
import mailbox as mailboxes
import re
import smtplib
import zipfile
from pathlib import Path
from urllib.parse import quote

import httpx2
import pytest

from catcher.store import ByIds
from catcher.store.read import search
from catcher.testing import running_catcher
from catcher.web.ui.site.site import PAGE_ROWS
from tests.waiting import wait_until
from tests.web.ui.conftest import Mailbox
from tests.web.ui.mails import invoice, mail, report, welcome
from tests.web.ui.test_pages import rows


def numbers(text: str) -> dict[str, int]:
    """The numbers of the sidebar by the names of its entries."""
    return {html.unescape(name): int(count) for name, count in re.findall(r'data-number="([^"]+)">(\d+)<', text)}


def act(http: httpx2.Client, action: str, *ids: str, **fields: str) -> httpx2.Response:
    """Press a button of the bulk bar."""
    return http.post("actions", data={"action": action, "id": list(ids), **fields})


def test_an_inbox_has_an_address_of_its_own(mailbox: Mailbox, http: httpx2.Client) -> None:
    """Only its mail, the same counts, and messages keep the list they were opened from."""
    mailbox.send(
        *(mail(f"For ann {number}", text="x") for number in range(3)), mail("For bob", text="x", to="bob@example.com")
    )
    assert numbers(http.get("").text)["i:ann@example.com"] == 3
    text = http.get("i/ann@example.com").text
    assert len(rows(text)) == 3
    assert "3 messages" in text
    assert "For bob" not in text
    assert f'/view/{mailbox.id_of("For ann 1")}?i=ann%40example.com"' in text
    opened = http.get(f"view/{mailbox.id_of('For ann 1')}?i=ann%40example.com").text
    assert rows(opened) == rows(text)
    assert "2 / 3" in opened
    assert 'href="/i/ann@example.com" data-back' in opened
    searched = http.get("i/ann@example.com", params={"q": "subject:1"}).text
    assert rows(searched) == [mailbox.id_of("For ann 1")]
    assert '<input type="hidden" name="i" value="ann@example.com">' in searched
    assert rows(http.get("i/ANN@example.com").text) == rows(text)
    assert (
        http.get("view/latest?i=bob%40example.com").headers["location"].startswith(f"/view/{mailbox.id_of('For bob')}")
    )


@pytest.mark.parametrize("name", ["a/b", "..", "Grüße & Küsse?", "100%", "#1"])
def test_an_inbox_of_any_name_can_be_opened(name: str) -> None:
    """What is no piece of a path stands behind it; every link of the sidebar leads to its mail."""
    with running_catcher(inbox_from="header") as running:
        box = Mailbox(running)
        message = mail("Here", text="x")
        message["X-Catcher-Inbox"] = name
        box.send(message, mail("Elsewhere", text="x"))
        with httpx2.Client(base_url=running.url, timeout=30) as client:
            found = re.search(r'<a href="([^"]+)"[^>]* data-testid="inbox"', client.get("").text)
            assert found
            assert rows(client.get(html.unescape(found[1])).text) == [box.id_of("Here")]


def test_hundreds_of_inboxes_have_a_page(mailbox: Mailbox, http: httpx2.Client) -> None:
    """The sidebar shows the fullest few and says how many more there are; the page lists, filters and pages."""
    many = mail("To many", text="x")
    del many["To"]
    many["To"] = ", ".join(f"person{number}@example.com" for number in range(90))
    mailbox.send(many, mail("One more", text="x", to="person42@example.com"))
    text = http.get("").text
    assert text.count('data-testid="inbox"') == 15
    assert numbers(text)["i:person42@example.com"] == 2
    assert "75 more" in text
    listed = http.get("inboxes").text
    assert len(re.findall(r'<li><a href="/i/', listed.partition("<main")[2])) == 90
    filtered = http.get("inboxes", params={"filter": "PERSON4"}).text.partition("<main")[2]
    assert len(re.findall(r'<li><a href="/i/', filtered)) == 11


def test_tags_have_a_page_too(mailbox: Mailbox, http: httpx2.Client) -> None:
    """Each leads to the search for it."""
    mailbox.send(welcome())
    mailbox.catcher.store.set_tags([mailbox.id_of("Welcome")], ["sign up", "new"])
    listed = http.get("tags").text.partition("<main")[2]
    assert re.findall(r'<li><a href="([^"]+)"', listed) == ["/?q=tag%3Anew", "/?q=tag%3A%22sign+up%22"]
    assert rows(http.get("?q=tag%3A%22sign+up%22").text) == [mailbox.id_of("Welcome")]


@pytest.mark.sqlite
def test_an_estimated_number_is_marked(mailbox: Mailbox, http: httpx2.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of very many matches the index alone counts, once it has them."""
    monkeypatch.setattr(search, "MAX_COUNTED", 0)
    words = [f"word{number}" for number in range(1000, 3000)]  # one for each look: what was counted is remembered
    mailbox.send(*(mail(f"Number {number}", text=" ".join(words)) for number in range(PAGE_ROWS + 1)))
    wait_until(lambda: f">≈ {PAGE_ROWS + 1} messages" in http.get("", params={"q": words.pop()}).text)
    assert f">{PAGE_ROWS + 1} messages" in http.get("").text


def test_a_search_is_kept_and_removed(mailbox: Mailbox, http: httpx2.Client) -> None:
    """It gets a link in the sidebar for everybody; saved from an inbox it finds that inbox's mail."""
    mailbox.send(welcome(), invoice())
    assert "Save this search" in http.get("?q=invoice").text
    http.post("saved", data={"name": "Bills", "q": "subject:invoice", "i": "ann@example.com"})
    text = http.get("").text
    found = re.search(r'<a href="([^"]+)"[^>]*><bdi>Bills</bdi>', text)
    assert found
    shown = http.get(html.unescape(found[1])).text
    assert rows(shown) == [mailbox.id_of("Invoice")]
    number = re.search(r'name="number" value="(\d+)"', shown)
    assert number
    assert http.post("saved/remove", data={"number": number[1]}).status_code == 303
    assert "Bills" not in http.get("").text
    assert http.post("saved", data={"name": "Empty", "q": ""}).status_code == 303
    assert "Empty" not in http.get("").text


def test_what_is_deleted_can_be_brought_back(mailbox: Mailbox, http: httpx2.Client) -> None:
    """The toast has Undo, which is a form; the bin lists it with the time left."""
    mailbox.send(welcome(), invoice(), report())
    store = mailbox.catcher.store
    answer = act(http, "delete", mailbox.id_of("Welcome"), mailbox.id_of("Invoice"))
    page = http.get(answer.headers["location"]).text
    assert "Deleted 2 messages." in page
    assert numbers(page) | {"all": 1, "bin": 2} == numbers(page)
    binned = http.get("bin").text
    assert binned.count('data-testid="binned"') == 2
    assert "14 min left" in binned or "15 min left" in binned
    moment = re.search(r'name="at" value="(\d+)"', page)
    assert moment
    back = http.post("bin/restore", data={"at": moment[1], "back": "/?q=acme"})
    assert back.headers["location"] == "/?q=acme&done=restored-2"
    assert store.counts().messages == 3
    assert "The bin is empty" in http.get("bin").text


def test_the_bin_is_emptied_by_hand(mailbox: Mailbox, http: httpx2.Client) -> None:
    """Ticked ones, or all of it; what was not in it stays."""
    mailbox.send(welcome(), invoice(), report())
    ids = [mailbox.id_of(subject) for subject in ("Welcome", "Invoice", "Weekly")]
    act(http, "delete", *ids[:2])
    assert http.post("bin/discard", data={"id": [ids[0], ids[2]]}).headers["location"] == "/bin?done=discarded-1"
    assert [one.summary.store_id for one in mailbox.catcher.store.bin()] == [ids[1]]
    assert http.post("bin/discard", data={"all": "1"}).headers["location"] == "/bin?done=discarded-1"
    assert mailbox.catcher.store.bin() == []
    assert mailbox.catcher.store.counts().messages == 1


@pytest.mark.slow
def test_the_address_of_a_deleted_message_offers_to_restore_it(mailbox: Mailbox, http: httpx2.Client) -> None:
    """404 with the list beside it and Restore, never "never existed"; after it, the message is there."""
    mailbox.send(welcome(), invoice())
    store_id = mailbox.id_of("Welcome")
    act(http, "delete", store_id)
    gone = http.get(f"view/{store_id}")
    assert gone.status_code == 404
    assert re.search(r"<h1>Deleted \d+ s ago</h1>", gone.text)
    assert "never existed" not in gone.text
    assert rows(gone.text) == [mailbox.id_of("Invoice")]
    back = http.post("bin/restore", data={"id": store_id, "back": f"/view/{store_id}"}).headers["location"]
    assert http.get(back).status_code == 200
    assert "or never existed" in http.get("view/0000000000000000000000").text


def test_without_a_bin_nothing_promises_one() -> None:
    """`--bin=` deletes at once, and no page offers to undo it."""
    with (
        running_catcher(bin="", hide_delete_all_button=True) as running,
        httpx2.Client(base_url=running.url, timeout=30) as client,
    ):
        box = Mailbox(running)
        box.send(welcome(), invoice())
        assert "can be brought back" not in client.get("").text
        assert "delete-all" not in client.get("").text
        page = client.get(act(client, "delete", box.id_of("Welcome")).headers["location"]).text
        assert "Deleted 1 message." in page
        assert "data-undo" not in page
        assert running.store.bin() == []


def test_deleting_all_spares_what_is_pinned(mailbox: Mailbox, http: httpx2.Client) -> None:
    """Only matches go, the pinned one stays, one undo restores all."""
    mailbox.send(welcome(), invoice(), report())
    act(http, "pin", mailbox.id_of("Invoice"))
    text = http.get("?q=is%3Apinned").text
    assert rows(text) == [mailbox.id_of("Invoice")]
    assert 'title="Pinned"' in text
    assert numbers(text)["pinned"] == 1
    answer = act(http, "delete", scope="all", q="from:acme.example")
    assert answer.headers["location"].startswith("/?q=from%3Aacme.example&done=deleted-2-")
    assert rows(http.get("").text) == [mailbox.id_of("Invoice")]
    moment = answer.headers["location"].rpartition("-")[2]
    http.post("bin/restore", data={"at": moment})
    assert mailbox.catcher.store.counts().messages == 3
    act(http, "unpin", mailbox.id_of("Invoice"))
    assert rows(http.get("?q=is%3Apinned").text) == []


def test_tags_are_given_and_taken_in_bulk(mailbox: Mailbox, http: httpx2.Client) -> None:
    """By the bulk bar, by the message's own form which stays on its page, and never under an unusable name."""
    mailbox.send(welcome(), invoice())
    ids = mailbox.id_of("Welcome"), mailbox.id_of("Invoice")
    act(http, "tag", *ids, tag="sign up")
    assert mailbox.catcher.store.tags() == {"sign up": 2}
    here = f"/view/{ids[0]}?view=text"
    assert act(http, "untag", ids[0], tag="Sign Up", back=here).headers["location"] == here
    assert mailbox.catcher.store.tags() == {"sign up": 1}
    assert act(http, "tag", *ids, tag="a/b").status_code == 400
    assert act(http, "tag", *ids, tag="").status_code == 400
    assert '<option value="sign up">' in http.get(here).text
    assert act(http, "pin", ids[0], back="https://evil.example/").headers["location"] == "/"


def test_ticked_messages_are_saved_as_zip_and_mbox(mailbox: Mailbox, http: httpx2.Client, tmp_path: Path) -> None:
    """To the octet, oldest first, and only those that were ticked, or all that the search matches."""
    mailbox.send(welcome(), invoice(), report())
    store = mailbox.catcher.store
    ids = [mailbox.id_of("Welcome"), mailbox.id_of("Invoice")]
    answer = act(http, "zip", *ids, "unknown")
    assert re.fullmatch(r'attachment; filename="mail-[\d-]+\.zip"', answer.headers["content-disposition"])
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        assert packed.testzip() is None
        *names, envelopes = packed.namelist()
        assert (names, envelopes) == ([f"{each}.eml" for each in ids], ".catcher-envelopes.jsonl")
        assert [packed.read(name) for name in names] == [store.raw(each) for each in ids]
    file = tmp_path / "mail.mbox"
    file.write_bytes(act(http, "mbox", scope="all", q="from:acme.example").content)
    with contextlib.closing(mailboxes.mbox(file)) as read:
        subjects = [message["Subject"] for message in read]
    assert subjects == ["Welcome to Acme", "Invoice INV-2026-0042", "Weekly report"]


def test_two_ticked_messages_are_compared(mailbox: Mailbox, http: httpx2.Client) -> None:
    """The form of the list leads to the page that compares them."""
    mailbox.send(welcome(), invoice())
    ids = mailbox.id_of("Welcome"), mailbox.id_of("Invoice")
    address = act(http, "compare", *ids).headers["location"]
    assert http.get(address).headers["location"] == f"/compare/{ids[0]}/{ids[1]}"


@pytest.mark.slow
@pytest.mark.parametrize("fields", [{"action": "explode"}, {"action": ""}, {}, {"action": "delete", "q": "x"}])
def test_a_form_that_names_nothing_changes_nothing(
    mailbox: Mailbox, http: httpx2.Client, fields: dict[str, str]
) -> None:
    """A page says so, with the list beside it."""
    mailbox.send(welcome())
    answer = http.post("actions", data=fields)
    assert answer.status_code == 400
    assert "Nothing was changed" in answer.text
    assert mailbox.catcher.store.counts().messages == 1
    assert not mailbox.catcher.store.summary(mailbox.id_of("Welcome")).is_pinned


@pytest.mark.parametrize("done", ["deleted", "deleted-x", "deleted-1-2-3", "deleted-99999999999999999999", "-1", "x-1"])
def test_a_forged_address_shows_no_notice(mailbox: Mailbox, http: httpx2.Client, done: str) -> None:
    """What the page says was done comes from numbers only."""
    assert 'role="status" data-testid="toast"></div>' in http.get("", params={"done": done}).text


def test_binned_mail_is_hostile_too(mailbox: Mailbox, http: httpx2.Client) -> None:
    """Subjects in the bin and on the page of a deleted message are text."""
    mailbox.send(mail("<script>alert(1)</script>", text="x", to="ann@example.com"))
    store_id = mailbox.id_of("script")
    act(http, "delete", store_id)
    for path in ("bin", f"view/{store_id}", f"i/{quote('<script>')}"):
        assert "<script>" not in http.get(path).text
    mailbox.catcher.store.restore([store_id])
    assert mailbox.catcher.store.delete(ByIds((store_id,))) == 1


def test_a_search_without_result_offers_the_nearest(mailbox: Mailbox, http: httpx2.Client) -> None:
    """Each term can be taken away, with what is then found; the most first; and help, and all inboxes."""
    mailbox.send(welcome(), invoice(), report())
    text = http.get("i/ann@example.com", params={"q": 'from:reports subject:"invoice inv"'}).text
    found = re.findall(
        r'<a href="([^"]+)" data-testid="suggestion"><span>Without “<bdi>(.*?)</bdi>”: (\d+) result', text
    )
    assert [(html.unescape(term), count) for _, term, count in found] == [
        ("from:reports", "1"),
        ('subject:"invoice inv"', "1"),
    ]
    assert rows(http.get(html.unescape(found[0][0])).text) == [mailbox.id_of("Invoice")]
    assert "Search all inboxes" in text
    assert "<code>has:attachment</code>" in text
    assert (
        'data-testid="suggestion"'
        not in http.get("", params={"q": " ".join(f"word{number}" for number in range(9))}).text
    )


def test_a_search_that_cannot_be_read_is_marked_where(mailbox: Mailbox, http: httpx2.Client) -> None:
    """The place in the query, in the page; what stands there is text."""
    mailbox.send(welcome())
    text = http.get("", params={"q": "from:ann before:<b>"}).text
    assert "<bdi>from:ann </bdi><mark><bdi>before:&lt;b&gt;</bdi></mark>" in text


def test_an_inbox_without_mail_is_no_error(mailbox: Mailbox, http: httpx2.Client) -> None:
    """Its address can be kept before the first message comes."""
    answer = http.get("i/nobody")
    assert answer.status_code == 200
    assert "This inbox is empty." in answer.text


def test_an_empty_mailbox_shows_the_last_refusal(mailbox: Mailbox, http: httpx2.Client) -> None:
    """The first thing to know when nothing arrives."""
    with smtplib.SMTP(mailbox.catcher.smtp_host, mailbox.catcher.smtp_port, timeout=30) as client:
        client.ehlo()
        client.docmd("MAIL", "FROM:<ann@example.com>")
        client.docmd("RCPT", "TO:<>")
    while not mailbox.catcher.store.sessions.newest(limit=1):
        pass
    text = http.get("").text
    assert re.search(r"127\.0\.0\.1 was refused \d+ s ago: 5\d\d", text)


def test_settings_are_shown_with_their_origin(mailbox: Mailbox, http: httpx2.Client) -> None:
    """Each with value and where it came from; what differs from the default stands out."""
    text = http.get("settings").text
    assert re.search(r"<code>--bin</code></dt><dd><code>15m</code> <span class=\"chip\">default</span>", text)
    assert re.search(
        r"<code>--smtp</code></dt><dd><code>127.0.0.1:0</code> <span class=\"chip warn\">flag --smtp<", text
    )
