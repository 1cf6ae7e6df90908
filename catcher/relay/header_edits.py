"""Edits of header fields in a message's octets; everything else stays byte for byte.

Nothing is parsed and serialised again: a field is removed, replaced or put on top, with the message's own line ends.
Source: RFC 5322 §2.2, §3.6.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.utils import format_datetime

from catcher.mail.header import sanitize_address

_BLANK = re.compile(rb"\n\r{0,2}\n")
_EMPTY_START = re.compile(rb"\r{0,2}\n")
_ANY_FIELD = re.compile(rb"^[^\s:\x00-\x20\x7f]++[\x00-\x09\x0b-\x20]*+:", re.MULTILINE)
_STRAY = re.compile(rb"(?:[ \t][^\n]*+\n)++")
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_MAX_TEXT = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderEdits:
    """Changes to a header section; by default none.

    received: body of a Received field to put on top, in ASCII; "" adds none.
    drop_bcc: remove Bcc and Resent-Bcc (RFC 5322 §3.6.3).
    return_path: addr-spec of a Return-Path field that replaces all others, put on top; "" leaves them.
    date: for the Date field. message_id: msg-id with angle brackets, for the Message-ID field; "" leaves it.
    override_from: addr-spec that replaces the one in From; the display name stays, and X-Original-From keeps the
        original address; "" leaves From.
    """

    received: str = ""
    drop_bcc: bool = False
    return_path: str = ""
    date: datetime | None = None
    message_id: str = ""
    override_from: str = ""


UNCHANGED = HeaderEdits()


def edit_header(octets: bytes, edits: HeaderEdits, *, author_name: str = "", author: str = "") -> bytes:
    """Return the message with these edits, each field once: at the position of its first occurrence, else on top.

    author_name, author: decoded display name and addr-spec of the first From mailbox, "" when it has none; needed for
    `override_from`. A message without a header section gets one, followed by an empty line. Never raises.
    """
    if edits == UNCHANGED:
        return octets
    section, rest, line_end = _split(octets)
    top, fields = _new_fields(edits, author_name=author_name, author=author)
    removed = {b"return-path"} if edits.return_path else set()
    if edits.drop_bcc:
        removed |= {b"bcc", b"resent-bcc"}
    lines = {name.lower().encode(): _line(name, body, line_end) for name, body in fields}
    written: set[bytes] = set()

    def replaced(found: re.Match[bytes]) -> bytes:
        name = found[1].lower()
        if name in written:
            return b""
        written.add(name)
        return lines.get(name, b"")

    if names := removed | set(lines):
        section = _fields_named(names).sub(replaced, section)
    missing = [line for name, line in lines.items() if name not in written]
    # Folded lines that belong to no field: below a field of ours they would become part of it.
    stray = len(found[0]) if (found := _STRAY.match(section)) else 0
    above = [_line(name, body, line_end) for name, body in top]
    return b"".join([section[:stray], *above, *missing, section[stray:], rest])


def _split(octets: bytes) -> tuple[bytes, bytes, bytes]:
    """Return the header section, the rest (empty line first) and the message's line end."""
    first = octets.find(b"\n")
    line_end = b"\n" if first >= 0 and octets[first - 1 : first] != b"\r" else b"\r\n"
    if _EMPTY_START.match(octets):
        return b"", octets, line_end
    blank = _BLANK.search(octets)
    end = blank.start() + 1 if blank else len(octets)
    if not _ANY_FIELD.search(octets, 0, end):
        return b"", line_end + octets, line_end
    return octets[:end], octets[end:], line_end


def _new_fields(
    edits: HeaderEdits, *, author_name: str, author: str
) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return fields to put on top, and fields that replace those of the same name."""
    top: list[tuple[str, str]] = []
    fields: list[tuple[str, str]] = []
    if edits.return_path:
        top.append(("Return-Path", f"<{edits.return_path}>"))
    if edits.received:
        top.append(("Received", edits.received))
    if edits.date is not None:
        fields.append(("Date", format_datetime(edits.date)))
    if edits.message_id:
        fields.append(("Message-ID", edits.message_id))
    if edits.override_from:
        fields.append(("From", _mailbox(author_name, edits.override_from)))
        if author:
            top.append(("X-Original-From", _one_line(author)))
    return top, fields


def _mailbox(name: str, addr_spec: str) -> str:
    """Return a mailbox for From; a name that cannot be encoded is left out."""
    name = _one_line(name)
    try:
        return sanitize_address((name, addr_spec), "utf-8")
    except (ValueError, MessageError):
        return addr_spec


def _one_line(text: str) -> str:
    return _UNSAFE.sub(" ", text)[:_MAX_TEXT].strip()


def _line(name: str, body: str, line_end: bytes) -> bytes:
    return f"{name}: {body}".encode().replace(b"\n", line_end) + line_end


def _fields_named(names: set[bytes]) -> re.Pattern[bytes]:
    """Return a pattern for whole fields of these names, folded lines included."""
    either = b"|".join(re.escape(name) for name in sorted(names))
    return re.compile(
        rb"^(" + either + rb")[\x00-\x09\x0b-\x20]*+:[^\n]*+(?:\n[ \t][^\n]*+)*+(?:\n|\Z)", re.MULTILINE | re.IGNORECASE
    )
