"""Tests of catcher.transfer.inferred_envelope: envelopes for messages without one."""

from datetime import UTC, datetime

import pytest

from catcher.transfer import header_recipients, infer_envelope, remove_bcc

NOW = datetime(2026, 5, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("content", "reverse_path", "recipients"),
    [
        (b"Return-Path: <r@x.y>\r\nFrom: f@x.y\r\nTo: a@x.y\r\n\r\n", "r@x.y", ("a@x.y",)),
        (b"Return-Path: <>\r\nFrom: f@x.y\r\nTo: a@x.y\r\n\r\n", "", ("a@x.y",)),
        (
            b"From: F <f@x.y>\nTo: A <a@x.y>,\n b@x.y\nCc: a@x.y\nBcc: c@x.y\n\nTo: no@x.y\n",
            "f@x.y",
            ("a@x.y", "b@x.y", "c@x.y"),
        ),
        (b"To: undisclosed-recipients:;\r\n\r\n", "", ()),
        (b"Resent-To: r@x.y\r\nTo: a@x.y\r\n\r\n", "", ("r@x.y",)),
        (b"", "", ()),
        (b"\xff\xfe\x00", "", ()),
    ],
)
def test_the_envelope_comes_from_the_header_section(
    content: bytes, reverse_path: str, recipients: tuple[str, ...]
) -> None:
    """Return-Path, else From; To, Cc and Bcc, each address once, those of Resent- fields alone. RFC 5322 §3.6.6."""
    envelope = infer_envelope(content, received_at=NOW)
    assert (envelope.reverse_path, envelope.recipients) == (reverse_path, recipients)
    assert header_recipients(content) == recipients


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"A: 1\r\nBcc: a@x.y,\r\n\tb@x.y\r\nC: 2\r\n\r\nBcc: text\r\n", b"A: 1\r\nC: 2\r\n\r\nBcc: text\r\n"),
        (b"BCC : a\nResent-Bcc: b\nX-Bcc: stays\n\n", b"X-Bcc: stays\n\n"),
        (b"A: 1\r\n", b"A: 1\r\n"),
        (b"\nBcc: text\n", b"\nBcc: text\n"),
        (b"Bcc: a@x.y\n\n", b"\n"),
    ],
)
def test_bcc_is_removed_from_the_header_section_only(content: bytes, expected: bytes) -> None:
    """Folded lines go with their field, no other octet is changed. RFC 5322 §3.6.3."""
    assert remove_bcc(content) == expected
