"""Input of DKIM and ARC signatures: tag lists and canonical forms. Source: RFC 6376 §3.2, §3.4, §3.7."""

import binascii
import hashlib
import re
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass

from catcher.mime import Octets

MAX_HEADER = 1_000_000
"""Octets of a header section that are parsed."""

_TAG_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z")
_FOLDING = re.compile(r"\r?\n(?=[ \t])")
_SPACE = re.compile(r"[ \t\r\n]+")
_WSP = re.compile(rb"[ \t]+")
_WSP_AT_END = re.compile(rb"[ \t]+(?=\r\n)")
_SIGNATURE_TAG = re.compile(rb"(^|;)([ \t\r\n]*b[ \t\r\n]*=)[^;]*", re.DOTALL)
_FIELD = re.compile(rb"^([!-9;-~]+)[ \t]*:(.*(?:\r\n[ \t].*)*)\r\n", re.MULTILINE)


class TagFault(ValueError):
    """A tag list, or a value in it, violates RFC 6376 §3.2."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RawField:
    """One header field as sent. name: in lower case. raw: the octets with name and final CRLF."""

    name: str
    raw: bytes

    @property
    def body(self) -> str:
        """The unfolded field body."""
        text = self.raw.partition(b":")[2].decode("utf-8", "replace")
        return _FOLDING.sub("", text).strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderSection:
    """Header fields, top first, and body of a message."""

    fields: tuple[RawField, ...]
    body: bytes


def header_section(octets: Octets) -> HeaderSection:
    """Return header fields and body of a message. Never raises.

    A message with LF only gets CRLF, as in any transport; bare CR or LF among CRLFs stay, since the signed form is
    unknown (RFC 6376 §5.3).
    """
    message = bytes(octets)
    if b"\r\n" not in message:
        message = message.replace(b"\n", b"\r\n")
    if message.startswith(b"\r\n"):
        return HeaderSection(fields=(), body=message[2:])
    head, _, body = message.partition(b"\r\n\r\n")
    fields = tuple(
        RawField(name=match[1].decode("ascii").lower(), raw=match[0])
        for match in _FIELD.finditer(head[:MAX_HEADER] + b"\r\n")
    )
    return HeaderSection(fields=fields, body=body)


def tags_of(text: str) -> dict[str, str]:
    """Return the tags of a tag list, values stripped and unfolded. Raises TagFault."""
    tags: dict[str, str] = {}
    for piece in text.rstrip().removesuffix(";").split(";"):
        name, equals, value = piece.partition("=")
        name = name.strip()
        if not equals or not _TAG_NAME.match(name):
            raise TagFault(f"{piece.strip()[:60]!r} is not a tag")
        if name in tags:
            raise TagFault(f"{name}= occurs twice")
        tags[name] = _SPACE.sub(" ", value).strip()
    return tags


def decoded(value: str) -> bytes:
    """Return decoded base64; white space is allowed. Raises TagFault, also for non-zero pad bits (RFC 4648 §3.5)."""
    plain = _SPACE.sub("", value)
    try:
        octets = b64decode(plain, validate=True)
    except (binascii.Error, ValueError) as error:
        raise TagFault(f"{value[:40]!r} is not base64") from error
    if b64encode(octets).decode() != plain:
        raise TagFault(f"{value[:40]!r} is not base64 as an encoder writes it")
    return octets


def canonical_field(field: bytes, canonicalization: str) -> bytes:
    """Return the canonical form of a header field with its CRLF. Source: RFC 6376 §3.4.1, §3.4.2."""
    if canonicalization == "simple":
        return field
    name, _, body = field.partition(b":")
    plain = _WSP.sub(b" ", body.replace(b"\r\n", b"")).strip(b" ")
    return name.strip(b" \t").lower() + b":" + plain + b"\r\n"


def canonical_body(body: bytes, canonicalization: str) -> bytes:
    """Return the canonical form of a body. Source: RFC 6376 §3.4.3, §3.4.4."""
    if canonicalization == "relaxed":
        if not body.endswith(b"\r\n") and body:
            body += b"\r\n"
        body = _WSP_AT_END.sub(b"", _WSP.sub(b" ", body))
    body = _without_empty_lines(body)
    if canonicalization == "simple" or body:
        return body + b"\r\n"
    return body


def _without_empty_lines(body: bytes) -> bytes:
    """Return the body without trailing line breaks. A regular expression would scan the whole body."""
    end = len(body)
    while body.endswith(b"\r\n", 0, end):
        end -= 2
    return body[:end]


def body_digest(section: HeaderSection, *, canonicalization: str, length: int | None = None) -> tuple[bytes, int]:
    """Return SHA-256 of the canonical body, or of its first `length` octets, and the size of the whole body."""
    body = canonical_body(section.body, canonicalization)
    return hashlib.sha256(body if length is None else body[:length]).digest(), len(body)


def signed_octets(section: HeaderSection, number: int, *, names: Sequence[str], canonicalization: str) -> bytes:
    """Return the input of the signature in field `number`: the fields it names, and itself without its value.

    A repeated name selects fields from the bottom up; a name without remaining field selects none, by which a signature
    forbids additional fields (RFC 6376 §5.4.2).
    """
    waiting: dict[str, list[bytes]] = {}
    for place, field in enumerate(section.fields):
        if place != number:
            waiting.setdefault(field.name, []).append(field.raw)
    pieces = [canonical_field(waiting[name].pop(), canonicalization) for name in names if waiting.get(name)]
    pieces.append(unsigned(section.fields[number].raw, canonicalization))
    return b"".join(pieces)


def unsigned(field: bytes, canonicalization: str) -> bytes:
    """Return the canonical form of a signature field without the value of b= and the final CRLF."""
    name, colon, body = field.partition(b":")
    emptied = _SIGNATURE_TAG.sub(rb"\1\2", body.removesuffix(b"\r\n"), count=1) + b"\r\n"
    return canonical_field(name + colon + emptied, canonicalization).removesuffix(b"\r\n")


def same_or_below(domain: str, other: str) -> bool:
    """Return whether `domain` equals `other` or is a subdomain of it; letter case is ignored."""
    one, two = domain.lower().rstrip("."), other.lower().rstrip(".")
    return one == two or one.endswith("." + two)
