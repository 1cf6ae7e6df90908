"""Transfer encodings: whole, in pieces, damaged."""

import base64
import binascii
import os
import quopri

import pytest

from catcher import mime
from catcher.mime.codings import decode_base64, decode_quoted_printable, decode_uu, iter_decoded


@pytest.mark.parametrize(
    ("encoded", "expected"),
    [
        (b"YWJj", b"abc"),
        (b"YW Jj\r\nZA", b"abcd"),
        (b"Y!W@J#j", b"abc"),
        (b"YWI=", b"ab"),
        (b"YWI=YWI=", b"ab"),
        (b"=YWJj", b"abc"),
        (b"YWJjZ", b"abc"),
        (b"", b""),
        (b"====", b""),
    ],
)
def test_base64_reads_what_can_be_read(encoded: bytes, expected: bytes) -> None:
    """Foreign characters are skipped, padding may be missing and ends the data. RFC 2045 §6.8, RFC 4648 §3.3."""
    assert decode_base64(encoded) == expected


@pytest.mark.parametrize(
    ("encoded", "expected"),
    [
        (b"a=3Db", b"a=b"),
        (b"a=c3=A9", b"a\xc3\xa9"),
        (b"a=\r\nb", b"ab"),
        (b"a= \t\r\nb", b"ab"),
        (b"a=\rb", b"ab"),
        (b"a=GZ=4", b"a=GZ=4"),
        (b"a==b", b"a==b"),
        (b"==20===3D==", b"= ===="),
        (b"a==\r\nb", b"a=b"),
        (b"a=", b"a"),
        (b"no escapes", b"no escapes"),
    ],
)
def test_quoted_printable_reads_what_can_be_read(encoded: bytes, expected: bytes) -> None:
    """White space before a soft line break is transport padding; "=" that encodes nothing stays. RFC 2045 §6.7."""
    assert decode_quoted_printable(encoded) == expected


def test_uuencode_reads_whole_and_damaged_files() -> None:
    """Lines with trailing spaces cut off or garbage added are read by their own count."""
    octets = os.urandom(100)
    lines = [binascii.b2a_uu(octets[i : i + 45]) for i in range(0, 100, 45)]
    whole = b"begin 644 x\r\n" + b"".join(lines) + b"`\r\nend\r\n"
    assert decode_uu(whole) == octets
    assert decode_uu(b"begin 644 x\n#86)C and more\n`\nend\n") == b"abc"
    assert decode_uu(b"begin 644 x\n\xff\xff\xff\n") == b""
    assert decode_uu(b"begin 644 x\n#86)C\n\n#9&5F\nend \n#86)C\n") == b"abcdef"
    assert decode_uu(b"text\nbegin-base64 644 x\nYWJj\n\nZGVm\n====\nYWJj\n") == b"abcdef"


@pytest.mark.parametrize("size", [1, 5, 76, 1000, 1 << 18])
def test_pieces_make_the_whole(size: int) -> None:
    """Whatever the size of the pieces, they join to the same octets."""
    content = os.urandom(3000)
    for encoding, encoded in (
        ("quoted-printable", b"x==41=" * 700 + b"=" * 2500 + b"=41="),
        ("base64", base64.encodebytes(content).replace(b"\n", b"\r\n")),
        ("quoted-printable", quopri.encodestring(content).replace(b"\n", b"\r\n")),
        ("binary", content),
    ):
        whole = b"".join(iter_decoded(encoded, 0, len(encoded), encoding))
        assert b"".join(iter_decoded(encoded, 0, len(encoded), encoding, size=size)) == whole
    assert b"".join(iter_decoded(base64.b64encode(content), 0, 4000, "base64", size=size)) == content


def test_large_base64_is_read_whatever_its_lines() -> None:
    """The fast way for large pieces gives the same octets as the small one."""
    content = os.urandom(400_000)
    for encoded in (base64.b64encode(content), base64.encodebytes(content)):
        assert decode_base64(encoded) == content


def test_unknown_transfer_encoding_leaves_the_octets() -> None:
    """They are kept as sent, and a defect says so. RFC 2045 §6.4."""
    octets = b"Content-Type: image/png\r\nContent-Transfer-Encoding: x-mystery\r\n\r\n\x00\x01"
    message = mime.parse(octets)
    assert mime.part_octets(octets, message.parts[0]) == b"\x00\x01"
    assert [defect.code for defect in message.defects] == ["transfer-encoding-unknown"]


@pytest.mark.parametrize(
    ("names", "content"),
    [
        (("(a comment) BASE64", "base-64", "b64", '"base64"', "base64;"), b"YWJj"),
        (("quotedprintable", "Quoted_Printable", "QP"), b"=61=62=\r\n=63"),
        (("uuencode", "x-uuencode", "UUE", "x-uue", "x-uu"), b"#86)C\r\n"),
        (("7-bit", "8-BIT", "binary", ""), b"abc"),
    ],
)
def test_comments_case_and_wild_names_do_not_hide_a_transfer_encoding(names: tuple[str, ...], content: bytes) -> None:
    """The token counts, and what programs write in its place. RFC 2045 §5, §6.1."""
    for name in names:
        octets = b"Content-Transfer-Encoding: %b\r\n\r\n%b" % (name.encode(), content)
        message = mime.parse(octets)
        assert (mime.part_octets(octets, message.parts[0]), message.defects) == (b"abc", ()), name
