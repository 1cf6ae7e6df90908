"""The HTML view's choices: each is an address, works without scripts, and says what it does."""

import re

import httpx2
import pytest

from catcher.web.frame import frame_document
from tests.web.ui.conftest import Mailbox
from tests.web.ui.mails import mail, newsletter, page


def src_of(text: str) -> str:
    found = re.search(r'<iframe[^>]* src="([^"]*)"', text)
    assert found is not None
    return found[1]


@pytest.mark.slow
@pytest.mark.parametrize(("asked", "shown"), [("375", "377"), ("437", "439"), ("1", "202"), ("9999", "2002")])
def test_any_width_can_be_set(reader: httpx2.Client, filled: Mailbox, asked: str, shown: str) -> None:
    """Presets and a number field; the width is an attribute, because no style may stand in the page."""
    text = reader.get(f"view/{filled.id_of('Acme news')}?w={asked}").text
    assert f'<iframe class="mail" id="mail" width="{shown}"' in text
    assert "<iframe" in reader.get(f"view/{filled.id_of('Acme news')}?w=x%22y").text


def test_the_choices_keep_each_other(reader: httpx2.Client, filled: Mailbox) -> None:
    """Another width keeps scheme, images and the list; the form sends along what its address has."""
    text = reader.get(f"view/{filled.id_of('Acme news')}?q=acme&scheme=dark&w=600&remote=1").text
    links = re.findall(r'<a href="([^"]*)" data-(?:width|scheme)', text)
    assert len(links) == 9
    assert all("q=acme" in link and "remote=1" in link for link in links)
    form = text[text.index('id="widthform"') :].partition("</form>")[0]
    assert 'name="scheme" value="dark"' in form
    assert 'name="q" value="acme"' in form


def test_remote_images_of_one_inbox_can_always_be_loaded(mailbox: Mailbox, http: httpx2.Client) -> None:
    """ "always for this inbox", kept by this browser, for no other inbox, until undone."""
    other = newsletter()
    other.replace_header("To", "someone@example.com")
    other.replace_header("Subject", "Another inbox")
    mailbox.send(newsletter(), other)
    path = f"view/{mailbox.id_of('Acme news')}"
    assert "remote=1" not in src_of(http.get(path).text)
    assert "Always load for list@example.com" in http.get(path).text
    answer = http.post(f"{path}/trust", data={"trust": "1"})
    assert answer.headers["location"] == f"/{path}"
    assert "list@example.com" not in answer.headers["set-cookie"]
    assert "remote=1" in src_of(http.get(path).text)
    assert "remote=1" not in src_of(http.get(f"{path}?remote=0").text)
    assert "remote=1" not in src_of(http.get(f"{path}?images=off").text)
    assert "remote=1" not in src_of(http.get(f"view/{mailbox.id_of('Another')}").text)
    http.post(f"{path}/trust", data={"trust": "0"})
    assert "remote=1" not in src_of(http.get(path).text)


def test_a_foreign_cookie_is_no_trust(reader: httpx2.Client, filled: Mailbox) -> None:
    """Whatever the cookie holds, it is only compared."""
    for value in ("x" * 5000, "....", "a" * 16):
        text = reader.get(f"view/{filled.id_of('Acme news')}", headers={"Cookie": f"catcher_trusted={value}"}).text
        assert "remote=1" not in src_of(text)


@pytest.mark.parametrize(
    ("html", "width"),
    [
        ("<table width=1400>", 1400),
        ("<table width='80%'>", 0),
        ('<div style="width: 720px; max-width:100%">', 720),
        ('<div style="max-width:900px">', 0),
        ("<style>@media (min-width:900px){a{}} .x{min-width:640px}</style>", 640),
        ("<style>@media only screen and ( max-width: 900px ){.x{width:10px}}</style>", 10),
        ('<img width="1200">', 0),
        ("<td width=99999999999>", 0),
    ],
)
def test_the_widest_box_is_found(html: str, width: int) -> None:
    """Overflow is read from the source, not measured: said widths count, greatest widths do not."""
    assert frame_document(html, inline=lambda _: None).fixed_width == width


def test_a_fixed_width_is_said_when_it_does_not_fit(mailbox: Mailbox, http: httpx2.Client) -> None:
    """ "Fixed width of 700 px", until it is shown that wide."""
    mailbox.send(mail("Wide", html=page("Wide", '<table width="700"><tr><td>x</td></tr></table>')))
    path = f"view/{mailbox.id_of('Wide')}"
    assert "Fixed width of 700 px" in http.get(path).text
    assert "Fixed width" not in http.get(f"{path}?w=800").text
