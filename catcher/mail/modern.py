"""Messages built with Python's `email.message.EmailMessage`, for `message(policy=…)` as in Django 6."""

import email.message
from collections.abc import Iterable
from datetime import datetime
from email import message_from_bytes
from email.charset import Charset
from email.message import MIMEPart
from email.policy import Policy
from email.policy import default as default_policy
from typing import Any

from catcher.mail import settings
from catcher.mail.exceptions import BadHeaderError
from catcher.mail.header import ADDRESS_HEADERS, ascii_domains, forbid_multi_line_headers
from catcher.mail.parts import DEFAULT_ATTACHMENT_MIME_TYPE, decoded, split_media_type

__all__ = ["compose"]


def compose(source: Any, fields: Iterable[tuple[str, Any]], *, policy: "Policy[Any]") -> email.message.EmailMessage:
    """Build the message of `source` (an EmailMessage of this library) with the given header fields, in that order.

    Raises BadHeaderError for CR or LF in any value, as the classic form does, ValueError for values that Python
    refuses.
    """
    charset = _charset_name(source.encoding or settings.DEFAULT_CHARSET)
    message = email.message.EmailMessage(policy=policy)
    alternatives = getattr(source, "alternatives", ())
    if source.body or not (alternatives or source.attachments):
        message.set_content(str(source.body), subtype=source.content_subtype, charset=charset)
    if alternatives:
        if source.body:
            message.make_alternative()
        else:
            message["Content-Type"] = f"multipart/{source.alternative_subtype}"
        for content, media_type in alternatives:
            _add(message.add_alternative, content, media_type, charset=charset)
    if source.attachments:
        if source.body or alternatives:
            message.make_mixed()
        else:
            message["Content-Type"] = f"multipart/{source.mixed_subtype}"
        for attachment in source.attachments:
            if isinstance(attachment, email.message.Message):
                message.attach(attachment)  # type: ignore[arg-type]
            else:
                _attach(message, *attachment, charset=charset)
    for name, value in fields:
        _set_field(message, str(name), value if isinstance(value, datetime) else str(value))
    return message


def _set_field(message: email.message.EmailMessage, name: str, value: Any) -> None:
    if isinstance(value, str):
        if "\r" in name + value or "\n" in name + value:
            # The error text of Python's own policies, not all of which are as strict.
            raise BadHeaderError(f"Header values may not contain linefeed or carriage return characters (in {name!r})")
        if name.lower() in ADDRESS_HEADERS and not value.isascii():
            value = ascii_domains(value)
    message[name] = value


def _attach(
    message: email.message.EmailMessage, filename: str | None, content: Any, media_type: str | None, *, charset: str
) -> None:
    keywords: dict[str, Any] = {"filename": str(filename)} if filename else {}
    _add(message.add_attachment, content, media_type or DEFAULT_ATTACHMENT_MIME_TYPE, charset=charset, **keywords)


def _add(add: Any, content: Any, media_type: str, *, charset: str, **keywords: Any) -> None:
    content, media_type = decoded(content, media_type)
    main, sub = split_media_type(media_type)
    forbid_multi_line_headers("Content-Disposition", keywords.get("filename", ""))
    if main == "text":
        add(str(content), subtype=sub, charset=charset, **keywords)
    elif (main, sub) == ("message", "rfc822"):
        add(_as_modern(content), subtype=sub, **keywords)
    else:
        octets = content if isinstance(content, bytes) else str(content).encode(charset)
        add(octets, maintype=main, subtype=sub, **keywords)


def _as_modern(content: Any) -> email.message.EmailMessage:
    """Return the attached message as a modern one; a compat32 one is serialised and parsed again."""
    if build := getattr(content, "message", None):
        content = build()
    if isinstance(content, MIMEPart):
        return content  # type: ignore[return-value]
    if isinstance(content, email.message.Message):
        content = content.as_bytes()
    octets = content if isinstance(content, bytes) else str(content).encode()
    return message_from_bytes(octets, policy=default_policy)


def _charset_name(encoding: str | Charset) -> str:
    return encoding if isinstance(encoding, str) else encoding.output_charset or "utf-8"
