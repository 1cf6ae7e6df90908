# ruff: noqa: E501 - tables
"""The requests of the comparison with Mailpit: every route of its API, for every mail and for the mailbox."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote


@dataclass(frozen=True, kw_only=True)
class Request:
    """A request. route: its kind, for grouping. name: for reports. `<id N>` stands for the id of the mail with a number."""

    route: str
    path: str
    name: str
    method: str = "GET"
    body: Any = None
    content: bytes | None = None


def of_message(number: int, name: str) -> Iterator[Request]:
    """Return the requests for one mail. Reading it comes first, since it marks the mail as read."""
    base = f"/api/v1/message/<id {number}>"
    for route in ("", "/headers", "/raw", "/html-check", "/link-check"):
        yield Request(route=f"message{route}", path=base + route, name=name)
    for part in ("0", "1", "2", "1.0", "1.1", "3", "99", "x"):
        yield Request(route="part", path=f"{base}/part/{part}", name=f"{name}, part {part}")
        yield Request(route="thumb", path=f"{base}/part/{part}/thumb", name=f"{name}, part {part}")
    for query in ("", "?embed=1"):
        yield Request(route=f"view html{query}", path=f"/view/<id {number}>.html{query}", name=name)
    yield Request(route="view text", path=f"/view/<id {number}>.txt", name=name)


_QUERIES = """
plain;welcome;"Second line";-plain;!plain;subject:plain;subject:"A folded subject";from:sender;from:sender@example.com
to:ann;to:ann@example.com;to:"Bob, Jr.";cc:dora;bcc:eve;bcc:bcc@example.com;reply-to:reply;addressed:dora;message-id:case
is:read;is:unread;-is:unread;is:tagged;-is:tagged;has:attachment;has:attachments;has:inline;has:inlines;tag:second;tag:"third one"
-tag:second;larger:1k;smaller:1k;larger:400;before:2000-01-01;after:2000-01-01;before:2026-10-02;after:2026-10-02;-before:2000-01-01
before:today;after:yesterday;before:someday;Grüße;grüsse;GRÜSSE;café;Äpfel;äpfel;日本語;report.pdf;dot.png;"Äpfel.csv";inner;Inner text
%;_;*;';";"";\\;<;>;&amp;;<b>;subject:;from:;tag:;is:;is:nothing;has:nothing;unknown:thing;a b c;to:ann subject:many;to:ann -subject:many
(plain);OR;plain OR html;127.0.0.1;http://127.0.0.1:9/one;sender@example.com;"<sender@example.com>";case@example.com;-;!;- plain;--plain
subject:"";"unclosed;€;text;HTML
"""


def of_mailbox() -> Iterator[Request]:
    """Return the requests for the whole mailbox: first those that change nothing."""
    for query in (
        "",
        "?limit=5",
        "?limit=5&start=3",
        "?start=1000",
        "?limit=0",
        "?limit=-1",
        "?limit=x&start=y",
        "?before=x",
    ):
        yield Request(route="messages", path=f"/api/v1/messages{query}", name=query)
    for query in _QUERIES.replace("\n", ";").split(";"):
        if query:
            yield Request(route="search", path=f"/api/v1/search?query={_quoted(query)}&limit=200", name=query)
    for query in ("", "?query=", "?query=plain&limit=0", "?query=plain&tz=Nowhere", "?query=x&limit=x&start=-1"):
        yield Request(route="search, odd", path=f"/api/v1/search{query}", name=query)
    for path in ("/api/v1/tags", "/api/v1/webui", "/api/v1/info", "/api/v1/chaos", "/livez", "/readyz", "/view/latest",
                 "/view/latest.html", "/view/latest.txt", "/view/nothing.html", "/view/nothing.txt", "/api/v1/message/latest",
                 "/api/v1/message/nothing", "/api/v1/message/latest/part/1", "/api/v1/message/nothing/raw",
                 "/api/v1/message/nothing/headers", "/api/v1/message/nothing/html-check", "/api/v1/message/nothing/link-check",
                 "/api/v1/message/nothing/part/1", "/api/v1/message/nothing/part/1/thumb", "/api/v1/message/latest/sa-check",
                 "/api/v1/nothing", "/nothing", "/api", "/api/v1", "/api/v1/", "/metrics", "/view/", "/robots.txt",
                 "/api/v1/message/latest?query=subject:plain", "/view/latest.html?query=subject:links", "/favicon.ico"):  # fmt: skip
        yield Request(route=f"GET {path.partition('?')[0]}", path=path, name=path)
    for method, path in (("POST", "/api/v1/messages"), ("PATCH", "/api/v1/messages"), ("POST", "/api/v1/message/latest"),
                         ("DELETE", "/api/v1/message/latest"), ("PUT", "/livez"), ("HEAD", "/api/v1/messages"),
                         ("HEAD", "/livez"), ("OPTIONS", "/api/v1/messages"), ("GET", "/api/v1/send")):  # fmt: skip
        yield Request(route=f"{method} {path}", path=path, name=path, method=method)
    yield from _sending()
    yield from _changes()


def _quoted(text: str) -> str:
    return quote(text, safe="")


_ANN = {"Email": "ann@example.com", "Name": "Ann"}
_SENT = {"From": {"Email": "api@example.com", "Name": "Api"}, "To": [_ANN], "Subject": "Sent", "Text": "Text"}
_PNG = "iVBORw0KGgo="


def _sending() -> Iterator[Request]:
    bodies: dict[str, Any] = {
        "text": _SENT,
        "html": {**_SENT, "Text": "", "HTML": "<p>only</p>"},
        "both": {**_SENT, "HTML": "<p>both</p>"},
        "nothing": {"From": _SENT["From"], "To": [_ANN]},
        "no from": {"To": [_ANN], "Text": "x"},
        "no recipients": {"From": _SENT["From"], "Text": "x"},
        "cc only": {"From": _SENT["From"], "Cc": [_ANN], "Text": "x"},
        "bcc only": {"From": _SENT["From"], "Bcc": ["ann@example.com"], "Text": "x"},
        "bad address": {**_SENT, "To": [{"Email": "no address"}]},
        "bad bcc": {**_SENT, "Bcc": ["no address"]},
        "wrong type": {**_SENT, "To": "ann@example.com"},
        "unknown key": {**_SENT, "Nothing": 1},
        "lower case": {key.lower(): value for key, value in _SENT.items()},
        "reply to": {**_SENT, "ReplyTo": [_ANN]},
        "headers": {**_SENT, "Headers": {"X-Own": "value", "X-Other": "ü"}},
        "forbidden headers": {**_SENT, "Headers": {"Subject": "other", "From": "x@y.test"}},
        "bad header": {**_SENT, "Headers": {"X Own": "value"}},
        "header injection": {**_SENT, "Headers": {"X-Own": "a\r\nBcc: x@y.test"}},
        "subject injection": {**_SENT, "Subject": "a\r\nBcc: x@y.test"},
        "tags": {**_SENT, "Tags": ["One", "two words"]},
        "bad tags": {**_SENT, "Tags": ["<bad>", ""]},
        "many tags": {**_SENT, "Tags": [f"tag {number}" for number in range(90)]},
        "comma in tag": {**_SENT, "Tags": ["a, b"]},
        "attachment": {**_SENT, "Attachments": [{"Content": _PNG, "Filename": "a.png"}]},
        "attachment with type": {**_SENT, "Attachments": [{"Content": _PNG, "Filename": "a", "ContentType": "image/png"}]},
        "inline": {**_SENT, "HTML": "<img src=cid:x>",
                   "Attachments": [{"Content": _PNG, "Filename": "a.png", "ContentID": "x"}]},
        "bad base64": {**_SENT, "Attachments": [{"Content": "!!!", "Filename": "a.png"}]},
        "no file name": {**_SENT, "Attachments": [{"Content": _PNG}]},
        "list": [_SENT],
        "empty": {},
    }  # fmt: skip
    for name, body in bodies.items():
        yield Request(route="send", path="/api/v1/send", name=name, method="POST", body=body)
        yield Request(route=f"sent {name}", path="/api/v1/message/latest", name=name)
        yield Request(route=f"sent {name}, source", path="/api/v1/message/latest/raw", name=name)
    for content in (b"", b"{", b"null", b"\xff"):
        yield Request(route="send", path="/api/v1/send", name=repr(content), method="POST", content=content)


def _changes() -> Iterator[Request]:
    changes: list[tuple[str, str, Any]] = [
        ("PUT", "/api/v1/messages", {"IDs": ["<id 1>", "<id 2>"], "Read": False}),
        ("PUT", "/api/v1/messages", {"Search": "subject:plain", "Read": False}),
        ("PUT", "/api/v1/messages", {"IDs": ["<id 1>"], "Search": "x", "Read": True}),
        ("PUT", "/api/v1/messages", {"ids": ["<id 1>"], "read": True}),
        ("PUT", "/api/v1/messages", "text"),
        ("PUT", "/api/v1/tags", {"IDs": ["<id 3>"], "Tags": ["New tag", "b"]}),
        ("PUT", "/api/v1/tags", {"IDs": ["<id 4>"], "Tags": ["new TAG", "with, comma"]}),
        ("PUT", "/api/v1/tags", {"IDs": ["<id 5>"], "Tags": ["<bad>"]}),
        ("PUT", "/api/v1/tags", {"IDs": ["<id 4>"], "Tags": []}),
        ("PUT", "/api/v1/tags", {"IDs": ["nothing"], "Tags": ["x"]}),
        ("PUT", "/api/v1/tags/new%20tag", {"Name": "Renamed"}),
        ("PUT", "/api/v1/tags/nothing", {"Name": "Renamed"}),
        ("PUT", "/api/v1/tags/b", {"Name": "<bad>"}),
        ("PUT", "/api/v1/tags/b", {"Name": "renamed"}),
        ("DELETE", "/api/v1/tags/nothing", None),
        ("DELETE", "/api/v1/tags/b", None),
        ("PUT", "/api/v1/chaos", {"Sender": {"ErrorCode": 451, "Probability": 0}}),
        ("PUT", "/api/v1/chaos", {"Sender": {"ErrorCode": 99, "Probability": 0}}),
        ("PUT", "/api/v1/chaos", {}),
        ("POST", "/api/v1/message/latest/release", {"To": ["ann@example.com"]}),
        ("POST", "/api/v1/message/nothing/release", {"To": ["ann@example.com"]}),
        ("DELETE", "/api/v1/search?query=subject:many", None),
        ("DELETE", "/api/v1/search?query=", None),
        ("DELETE", "/api/v1/messages", {"IDs": ["<id 0>", "<id 1>"]}),
        ("DELETE", "/api/v1/messages", {"ids": ["<id 2>"]}),
    ]
    for method, path, body in changes:
        yield Request(
            route=f"{method} {path.partition('?')[0]}", path=path, name=f"{path} {body}", method=method, body=body
        )
        for after in ("messages?limit=3", "tags", "chaos"):
            yield Request(route=f"{after} after {method} {path}", path=f"/api/v1/{after}", name=f"{path} {body}")
    yield Request(route="DELETE everything", path="/api/v1/messages", name="no body", method="DELETE")
    yield Request(route="messages, none", path="/api/v1/messages", name="empty")
    yield Request(route="search, none", path="/api/v1/search?query=x", name="empty")
    yield Request(route="latest, none", path="/api/v1/message/latest", name="empty")
    yield Request(route="view latest, none", path="/view/latest", name="empty")
