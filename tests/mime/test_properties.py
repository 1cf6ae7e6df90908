"""Properties that hold for any octets."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catcher import mime
from tests.depth import examples

PIECES = st.sampled_from(
    [
        b"\r\n",
        b"\n",
        b"\r",
        b"--b",
        b"--b--",
        b"--bb",
        b"--c",
        b"--c--",
        b" ",
        b"\t",
        b":",
        b";",
        b'"',
        b"(",
        b"<",
        b">",
        b"=",
        b"\r\n\r\n",
        b"\r\n--b\r\n",
        b"\r\n--b\r\n\r\n",
        b"\r\n--b--\r\n",
        b"\r\n--c\r\n",
        b"\r\n--c--\r\n",
        b"x",
        b"@",
        b"\x00",
        b"\xff",
        b"\xc3\xa9",
        b"Content-Type: multipart/mixed; boundary=b\r\n",
        b"Content-Type: multipart/alternative; boundary=c\r\n\r\n",
        b"Content-Type: multipart/mixed; boundary=bb\r\n",
        b"Content-Type: message/rfc822\r\n\r\n",
        b"Content-Type: text/html\r\n\r\n",
        b"Content-Type: text/plain; charset=utf-7; name=a\r\n",
        b"Content-Transfer-Encoding: base64\r\n",
        b"Content-Transfer-Encoding: quoted-printable\r\n",
        b"Content-Disposition: attachment; filename*0*=utf-8''a\r\n",
        b"Content-Disposition: inline\r\n",
        b"Content-Type: image/png\r\n",
        b"From: a <b@c>\r\n",
        b"Subject: =?utf-8?q?x?=\r\n",
        b"To: g: a@b, c;\r\n",
        b"Date: Mon, 2 Jan 2023 15:04:05 +0000\r\n",
        b"begin 644 x\r\n",
        b"#86)C\r\n",
        b"\r\nend\r\n",
        b"<p>y",
        b"YWJj",
    ]
)
OCTETS = st.one_of(st.binary(max_size=300), st.lists(PIECES, max_size=60).map(b"".join))
LIMITS = st.builds(
    mime.Limits,
    depth=st.integers(0, 5),
    parts=st.integers(1, 12),
    header_octets=st.integers(0, 200),
    candidates=st.integers(0, 20),
    fields=st.integers(1, 10),
    mailboxes=st.integers(1, 5),
)


def check(octets: bytes, message: mime.ParsedMessage) -> None:
    ids = [part.part_id for part in message.parts]
    assert len(set(ids)) == len(ids)
    for i, part in enumerate(message.parts):
        assert 0 <= part.header_start <= part.body_start <= part.end <= len(octets)
        assert -1 <= part.parent < i or i == 0
        if i:
            parent = message.parts[part.parent]
            assert parent.body_start <= part.header_start <= part.end <= parent.end
        content = mime.part_octets(octets, part)
        assert part.is_multipart or part.size == len(content)
        assert (part.digests is not None) == (i in message.attachments or i in message.inlines)
        mime.part_text(octets, part).encode("utf-8")
        mime.header_fields(octets, part.header_start, part.body_start)
    leaves = [i for i, part in enumerate(message.parts) if not part.is_multipart and not is_embedded(message, i)]
    assert sorted(message.text_parts + message.html_parts + message.attachments + message.inlines) == leaves
    places = [(message.parts[i].header_start, message.parts[i].end) for i in leaves if not holds_files(message, i)]
    assert all(first[1] <= second[0] for first, second in pairwise(places))


def is_embedded(message: mime.ParsedMessage, index: int) -> bool:
    parent = message.parts[index].parent
    return parent >= 0 and (message.parts[parent].media_type.startswith("message/") or is_embedded(message, parent))


def holds_files(message: mime.ParsedMessage, index: int) -> bool:
    return any(part.parent == index and part.transfer_encoding == "x-uuencode" for part in message.parts)


@pytest.mark.slow
@settings(max_examples=examples(400))
@given(OCTETS)
def test_any_octets_give_a_sound_message(octets: bytes) -> None:
    """Places lie inside the parent's, leaves do not overlap, each has exactly one role, nothing raises."""
    message = mime.parse(octets)
    check(octets, message)
    readable = mime.readable_text(octets, message)
    readable.search_text.encode("utf-8")
    assert len(readable.snippet) <= 200
    assert "\n" not in readable.snippet
    mime.bodies(octets, message)
    mime.list_unsubscribe(message)


@settings(max_examples=examples(200))
@given(OCTETS, LIMITS)
def test_any_limits_leave_a_sound_message(octets: bytes, limits: mime.Limits) -> None:
    """The same holds for a message that limits have cut."""
    message = mime.parse(octets, limits=limits)
    check(octets, message)
    assert len(message.parts) <= limits.parts
    assert len(message.header) <= limits.fields


@settings(max_examples=examples(300))
@given(st.one_of(st.text(max_size=100), st.text(alphabet='a@b.<>"()\\,:; =?[]\t', max_size=60)))
def test_any_text_is_read_as_field(text: str) -> None:
    """Words, addresses and dates come out of any text as single lines, nothing raises."""
    assert "\n" not in mime.decode_words(text)
    for address in mime.parse_addresses(text):
        assert address.display_name or address.addr_spec
        assert not {"\r", "\n", "\x00"} & {*address.display_name, *address.addr_spec}
    mime.parse_date(text)
    mime.html_to_text(text, links=True)
