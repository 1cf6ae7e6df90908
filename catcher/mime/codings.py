"""Decoders of transfer encodings, whole or in pieces, tolerant of damage. Source: RFC 2045 §6."""

import binascii
import re
from collections.abc import Iterator
from io import BytesIO

from catcher.mime.model import Octets

PIECE = 1 << 18
"""Octets of encoded content in one piece."""

_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NOT_BASE64 = bytes(i for i in range(256) if i not in _ALPHABET and i != ord("="))
_LARGE = 65_536
_MIN_PIECE = 1_024
_MAX_STRAY = 100
_SOFT_ODDITY = re.compile(rb"=(?:[ \t]+\r?\n|\r(?!\n))")
_SOFT_BREAK = re.compile(rb"=[ \t]{0,200}(?:\r?\n|\r)")
_LITERAL = re.compile(rb"=(?==)")
_UU_BEGIN = re.compile(rb"(?:^|\n)begin(?:-base64)? [0-7]{3,4} [^\r\n]{1,1000}\r?\n")


def decode_base64(octets: bytes) -> bytes:
    """Decode base64; foreign characters are skipped, padding is optional and ends the data."""
    return b"".join(_base64_pieces(iter((octets,))))


def decode_quoted_printable(octets: bytes) -> bytes:
    """Decode quoted-printable; an "=" that encodes nothing is kept (RFC 2045 §6.7, notes for robust decoders)."""
    if b"=" not in octets:
        return octets
    if _SOFT_ODDITY.search(octets):
        octets = _SOFT_BREAK.sub(b"", octets)
    return binascii.a2b_qp(_with_literals(octets))


def decode_q(octets: bytes) -> bytes:
    """Decode the "Q" encoding of encoded-words (RFC 2047 §4.2), which has no line breaks to hide."""
    octets = _with_literals(octets)
    return binascii.a2b_qp(octets + b"3D" if octets.endswith(b"=") else octets, header=True)


def _with_literals(octets: bytes) -> bytes:
    """Encode the "=" before another one, of which binascii makes one."""
    return _LITERAL.sub(b"=3D", octets) if b"==" in octets else octets


def decode_uu(octets: bytes) -> bytes:
    """Decode a uuencoded file; without a begin line every line is data."""
    return b"".join(_uu_lines(octets))


def iter_decoded(octets: Octets, start: int, end: int, encoding: str, *, size: int = PIECE) -> Iterator[bytes]:
    """Decode `octets[start:end]` by the transfer encoding, in pieces of about `size` octets.

    Unknown encodings give the octets unchanged (RFC 2045 §6.2 treats them as opaque). Never raises; memory is a few
    pieces, except for uuencode, which is decoded as a whole.
    """
    if encoding == "base64":
        yield from _base64_pieces(octets[i : min(i + size, end)] for i in range(start, end, size))
    elif encoding == "quoted-printable":
        for piece in _line_pieces(octets, start, end, max(size, _MIN_PIECE)):
            yield decode_quoted_printable(piece)
    elif encoding == "x-uuencode":
        yield decode_uu(octets[start:end])
    else:
        for i in range(start, end, size):
            yield octets[i : min(i + size, end)]


def _base64_pieces(pieces: Iterator[bytes]) -> Iterator[bytes]:
    carry = b""
    for piece in pieces:
        clean = carry + piece.translate(None, _NOT_BASE64)
        ended = False
        if b"=" in clean:
            clean, ended = _until_padding(clean)
        whole = len(clean) & ~3
        yield _decode_clean(clean[:whole])
        carry = clean[whole:]
        if ended:
            break
    if len(carry) > 1:
        yield binascii.a2b_base64(carry + b"=" * (4 - len(carry)))


def _decode_clean(clean: bytes) -> bytes:
    """Decode whole quanta of alphabet characters only."""
    if len(clean) < _LARGE:
        return binascii.a2b_base64(clean)
    from msgspec import json  # takes half the time of binascii for large pieces, and some to import

    return json.decode(b'"%b"' % clean, type=bytes)


def _until_padding(clean: bytes) -> tuple[bytes, bool]:
    """Return the data before the padding that ends it, and whether there is one; stray "=" are removed.

    "=" ends the data where a quantum can end, elsewhere it is damage (RFC 4648 §3.3).
    """
    kept = bytearray()
    at = 0
    for _ in range(_MAX_STRAY):
        pad = clean.find(b"=", at)
        if pad < 0:
            break
        kept += clean[at:pad]
        if len(kept) % 4 >= 2:
            return bytes(kept), True
        at = pad + 1
    kept += clean[at:].replace(b"=", b"")
    return bytes(kept), False


def _line_pieces(octets: Octets, start: int, end: int, size: int) -> Iterator[bytes]:
    """Yield the range in pieces that end after a line break; a line longer than a piece is cut before an "="."""
    while start < end:
        stop = min(start + size, end)
        if stop < end:
            cut = octets.rfind(b"\n", start, stop)
            if cut < 0:
                cut = octets.rfind(b"=", stop - 3, stop) - 1
            stop = cut + 1 if cut > start else stop
        piece = octets[start:stop]
        # Cut before an "=", what ends in another one has encoded nothing; at the end of all it is a soft line break.
        yield piece + b"3D" if stop < end and piece.endswith(b"=") else piece
        start = stop


def _uu_lines(octets: bytes) -> Iterator[bytes]:
    begin = _UU_BEGIN.search(octets)
    is_base64 = begin is not None and begin[0].lstrip(b"\n").startswith(b"begin-base64")
    lines = BytesIO(octets)
    lines.seek(begin.end() if begin else 0)
    for raw in lines:
        line = raw.rstrip(b"\r\n")
        if line.rstrip() in (b"end", b"===="):
            return
        if is_base64:
            yield decode_base64(line)
        elif line:
            yield _uu_line(line)


def _uu_line(line: bytes) -> bytes:
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        # too long or too short for its own count: take as many characters as the count requires
        count = (line[0] - 32) & 63
        try:
            return binascii.a2b_uu(line[: (count + 2) // 3 * 4 + 1])
        except binascii.Error:
            return b""
