"""Tests of catcher.transfer.mbox: files of many messages."""

import io
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catcher.transfer.mbox import SEPARATOR, mbox_entry, read_log, read_mbox

MOMENT = datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)
LINES = st.sampled_from(["From ", "From x@y Mon May  4 03:02:01 2026", ">From ", ">>From a", "", "text", ".", "a: b"])
CONTENTS = st.lists(LINES, max_size=8).map(lambda lines: "".join(f"{line}\r\n" for line in ["S: x", *lines]).encode())


@given(contents=st.lists(CONTENTS, max_size=4))
def test_written_messages_are_read_back(contents: list[bytes]) -> None:
    """Lines that look like the start of a message are quoted, also quoted ones: mboxrd. RFC 4155."""
    file = b"".join(mbox_entry(one, reverse_path="a@b.c", received_at=MOMENT) for one in contents)
    read = [content for _, content in read_mbox(io.BytesIO(file), max_octets=10_000)]
    assert read == contents


def test_the_from_line_has_the_reverse_path() -> None:
    """The reverse-path of the "From " line is kept; MAILER-DAEMON is the null reverse-path."""
    file = mbox_entry(b"a: b\r\n\r\n", reverse_path="", received_at=MOMENT)
    file += mbox_entry(b"a: b\r\n\r\n", reverse_path="x@example.com", received_at=MOMENT)
    assert file.startswith(b"From MAILER-DAEMON Mon May 04 03:02:01 2026\na: b\n\n\n")
    assert [path for path, _ in read_mbox(io.BytesIO(file), max_octets=1000)] == ["", "x@example.com"]


def test_a_line_of_text_that_starts_with_from_is_no_new_message() -> None:
    """A "From " line has a date and follows a blank line; others are unquoted text."""
    file = b"From a@b.c Mon May  4 03:02:01 2026\nS: x\n\nhello\nFrom here on\n\nFrom now on it is 12:00\n"
    assert list(read_mbox(io.BytesIO(file), max_octets=1000)) == [
        ("a@b.c", b"S: x\r\n\r\nhello\r\nFrom here on\r\n\r\nFrom now on it is 12:00\r\n")
    ]


def test_a_message_over_the_limit_is_reported_and_the_next_one_read() -> None:
    """A huge message costs no memory and hides no other."""
    file = mbox_entry(b"a: b\r\n\r\n" + b"x" * 5_000_000 + b"\r\n", reverse_path="a@b.c", received_at=MOMENT)
    file += mbox_entry(b"S: small\r\n", reverse_path="a@b.c", received_at=MOMENT)
    assert [content for _, content in read_mbox(io.BytesIO(file), max_octets=1_000_000)] == [None, b"S: small\r\n"]


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"])
def test_a_log_of_the_file_based_backend_is_read(line_end: bytes) -> None:
    """A line of 79 hyphens ends a message, unless it is within the text. Format: Django's file-based backend."""
    one = b"Subject: one\n\n" + SEPARATOR + b"\nstill one\n"
    two = b"Subject: two\n\nbody\n"
    file = (one + b"\n" + SEPARATOR + b"\n" + two + b"\n" + SEPARATOR + b"\n").replace(b"\n", line_end)
    assert list(read_log(io.BytesIO(file), max_octets=1000)) == [
        one.replace(b"\n", b"\r\n"),
        two.replace(b"\n", b"\r\n"),
    ]
