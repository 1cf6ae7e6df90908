"""From the send endpoint's JSON to a message's octets and the recipients of its envelope. Pure.

The standard library's `email` writes the message: it folds and encodes header fields and refuses line breaks in them.
"""

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.errors import HeaderParseError, MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from catcher.errors import CatcherError
from catcher.mime import parse_addresses
from catcher.schema.send import SendAddress, SendAttachment, SendRequest

_TAKEN = frozenset({"to", "from", "cc", "bcc", "reply-to", "date", "subject", "content-type", "mime-version"})
_FIELD_NAME = re.compile(r"\A[!-9;-~]{1,200}\Z")
_MEDIA_TYPE = re.compile(r"\A([A-Za-z0-9!#$&^_.+-]{1,127})/([A-Za-z0-9!#$&^_.+-]{1,127})\s*(?:;|\Z)")
_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"\x1f\x8b", "application/gzip"),
    (b"<!DOCTYPE html", "text/html"),
    (b"<html", "text/html"),
)


class Unsendable(CatcherError, ValueError):
    """What was sent in is no message. The text is for the client."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A message's octets and its envelope's addresses, in the order To, Cc, Bcc."""

    octets: bytes
    reverse_path: str
    recipients: tuple[str, ...]


def write(sending: SendRequest, *, now: datetime) -> Written:
    """The message. Raises Unsendable with a text for the client."""
    try:
        return _write(sending, now)
    except Unsendable:
        raise
    except (ValueError, LookupError, TypeError, MessageError, HeaderParseError) as error:
        raise Unsendable(f"error building message: {error}") from error


def _write(sending: SendRequest, now: datetime) -> Written:
    if not sending.from_.email.strip():
        raise Unsendable("error building message: from not set")
    if not (sending.to or sending.cc or sending.bcc):
        raise Unsendable("error building message: no recipients (to, cc, bcc) set")
    sender = _address(sending.from_, "From")
    to = [_address(each, "To") for each in sending.to]
    cc = [_address(each, "Cc") for each in sending.cc]
    bcc = [_address(SendAddress(email=each), "Bcc") for each in sending.bcc]
    reply_to = [_address(each, "Reply-To") for each in sending.reply_to]
    message = EmailMessage(policy=_policy([sender, *to, *cc, *bcc, *reply_to]))
    message["From"] = sender
    for name, addresses in (("To", to), ("Cc", cc), ("Reply-To", reply_to)):
        if addresses:
            message[name] = addresses
    message["Subject"] = " ".join(sending.subject.splitlines())
    message["Date"] = format_datetime(now.astimezone(UTC))
    _set_fields(message, sending)
    if "Message-ID" not in message:
        message["Message-ID"] = make_msgid(domain="catcher.local")
    _set_content(message, sending)
    recipients = tuple(each.addr_spec for each in (*to, *cc, *bcc))
    return Written(octets=message.as_bytes(), reverse_path=sender.addr_spec, recipients=recipients)


def _policy(addresses: Iterable[Address]) -> "policy.EmailPolicy[EmailMessage]":
    """Header sections in UTF-8 (RFC 6532) only where an address cannot be written otherwise."""
    return policy.SMTP if all(each.addr_spec.isascii() for each in addresses) else policy.SMTPUTF8


def _address(given: SendAddress, kind: str) -> Address:
    """Exactly one mailbox. Raises Unsendable."""
    text = given.email.strip()
    found = parse_addresses(text) if text.isprintable() else ()
    spec = found[0].addr_spec if len(found) == 1 else ""
    local_part, at, domain = spec.rpartition("@")
    if not (at and local_part and domain) or re.search(r"\s", domain):
        raise Unsendable(f"invalid {kind} address: {text[:200]}")
    name = (given.name or found[0].display_name).strip()
    if local_part.startswith('"') and local_part.endswith('"') and len(local_part) > 1:
        local_part = re.sub(r"\\(.)", r"\1", local_part[1:-1])
    try:
        return Address(display_name=name, username=local_part, domain=domain)
    except (ValueError, IndexError, MessageError) as error:
        raise Unsendable(f"invalid {kind} address: {text[:200]}") from error


def _set_fields(message: EmailMessage, sending: SendRequest) -> None:
    """The client's own header fields, and the tags as the field that intake reads."""
    for name, value in sending.headers.items():
        if name.lower() in _TAKEN or (name.lower() == "x-tags" and sending.tags):
            raise Unsendable(f'error building message: cannot overwrite header: "{name}"')
        if not _FIELD_NAME.match(name):
            raise Unsendable(f'error building message: invalid header name: "{name[:200]}"')
        message[name] = value
    if sending.tags:
        message["X-Tags"] = ", ".join(sending.tags)


def _set_content(message: EmailMessage, sending: SendRequest) -> None:
    """Text always, HTML as its alternative with inline files related to it, the other files mixed."""
    message.set_content(sending.text)
    if sending.html:
        message.add_alternative(sending.html, subtype="html")
    for file in sending.attachments:
        data, (main, sub) = _octets(file), _media_type(file)
        name = file.filename or None
        if file.content_id:
            body = message.get_body(("html",)) or message.get_body(("plain",))
            cid = f"<{file.content_id.strip('<>')}>"
            (body or message).add_related(data, main, sub, filename=name, cid=cid, disposition="inline")
        else:
            message.add_attachment(data, main, sub, filename=name)


def _octets(file: SendAttachment) -> bytes:
    encoded = "".join(file.content.rpartition(",")[2].split())
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Unsendable(f'error decoding base64 attachment "{file.filename[:200]}": {error}') from error


def _media_type(file: SendAttachment) -> tuple[str, str]:
    """As given, else by the octets' signature. A multipart or message type would be taken apart: it becomes octets."""
    found = _MEDIA_TYPE.match(file.content_type.strip() or _sniffed(_octets(file)))
    if found is None:
        raise Unsendable(f'error building message: invalid ContentType: "{file.content_type[:200]}"')
    main, sub = found[1].lower(), found[2].lower()
    return ("application", "octet-stream") if main in ("multipart", "message") else (main, sub)


def _sniffed(octets: bytes) -> str:
    head = octets[:512]
    for signature, media_type in _SIGNATURES:
        if head.lstrip().lower().startswith(signature.lower()):
            return media_type
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "image/webp"
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.end < len(head) or len(octets) <= len(head):
            return "application/octet-stream"
    return "application/octet-stream" if b"\x00" in head else "text/plain"
