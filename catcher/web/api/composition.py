"""Messages composed from the JSON of `/api/v1/send`. Pure.

The standard library's `email` writes them: it folds and encodes header fields and refuses line breaks in them.
"""

import base64
import binascii
import re
from collections.abc import Callable, Iterable
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

_RESERVED = frozenset({"to", "from", "cc", "bcc", "reply-to", "date", "subject", "content-type", "mime-version"})
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
    """The request describes no valid message. The text is for the client."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComposedMessage:
    """The octets of a message and the addresses of its envelope, in the order To, Cc, Bcc."""

    octets: bytes
    reverse_path: str
    recipients: tuple[str, ...]


def compose(wanted: SendRequest, *, now: datetime) -> ComposedMessage:
    """Return the message. Raises Unsendable."""
    try:
        return _compose(wanted, now)
    except Unsendable:
        raise
    except (ValueError, LookupError, TypeError, MessageError, HeaderParseError) as error:
        raise Unsendable(f"error building message: {error}") from error


def _compose(wanted: SendRequest, now: datetime) -> ComposedMessage:
    if not wanted.from_.email.strip():
        raise Unsendable("error building message: from not set")
    if not (wanted.to or wanted.cc or wanted.bcc):
        raise Unsendable("error building message: no recipients (to, cc, bcc) set")
    sender = _address(wanted.from_, "From")
    to = [_address(each, "To") for each in wanted.to]
    cc = [_address(each, "Cc") for each in wanted.cc]
    bcc = [_address(SendAddress(email=each), "Bcc") for each in wanted.bcc]
    reply_to = [_address(each, "Reply-To") for each in wanted.reply_to]
    message = EmailMessage(policy=_policy([sender, *to, *cc, *bcc, *reply_to]))
    message["From"] = sender
    for name, addresses in (("To", to), ("Cc", cc), ("Reply-To", reply_to)):
        if addresses:
            message[name] = addresses
    message["Subject"] = " ".join(wanted.subject.splitlines())
    message["Date"] = format_datetime(now.astimezone(UTC))
    _set_fields(message, wanted)
    if "Message-ID" not in message:
        message["Message-ID"] = make_msgid(domain="catcher.local")
    _set_content(message, wanted)
    recipients = tuple(each.addr_spec for each in (*to, *cc, *bcc))
    return ComposedMessage(octets=message.as_bytes(), reverse_path=sender.addr_spec, recipients=recipients)


def _policy(addresses: Iterable[Address]) -> "policy.EmailPolicy[EmailMessage]":
    """Return the policy: a header section in UTF-8 (RFC 6532) only if an address needs it."""
    return policy.SMTP if all(each.addr_spec.isascii() for each in addresses) else policy.SMTPUTF8


def _address(given: SendAddress, kind: str) -> Address:
    """Return exactly one mailbox. Raises Unsendable."""
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


def _set_fields(message: EmailMessage, wanted: SendRequest) -> None:
    """Add the client's header fields, and the tags as a field that intake reads."""
    for name, value in wanted.headers.items():
        if name.lower() in _RESERVED or (name.lower() == "x-tags" and wanted.tags):
            raise Unsendable(f'error building message: cannot overwrite header: "{name}"')
        if not _FIELD_NAME.match(name):
            raise Unsendable(f'error building message: invalid header name: "{name[:200]}"')
        message[name] = value
    if wanted.tags:
        message["X-Tags"] = ", ".join(wanted.tags)


def _set_content(message: EmailMessage, wanted: SendRequest) -> None:
    """Add the text, the HTML as its alternative with related inline files, and the other files."""
    texts = [(wanted.text, "plain"), (wanted.html, "html")]
    texts = [(text, subtype) for text, subtype in texts if text] or texts[:1]
    _set_text(message.set_content, *texts[0])
    for text, subtype in texts[1:]:
        _set_text(message.add_alternative, text, subtype)
    for file in wanted.attachments:
        data, (main, sub) = _octets(file), _media_type(file)
        name = file.filename or None
        if file.content_id:
            body = message.get_body(("html",)) or message.get_body(("plain",))
            cid = f"<{file.content_id.strip('<>')}>"
            (body or message).add_related(data, main, sub, filename=name, cid=cid, disposition="inline")
        else:
            message.add_attachment(data, main, sub, filename=name)


def _set_text(set_content: Callable[..., None], text: str, subtype: str) -> None:
    """Set or add a text exactly as it is: the standard library would end it with a line break when given a str."""
    octets = text.encode("utf-8", "replace")
    is_plain = octets.isascii() and b"\r" not in octets and all(len(line) < 998 for line in octets.split(b"\n"))
    encoding = "7bit" if is_plain else "quoted-printable"
    set_content(octets, "text", subtype, cte=encoding, params={"charset": "utf-8"})


def _octets(file: SendAttachment) -> bytes:
    encoded = "".join(file.content.rpartition(",")[2].split())
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Unsendable(f'error decoding base64 attachment "{file.filename[:200]}": {error}') from error


def _media_type(file: SendAttachment) -> tuple[str, str]:
    """Return the given media type, else that of the octets' signature; octet-stream for multipart and message types."""
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
