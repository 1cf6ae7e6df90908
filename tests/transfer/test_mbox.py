"""Tests of catcher.transfer.mbox: files of many messages."""

import contextlib
import io
import mailbox
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catcher.envelope import Envelope, ForwardPath
from catcher.transfer.mbox import SEPARATOR, MboxMessage, mbox_entry, read_log, read_mbox
from catcher.transfer.records import MessageRecord

MOMENT = datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)
LINES = st.sampled_from(["From ", "From x@y Mon May  4 03:02:01 2026", ">From ", ">>From a", "", "text", ".", "a: b"])
OCTETS = st.lists(
    st.sampled_from([b"From x@y Mon May  4 03:02:01 2026", b">From ", b"X-Catcher-Envelope: {}", b"a: b", b" ", b"\0"])
    | st.sampled_from([b"\r\n", b"\n", b"\r"])
    | st.binary(max_size=3),
    max_size=12,
).map(b"".join)
CONTENTS = st.lists(LINES, max_size=8).map(lambda lines: "".join(f"{line}\r\n" for line in ["S: x", *lines]).encode())


@given(contents=st.lists(CONTENTS, max_size=4))
def test_written_messages_are_read_back(contents: list[bytes]) -> None:
    """Lines that look like the start of a message are quoted, also quoted ones: mboxrd. RFC 4155."""
    file = b"".join(mbox_entry(one, reverse_path="a@b.c", received_at=MOMENT) for one in contents)
    read = [one.content for one in read_mbox(io.BytesIO(file), max_octets=10_000)]
    assert read == contents


@given(contents=st.lists(OCTETS, min_size=1, max_size=4))
def test_messages_with_records_are_read_back_octet_for_octet(contents: list[bytes]) -> None:
    """Whatever their line ends, and also without one at the end, as no mbox file can say otherwise."""
    record = MessageRecord(envelope=Envelope(reverse_path="a@b.c", forward_paths=(), received_at=MOMENT))
    file = b"".join(mbox_entry(one, reverse_path="", received_at=MOMENT, record=record) for one in contents)
    assert [one.content for one in read_mbox(io.BytesIO(file), max_octets=10_000)] == contents


def test_the_record_of_a_message_is_a_folded_header_field(tmp_path: Path) -> None:
    """Other programs read a header section of short ASCII lines. RFC 5322 §2.1.1."""
    paths = tuple(ForwardPath(addr_spec=f"grüße{number}@example.com") for number in range(200))
    envelope = Envelope(reverse_path="", forward_paths=paths, received_at=MOMENT, transcript="S: 220 x\n\n C: a  b\n")
    record = MessageRecord(envelope=envelope, tags=("été",))
    file = mbox_entry(b"Subject: one\r\n\r\nFrom\r\n", reverse_path="", received_at=MOMENT, record=record)
    assert file.isascii()
    assert max(map(len, file.splitlines())) < 500
    (tmp_path / "box").write_bytes(file)
    with contextlib.closing(mailbox.mbox(tmp_path / "box")) as box:
        assert [(one["subject"], one.get_payload()) for one in box] == [("one", "From\n")]
    (read,) = read_mbox(io.BytesIO(file), max_octets=1000)
    assert read.record is not None
    assert (read.record.envelope, read.record.tags) == (envelope, ("été",))


@pytest.mark.parametrize("body", [b"", b" {}", b" x\n y", b" " + b"[" * 5000, b' {"envelope":{"reverse_path":1}}'])
def test_a_field_that_is_no_record_belongs_to_the_message(body: bytes) -> None:
    """Octets of other programs' files are kept."""
    content = b"X-Catcher-Envelope:" + body + b"\nSubject: x\n\ntext\n"
    (read,) = read_mbox(io.BytesIO(b"From a@b.c Mon May  4 03:02:01 2026\n" + content + b"\n"), max_octets=10_000)
    assert (read.record, read.content) == (None, content.replace(b"\n", b"\r\n"))


def test_the_from_line_has_the_reverse_path() -> None:
    """The reverse-path of the "From " line is kept; MAILER-DAEMON is the null reverse-path."""
    file = mbox_entry(b"a: b\r\n\r\n", reverse_path="", received_at=MOMENT)
    file += mbox_entry(b"a: b\r\n\r\n", reverse_path="x@example.com", received_at=MOMENT)
    assert file.startswith(b"From MAILER-DAEMON Mon May 04 03:02:01 2026\na: b\n\n\n")
    assert [one.reverse_path for one in read_mbox(io.BytesIO(file), max_octets=1000)] == ["", "x@example.com"]


def test_a_line_of_text_that_starts_with_from_is_no_new_message() -> None:
    """A "From " line has a date and follows a blank line; others are unquoted text."""
    file = b"From a@b.c Mon May  4 03:02:01 2026\nS: x\n\nhello\nFrom here on\n\nFrom now on it is 12:00\n"
    content = b"S: x\r\n\r\nhello\r\nFrom here on\r\n\r\nFrom now on it is 12:00\r\n"
    assert list(read_mbox(io.BytesIO(file), max_octets=1000)) == [MboxMessage(reverse_path="a@b.c", content=content)]


def test_a_message_over_the_limit_is_reported_and_the_next_one_read() -> None:
    """A huge message costs no memory and hides no other."""
    file = mbox_entry(b"a: b\r\n\r\n" + b"x" * 5_000_000 + b"\r\n", reverse_path="a@b.c", received_at=MOMENT)
    file += mbox_entry(b"S: small\r\n", reverse_path="a@b.c", received_at=MOMENT)
    assert [one.content for one in read_mbox(io.BytesIO(file), max_octets=1_000_000)] == [None, b"S: small\r\n"]


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
