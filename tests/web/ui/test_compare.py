"""Comparing pages: two messages in each way, the previous one, and the two bodies of one message."""

import re

import httpx2
import pytest

from tests.web.ui.conftest import Mailbox
from tests.web.ui.mails import mail, page


def changed(text: str, element: str) -> list[str]:
    """What a page marks as removed ("del") or added ("ins"), as plain text."""
    found = re.findall(rf"<{element}>(.*?)</{element}>", text, re.DOTALL)
    return [re.sub(r"<[^>]*>", "", each).partition(" ")[2].strip() for each in found]


@pytest.fixture
def versions(mailbox: Mailbox) -> Mailbox:
    """Two versions of one template, sent one after the other."""
    for price, colour, number in (("12", "red", 1), ("14", "blue", 2)):
        body = f'<p style="color:{colour}">Your order costs {price} euros.</p><p>Thank you, number 4829{number}.</p>'
        text = f"Your order costs {price} euros.\n\nThank you, number 4829{number}.\n"
        mailbox.send(mail(f"Order {number}", text=text, html=page("Order", body), X_Template=f"v{number}"))
    return mailbox


def test_each_way_of_comparing_shows_what_differs(versions: Mailbox, http: httpx2.Client) -> None:
    """Text, HTML, header section, source and side by side, with words for screen readers."""
    path = f"compare/{versions.id_of('Order 1')}/{versions.id_of('Order 2')}"
    text = http.get(path, params={"what": "text"}).text
    assert changed(text, "del") == ["Your order costs 12 euros."]
    assert changed(text, "ins") == ["Your order costs 14 euros."]
    assert '<span class="sr">removed </span>' in text
    assert "<b>12</b>" in text
    assert "number 48292" in text
    html = http.get(path, params={"what": "html"}).text
    assert "&lt;p style=&#34;color:red&#34;&gt;" in " ".join(changed(html, "del"))
    headers = http.get(path, params={"what": "headers"}).text
    assert changed(headers, "ins") == ["Subject: Order 2", "X-Template: v2"]
    assert changed(http.get(path, params={"what": "source"}).text, "ins")
    render = http.get(path, params={"what": "render", "w": "375"}).text
    assert (
        len(re.findall(r'<iframe class="mail" width="377" sandbox="allow-popups allow-popups-to-escape-', render)) == 2
    )


def test_masks_can_be_taken_off(versions: Mailbox, http: httpx2.Client) -> None:
    """IDs and dates count as equal unless they are included."""
    path = f"compare/{versions.id_of('Order 1')}/{versions.id_of('Order 2')}"
    text = http.get(path, params={"what": "text", "mask": "off"}).text
    assert "Thank you, number 48291." in changed(text, "del")


def test_the_previous_of_the_same_subject_is_one_click_away(mailbox: Mailbox, http: httpx2.Client) -> None:
    """The previous message has the same recipient, even when others got such a message in between."""
    first = mail("Nightly build failed", text="Build 1.\n", to="builds@example.com")
    other = mail("Nightly build failed", text="Build 1.\n", to="others@example.com")
    last = mail("Nightly build failed", text="Build 2.\n", to="builds@example.com")
    mailbox.send(first)
    before = mailbox.id_of("Nightly")
    mailbox.send(other, mail("Nightly build failed again", text="x", to="builds@example.com"), last)
    last_id = mailbox.id_of("Nightly")
    page_text = http.get(f"view/{last_id}").text
    href = re.search(r'href="/(compare/[^"]*)" data-previous', page_text)
    assert href is not None
    assert http.get(href[1]).headers["location"] == f"/compare/{before}/{last_id}"
    answer = http.get(f"compare/{before}")
    assert answer.status_code == 404
    assert "No previous message of this kind" in answer.text


def test_two_ticked_rows_are_compared(versions: Mailbox, http: httpx2.Client) -> None:
    """A form's GET, the older one on the left; with one or three ticked, a page says what to do."""
    one, two = versions.id_of("Order 1"), versions.id_of("Order 2")
    assert http.get("compare", params={"id": [two, one], "q": ""}).headers["location"] == f"/compare/{one}/{two}"
    for ids in ([], [one], [one, one]):
        answer = http.get("compare", params={"id": ids})
        assert answer.status_code == 400
        assert "Select two messages in the list" in answer.text
    assert http.get("compare", params={"id": [one, "x"]}).status_code == 404
    assert http.get(f"compare/x/{one}").status_code == 404


def test_a_text_part_that_lacks_a_paragraph_is_found(mailbox: Mailbox, http: httpx2.Client) -> None:
    """HTML as text against the text part, inside one message."""
    body = "<p>Hello Ann,</p><p>your order is on its way.</p><p>It costs 12 euros.</p>"
    mailbox.send(mail("Forgotten", text="Hello Ann,\n\nyour order is\non its way.\n", html=page("", body)))
    store_id = mailbox.id_of("Forgotten")
    assert f'href="/compare/{store_id}/{store_id}"' in http.get(f"view/{store_id}").text
    text = http.get(f"compare/{store_id}/{store_id}").text
    assert changed(text, "ins") == ["It costs 12 euros."]
    assert changed(text, "del") == []


def test_a_message_of_one_body_offers_no_comparison_of_two(mailbox: Mailbox, http: httpx2.Client) -> None:
    """There is nothing to compare; its address all the same says what is missing."""
    mailbox.send(mail("Only text", text="Hello.\n"))
    store_id = mailbox.id_of("Only text")
    assert f"/compare/{store_id}/{store_id}" not in http.get(f"view/{store_id}").text
    assert changed(http.get(f"compare/{store_id}/{store_id}").text, "del") == ["Hello."]


@pytest.mark.slow
def test_hostile_mail_is_compared_as_text(reader: httpx2.Client, filled: Mailbox) -> None:
    """Nothing of either side reaches the page unescaped."""
    path = f"compare/{filled.id_of('Your account')}/{filled.id_of('Welcome')}"
    for what in ("html", "text", "headers", "source", "render", "nonsense"):
        text = reader.get(path, params={"what": what}).text
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert "\u202e" not in text
