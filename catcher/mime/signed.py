"""Content of opaque S/MIME signatures. Source: RFC 8551 §3.5.2; RFC 5652 §3, §5; X.690 §8.1."""

from catcher.mime.content import part_octets
from catcher.mime.model import Octets, ParsedMessage
from catcher.mime.parse import parse

MAX_OCTETS = 32 * 1024 * 1024
"""Octets of a signature, with its content, that are read."""

_MEDIA_TYPES = ("application/pkcs7-mime", "application/x-pkcs7-mime")
_SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
_SEQUENCE, _SET, _INTEGER, _OBJECT_IDENTIFIER, _CONTEXT_0 = 0x30, 0x31, 0x02, 0x06, 0xA0
_OCTET_STRING, _OCTET_STRINGS = 0x04, 0x24
_MAX_DEPTH = 8


def is_signed_opaquely(message: ParsedMessage) -> bool:
    """Whether the message is nothing but an S/MIME signature, as far as its header section says."""
    root = message.parts[0]
    kind = dict(root.parameters).get("smime-type", "signed-data").lower()
    return root.media_type in _MEDIA_TYPES and kind == "signed-data"


def signed_content(octets: Octets, message: ParsedMessage) -> tuple[bytes, ParsedMessage] | None:
    """Return the octets of the entity that an opaque signature contains, and that entity parsed.

    None when the message is not signed in this way or cannot be read. Nothing is verified. Never raises.
    """
    root = message.parts[0]
    if not is_signed_opaquely(message) or root.end - root.body_start > MAX_OCTETS:
        return None
    try:
        content = _content(part_octets(octets, root))
    except (ValueError, IndexError):
        return None
    return content, parse(content)


def _content(data: bytes) -> bytes:
    """Return the encapsulated content of a CMS SignedData. Raises ValueError and IndexError."""
    reader = _Reader(data)
    reader.enter(_SEQUENCE)
    if reader.value(_OBJECT_IDENTIFIER) != _SIGNED_DATA:
        raise ValueError("no signed data")
    reader.enter(_CONTEXT_0)
    reader.enter(_SEQUENCE)
    reader.value(_INTEGER)
    reader.skip(_SET)
    reader.enter(_SEQUENCE)
    reader.value(_OBJECT_IDENTIFIER)
    reader.enter(_CONTEXT_0)
    return b"".join(reader.octet_strings())


class _Reader:
    """Reads BER from front to back, in pieces of definite and of indefinite length."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def enter(self, tag: int) -> int:
        """Go into a constructed value; return its end, -1 when its length is indefinite."""
        length = self._header(tag)
        return -1 if length < 0 else self._at + length

    def value(self, tag: int) -> bytes:
        """Return the octets of a primitive value, and go behind it."""
        length = self._header(tag)
        if length < 0 or self._at + length > len(self._data):
            raise ValueError("cut off")
        found = self._data[self._at : self._at + length]
        self._at += length
        return found

    def skip(self, tag: int) -> None:
        """Go behind a value."""
        self._skip(tag, depth=0)

    def octet_strings(self, *, depth: int = 0) -> list[bytes]:
        """Return the pieces of an OCTET STRING, which may be nested."""
        tag = self._data[self._at]
        if tag == _OCTET_STRING:
            return [self.value(tag)]
        if depth >= _MAX_DEPTH:
            raise ValueError("too deep")
        end = self.enter(_OCTET_STRINGS)
        found: list[bytes] = []
        while not self._is_end(end):
            found += self.octet_strings(depth=depth + 1)
        return found

    def _skip(self, tag: int, *, depth: int) -> None:
        if depth >= _MAX_DEPTH:
            raise ValueError("too deep")
        end = self.enter(tag)
        if end >= 0:
            self._at = end
            return
        while not self._is_end(end):
            self._skip(self._data[self._at], depth=depth + 1)

    def _is_end(self, end: int) -> bool:
        if end >= 0:
            return self._at >= end
        if self._data[self._at : self._at + 2] != b"\0\0":
            return False
        self._at += 2
        return True

    def _header(self, tag: int) -> int:
        """Go behind tag and length; return the length, -1 for an indefinite one."""
        if self._data[self._at] != tag:
            raise ValueError("another value")
        first = self._data[self._at + 1]
        self._at += 2
        if first < 0x80:
            return first
        count = first & 0x7F
        if not count:
            return -1
        if count > 8:
            raise ValueError("too long")
        length = int.from_bytes(self._data[self._at : self._at + count], "big")
        self._at += count
        return length
