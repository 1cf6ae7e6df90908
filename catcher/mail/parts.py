"""MIME parts of outgoing messages as compat32 objects: text, attached files, attached messages.

Transfer encodings are Django's: text in UTF-8 is 7bit or 8bit, or quoted-printable if a
line is too long to be sent; other files are base64; message/rfc822 is never encoded (RFC 2046 §5.2.1).
"""

from collections.abc import Callable
from email import charset as _charsets
from email import encoders, message_from_bytes
from email.charset import Charset
from email.generator import BytesGenerator, Generator
from email.message import Message
from email.mime.base import MIMEBase
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import Policy
from io import BytesIO, StringIO
from typing import Any, cast

from catcher.mail.exceptions import BadHeaderError
from catcher.mail.header import forbid_multi_line_headers

__all__ = [
    "DEFAULT_ATTACHMENT_MIME_TYPE",
    "RFC5322_EMAIL_LINE_LENGTH_LIMIT",
    "MIMEMixin",
    "SafeMIMEMessage",
    "SafeMIMEMultipart",
    "SafeMIMEText",
    "attachment_part",
    "content_part",
    "decoded",
    "split_media_type",
    "utf8_charset",
    "utf8_charset_qp",
]

DEFAULT_ATTACHMENT_MIME_TYPE = "application/octet-stream"
RFC5322_EMAIL_LINE_LENGTH_LIMIT = 998
"""Octets of a line without its CRLF. Source: RFC 5322 §2.1.1."""

# Separate objects: the registry of email.charset is shared with every other library in the process.
utf8_charset = Charset("utf-8")
utf8_charset.body_encoding = None  # type: ignore[assignment] # 7bit or 8bit instead of base64
utf8_charset_qp = Charset("utf-8")
utf8_charset_qp.body_encoding = _charsets.QP


class MIMEMixin:
    """Serialisation without mangling: lines that begin with "From " are unchanged."""

    def as_string(
        self, unixfrom: bool = False, maxheaderlen: int = 0, policy: "Policy[Any] | None" = None, *, linesep: str = "\n"
    ) -> str:
        """Serialise the message to text with `linesep` at line ends."""
        stream = StringIO()
        Generator(stream, mangle_from_=False, maxheaderlen=maxheaderlen or None, policy=policy).flatten(
            cast("Message", self), unixfrom=unixfrom, linesep=linesep
        )
        return stream.getvalue()

    def as_bytes(self, unixfrom: bool = False, policy: "Policy[Any] | None" = None, *, linesep: str = "\n") -> bytes:
        """Serialise the message to octets with `linesep` at line ends."""
        stream = BytesIO()
        BytesGenerator(stream, mangle_from_=False, policy=policy).flatten(
            cast("Message", self), unixfrom=unixfrom, linesep=linesep
        )
        return stream.getvalue()


class SafeMIMEMessage(MIMEMixin, MIMEMessage):
    """A message/rfc822 part with ASCII header fields."""

    def __setitem__(self, name: str, val: Any) -> None:
        super().__setitem__(*forbid_multi_line_headers(name, val, "ascii"))


class SafeMIMEText(MIMEMixin, MIMEText):
    """A text part safe from header injection; `encoding` is the charset of its encoded-words."""

    def __init__(self, _text: str, _subtype: str = "plain", _charset: str | Charset | None = None) -> None:
        self.encoding = _charset
        super().__init__(_text, _subtype=_subtype, _charset=cast("str | None", _charset))

    def __setitem__(self, name: str, val: Any) -> None:
        super().__setitem__(*forbid_multi_line_headers(name, val, self.encoding))

    def set_payload(self, payload: Any, charset: Any = None) -> None:
        """Set the text; UTF-8 is quoted-printable if a line exceeds 998 octets, else unencoded."""
        if isinstance(charset, str) and charset.lower() in {"utf-8", "utf8"}:
            charset = utf8_charset_qp if _has_long_lines(payload) else utf8_charset
        MIMEText.set_payload(self, payload, charset=charset)


class SafeMIMEMultipart(MIMEMixin, MIMEMultipart):
    """A multipart safe from header injection; `encoding` is the charset of its encoded-words."""

    def __init__(
        self,
        _subtype: str = "mixed",
        boundary: str | None = None,
        _subparts: list[Message] | None = None,
        encoding: str | Charset | None = None,
        **_params: Any,
    ) -> None:
        self.encoding = encoding
        super().__init__(_subtype, boundary, _subparts, **_params)

    def __setitem__(self, name: str, val: Any) -> None:
        super().__setitem__(*forbid_multi_line_headers(name, val, self.encoding))


def split_media_type(media_type: str) -> tuple[str, str]:
    """Split "text/plain" into ("text", "plain"). Raises ValueError without a slash, BadHeaderError for a line break."""
    if "\r" in media_type or "\n" in media_type:
        raise BadHeaderError(f"Header values can't contain newlines (got {media_type!r} for mimetype)")
    main, slash, sub = media_type.partition("/")
    if not (main and slash and sub):
        raise ValueError(f"mimetype={media_type!r}: expected two words with a slash between, such as 'text/plain'")
    return main, sub


def decoded(content: Any, media_type: str) -> tuple[Any, str]:
    """Decode octets of a text type as UTF-8; if that fails, they are application/octet-stream."""
    if split_media_type(media_type)[0] == "text" and isinstance(content, bytes):
        try:
            return content.decode(), media_type
        except UnicodeDecodeError:
            return content, DEFAULT_ATTACHMENT_MIME_TYPE
    return content, media_type


def content_part(content: Any, media_type: str, *, encoding: str | Charset) -> Message:
    """Build a part of the given media type, without Content-Disposition.

    `content` is text, octets, or for message/rfc822 also a message (of this library, of Django, of Python). Octets of
    a text type that are not UTF-8 are sent as application/octet-stream.
    """
    content, media_type = decoded(content, media_type)
    main, sub = split_media_type(media_type)
    if main == "text":
        return SafeMIMEText(str(content), sub, encoding)
    if (main, sub) == ("message", "rfc822"):
        return SafeMIMEMessage(_as_message(content), sub)
    part = MIMEBase(main, sub)
    part.set_payload(content if isinstance(content, bytes) else str(content).encode(_codec(encoding)))
    encoders.encode_base64(part)
    return part


def attachment_part(filename: str | None, content: Any, media_type: str, *, encoding: str | Charset) -> Message:
    """Build `content_part()` as an attachment; a non-ASCII name becomes an RFC 2231 extended parameter."""
    part = content_part(content, media_type, encoding=encoding)
    if filename:
        filename = str(filename)
        # add_header() does not call __setitem__ in every class.
        forbid_multi_line_headers("Content-Disposition", filename)
        part.add_header(
            "Content-Disposition", "attachment", filename=filename if filename.isascii() else ("utf-8", "", filename)
        )
    return part


def _as_message(content: Any) -> Message:
    build: Callable[[], Message] | None = getattr(content, "message", None)
    if build is not None:
        return build()
    if isinstance(content, Message):
        return content
    return message_from_bytes(content if isinstance(content, bytes) else str(content).encode())


def _has_long_lines(text: str) -> bool:
    return any(
        len(line.encode(errors="surrogateescape")) > RFC5322_EMAIL_LINE_LENGTH_LIMIT for line in text.splitlines()
    )


def _codec(encoding: str | Charset) -> str:
    return encoding if isinstance(encoding, str) else encoding.output_codec or "utf-8"
