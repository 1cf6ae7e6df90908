"""Tests of catcher.web.api.mailhog.mailhog: the shapes that MailHog's clients read. Source: MailHog's API documents."""

import http.client
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest

from catcher.testing import RunningCatcher
from tests.web.api.mails import MIXED, plain

Put = Callable[..., list[str]]


def listed(api: httpx2.Client, path: str = "api/v2/messages", **query: Any) -> dict[str, Any]:
    answer = api.get(path, params=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def bare(catcher: RunningCatcher, method: str, path: str, **fields: str) -> tuple[int, bytes]:
    """Return the response to a client that sends Host and these header fields only."""
    parts = urlsplit(catcher.url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=30)
    try:
        connection.putrequest(method, f"/{path}", skip_accept_encoding=True)
        for name, value in fields.items():
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def test_an_empty_mailbox_is_an_empty_list(api: httpx2.Client) -> None:
    """Lists have total, count, start and items."""
    assert listed(api) == {"total": 0, "count": 0, "start": 0, "items": []}


def test_a_message_has_envelope_content_and_raw(api: httpx2.Client, put: Put) -> None:
    """Paths in halves, field bodies by name as sent, the body, the transaction."""
    (store_id,) = put(plain(1, text="words"), recipients=("b@example.com", "local"), reverse_path="bounce@example.com")
    item = listed(api)["items"][0]
    assert item["ID"] == store_id
    assert item["From"] == {"Relays": None, "Mailbox": "bounce", "Domain": "example.com", "Params": ""}
    assert [(each["Mailbox"], each["Domain"]) for each in item["To"]] == [("b", "example.com"), ("local", "")]
    headers = item["Content"]["Headers"]
    assert headers["Subject"] == ["mail 1"]
    assert headers["Return-Path"] == ["<bounce@example.com>"]
    assert headers["Received"][0].startswith("from client.test")
    assert (item["Content"]["Body"], item["Content"]["Size"], item["Content"]["MIME"]) == ("words\r\n", 7, None)
    assert item["MIME"] is None
    assert item["Created"].endswith("Z")
    assert item["Raw"] == {
        "From": "bounce@example.com",
        "To": ["b@example.com", "local"],
        "Data": plain(1, text="words").decode(),
        "Helo": "client.test",
    }
    assert api.get(f"api/v1/messages/{store_id}").json() == item


def test_parts_are_a_tree_with_their_bodies_as_sent(api: httpx2.Client, put: Put) -> None:
    """Transfer encodings are left to the client; multiparts have their parts in MIME."""
    put(MIXED)
    item = listed(api)["items"][0]
    related, pdf, calendar = item["MIME"]["Parts"]
    alternative, image = related["MIME"]["Parts"]
    assert alternative["MIME"]["Parts"][0]["Body"] == "Gr=FC=DFe aus Wien"
    assert image["Headers"]["Content-ID"] == ["<logo@x>"]
    assert pdf["Body"].strip() == "JVBERi0xLjQKJeKCrA=="
    assert calendar["MIME"] is None
    assert related["Body"] == ""
    assert item["Content"]["Body"].startswith("--outer\r\n")


def test_lists_are_paged_newest_first(api: httpx2.Client, put: Put) -> None:
    """start and limit, with the total of all."""
    ids = put(*(plain(number) for number in range(5)))[::-1]
    page = listed(api, start=1, limit=2)
    assert (page["total"], page["count"], page["start"]) == (5, 2, 1)
    assert [item["ID"] for item in page["items"]] == ids[1:3]
    assert listed(api, start=99)["items"] == []


@pytest.mark.parametrize(
    ("kind", "query", "found"),
    [
        ("from", "bounce@", {"one", "two", "three"}),
        ("from", "A@EXAMPLE", {"one", "two", "three"}),
        ("to", "hidden@example.com", {"two"}),
        ("to", "c@example.com", {"three"}),
        ("to", "bounce", set()),
        ("containing", "Needle OR", {"one"}),
        ("containing", "100%", {"three"}),
        ("containing", "subject:one", set()),
        ("containing", "", {"one", "two", "three"}),
    ],
)
def test_a_search_looks_in_the_sender_the_recipients_or_the_text(
    api: httpx2.Client, put: Put, kind: str, query: str, found: set[str]
) -> None:
    """kind is from, to or containing; the query is a text in any letter case, not in the search language."""
    put(plain(1, subject="one", text="a needle or two"))
    put(plain(2, subject="two"), recipients=("hidden@example.com",))
    put(plain(3, subject="three", text="100% wool", to="c@example.com"))
    answer = listed(api, "api/v2/search", kind=kind, query=query)
    assert {item["Content"]["Headers"]["Subject"][0] for item in answer["items"]} == found
    assert answer["total"] == answer["count"] == len(found)


@pytest.mark.parametrize("kind", ["", "subject", "FROM"])
def test_an_unknown_kind_of_search_is_refused(api: httpx2.Client, kind: str) -> None:
    """It is 400."""
    assert api.get("api/v2/search", params={"kind": kind, "query": "x"}).status_code == 400


def test_reading_does_not_mark_as_read(api: httpx2.Client, put: Put, catcher: RunningCatcher) -> None:
    """MailHog has no read mark, so its clients must not change one."""
    (store_id,) = put(plain(1))
    listed(api)
    api.get(f"api/v1/messages/{store_id}")
    assert not catcher.store.summary(store_id).is_read


def test_one_message_is_deleted_with_an_empty_response(api: httpx2.Client, put: Put, catcher: RunningCatcher) -> None:
    """DELETE /api/v1/messages/{id}; an unknown one is no error."""
    first, second = put(plain(1), plain(2))
    for _ in range(2):
        answer = api.delete(f"api/v1/messages/{first}")
        assert (answer.status_code, answer.content) == (200, b"")
    assert [one.store_id for one in catcher.store.page().messages] == [second]
    assert api.get(f"api/v1/messages/{first}").status_code == 404


def test_the_deletion_of_all_messages_has_a_response_that_each_client_can_read(
    api: httpx2.Client, put: Put, catcher: RunningCatcher
) -> None:
    """MailHog's client, which is Node's plain HTTP client, reads any body as JSON; all others expect the text "ok"."""
    put(plain(1))
    assert bare(catcher, "DELETE", "api/v1/messages", Connection="keep-alive") == (200, b"")
    assert catcher.store.counts().messages == 0
    assert bare(catcher, "DELETE", "api/v1/messages") == (200, b"ok")
    assert bare(catcher, "DELETE", "api/v1/messages", Connection="close") == (200, b"ok")
    assert api.delete("api/v1/messages").text == "ok"


def test_odd_messages_are_shown_too(api: httpx2.Client, put: Put) -> None:
    """Octets that are not UTF-8 become U+FFFD; nothing is lost from the list."""
    deep = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(500))
    put(b"", b"\xff\xfe\x00\r\n\r\n\x80", deep, b"Subject: =?x?q?=\r\n\r\n.\r\n")
    answer = listed(api)
    assert answer["count"] == 4
    assert "\ufffd" in answer["items"][2]["Raw"]["Data"]
    assert len(api.get("api/v2/messages").content) < 20 * len(deep)
