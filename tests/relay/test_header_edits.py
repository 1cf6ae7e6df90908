"""Tests of catcher.relay.header_edits: only the requested changes are made, in any octets."""

from datetime import UTC, datetime
from email import message_from_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catcher.relay import HeaderEdits, edit_header

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
MAIL = (
    b'Received: from x\r\n\tby y\r\nFrom: "A, B" <a@example.com>\r\nTo: b@example.com\r\nBCC: one@example.com,\r\n'
    b" two@example.com\r\nsubject:  odd\tspacing \r\n\r\nBcc: not a header field\r\n\x00\xff"
)


def test_without_edits_nothing_changes() -> None:
    """The octets stay the same."""
    assert edit_header(MAIL, HeaderEdits()) is MAIL


def test_bcc_is_removed_with_its_folded_lines_and_all_else_stays() -> None:
    """Every Bcc and Resent-Bcc field, in any letter case; never a line of the body. RFC 5322 §3.6.3."""
    octets = MAIL.replace(b"To:", b"Resent-Bcc : x@example.com\r\nTo:").replace(b"subject", b"bcc: y\r\nsubject")
    expected = MAIL.replace(b"BCC: one@example.com,\r\n two@example.com\r\n", b"")
    assert edit_header(octets, HeaderEdits(drop_bcc=True)) == expected


def test_fields_replace_the_first_of_their_name() -> None:
    """Date and Message-ID once each; RFC 5322 §3.6 allows no more."""
    octets = b"A: 1\r\ndate: old\r\n older\r\nB: 2\r\nMessage-Id: <x@y>\r\nDATE: again\r\nC: 3\r\n\r\nbody"
    changed = edit_header(octets, HeaderEdits(date=NOW, message_id="<new@z>"))
    assert changed == (
        b"A: 1\r\nDate: Fri, 02 Jan 2026 03:04:05 +0000\r\nB: 2\r\nMessage-ID: <new@z>\r\nC: 3\r\n\r\nbody"
    )


def test_missing_fields_are_added_on_top_with_the_line_ends_of_the_message() -> None:
    """LF where the message has LF."""
    changed = edit_header(b"A: 1\nB: 2\n\nbody\n", HeaderEdits(message_id="<new@z>", return_path="r@z"))
    assert changed == b"Return-Path: <r@z>\nMessage-ID: <new@z>\nA: 1\nB: 2\n\nbody\n"


def test_return_path_is_on_top_and_alone() -> None:
    """An existing Return-Path is removed. RFC 5321 §4.4."""
    octets = b"A: 1\r\nReturn-Path: <old@x>\r\n\r\n"
    assert edit_header(octets, HeaderEdits(return_path="new@x")) == b"Return-Path: <new@x>\r\nA: 1\r\n\r\n"


def test_override_from_keeps_the_name_and_the_original_address() -> None:
    """From is replaced in place, and X-Original-From is added on top. Mailpit compatibility: Release."""
    changed = edit_header(MAIL, HeaderEdits(override_from="me@relay.test"), author_name="A, B", author="a@example.com")
    assert changed == b"X-Original-From: a@example.com\r\n" + MAIL.replace(b"a@example.com", b"me@relay.test", 1)


@pytest.mark.parametrize(
    "name", ["Jörg " * 40, "x\r\nBcc: evil@example.com", "\x00\ud800", "a" * 5000, '"\\', "=?utf-8?q?=0A?="]
)
def test_a_hostile_name_of_the_author_starts_no_field(name: str) -> None:
    """An author's name stays in one field body, in lines of at most 998 octets. RFC 5322 §2.1.1."""
    changed = edit_header(
        b"Subject: s\r\n\r\nbody", HeaderEdits(override_from="me@relay.test"), author_name=name, author=name
    )
    message = message_from_bytes(changed)
    assert set(message.keys()) <= {"X-Original-From", "From", "Subject"}, changed
    assert "me@relay.test" in message["From"]
    assert max(map(len, changed.split(b"\r\n"))) <= 998


@pytest.mark.parametrize(
    ("octets", "expected"),
    [
        (b"", b"Message-ID: <n@z>\r\n\r\n"),
        (b"just a text\nof two lines", b"Message-ID: <n@z>\n\njust a text\nof two lines"),
        (b"\r\nbody", b"Message-ID: <n@z>\r\n\r\nbody"),
        (b"Subject: no body", b"Message-ID: <n@z>\r\nSubject: no body"),
        (b"Message-ID: <o@z>", b"Message-ID: <n@z>\r\n"),
        (b"A: 1\n\r\nMessage-ID: body", b"Message-ID: <n@z>\nA: 1\n\r\nMessage-ID: body"),
    ],
)
def test_a_message_without_a_whole_header_section_gets_one(octets: bytes, expected: bytes) -> None:
    """The body stays the body. RFC 5322 §2.1."""
    assert edit_header(octets, HeaderEdits(message_id="<n@z>")) == expected


_PIECES = st.sampled_from(
    [
        b"\r\n",
        b"\n",
        b"\r",
        b" ",
        b"\t",
        b":",
        b"Bcc",
        b"bcc:",
        b"Date: ",
        b"From: a@b",
        b"x",
        b"\xff",
        b"\x00",
        b"X-Y: z",
    ]
)


@given(st.lists(_PIECES, max_size=30).map(b"".join))
def test_any_octets_keep_their_body_and_lose_their_bcc(octets: bytes) -> None:
    """Whatever the octets: nothing raises, the body stays at the end, and rewriting twice is rewriting once."""
    wishes = HeaderEdits(drop_bcc=True, date=NOW, message_id="<n@z>", return_path="r@z", override_from="o@z")
    changed = edit_header(octets, wishes)
    assert changed.count(b"Return-Path: <r@z>") == changed.count(b"Message-ID: <n@z>") == 1
    assert edit_header(changed, wishes) == changed
    if b"\n\n" in octets:
        assert changed.endswith(octets[octets.index(b"\n\n") + 1 :])
