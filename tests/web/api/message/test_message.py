"""`/api/v1/message/{id}` and its header section."""

import base64
import hashlib
from collections.abc import Callable

import httpx2
import pytest

from tests.web.api.mails import MIXED, plain

pytestmark = pytest.mark.engines

Put = Callable[..., list[str]]
ONE = "/api/v1/message/"
PDF = base64.b64decode("JVBERi0xLjQKJeKCrA==")


def unread(api: httpx2.Client) -> int:
    """How many messages have no read mark."""
    number: int = api.get("/api/v1/messages").json()["unread"]
    return number


def test_a_message_has_the_keys_that_clients_expect(api: httpx2.Client, put: Put) -> None:
    """Every key of the schema, filled from a message that has everything. Mailpit compatibility: Message."""
    (store_id,) = put(MIXED, recipients=("bob@example.com", "CAROL@example.com", "hidden@example.com"))
    shown = api.get(ONE + store_id).json()
    expected = {
        "ID": store_id,
        "MessageID": "mixed@example.com",
        "Read": True,
        "From": {"Name": "Anna Österreich", "Address": "anna@example.com"},
        "To": [{"Name": "Bob", "Address": "bob@example.com"}, {"Name": "", "Address": "carol@example.com"}],
        "Cc": [{"Name": "", "Address": "dora@example.com"}],
        "Bcc": [{"Name": "", "Address": "hidden@example.com"}],
        "ReplyTo": [{"Name": "", "Address": "answers@example.com"}],
        "ReturnPath": "bounce@example.com",
        "Subject": "Grüße & <more>",
        "Date": "2024-01-02T10:20:30+05:30",
        "Tags": ["apple", "Zebra"],
        "Username": "robot",
        "Text": "Grüße aus Wien",
        "Size": len(MIXED),
        "ListUnsubscribe": {
            "Header": "<mailto:off@example.com>, <https://example.com/off>",
            "Links": ["mailto:off@example.com", "https://example.com/off"],
            "Errors": "",
            "HeaderPost": "List-Unsubscribe=One-Click",
        },
    }
    assert {key: shown[key] for key in expected} == expected
    assert "cid:logo@x" in shown["HTML"]


def test_every_leaf_except_the_bodies_is_listed(api: httpx2.Client, put: Put) -> None:
    """With or without a name; file names decoded, digests of the decoded octets.

    Mailpit compatibility: Message; Differences.
    """
    (store_id,) = put(MIXED)
    shown = api.get(ONE + store_id).json()
    assert shown["Attachments"] == [
        {
            "PartID": "2", "FileName": "Résumé.pdf", "ContentType": "application/pdf", "ContentID": "", "Size": 13,
            "Checksums": {
                "MD5": hashlib.md5(PDF).hexdigest(),
                "SHA1": hashlib.sha1(PDF).hexdigest(), "SHA256": hashlib.sha256(PDF).hexdigest(),
            },
        }
    ]  # fmt: skip
    assert [(each["PartID"], each["FileName"], each["ContentType"]) for each in shown["Inline"]] == [
        ("1.2", "logo.png", "image/png"),
        ("3", "", "text/calendar"),
    ]


def test_a_message_has_its_tree_and_envelope(api: httpx2.Client, put: Put) -> None:
    """Besides the fields of existing clients: each entity with its parent, and the transaction."""
    (store_id,) = put(MIXED, recipients=("bob@example.com", "x@example.com"))
    shown = api.get(ONE + store_id).json()
    assert [(each["PartID"], each["Parent"]) for each in shown["Parts"]] == [
        ("0", ""), ("1.0", "0"), ("1.1.0", "1.0"), ("1.1.1", "1.1.0"), ("1.1.2", "1.1.0"), ("1.2", "1.0"),
        ("2", "0"), ("3", "0"),
    ]  # fmt: skip
    assert shown["Envelope"]["ReversePath"] == "bounce@example.com"
    assert [each["Address"] for each in shown["Envelope"]["Recipients"]] == ["bob@example.com", "x@example.com"]
    assert shown["Envelope"]["Helo"] == "client.test"


@pytest.mark.parametrize("content", [b"", b"\x00", b"no header section at all", b"\r\n\r\nbody", b"\xff" * 3000])
def test_any_octets_can_be_read(api: httpx2.Client, put: Put, content: bytes) -> None:
    """Odd mail is still mail: it is shown with empty strings and lists, never null, and never a failure."""
    (store_id,) = put(content, reverse_path="")
    shown = api.get(ONE + store_id)
    assert shown.status_code == 200
    assert "null" not in shown.text
    assert shown.json()["From"] == {"Name": "", "Address": ""}
    assert shown.json()["ReturnPath"] == ""
    assert shown.json()["Date"] == shown.json()["Created"]
    for path in ("/headers", "/raw"):
        assert api.get(ONE + store_id + path).status_code == 200


def test_reading_marks_read_and_peeking_does_not(api: httpx2.Client, put: Put) -> None:
    """Only the message itself and its views mark it as read. Mailpit compatibility: Routes."""
    (store_id,) = put(plain(0))
    assert api.get(ONE + store_id, params={"peek": 1}).json()["Read"] is False
    for path in ("/headers", "/raw", "/part/0"):
        assert api.get(ONE + store_id + path).status_code == 200
    assert unread(api) == 1
    assert api.get(ONE + store_id).json()["Read"] is True
    assert unread(api) == 0


def test_an_unknown_id_is_not_found(api: httpx2.Client, put: Put) -> None:
    """404 with the text clients know. Mailpit compatibility: Routes."""
    (store_id,) = put(plain(0))
    for path in ("", "/headers", "/raw", "/part/0"):
        for unknown in ("nothing", "0" * 22, "%00", "..%2f", "x" * 5000, "ü"):
            answer = api.get(f"{ONE}{unknown}{path}")
            assert answer.status_code == 404, (unknown, path)
    assert api.get(ONE + "nothing").text == "404 page not found"
    answer = api.get(f"{ONE}{store_id}/part/9")
    assert (answer.status_code, answer.text) == (404, "404 page not found")


def test_latest_is_the_newest_or_the_newest_that_matches(api: httpx2.Client, put: Put) -> None:
    """`latest` on every message route, with query and tz. Mailpit compatibility: Routes."""
    put(plain(0, subject="apple", text="first"), plain(1, subject="pear", text="second"))
    assert api.get(ONE + "latest", params={"peek": 1}).json()["Subject"] == "pear"
    for path in ("", "/headers", "/raw", "/part/0"):
        assert "second" in api.get(ONE + "latest" + path).text or path == "/headers"
        found = api.get(ONE + "latest" + path, params={"query": "subject:apple", "tz": "Europe/Vienna"})
        assert "first" in found.text or found.json()["Subject"] == ["apple"]
        missed = api.get(ONE + "latest" + path, params={"query": "subject:plum"})
        assert (missed.status_code, missed.text) == (404, "Message not found")
        assert api.get(ONE + "latest" + path, params={"query": "before:garbage"}).status_code == 404


def test_latest_of_an_empty_mailbox_is_not_found(api: httpx2.Client) -> None:
    """404 with the text clients know. Mailpit compatibility: Routes."""
    answer = api.get(ONE + "latest")
    assert (answer.status_code, answer.text) == (404, "Message not found")


def test_the_header_section_has_canonical_names_in_order(api: httpx2.Client, put: Put) -> None:
    """Names as Go writes them, sorted; values unfolded and not decoded, repeated fields kept.

    Mailpit compatibility: Contents.
    """
    (store_id,) = put(
        b"x-php-originating-script: 1\r\nMESSAGE-ID: <a@b>\r\nSubject: =?utf-8?q?=C3=BC?=\r\n folded\r\n"
        b"Received: one\r\nReceived: two\r\nDKIM-Signature: v=1\r\nMIME-Version: 1.0\r\n\r\n"
    )
    shown = api.get(f"{ONE}{store_id}/headers").json()
    assert list(shown) == [
        "Dkim-Signature", "Message-Id", "Mime-Version", "Received", "Subject", "X-Php-Originating-Script",
    ]  # fmt: skip
    assert shown["Received"] == ["one", "two"]
    assert shown["Subject"] == ["=?utf-8?q?=C3=BC?= folded"]


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("Mon, 01 Jan 2024 00:00:00 GMT", "2024-01-01T00:00:00Z"),
        ("Mon, 01 Jan 2024 00:00:00 -0800", "2024-01-01T00:00:00-08:00"),
        ("Mon, 01 Jan 2024 00:00:00 +1400", "2024-01-01T00:00:00+14:00"),
        ("Fri, 31 Dec 2077 23:59:59 -1100", "2077-12-31T23:59:59-11:00"),
        ("Fri, 31 Dec 9999 23:59:59 -1100", None),
        ("Mon, 01 Jan 0001 00:00:00 +1200", None),
        ("nonsense", None),
    ],
)
def test_the_date_keeps_its_own_offset(api: httpx2.Client, put: Put, date: str, expected: str | None) -> None:
    """RFC 3339 in the sender's zone; an invalid date gives the time of receipt.

    Mailpit compatibility: Ground rules.
    """
    (store_id,) = put(f"From: a@b\r\nDate: {date}\r\n\r\n".encode())
    shown = api.get(ONE + store_id)
    assert shown.status_code == 200
    if expected is not None:
        assert shown.json()["Date"] == expected


def test_a_large_message_is_read_without_its_attachments(api: httpx2.Client, put: Put) -> None:
    """Text and HTML of a mail over the limit for reading it whole are the same as of a small one."""
    filler = b"QUJD" * 700_000
    large = MIXED.replace(b"JVBERi0xLjQKJeKCrA==", filler)
    small_id, large_id = put(MIXED, large)
    small, great = (api.get(ONE + each).json() for each in (small_id, large_id))
    assert (great["Text"], great["HTML"]) == (small["Text"], small["HTML"])
    assert great["Attachments"][0]["Size"] == 3 * 700_000
