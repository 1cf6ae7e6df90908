"""Codes and links on top of a message: the likely ones, the others in a list, nothing that may not be opened."""

import re

import httpx2

from catcher.extract import BY_RULE
from catcher.extract.scoring import weights
from catcher.web.ui.message.features import FEATURES
from tests.web.ui.conftest import Mailbox
from tests.web.ui.mails import mail, newsletter


def strip_of(text: str) -> str:
    """The strip of a page, "" without one."""
    start = text.find('data-testid="found"')
    return text[start : text.index("data-testid=", start + 20)] if start >= 0 else ""


def shown_on_top(text: str) -> str:
    return strip_of(text).partition("<details")[0]


def test_a_code_and_a_link_stand_on_top(reader: httpx2.Client, filled: Mailbox) -> None:
    """The code with Copy; the primary link with Copy and Open."""
    top = shown_on_top(reader.get(f"view/{filled.id_of('sign-in code')}").text)
    assert "<code>482913</code>" in top
    assert 'data-copy="482913"' in top
    top = shown_on_top(reader.get(f"view/{filled.id_of('Reset')}").text)
    url = "https://acme.example/reset?token=3f9c1d2e"
    assert f'data-copy="{url}"' in top
    assert f'href="{url}" target="_blank" rel="noopener noreferrer" data-open' in top


def test_what_may_be_a_code_is_in_the_list_only(mailbox: Mailbox, http: httpx2.Client) -> None:
    """Low confidence is never on top."""
    mailbox.send(mail("Your order", text="Order 48291 is packed. Room ABX-77 is booked.\n"))
    text = http.get(f"view/{mailbox.id_of('Your order')}").text
    assert "<code>" not in shown_on_top(text)
    if "Possible code" in text:
        assert "data-code" in text.partition("Possible code")[2]


def test_the_other_links_are_listed_with_what_they_are_for(reader: httpx2.Client, filled: Mailbox) -> None:
    """ "More links" with Copy and Open; the way out of the list is called so."""
    text = reader.get(f"view/{filled.id_of('Acme news')}").text
    assert re.search(r"<summary class=\"chip\">\d+ (?:more )?links?</summary>", text)
    assert 'href="https://acme.example/n/1"' in text
    assert '<span class="chip">unsubscribe</span>' in text


def test_dangerous_links_cannot_be_opened(reader: httpx2.Client, filled: Mailbox) -> None:
    """A script's address is text in the list; nothing on the page leads there, nor to a relative address."""
    text = reader.get(f"view/{filled.id_of('Your account')}").text
    assert "javascript:alert(1)" in text
    assert not re.search(r'href="\s*java', text)
    assert 'href="/api/v1/messages"' not in text


def test_a_mail_without_links_has_no_strip(reader: httpx2.Client, filled: Mailbox) -> None:
    """Nothing found, nothing said."""
    assert 'data-testid="found"' not in reader.get(f"view/{filled.id_of('Hidden copy')}").text


def test_hundreds_of_links_stay_a_page(mailbox: Mailbox, http: httpx2.Client) -> None:
    """The first ones are listed, the rest is counted."""
    links = "".join(f'<p><a href="https://example.com/{number}">{number}</a></p>' for number in range(900))
    mailbox.send(mail("Many links", html=links))
    text = http.get(f"view/{mailbox.id_of('Many links')}").text
    assert text.count('data-said="linkCopied"') <= 201
    assert re.search(r"and \d+ more", text)


def test_leaving_the_list_has_a_panel(mailbox: Mailbox, http: httpx2.Client) -> None:
    """RFC 2369 and RFC 8058: where, whether by one click, and what is wrong with the fields."""
    mailbox.send(newsletter(), mail("Wrong", text="x", List_Unsubscribe="javascript:alert(1)"))
    text = http.get(f"view/{mailbox.id_of('Acme news')}").text
    panel = text[text.index('data-testid="unsubscribe"') :].partition("</details>")[0]
    assert 'href="https://acme.example/u/1"' in panel
    assert "one-click, RFC 8058" in panel
    text = http.get(f"view/{mailbox.id_of('Wrong')}").text
    panel = text[text.index('data-testid="unsubscribe"') :].partition("</details>")[0]
    assert "no link in angle brackets" in panel
    assert "href=" not in panel


def test_a_click_shows_why_a_code_or_link_was_found(reader: httpx2.Client, filled: Mailbox) -> None:
    """Confidence and features with their points, for what is on top and for each possible code and other link."""
    text = reader.get(f"view/{filled.id_of('sign-in code')}").text
    why = text[text.index('data-testid="why"') :].partition("</details>")[0]
    assert "482913" in why
    assert re.search(r"Confidence \d+\u00a0%", why)
    assert re.search(r'<li>[a-z -]+ <span class="mono">\+\d\.\d</span></li>', why)
    listed = reader.get(f"view/{filled.id_of('Acme news')}").text
    assert "of a kind that many mails have" in listed


def test_the_reasons_are_in_the_language_of_the_page(reader: httpx2.Client, filled: Mailbox) -> None:
    """Features have names in words, which are translated."""
    page = reader.get(f"view/{filled.id_of('sign-in code')}", headers={"Accept-Language": "fr"}).text
    why = page[page.index('data-testid="why"') :].partition("</details>")[0]
    assert "Pourquoi ?" in why
    assert "Confiance de" in why


def test_every_feature_has_words() -> None:
    """The weights name no feature that the page cannot show."""
    assert {*weights("code"), *weights("link"), BY_RULE} <= FEATURES.keys()
