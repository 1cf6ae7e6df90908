"""Tests of catcher.pop3.protocol."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catcher.pop3.protocol import DotStuffer, MalformedCommand, Top, numbers, read_command

OCTETS = st.lists(st.sampled_from([b".", b"\r\n", b"\n", b"\r", b"x", b"..", b"\r\n.", b"\r\n\r\n"]), max_size=12).map(
    b"".join
)


def in_pieces(octets: bytes, cuts: list[int]) -> list[bytes]:
    places = sorted({min(cut, len(octets)) for cut in cuts} | {0, len(octets)})
    return [octets[start:end] for start, end in itertools.pairwise(places)]


def stuffed(pieces: list[bytes]) -> bytes:
    stuffing = DotStuffer()
    return b"".join(stuffing.feed(piece) for piece in pieces) + stuffing.end()


def top(pieces: list[bytes], body_lines: int) -> bytes:
    cutter = Top(body_lines)
    return b"".join(cutter.feed(piece) for piece in pieces)


@given(octets=OCTETS, cuts=st.lists(st.integers(0, 40), max_size=6))
def test_a_client_that_reads_lines_gets_back_every_octet(octets: bytes, cuts: list[int]) -> None:
    """Dots are stuffed exactly, wherever the pieces end; only a missing last CRLF is added. RFC 1939 §3."""
    lines = stuffed(in_pieces(octets, cuts)).split(b"\n")
    assert lines[-2:] == [b".\r", b""]
    read = [line[1:] if line.startswith(b".") else line for line in lines[:-2]]
    assert b".\r" not in lines[:-2]
    assert b"".join(line + b"\n" for line in read) == (
        octets if octets.endswith(b"\r\n") or not octets else octets + b"\r\n"
    )


@pytest.mark.parametrize(
    ("octets", "answer"),
    [
        (b"", b".\r\n"),
        (b".", b"..\r\n.\r\n"),
        (b".\r\n", b"..\r\n.\r\n"),
        (b"a\r\n.b\r\n..\r\n", b"a\r\n..b\r\n...\r\n.\r\n"),
        (b"a\n.\r\nb", b"a\n..\r\nb\r\n.\r\n"),
        (b"a\r\n", b"a\r\n.\r\n"),
        (b"a\r", b"a\r\r\n.\r\n"),
    ],
)
def test_dots_are_stuffed_at_the_beginning_of_lines(octets: bytes, answer: bytes) -> None:
    """In the first line, too. RFC 1939 §3."""
    assert stuffed([octets]) == answer


@given(octets=OCTETS, body_lines=st.integers(0, 5), cuts=st.lists(st.integers(0, 40), max_size=6))
def test_the_top_does_not_depend_on_where_the_pieces_end(octets: bytes, body_lines: int, cuts: list[int]) -> None:
    """The top of a message in pieces is the top of the message, and a beginning of it. RFC 1939 §7."""
    whole = top([octets], body_lines)
    assert top(in_pieces(octets, cuts), body_lines) == whole
    assert octets.startswith(whole)


@pytest.mark.parametrize(
    ("octets", "body_lines", "expected"),
    [
        (b"A: 1\r\nB: 2\r\n\r\none\r\ntwo\r\n", 0, b"A: 1\r\nB: 2\r\n\r\n"),
        (b"A: 1\r\nB: 2\r\n\r\none\r\ntwo\r\n", 1, b"A: 1\r\nB: 2\r\n\r\none\r\n"),
        (b"A: 1\r\nB: 2\r\n\r\none\r\ntwo\r\n", 9, b"A: 1\r\nB: 2\r\n\r\none\r\ntwo\r\n"),
        (b"A: 1\n\none\ntwo\n", 1, b"A: 1\n\none\n"),
        (b"\r\none\r\ntwo\r\n", 1, b"\r\none\r\n"),
        (b"A: 1\r\nno body\r\n", 0, b"A: 1\r\nno body\r\n"),
        (b"A: 1\r\n\r\n\r\n\r\nlast", 2, b"A: 1\r\n\r\n\r\n\r\n"),
    ],
)
def test_the_top_is_the_header_section_an_empty_line_and_the_given_number_of_lines(
    octets: bytes, body_lines: int, expected: bytes
) -> None:
    """Lines are those of the body; an empty line of the body is one of them. RFC 1939 §7."""
    assert top([octets], body_lines) == expected


def test_any_octets_are_parsed_as_a_command() -> None:
    """Verbs in any letter case, arguments with their spaces; octets that are not UTF-8 do not raise. RFC 1939 §3."""
    assert read_command(b"pAsS  two  words ") == read_command(b"PASS  two  words ")
    assert read_command(b"PASS  two  words ").argument == " two  words "
    assert read_command(b"\xff\xfe x").verb == "\\XFF\\XFE"
    assert read_command(b"").verb == ""


@pytest.mark.parametrize("argument", ["", "x", "1 2", "-1", "1.5", "99999999999999999999", "²", "١"])
def test_an_invalid_message_number_is_refused(argument: str) -> None:
    """Numbers are ASCII digits, of a length that a message number can have. RFC 1939 §4."""
    with pytest.raises(MalformedCommand):
        numbers(read_command(f"LIST {argument}".encode()), count=1)
