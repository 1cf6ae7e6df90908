"""From octets to a message ready for the store."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catcher.envelope import Client, Envelope, ForwardPath
from catcher.intake import TagOptions, TagRule, prepare
from catcher.store import InboxRouting

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def envelope(*recipients: str) -> Envelope:
    """An envelope for these recipients."""
    return Envelope(
        reverse_path="ann@example.org",
        forward_paths=tuple(ForwardPath(addr_spec=recipient) for recipient in recipients),
        received_at=NOW,
        client=Client(user="app"),
    )


def test_recipients_that_no_field_names_are_bcc() -> None:
    """All of them, each once, after those of the Bcc fields; letter case does not matter."""
    content = b"To: a@x.org, B@x.org\r\nCc: c@x.org\r\nBcc: Dee <d@x.org>\r\n\r\n"
    message = prepare(envelope("A@X.org", "b@x.org", "c@x.org", "e@x.org", "d@x.org", "E@x.org", "f@x.org"), content)
    assert [(one.display_name, one.addr_spec) for one in message.addresses.bcc] == [
        ("Dee", "d@x.org"),
        ("", "e@x.org"),
        ("", "f@x.org"),
    ]


def test_the_addresses_of_a_list_are_those_of_the_fields() -> None:
    """Each kind of field by itself, in order; recipients that it names are not Bcc."""
    content = b"".join(b"%b: %b@x.org\r\n" % (name, name) for name in (b"From", b"To", b"Cc", b"Bcc", b"Reply-To"))
    found = prepare(envelope("to@x.org", "cc@x.org"), content + b"To: second@x.org\r\n\r\n").addresses
    assert {
        kind: [one.addr_spec for one in getattr(found, kind)] for kind in ("from_", "to", "cc", "bcc", "reply_to")
    } == {
        "from_": ["From@x.org"],
        "to": ["To@x.org", "second@x.org"],
        "cc": ["Cc@x.org"],
        "bcc": ["Bcc@x.org"],
        "reply_to": ["Reply-To@x.org"],
    }


def test_inboxes_come_from_the_rules_or_from_the_caller() -> None:
    """The rules see the login, the recipients and the message; the caller's inbox takes their place."""
    content = b"X-Catcher-Inbox: field\r\n\r\n"
    sources = {"user": ("app",), "recipient": ("b@x.org", "a@x.org"), "header": ("field",)}
    for source, inboxes in sources.items():
        routing = InboxRouting(sources=(source,))
        assert prepare(envelope("b@x.org", "A@x.org"), content, routing=routing).inboxes == inboxes
        assert prepare(envelope("b@x.org"), content, routing=routing, inbox="mine").inboxes == ("mine",)


def test_a_message_without_header_has_its_recipients_as_bcc() -> None:
    """Input that is no message keeps all its data."""
    message = prepare(envelope("a@x.org"), b"")
    assert [one.addr_spec for one in message.addresses.bcc] == ["a@x.org"]
    assert (message.size, message.content, message.snippet) == (0, b"", "")


def test_the_date_field_is_the_time_of_receipt_on_request_only() -> None:
    """A message without a valid date keeps its own time."""
    content = b"Date: Mon, 2 Mar 2020 10:00:00 +0100\r\n\r\n"
    assert prepare(envelope("a@x"), content).envelope.received_at == NOW
    dated = prepare(envelope("a@x"), content, use_message_dates=True)
    assert dated.envelope.received_at == datetime(2020, 3, 2, 9, tzinfo=UTC)
    assert dated.store_id < prepare(envelope("a@x"), content).store_id
    assert prepare(envelope("a@x"), b"Date: x\r\n\r\n", use_message_dates=True).envelope.received_at == NOW


def test_a_file_gives_the_same_as_its_octets(tmp_path: Path) -> None:
    """The file is not changed."""
    content = b"Subject: hi\r\n\r\n" + b"some words\r\n" * 200_000
    file = tmp_path / "mail"
    file.write_bytes(content)
    from_file, from_octets = prepare(envelope("a@x"), file), prepare(envelope("a@x"), content)
    assert from_file.message == from_octets.message
    assert (from_file.size, from_file.snippet, from_file.texts) == (
        from_octets.size,
        from_octets.snippet,
        from_octets.texts,
    )
    assert from_file.content == file
    assert file.read_bytes() == content
    file.write_bytes(b"")
    assert prepare(envelope("a@x"), file).size == 0
    file.unlink()
    with pytest.raises(OSError, match="mail"):
        prepare(envelope("a@x"), file)


@given(st.binary(max_size=300), st.text(max_size=30))
def test_any_octets_and_recipients_are_accepted(content: bytes, recipient: str) -> None:
    """No message is refused for being malformed."""
    message = prepare(envelope(recipient), content)
    assert message.content == content
    assert message.size == len(content)


TAGGED = (
    b"From: app+from@x.org\r\nTo: user+One+two@x.org\r\nCc: a+b\r\nReply-To: r+no@x.org\r\n"
    b"X-Other: untagged\r\nX-Tags: =?utf-8?q?Gr=C3=B6=C3=9Fe?=, two words , TWO,,a/b\r\nx-tags: second field\r\n\r\n"
)


def test_tags_come_from_header_and_plus_addresses() -> None:
    """X-Tags fields, decoded, and plus addresses in From, To, Cc and Bcc, hidden recipients too.

    Mailpit compatibility: Tags.
    """
    message = prepare(envelope("hidden+deep@x.org"), TAGGED)
    assert message.tags == (
        "Größe",
        "two words",
        "TWO",
        "a b",
        "second field",
        "from",
        "One",
        "deep",
    )


def test_sources_of_tags_can_be_switched_off() -> None:
    """Each source separately."""
    by_header = prepare(envelope("a+b@x"), TAGGED, tags=TagOptions(plus_addresses=False))
    assert "from" not in by_header.tags
    assert "Größe" in by_header.tags
    by_address = prepare(envelope("a+b@x"), TAGGED, tags=TagOptions(x_tags=False))
    assert "Größe" not in by_address.tags
    assert "from" in by_address.tags
    assert prepare(envelope("a+b@x"), TAGGED, tags=TagOptions(x_tags=False, plus_addresses=False)).tags == ()


@pytest.mark.parametrize(
    ("match", "applies"),
    [
        ("is:unread", True),
        ("is:read", False),
        ("is:tagged", False),
        ("has:attachment", True),
        ("has:inline", False),
        ("larger:100", True),
        ("larger:100k", False),
        ("inbox:app", True),
        ("before:2026-02-28", False),
        ("after:2026-02-28", True),
        ("USER+ONE+TWO@X.ORG", True),
    ],
)
def test_a_rule_sees_the_message_as_a_search_would_find_it(match: str, applies: bool) -> None:
    """Unread and without tags, at its time of receipt, in its inboxes, with its files and its size."""
    content = TAGGED.replace(b"\r\n\r\n", b"\r\nContent-Disposition: attachment\r\n\r\n")
    options = TagOptions(x_tags=False, plus_addresses=False, rules=(TagRule(match=match, tags=("by rule",)),))
    assert prepare(envelope("a@x"), content, tags=options).tags == (("by rule",) if applies else ())


@pytest.mark.parametrize(("match", "tags"), [("", ("a",)), (" ", ("a",)), ("a", ()), ("a", (" ",)), ("a", ("\n",))])
def test_a_rule_without_match_or_tags_is_refused(match: str, tags: tuple[str, ...]) -> None:
    """It would apply to every message, or do nothing."""
    with pytest.raises(ValueError, match="expected a match and tags"):
        TagRule(match=match, tags=tags)


def test_a_flood_of_tags_is_bounded() -> None:
    """A message cannot fill the list of tags: the first hundred count."""
    many = b",".join(b"t%03d" % number for number in range(20_000))
    plus = "+".join(f"p{number:03}" for number in range(5000)) + "@x"
    for content, recipient, first in ((b"X-Tags: " + many, "a@x", "t000"), (b"To: b", f"a+{plus}", "p000")):
        tags = prepare(envelope(recipient), content + b"\r\n\r\n").tags
        assert (len(tags), tags[0], tags[-1]) == (100, first, f"{first[0]}099")
