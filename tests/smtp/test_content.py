"""The end of DATA and the size of chunks, however the stream is split."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catcher.smtp.content import ChunkReader, ContentReader, DotReader

PIECES = st.lists(st.sampled_from([b"\r", b"\n", b".", b"\r\n", b"\r\n.", b"..", b"a", b"\0", b"\r\n.\r", b"\n.\n"]))


def read(reader: ContentReader, pieces: list[bytes]) -> tuple[bytes, bytes | None]:
    """The content and the octets after it, None if the content has not ended."""
    content = b""
    for number, piece in enumerate(pieces):
        found, rest = reader.feed(piece)
        content += found
        if rest >= 0:
            return content, b"".join((piece[rest:], *pieces[number + 1 :]))
    return content, None


def expected(stream: bytes) -> tuple[bytes, bytes | None]:
    """RFC 5321 §4.5.2 by lines that end with CRLF, the slow and plain way."""
    content = b""
    while True:
        line, end, stream = stream.partition(b"\r\n")
        if not end:
            return content, None
        if line == b".":
            return content, stream
        content += (line[1:] if line.startswith(b".") else line) + end


def test_content_is_found_at_every_split_point() -> None:
    """CRLF.CRLF may be split anywhere, twice. RFC 5321 §4.1.1.4."""
    stream = b"..one\r\n.\ntwo\r\n..\r\n...\r\n\r\n.\r\nQUIT\r\n"
    wanted = (b".one\r\n\ntwo\r\n.\r\n..\r\n\r\n", b"QUIT\r\n")
    for first in range(len(stream) + 1):
        for second in range(first, len(stream) + 1):
            pieces = [stream[:first], stream[first:second], stream[second:]]
            assert read(DotReader(), pieces) == wanted, pieces


@given(pieces=PIECES)
def test_content_does_not_depend_on_how_the_stream_is_split(pieces: list[bytes]) -> None:
    """Reading piece by piece, octet by octet and at once gives what reading by lines gives. RFC 5321 §4.5.2."""
    stream = b"".join(pieces) + b"\r\n.\r\nNOOP\r\n"
    wanted = expected(stream)
    assert read(DotReader(), [stream]) == wanted
    assert read(DotReader(), [*pieces, b"\r\n.\r\nNOOP\r\n"]) == wanted
    assert read(DotReader(), [stream[i : i + 1] for i in range(len(stream))]) == wanted


@pytest.mark.parametrize(
    "fake",
    [
        b"\n.\n",
        b"\n.\r\n",
        b"\r\n.\n",
        b"\r.\r",
        b"\r\n.\r",
        b"\r.\r\n",
        b"\n\n.\n\n",
        b"\r\n\0.\r\n",
        b"\r\r\n.\r\r\n",
    ],
)
def test_only_crlf_dot_crlf_ends_data(fake: bytes) -> None:
    """SMTP smuggling: what other servers treat as the end is content. RFC 5321 §4.1.1.4, CVE-2023-51764."""
    content, rest = read(DotReader(), [b"x" + fake + b"MAIL FROM:<evil@b>\r\n.\r\n"])
    assert rest == b""
    assert content.endswith(b"MAIL FROM:<evil@b>\r\n")


@given(size=st.integers(0, 20), stream=st.binary(min_size=20, max_size=40), cut=st.integers(0, 40))
def test_a_chunk_has_the_announced_size(size: int, stream: bytes, cut: int) -> None:
    """BDAT counts octets and does not interpret them. RFC 3030 §2."""
    assert read(ChunkReader(size), [stream[:cut], stream[cut:]]) == (stream[:size], stream[size:])
