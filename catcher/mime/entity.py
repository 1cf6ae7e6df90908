"""MIME entity under construction, and the interpretation of its Content- fields. Source: RFC 2045, RFC 2183."""

import re
from dataclasses import dataclass

from catcher.mime.boundaries import MAX_BOUNDARY
from catcher.mime.fields.parameters import disposition_of, media_type_of, without_comments

EMBEDDED = frozenset({"message/rfc822", "message/global", "message/news"})
"""Media types whose content is an embedded message."""
IDENTITY = frozenset({"7bit", "8bit", "binary"})
KNOWN_ENCODINGS = frozenset({*IDENTITY, "base64", "quoted-printable", "x-uuencode"})
_WILD_ENCODINGS = {
    "": "7bit",
    "7-bit": "7bit",
    "8-bit": "8bit",
    "base-64": "base64",
    "b64": "base64",
    "quotedprintable": "quoted-printable",
    "quoted_printable": "quoted-printable",
    "qp": "quoted-printable",
    "uuencode": "x-uuencode",
    "uue": "x-uuencode",
    "x-uue": "x-uuencode",
    "x-uu": "x-uuencode",
}
_UNNAMEABLE = re.compile(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]+")
_MAX_NAME = 1_000
_DESCRIBING = frozenset(
    {
        "content-type",
        "content-transfer-encoding",
        "content-disposition",
        "content-id",
        "content-location",
        "content-description",
    }
)


@dataclass(slots=True, kw_only=True)
class Entity:
    """A mutable entity with the fields of `Part`; `end` is filled in last."""

    parent: int
    depth: int
    header_start: int
    body_start: int = 0
    end: int = -1
    media_type: str = "text/plain"
    parameters: tuple[tuple[str, str], ...] = ()
    transfer_encoding: str = "7bit"
    disposition: str = ""
    file_name: str = ""
    content_id: str = ""
    content_location: str = ""
    description: str = ""

    @property
    def is_multipart(self) -> bool:
        """Whether the entity is a multipart."""
        return self.media_type.startswith("multipart/")


def describe(entity: Entity, fields: list[tuple[str, str]]) -> None:
    """Fill in the entity from the first field of each Content- name; `fields` are names and unfolded bodies."""
    said: dict[str, str] = {}
    for name, body in fields:
        if name[0] in "Cc" and (key := name.lower()) in _DESCRIBING:
            said.setdefault(key, body)
    if not said:
        return
    if (content_type := said.get("content-type")) is not None:
        entity.media_type, entity.parameters = media_type_of(content_type)
    if encoding := said.get("content-transfer-encoding"):
        entity.transfer_encoding = _encoding_of(encoding)
    if disposition := said.get("content-disposition"):
        entity.disposition, parameters = disposition_of(disposition)
        entity.file_name = _first_name(parameters, "filename")
    if entity.parameters and not entity.file_name:
        entity.file_name = _first_name(entity.parameters, "name")
    entity.content_id = said.get("content-id", "").strip("<> ")[:1_000]
    # White space of the field is not part of the URL (RFC 2557 §4.4.2).
    entity.content_location = "".join(said.get("content-location", "").split())[:2_000]
    entity.description = said.get("content-description", "")[:10_000]


def delimiter_of(entity: Entity) -> bytes:
    """Return "--" and the declared boundary, b"" without one."""
    boundary = next((value for name, value in entity.parameters if name == "boundary"), "")
    octets = boundary.encode("utf-8", "replace").rstrip()[:MAX_BOUNDARY]
    return b"--" + octets if octets else b""


def safe_name(name: str) -> str:
    """Return `name` without directories, control characters and direction overrides, at most 1,000 characters."""
    name = _UNNAMEABLE.sub("", name).replace("\\", "/").rstrip("/").rsplit("/", 1)[-1].strip()
    if name in (".", ".."):
        return ""
    return name if len(name) <= _MAX_NAME else name[: _MAX_NAME - 20] + name[-20:]


def _first_name(parameters: tuple[tuple[str, str], ...], wanted: str) -> str:
    return next((safe_name(value) for name, value in parameters if name == wanted), "")


def _encoding_of(body: str) -> str:
    if body in KNOWN_ENCODINGS:
        return body
    word = without_comments(body[:1_000]).strip("\"'; ").lower()
    return _WILD_ENCODINGS.get(word, word[:100])
