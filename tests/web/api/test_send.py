"""`POST /api/v1/send`."""

import base64
from email import message_from_bytes, policy
from typing import Any

import httpx2
import pytest

from catcher.testing import running_catcher

SEND = "/api/v1/send"
LEAST: dict[str, Any] = {"From": {"Email": "a@example.com"}, "To": [{"Email": "b@example.com"}]}


def sent(api: httpx2.Client, body: Any, **options: Any) -> dict[str, Any]:
    """What became of a message that was sent in."""
    answer = api.post(SEND, json=body, **options)
    assert answer.status_code == 200, answer.text
    shown: dict[str, Any] = api.get(f"/api/v1/message/{answer.json()['ID']}").json()
    return shown


def test_a_minimal_message_is_stored(api: httpx2.Client) -> None:
    """From and a recipient; Date and Message-ID are added. Mailpit compatibility: Send."""
    shown = sent(api, LEAST)
    assert shown["From"] == {"Name": "", "Address": "a@example.com"}
    assert shown["To"] == [{"Name": "", "Address": "b@example.com"}]
    assert shown["MessageID"]
    assert shown["ReturnPath"] == "a@example.com"
    assert shown["Envelope"]["Protocol"] == "HTTP"


def test_a_message_with_every_field_is_stored(api: httpx2.Client) -> None:
    """Every field of the request, keys in any letter case. Mailpit compatibility: Send."""
    png = base64.b64encode(b"\x89PNG\r\n\x1a\nrest").decode()
    shown = sent(
        api,
        {
            "from": {"name": 'Ännë, "x"', "email": "a@example.com"},
            "TO": [{"Name": "Bob", "Email": "b@example.com"}],
            "Cc": [{"Email": "c@example.com"}],
            "bcc": ["hidden@example.com", "H2 <two@example.com>"],
            "replyTo": [{"Email": "r@example.com"}],
            "Subject": "Grüße\nX-Evil: 1",
            "Text": "text ü",
            "HTML": "<p>html ü</p><img src='cid:pic'>",
            "Tags": ["one", "zwei ü"],
            "Headers": {"X-Own": "välue", "Message-ID": "<own@example.com>"},
            "Attachments": [
                {"Filename": "ü.txt", "Content": base64.b64encode("é".encode()).decode()},
                {"Filename": "p.png", "Content": f"data:image/png;base64,{png}", "ContentID": "pic"},
                {"Content": png, "ContentType": "application/x-own; a=b", "Filename": "o.bin"},
            ],
        },
        headers={"Authorization": "Basic " + base64.b64encode(b"robot:secret").decode()},
    )
    assert shown["From"] == {"Name": 'Ännë, "x"', "Address": "a@example.com"}
    assert [each["Address"] for each in shown["Bcc"]] == ["hidden@example.com", "two@example.com"]
    assert [each["Address"] for each in shown["ReplyTo"]] == ["r@example.com"]
    assert shown["Subject"] == "Grüße X-Evil: 1"
    assert (shown["Text"].strip(), shown["HTML"].strip()) == ("text ü", "<p>html ü</p><img src='cid:pic'>")
    assert shown["Tags"] == ["one", "zwei ü"]
    assert shown["MessageID"] == "own@example.com"
    assert shown["Username"] == "robot"
    assert [(each["FileName"], each["ContentType"], each["Size"]) for each in shown["Attachments"]] == [
        ("ü.txt", "text/plain", 2), ("o.bin", "application/x-own", 12),
    ]  # fmt: skip
    assert [(each["FileName"], each["ContentID"], each["ContentType"]) for each in shown["Inline"]] == [
        ("p.png", "pic", "image/png")
    ]
    assert "X-Evil" not in api.get(f"/api/v1/message/{shown['ID']}/headers").json()


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"From": {}}, "error building message: from not set"),
        ({"To": []}, "error building message: no recipients (to, cc, bcc) set"),
        ({"To": [{"Email": "no address"}]}, "invalid To address: no address"),
        ({"Cc": [{"Email": "a@b, c@d"}]}, "invalid Cc address: a@b, c@d"),
        ({"Bcc": ["x"]}, "invalid Bcc address: x"),
        ({"Bcc": ["a@b\r\nX: y"]}, "invalid Bcc address"),
        ({"ReplyTo": [{"Email": "@"}]}, "invalid Reply-To address: @"),
        ({"Headers": {"subject": "x"}}, 'cannot overwrite header: "subject"'),
        ({"Headers": {"X-Tags": "x"}, "Tags": ["y"]}, 'cannot overwrite header: "X-Tags"'),
        ({"Headers": {"X-A": "b\r\nBcc: evil@example.com"}}, "error building message"),
        ({"Headers": {"X A": "b"}}, "invalid header name"),
        ({"Headers": {"X-A": 5}}, "invalid JSON"),
        ({"Attachments": [{"Filename": "f", "Content": "%%%"}]}, 'error decoding base64 attachment "f"'),
        ({"Attachments": [{"Filename": "f", "Content": "aGk=", "ContentType": "x\r\ny"}]}, "invalid ContentType"),
        ({"Subject": 5}, "invalid JSON"),
        ({"To": "b@example.com"}, "invalid JSON"),
    ],
)
def test_an_invalid_message_is_refused_in_json(api: httpx2.Client, change: dict[str, Any], text: str) -> None:
    """400 with {"Error"}, and nothing is stored. Mailpit compatibility: Send."""
    answer = api.post(SEND, json=LEAST | change)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/json"
    assert text in answer.json()["Error"]
    assert api.get("/api/v1/messages").json()["total"] == 0


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"[" * 100_000, b"\xff"])
def test_a_malformed_body_is_refused_in_json(api: httpx2.Client, body: bytes) -> None:
    """400, never a failure."""
    answer = api.post(SEND, content=body)
    assert (answer.status_code, list(answer.json())) == (400, ["Error"])


@pytest.mark.parametrize(
    "address", ["ü@example.com", "a@bücher.example", '"a b"@example.com', "a@[127.0.0.1]", "a@localhost", "A.B@X.test"]
)
def test_unusual_addresses_are_addresses(api: httpx2.Client, address: str) -> None:
    """Quoted and UTF-8 local parts, literals, bare host names. RFC 5321 §4.1.2, RFC 6531 §3.3."""
    shown = sent(api, LEAST | {"To": [{"Name": "X", "Email": address}], "From": {"Email": address}})
    assert [each["Address"] for each in shown["Envelope"]["Recipients"]] == [address]
    assert shown["Bcc"] == [], "the header names the recipient as the envelope does"


def test_nested_types_do_not_break_a_message(api: httpx2.Client) -> None:
    """An attached message or multipart is kept as octets, whatever it holds."""
    content = base64.b64encode(b"\x00 not a message").decode()
    for media_type in ("message/rfc822", "multipart/mixed"):
        shown = sent(api, LEAST | {"Attachments": [{"Filename": "m", "Content": content, "ContentType": media_type}]})
        assert [each["Size"] for each in shown["Attachments"]] == [15]


def test_octets_are_stored_as_they_are(api: httpx2.Client) -> None:
    """A message/rfc822 body is kept to the octet; the envelope is that of the header section."""
    octets = b"From: a@b.test\nTo: c@d.test\nBcc: e@f.test\nSubject: x\n\n\x00\xff bare\n"
    answer = api.post(SEND, content=octets, headers={"Content-Type": "message/rfc822"})
    store_id = answer.json()["ID"]
    assert api.get(f"/api/v1/message/{store_id}/raw").content == octets
    envelope = api.get(f"/api/v1/message/{store_id}").json()["Envelope"]
    assert envelope["ReversePath"] == "a@b.test"
    assert [each["Address"] for each in envelope["Recipients"]] == ["c@d.test", "e@f.test"]


def test_octets_may_have_an_envelope_of_their_own(api: httpx2.Client) -> None:
    """`from` and `to` of the query win over the header section; an empty `from` is the null reverse-path."""
    answer = api.post(
        SEND, params={"from": "", "to": ["x@y.test", "z@y.test"]}, content=b"To: c@d\n\nbody",
        headers={"Content-Type": "message/rfc822; charset=x"},
    )  # fmt: skip
    envelope = api.get(f"/api/v1/message/{answer.json()['ID']}").json()["Envelope"]
    assert envelope["ReversePath"] == ""
    assert [each["Address"] for each in envelope["Recipients"]] == ["x@y.test", "z@y.test"]


def test_octets_without_recipients_are_refused(api: httpx2.Client) -> None:
    """A message without recipients is a mistake."""
    answer = api.post(SEND, content=b"Subject: x\n\nbody", headers={"Content-Type": "message/rfc822"})
    assert (answer.status_code, list(answer.json())) == (400, ["Error"])


def test_the_inbox_can_be_given(api: httpx2.Client) -> None:
    """The message is stored in that inbox only, in place of the routing rules; an invalid name is refused in JSON."""
    body = {"From": {"Email": "a@example.com"}, "To": [{"Email": "b+other@example.com"}], "Subject": "hello"}
    sent = api.post("api/v1/send?inbox=signup", json=body).json()
    assert [each["ID"] for each in api.get("api/v1/messages?inbox=signup").json()["messages"]] == [sent["ID"]]
    assert api.get("api/v1/messages?inbox=other").json()["messages"] == []
    for wrong in ("", "%20", "%00"):
        refused = api.post(f"api/v1/send?inbox={wrong}", json=body)
        assert (refused.status_code, list(refused.json())) == (400, ["Error"])
        assert "inbox" in refused.json()["Error"]


def test_large_octets_are_accepted_up_to_the_message_limit() -> None:
    """Not bound to the limit of other bodies; over the limit of messages 413 in JSON, and nothing is stored."""
    with running_catcher(max_message_size=str(8)) as running, httpx2.Client(base_url=running.url, timeout=60) as api:
        octets = b"To: c@d.test\r\n\r\n" + b"x" * (6 * 1024 * 1024)
        rfc822 = {"Content-Type": "message/rfc822"}
        stored = api.post(SEND, content=octets, headers=rfc822)
        assert stored.status_code == 200, stored.text
        assert api.get(f"/api/v1/message/{stored.json()['ID']}/raw").content == octets
        for content in (octets * 2, iter([octets, octets])):
            refused = api.post(SEND, content=content, headers=rfc822)
            assert (refused.status_code, refused.json()) == (413, {"Error": "http: request body too large"})
        large = LEAST | {"Text": "x" * (9 * 1024 * 1024)}
        refused = api.post(SEND, json=large)
        assert (refused.status_code, refused.json()) == (413, {"Error": "http: request body too large"})
        assert api.get("/api/v1/messages").json()["total"] == 1


def test_a_composed_message_can_be_parsed_by_others(api: httpx2.Client) -> None:
    """The standard library's parser finds alternative, related and mixed parts where RFC 2046 and 2387 require them."""
    png = base64.b64encode(b"\x89PNG\r\n\x1a\n").decode()
    shown = sent(
        api,
        LEAST
        | {
            "Text": "t",
            "HTML": "h",
            "Attachments": [{"Content": png, "ContentID": "c"}, {"Content": png, "Filename": "f"}],
        },
    )
    message = message_from_bytes(api.get(f"/api/v1/message/{shown['ID']}/raw").content, policy=policy.default)
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/mixed", "multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png",
        "image/png",
    ]  # fmt: skip
    assert not message.defects


def test_a_message_has_at_most_a_hundred_tags(api: httpx2.Client) -> None:
    """One more is an error, and nothing is stored. Mailpit compatibility: Send."""
    tags = [f"tag{number}" for number in range(101)]
    answer = api.post(SEND, json=LEAST | {"Tags": tags})
    assert (answer.status_code, "100 tags" in answer.json()["Error"]) == (400, True)
    assert api.get("/api/v1/messages").json()["total"] == 0
    assert len(sent(api, LEAST | {"Tags": tags[:100]})["Tags"]) == 100


def test_an_unavailable_store_is_worth_another_try() -> None:
    """503 with Retry-After, in the shape of the route's errors. Mailpit compatibility: Send."""
    with running_catcher() as running, httpx2.Client(base_url=running.url, timeout=30) as client:
        running.store.close()
        answer = client.post(SEND, json=LEAST)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert answer.json() == {"Error": "Service Unavailable"}
