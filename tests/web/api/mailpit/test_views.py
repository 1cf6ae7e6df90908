"""`/view/{id}.html` and `.txt`."""

from collections.abc import Callable
from urllib.parse import unquote

import httpx2
import pytest

from catcher.intake import deliver_now
from catcher.testing import running_catcher
from tests.web.api.mails import MIXED, envelope, plain

pytestmark = pytest.mark.engines

Put = Callable[..., list[str]]


def test_the_html_is_as_sent_with_addresses_for_its_images(api: httpx2.Client, put: Put) -> None:
    """`cid:` references point to parts; nothing else is rewritten but link elements.

    Mailpit compatibility: Contents.
    """
    (store_id,) = put(MIXED)
    answer = api.get(f"/view/{store_id}.html")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    image = f"/api/v1/message/{store_id}/part/1.2"
    assert answer.text.strip() == (
        f'<x-link rel=preconnect href=https://evil.example><p>Grüße</p><img src="{image}"><a href="https://example.com">x</a>'
    )
    assert api.get(image).headers["content-type"] == "image/png"
    assert api.get("/api/v1/messages").json()["unread"] == 0


def test_a_view_runs_no_script_and_requests_nothing(api: httpx2.Client, put: Put) -> None:
    """The policy has a sandbox without scripts and lets this message's own parts in as images, nothing else."""
    (store_id,) = put(MIXED)
    for query in ("", "?embed=1"):
        policy = api.get(f"/view/{store_id}.html{query}").headers["content-security-policy"]
        rules = dict(rule.strip().partition(" ")[::2] for rule in policy.split(";"))
        assert rules["default-src"] == "'none'"
        assert "script-src" not in rules
        assert "allow-scripts" not in rules["sandbox"]
        assert "allow-same-origin" not in rules["sandbox"]
        assert rules["img-src"] == f"{api.base_url.netloc.decode()}/api/v1/message/{store_id}/part/ data:"


def test_the_embedded_view_is_the_cleaned_document(api: httpx2.Client, put: Put) -> None:
    """`embed=1`: links open outside the frame, no link elements. Mailpit compatibility: Contents."""
    (store_id,) = put(MIXED)
    text = api.get(f"/view/{store_id}.html", params={"embed": 1}).text
    assert "<link" not in text
    assert "x-link" not in text
    assert "noopener" in text
    assert f"/api/v1/message/{store_id}/part/1.2" in text


def test_the_recipients_view_has_the_content_of_other_hosts(api: httpx2.Client, put: Put) -> None:
    """`remote=1`: nothing is renamed, and the policy lets images, styles, fonts and media in, but still no script."""
    (store_id,) = put(MIXED)
    answer = api.get(f"/view/{store_id}.html", params={"remote": 1})
    assert answer.text.startswith("<link rel=preconnect href=https://evil.example>")
    policy = answer.headers["content-security-policy"]
    rules = dict(rule.strip().partition(" ")[::2] for rule in policy.split(";"))
    for name in ("img-src", "style-src", "font-src", "media-src"):
        assert rules[name].endswith("https: http:")
    assert rules["default-src"] == "'none'"
    assert "allow-scripts" not in rules["sandbox"]
    assert "https:" in api.get(f"/view/{store_id}.html?embed=1&remote=1").headers["content-security-policy"]


def test_a_setting_makes_the_recipients_view_the_default() -> None:
    """--view-remote, which `remote=0` overrides."""
    with running_catcher(view_remote=True) as catcher, httpx2.Client(base_url=catcher.url, timeout=30) as client:
        deliver_now(catcher.store, [(envelope(), MIXED)])
        assert "<link rel=preconnect" in client.get("/view/latest.html").text
        assert "<x-link rel=preconnect" in client.get("/view/latest.html?remote=0").text


def test_the_text_is_shown_as_text(api: httpx2.Client, put: Put) -> None:
    """200 with the text, also when there is none. Mailpit compatibility: Contents."""
    with_text, empty = put(MIXED, b"From: a@b\r\n\r\n")
    answer = api.get(f"/view/{with_text}.txt")
    assert (answer.text, answer.headers["content-type"]) == ("Grüße aus Wien", "text/plain; charset=utf-8")
    assert (api.get(f"/view/{empty}.txt").status_code, api.get(f"/view/{empty}.txt").content) == (200, b"")


def test_without_html_there_is_no_html_view(api: httpx2.Client, put: Put) -> None:
    """404 with the texts that clients expect, and no read mark. Mailpit compatibility: Contents."""
    (store_id,) = put(plain(0))
    answer = api.get(f"/view/{store_id}.html")
    assert (answer.status_code, answer.text) == (404, "This message does not contain a HTML part")
    assert api.get("/api/v1/messages").json()["unread"] == 1
    for name in ("nothing.html", "nothing.txt"):
        answer = api.get(f"/view/{name}")
        assert (answer.status_code, answer.text) == (404, "Message not found")


def test_latest_works_on_views(api: httpx2.Client, put: Put) -> None:
    """With and without a query. Mailpit compatibility: Routes."""
    put(plain(0, subject="apple", text="first"), plain(1, subject="pear", text="second"))
    assert "second" in api.get("/view/latest.txt").text
    assert "first" in api.get("/view/latest.txt", params={"query": "apple"}).text
    missed = api.get("/view/latest.txt", params={"query": "plum"})
    assert (missed.status_code, missed.text) == (404, "Message not found")


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ('<img src="cid:a%40b">', '<img src="/P1">'),
        ("<img src='cid:a@b'>", "<img src='/P1'>"),
        ("<img src=cid:a@b>", "<img src=/P1>"),
        ("<td style=\"background:url(cid:a@b)\">", "<td style=\"background:url(/P1)\">"),
        ('<img src="CID:a&#64;b">', '<img src="/P1">'),
        ('<img src="cid:unknown">', '<img src="cid:unknown">'),
        ("acid:a@b", "acid:a@b"),
        ("<<link>link rel=preload>", "<<x-link>link rel=preload>"),
        ("<LINK\nrel=x><link/>", "<x-link\nrel=x><x-link/>"),
        ("<links>", "<links>"),
    ],
)  # fmt: skip
def test_references_are_found_in_every_spelling(source: str, shown: str) -> None:
    """Quoted or not, escaped or not, in attributes and styles; unknown ones stay. RFC 2392."""
    from catcher.web.api.mailpit.views import bare_document

    assert bare_document(source, lambda url: "/P1" if unquote(url) == "cid:a@b" else None) == shown
