"""What DKIM and ARC sign: tag lists, header fields and bodies in canonical form. Source: RFC 6376 §3.2, §3.4, §3.7."""

import binascii
import hashlib
import re
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass

from catcher.mime import Octets

MAX_HEADER = 1_000_000
"""Octets of a header section that are examined."""

_TAG_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z")
_FOLDING = re.compile(r"\r?\n(?=[ \t])")
_SPACE = re.compile(r"[ \t\r\n]+")
_WSP = re.compile(rb"[ \t]+")
_WSP_AT_END = re.compile(rb"[ \t]+(?=\r\n)")
_SIGNATURE_TAG = re.compile(rb"(^|;)([ \t\r\n]*b[ \t\r\n]*=)[^;]*", re.DOTALL)
_FIELD = re.compile(rb"^([!-9;-~]+)[ \t]*:(.*(?:\r\n[ \t].*)*)\r\n", re.MULTILINE)


class TagFault(ValueError):
    """A tag list, or a value in it, is not what RFC 6376 §3.2 allows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RawField:
    """One header field as sent. name: in lower case. raw: the octets with name and final CRLF."""

    name: str
    raw: bytes

    @property
    def body(self) -> str:
        """What follows the colon, folding taken out."""
        text = self.raw.partition(b":")[2].decode("utf-8", "replace")
        return _FOLDING.sub("", text).strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderSection:
    """A message taken apart for signing. fields: from the top. body: with CRLF line breaks."""

    fields: tuple[RawField, ...]
    body: bytes


def header_section(octets: Octets) -> HeaderSection:
    """The message taken apart. Never raises.

    One that was stored with LF only is given CRLF, as any transport does; a single bare CR or LF among CRLFs stays,
    since what was signed cannot be known (RFC 6376 §5.3).
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
    """Tags of a tag list, white space around values and inside folded ones taken off. Raises TagFault."""
    tags: dict[str, str] = {}
    for piece in text.rstrip().removesuffix(";").split(";"):
        name, equals, value = piece.partition("=")
        name = name.strip()
        if not equals or not _TAG_NAME.match(name):
            raise TagFault(f"{piece.strip()[:60]!r} is no tag")
        if name in tags:
            raise TagFault(f"{name}= is there twice")
        tags[name] = _SPACE.sub(" ", value).strip()
    return tags


def decoded(value: str) -> bytes:
    """Base64 with white space in it. Raises TagFault, also for one whose unused bits are not zero (RFC 4648 §3.5)."""
    plain = _SPACE.sub("", value)
    try:
        octets = b64decode(plain, validate=True)
    except (binascii.Error, ValueError) as error:
        raise TagFault(f"{value[:40]!r} is no base64") from error
    if b64encode(octets).decode() != plain:
        raise TagFault(f"{value[:40]!r} is no base64 as an encoder writes it")
    return octets


def canonical_field(field: bytes, canonicalization: str) -> bytes:
    """A header field with its CRLF, as it is signed. Source: RFC 6376 §3.4.1, §3.4.2."""
    if canonicalization == "simple":
        return field
    name, _, body = field.partition(b":")
    plain = _WSP.sub(b" ", body.replace(b"\r\n", b"")).strip(b" ")
    return name.strip(b" \t").lower() + b":" + plain + b"\r\n"


def canonical_body(body: bytes, canonicalization: str) -> bytes:
    """A body as it is signed. Source: RFC 6376 §3.4.3, §3.4.4."""
    if canonicalization == "relaxed":
        if not body.endswith(b"\r\n") and body:
            body += b"\r\n"
        body = _WSP_AT_END.sub(b"", _WSP.sub(b" ", body))
    body = _without_empty_lines(body)
    if canonicalization == "simple" or body:
        return body + b"\r\n"
    return body


def _without_empty_lines(body: bytes) -> bytes:
    """The body without any line breaks at its end; counted from the end, as a pattern would look everywhere."""
    end = len(body)
    while body.endswith(b"\r\n", 0, end):
        end -= 2
    return body[:end]


def body_digest(section: HeaderSection, *, canonicalization: str, length: int | None = None) -> tuple[bytes, int]:
    """SHA-256 of the canonical body, or of its first `length` octets, and the size of the whole."""
    body = canonical_body(section.body, canonicalization)
    return hashlib.sha256(body if length is None else body[:length]).digest(), len(body)


def signed_octets(section: HeaderSection, number: int, *, names: Sequence[str], canonicalization: str) -> bytes:
    """What the signature in field `number` signs: the fields it names, and itself without its value.

    A name that is listed several times takes fields from the bottom up; one more than there are takes nothing, which is
    how a signature forbids adding fields (RFC 6376 §5.4.2).
    """
    waiting: dict[str, list[bytes]] = {}
    for place, field in enumerate(section.fields):
        if place != number:
            waiting.setdefault(field.name, []).append(field.raw)
    pieces = [canonical_field(waiting[name].pop(), canonicalization) for name in names if waiting.get(name)]
    pieces.append(unsigned(section.fields[number].raw, canonicalization))
    return b"".join(pieces)


def unsigned(field: bytes, canonicalization: str) -> bytes:
    """A signature field with the value of b= taken out and without final CRLF, as it signs itself."""
    name, colon, body = field.partition(b":")
    emptied = _SIGNATURE_TAG.sub(rb"\1\2", body.removesuffix(b"\r\n"), count=1) + b"\r\n"
    return canonical_field(name + colon + emptied, canonicalization).removesuffix(b"\r\n")


def same_or_below(domain: str, other: str) -> bool:
    """Whether `domain` is `other` or one below it, in any letter case."""
    one, two = domain.lower().rstrip("."), other.lower().rstrip(".")
    return one == two or one.endswith("." + two)
