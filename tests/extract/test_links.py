"""Tests of links: their purpose, and the primary link of a mail."""

import html

import pytest

from catcher.extract import LinkKind, MatchSource
from tests.extract.mails import found
from tests.mime.text.url_table import ENDS

PAGE = """
<p>Hello Ann, please confirm your address.</p>
<p><a href="https://acme.example/"><img src="https://acme.example/logo.png" alt="Acme"></a></p>
<p><a href="https://acme.example/go/81kX02mQ7z" style="background:#06c;padding:8px">Confirm my address</a></p>
<p>Or <a href="https://acme.example/about">read about us</a>.</p>
<footer><a href="https://acme.example/unsubscribe">Unsubscribe</a>
<a href="https://acme.example/privacy">Privacy</a> <a href="https://www.facebook.com/acme">Facebook</a>
<a href="mailto:help@acme.example">Write to us</a> <a href="https://acme.example/v/5">View in browser</a></footer>
<img src="https://acme.example/open.gif?u=5" width="1" height="1">
"""


def test_the_button_is_primary_and_the_rest_has_kinds() -> None:
    """Buttons rank before prose; footers and pixels are last."""
    told = found(PAGE, kind="html")
    assert told.primary_link == told.links[0]
    assert (told.links[0].kind, told.links[0].is_button) == (LinkKind.CONFIRMATION, True)
    kinds = {link.url.removeprefix("https://").removeprefix("www."): link.kind for link in told.links}
    assert kinds["acme.example/unsubscribe"] is LinkKind.UNSUBSCRIBE
    assert kinds["acme.example/privacy"] is LinkKind.LEGAL
    assert kinds["facebook.com/acme"] is LinkKind.SOCIAL
    assert kinds["mailto:help@acme.example"] is LinkKind.MAILTO
    assert kinds["acme.example/v/5"] is LinkKind.ONLINE
    assert kinds["acme.example/open.gif?u=5"] is LinkKind.TRACKING
    assert kinds["acme.example/logo.png"] is LinkKind.IMAGE
    assert told.links[-1].kind is LinkKind.TRACKING


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Reset your password: https://a.example/r/81kX02mQ7z", LinkKind.RESET),
        ("Click to sign in:\r\nhttps://a.example/x/81kX02mQ7z", LinkKind.SIGN_IN),
        ("https://a.example/invitations/81kX02mQ7z", LinkKind.INVITATION),
        ("Passwort zurücksetzen: <https://a.example/x>", LinkKind.RESET),
        ("Подтвердите адрес: https://a.example/x.", LinkKind.CONFIRMATION),
        ("Track your package: https://a.example/t/1", LinkKind.ACTION),
    ],
)
def test_links_of_plain_text_take_their_kind_from_words_and_address(text: str, kind: LinkKind) -> None:
    """The words before the address, or the address itself; punctuation behind it is no part of it."""
    link = found(text).primary_link
    assert link is not None
    assert link.kind is kind
    assert link.url.startswith("https://a.example/")
    assert not link.url.endswith((".", ">"))


def test_a_digest_of_equal_links_has_no_primary_one() -> None:
    """Of three similar links none is the purpose of the mail."""
    page = "".join(f'<p><a href="https://news.example/{n}">Read more</a> about {n}</p>' for n in range(4))
    told = found(page, kind="html")
    assert len(told.links) == 4
    assert told.primary_link is None


def test_the_same_address_twice_is_one_link() -> None:
    """A button and its address written out below are one."""
    url = "https://a.example/verify?token=81kX02mQ7z"
    told = found(f'<a href="{url}" class="button">Verify</a><p>Or open <a href="{url}">{url}</a></p>', kind="html")
    assert [(link.url, link.text) for link in told.links] == [(url, "Verify")]


def test_the_unsubscribe_link_of_the_header_section_is_found() -> None:
    """List-Unsubscribe (RFC 2369 §3.2) is a link of the mail as well."""
    told = found("Hello", header="List-Unsubscribe: <https://a.example/off>\r\n")
    assert [(link.kind, link.place.source) for link in told.links] == [(LinkKind.UNSUBSCRIBE, MatchSource.HEADER)]
    assert told.primary_link is None


@pytest.mark.parametrize(("name", "kind"), [(name, kind) for kind in ("plain", "html") for name in ENDS])
def test_an_address_in_running_text_is_whole(name: str, kind: str) -> None:
    """The same table as for every other place, in text and in HTML that has no link for it."""
    text, url = ENDS[name]
    body = html.escape(text) if kind == "html" and name != "markup" else text
    assert [link.url for link in found(body, kind=kind).links][:1] == [url]


def test_an_address_broken_into_lines_keeps_the_lines_that_follow() -> None:
    """A code behind it has the line it has in the text."""
    told = found("See <https://a.example/a/\r\nb>.\r\nYour code is 482913.\r\n")
    assert [link.url for link in told.links] == ["https://a.example/a/b"]
    assert told.codes[0].place.line == 3


def test_a_line_break_in_an_attribute_is_dropped() -> None:
    """As browsers do. URL Standard, "basic URL parser"."""
    told = found('<a href=" https://a.example/reset/\r\nabc\t1 ">Reset password</a>', kind="html")
    assert [link.url for link in told.links] == ["https://a.example/reset/abc1"]


def test_an_address_longer_than_a_line_is_whole() -> None:
    """Redirectors make addresses of thousands of characters."""
    url = "https://a.example/?to=" + "ab1" * 1_000 + "_"
    assert [link.url for link in found(f"Confirm your address: {url} now").links] == [url]


@pytest.mark.parametrize(
    "body",
    [
        '<p>New sign-in from Leeds.</p><p>Not you? <a href="https://a.example/l/aB81kQmT0x">Lock your account</a></p>',
        '<p>Your password was changed.</p><p><a href="https://a.example/r/aB81kQmT0x">This wasn’t me</a></p>',
        '<p>¿No has sido tú? <a href="https://a.example/s/aB81kQmT0x">Protege tu cuenta</a></p>',
        '<p>如非本人操作，请<a href="https://a.example/l/aB81kQmT0x">锁定账户</a>。</p>',
        '<p>心当たりがない場合は<a href="https://a.example/l/aB81kQmT0x">こちら</a></p>',
        '<p>Ce n’était pas vous ? <a href="https://a.example/v/aB81kQmT0x">Bloquer le compte</a></p>',
        '<p>Thanks!</p><a href="https://t.example/ls/aB81kQmT0x"><img src="f.png" alt="Facebook"></a>',
        '<p>Thanks!</p><a href="https://a.example/">a.example</a> <a href="https://a.example/privacy">Privacy</a>',
        '<p>Thanks!</p><p>See our <a href="https://docs.a.example/keys">documentation</a>.</p>',
    ],
)
def test_a_mail_without_an_action_has_no_primary_link(body: str) -> None:
    """Links for those who did not ask, social networks, home pages, legal pages and documentation are none."""
    told = found(body, kind="html")
    assert told.links
    assert told.primary_link is None


def test_an_action_wins_over_links_for_those_who_did_not_ask() -> None:
    """The button is primary, wherever the other link is."""
    action = '<p><a href="https://a.example/c/aB81kQmT0x">Confirm address</a></p>'
    against = '<p>Not you? <a href="https://a.example/report/aB81kQmT0x">Report it</a></p>'
    for body in (action + against, against + action):
        link = found(body, kind="html").primary_link
        assert link is not None
        assert link.url == "https://a.example/c/aB81kQmT0x"
