"""`texts`: the searchable texts of a message, and the terms that find them."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import asdict

from catcher import mime
from catcher.envelope import Client, Envelope, ForwardPath
from catcher.mime.model import Address
from catcher.store.model import Addresses
from catcher.store.search import Subject, matches, parse, search_texts
from catcher.store.search.texts import ENTRIES_LIMIT, FIELD_LIMIT, HEADER_LIMIT

NOW = datetime(2024, 1, 31, 12, tzinfo=UTC)

RAW = (
    b"Message-ID: <20240131.1@Mail.example>\r\n"
    b"From: =?utf-8?q?Ann_=C3=84rmel?= <ann@example.com>\r\n"
    b'To: "Name, The" <bob@example.org>\r\n'
    b"Subject: =?utf-8?b?R3LDvMOfZSAxMDAlX3N1cmU=?=\r\n"
    b"X-Mailer: PHP & <friends>\r\n"
    b"X-Empty:\r\n"
    b"Received: from one\r\n"
    b"Received: from two\r\n"
    b"Content-Type: multipart/mixed; boundary=b\r\n"
    b"\r\n"
    b"--b\r\nContent-Type: text/plain\r\n\r\nbody\r\n"
    b'--b\r\nContent-Type: application/pdf; name="In Voice.pdf"\r\n\r\nx\r\n--b--\r\n'
)


def subject(raw: bytes = RAW, text: str = "The body\nsays hello") -> Subject:
    message = mime.parse(raw)
    envelope = Envelope(
        reverse_path="Bounces@example.com",
        forward_paths=(ForwardPath(addr_spec="hidden@example.net"),),
        received_at=NOW,
        client=Client(address="10.0.0.7", user="App", helo="web-1"),
    )
    addresses = Addresses(
        from_=message.from_,
        to=message.to,
        bcc=(Address(display_name="", addr_spec="hidden@example.net"),),
    )
    return Subject(
        store_id="1",
        received_at=NOW,
        size=len(raw),
        attachments=1,
        inlines=0,
        is_read=False,
        tags=("Größe",),
        texts=search_texts(message, envelope, addresses, text),
    )


@pytest.mark.parametrize(
    "query",
    [
        "ÄRMEL",
        "from:ärmel",
        "from:=ann@example.com",
        'from:="ann ärmel"',
        "ann@example.com",
        'to:"name, the"',
        "bcc:hidden",
        "addressed:hidden@example.net",
        "hidden@example.net",
        "subject:GRÜSSE",
        "grüße",
        "100%_sure",
        'subject:="grüße 100%_sure"',
        '"body says"',
        '"in voice.pdf"',
        'filename:="in voice.pdf"',
        "type:application/pdf",
        "type:multipart/mixed",
        "has:text",
        "20240131.1@mail.example",
        "message-id:<20240131.1@mail.example>",
        "message-id:=20240131.1@mail.example",
        "header:message-id=20240131",
        "bounces@example.com",
        "reverse-path:=bounces@example.com",
        "return-path:bounces",
        "user:=app",
        "ip:10.0.0.",
        "helo:web",
        "header:x-mailer=php",
        'header:x-mailer=="PHP & <friends>"',
        "header:x-empty",
        'header:received="from two"',
        "header:subject=grüße",
        "tag:grösse",
    ],
)
def test_a_message_is_found_by(query: str) -> None:
    """Each text, and those that other catchers leave out. Mailpit compatibility: Search texts."""
    assert matches(parse(query, now=NOW), subject())


@pytest.mark.parametrize(
    "query",
    [
        "from:name",
        "to:address",
        "display_name",
        "from:bob",
        "user",
        "helo",
        "reverse_path",
        "10.0.0.7",
        "web-1",
        "user:=ap",
        "user:web-1",
        "to:=bob",
        "100_",
        "subject:100%sure",
        "has:html",
        "has:inline",
        "header:x-mail",
        'header:x-mailer="from one"',
        "header:x-empty=php",
        "the body says hello bounces@example.com zebra",
    ],
)
def test_a_message_is_not_found_by(query: str) -> None:
    """No keys, labels or wildcards match; facts of the connection are found by their own terms only."""
    assert not matches(parse(query, now=NOW), subject())


def test_the_texts_of_a_message_are_bounded() -> None:
    """Tens of thousands of fields and recipients give a bounded text each."""
    many = b"".join(b"X-%d: %s\r\n" % (number, b"y" * 50) for number in range(20_000))
    to = b"To: " + b", ".join(b"user%d@example.com" % number for number in range(10_000)) + b"\r\n"
    texts = subject(b"Subject: x\r\n" + to + many + b"\r\nbody").texts
    assert "\nsubject: x\n" in texts.header
    assert len(texts.header) <= HEADER_LIMIT + 2
    assert len(texts.to) <= ENTRIES_LIMIT + 5_000
    assert texts.to.startswith("\nuser0@example.com\n")


def test_a_long_text_does_not_displace_the_others() -> None:
    """A field, a name or a fact of the connection is cut by itself, so that what follows it is found."""
    long = "y" * 50_000
    raw = f"X-Long: {long}\r\nX-{long}: x\r\nTo: {long} <a@b.c>, {long} <d@e.f>\r\nX-Last: found\r\n\r\n".encode()
    texts = subject(raw).texts
    assert len(texts.header) < 4 * FIELD_LIMIT
    assert "\nx-last: found\n" in texts.header
    assert len(texts.to) < 3 * FIELD_LIMIT
    assert texts.to.endswith("\nd@e.f\n")
    client = Client(address=long, user=long, helo=long)
    message = mime.parse(b"Message-ID: <" + long.encode() + b">\r\n\r\n")
    envelope = Envelope(reverse_path=long, forward_paths=(), received_at=NOW, client=client)
    assert len(search_texts(message, envelope, Addresses(), "").client) < 6 * FIELD_LIMIT


def test_any_octets_have_texts_that_a_database_accepts() -> None:
    """No NUL, no half surrogate, no line break inside a line."""
    for raw in (b"", b"\x00", b"\xff\xfe: \x00\xd8\r\n", b"Subject: =?utf-16?b?2D0=?=\r\nFrom: \x00<\xff>\r\n\r\n"):
        texts = subject(raw, text="\ud800\x00").texts
        for value in asdict(texts).values():
            assert "\x00" not in value
            assert value.encode().decode() == value
        assert all(": " in line for line in texts.header.strip("\n").split("\n") if line)


def test_an_empty_message_has_empty_texts() -> None:
    """Only its media type can be found."""
    message = mime.parse(b"")
    envelope = Envelope(reverse_path="", forward_paths=(), received_at=NOW)
    texts = search_texts(message, envelope, Addresses(), "")
    assert {texts.subject, texts.from_, texts.header, texts.client, texts.text, texts.file_names} == {""}
    assert texts.media_types == "\ntext/plain\n"
