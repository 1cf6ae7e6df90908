"""`/raw` and `/part/{part_id}`: octets."""

import base64
from collections.abc import Callable

import httpx2
import pytest

from tests.signed_mails import message as signed_message
from tests.signed_mails import streamed
from tests.web.api.mails import MIXED, plain

pytestmark = pytest.mark.engines

Put = Callable[..., list[str]]
ONE = "/api/v1/message/"
ODD = b"Bare: lf\n\x00\xff dots\r\n.\r\n..\r\n\r\nno end"


def test_raw_is_the_message_as_received(api: httpx2.Client, put: Put) -> None:
    """No header field added, no line end changed; plain text for browsers. Mailpit compatibility: Differences."""
    for content in (MIXED, ODD, b"", b"x" * 3_000_000):
        (store_id,) = put(content)
        answer = api.get(f"{ONE}{store_id}/raw")
        assert answer.content == content
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"
        assert answer.headers["content-length"] == str(len(content))
        assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "content-disposition" not in answer.headers


def test_raw_can_be_downloaded(api: httpx2.Client, put: Put) -> None:
    """`dl=1` names the file after the store id. Mailpit compatibility: Contents."""
    (store_id,) = put(MIXED)
    answer = api.get(f"{ONE}{store_id}/raw", params={"dl": 1})
    assert answer.headers["content-disposition"] == f'attachment; filename="{store_id}.eml"'


def test_trace_adds_the_envelope_on_top(api: httpx2.Client, put: Put) -> None:
    """Return-Path, Received and Bcc as a server would have added them; below them the octets as received."""
    (store_id,) = put(
        MIXED, recipients=("bob@example.com", "hidden@example.com", "carol@example.com", "two@example.com")
    )
    traced = api.get(f"{ONE}{store_id}/raw", params={"trace": 1}).content
    top, below = traced.removesuffix(MIXED), traced[-len(MIXED) :]
    assert below == MIXED
    lines = top.decode().split("\r\n")
    assert lines[0] == "Return-Path: <bounce@example.com>"
    assert lines[1] == "Received: from client.test ([127.0.0.1])"
    assert lines[2].startswith(f"\tby catcher with ESMTP id {store_id}; ")
    assert lines[3:] == ["Bcc: hidden@example.com,", "\ttwo@example.com", ""]


def test_a_client_cannot_inject_lines_into_the_trace(api: httpx2.Client, put: Put) -> None:
    """Control characters in the envelope start no header field of their own."""
    (store_id,) = put(plain(0), recipients=("a@b\r\nX-Evil: 1",), reverse_path="c@d>\r\nX-Evil: 2")
    top = api.get(f"{ONE}{store_id}/raw", params={"trace": 1}).text
    assert "\nX-Evil" not in top
    assert top.count("\r\n") < 12


def test_ranges_of_the_trace_run_across_its_end(api: httpx2.Client, put: Put) -> None:
    """A range of the composed octets is a piece of them wherever it lies."""
    (store_id,) = put(plain(0))
    url = f"{ONE}{store_id}/raw?trace=1"
    whole = api.get(url).content
    middle = len(whole) - len(plain(0))
    for start, end in ((0, 10), (middle - 5, middle + 5), (middle + 3, len(whole) - 1)):
        piece = api.get(url, headers={"Range": f"bytes={start}-{end}"})
        assert (piece.status_code, piece.content) == (206, whole[start : end + 1])


def test_a_part_is_its_decoded_octets(api: httpx2.Client, put: Put) -> None:
    """Transfer encoding off, charset left alone and named; a text is inline, a PDF a download. RFC 6266."""
    (store_id,) = put(MIXED)
    pdf = api.get(f"{ONE}{store_id}/part/2")
    assert pdf.content == base64.b64decode("JVBERi0xLjQKJeKCrA==")
    assert pdf.headers["content-type"] == "application/pdf"
    assert (
        pdf.headers["content-disposition"]
        == "attachment; filename=\"R_sum_.pdf\"; filename*=UTF-8''R%C3%A9sum%C3%A9.pdf"
    )
    image = api.get(f"{ONE}{store_id}/part/1.2")
    assert image.headers["content-type"] == "image/png"
    assert image.headers["content-disposition"] == 'inline; filename="logo.png"'
    text = api.get(f"{ONE}{store_id}/part/1.1.1")
    assert text.content == "Grüße aus Wien".encode("latin-1")
    assert text.headers["content-type"] == "text/plain; charset=iso-8859-1"
    assert text.text == "Grüße aus Wien"


@pytest.mark.parametrize(
    "media_type", ["text/html", "image/svg+xml", "application/xhtml+xml", "text/xml", "application/javascript", "x"]
)
def test_active_content_is_always_a_download(api: httpx2.Client, put: Put, media_type: str) -> None:
    """A short list of types is shown; everything else is a sandboxed download without sniffing."""
    head = f'From: a@b\r\nContent-Type: {media_type}; name="a.html"\r\nContent-Disposition: attachment\r\n\r\n'
    (store_id,) = put(head.encode() + b"<script>1</script>")
    answer = api.get(f"{ONE}{store_id}/part/0")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_parts_and_raw_are_cached_by_browsers(api: httpx2.Client, put: Put) -> None:
    """Immutable, with a validator; under the name `latest` they are revalidated. RFC 9110 §13."""
    (store_id,) = put(MIXED)
    for path in ("raw", "part/2"):
        answer = api.get(f"{ONE}{store_id}/{path}")
        assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"
        mark = answer.headers["etag"]
        again = api.get(f"{ONE}{store_id}/{path}", headers={"If-None-Match": f'"x", W/{mark}'})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", mark)
        latest = api.get(f"{ONE}latest/{path}")
        assert latest.headers["cache-control"] == "private, no-cache"


@pytest.mark.parametrize(
    ("asked", "status", "expected"),
    [
        ("bytes=0-3", 206, b"0123"),
        ("bytes=4-", 206, b"456789"),
        ("bytes=-3", 206, b"789"),
        ("bytes=-99", 206, b"0123456789"),
        ("bytes=8-99", 206, b"89"),
        ("bytes=10-", 416, b""),
        ("bytes=-0", 416, b""),
        ("bytes=5-2", 200, b"0123456789"),
        ("bytes=0-1,3-4", 200, b"0123456789"),
        ("lines=0-1", 200, b"0123456789"),
        ("bytes=a-b", 200, b"0123456789"),
    ],
)
@pytest.mark.parametrize("path", ["raw", "part/0"])
def test_ranges_are_served(api: httpx2.Client, put: Put, path: str, asked: str, status: int, expected: bytes) -> None:
    """One range; several or unreadable ones give the whole. RFC 9110 §14.2, §15.5.17."""
    head = b"Content-Type: application/octet-stream\r\n\r\n" if path == "part/0" else b""
    (store_id,) = put(head + b"0123456789")
    answer = api.get(f"{ONE}{store_id}/{path}", headers={"Range": asked})
    assert (answer.status_code, answer.content) == (status, expected)
    if status == 206:
        first = b"0123456789".index(expected)
        assert answer.headers["content-range"] == f"bytes {first}-{first + len(expected) - 1}/10"
    if status == 416:
        assert answer.headers["content-range"] == "bytes */10"


def test_a_range_of_something_else_is_not_served(api: httpx2.Client, put: Put) -> None:
    """`If-Range` with another validator gives the whole. RFC 9110 §13.1.5."""
    (store_id,) = put(b"0123456789")
    for mark, status in (('"other"', 200), (f'"{store_id}"', 206)):
        answer = api.get(f"{ONE}{store_id}/raw", headers={"Range": "bytes=0-1", "If-Range": mark})
        assert answer.status_code == status


def test_head_gives_the_same_header_fields(api: httpx2.Client, put: Put) -> None:
    """GET routes answer HEAD. RFC 9110 §9.3.2."""
    (store_id,) = put(MIXED)
    for path in (f"{ONE}{store_id}/raw", f"{ONE}{store_id}/part/2", f"{ONE}{store_id}", "/api/v1/messages", "/livez"):
        get, head = api.get(path), api.head(path)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers.get("content-length") == get.headers.get("content-length"), path
        assert head.headers["content-type"] == get.headers["content-type"]


def test_an_opaque_signature_is_read_like_what_it_signs(api: httpx2.Client, put: Put) -> None:
    """Text, HTML, codes, search and page show the signed content; the page says that nothing was verified."""
    (store_id,) = put(
        signed_message(streamed(b"Content-Type: text/html\r\n\r\n<p>Your code is <b>719 204</b></p>\r\n"))
    )
    message = api.get(f"/api/v1/message/{store_id}").json()
    assert "719 204" in message["HTML"]
    assert "Your code is" in message["Text"]
    assert api.get(f"/api/v1/message/{store_id}/extract").json()["code"]["value"] == "719204"
    assert api.get("/api/v1/search", params={"query": "719"}).json()["messages"][0]["Snippet"] == "Your code is 719 204"
    page = api.get(f"/view/{store_id}", params={"view": "text"}).text
    assert "The signature is not verified" in page
    assert "719 204" in page
