"""Outgoing messages under Django's names: EmailMessage and EmailMultiAlternatives.

The other names of Django's module of this name are defined in `header` and `parts` and re-exported here.
"""

import mimetypes
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from email.charset import Charset
from email.message import Message, MIMEPart
from email.mime.text import MIMEText
from email.policy import Policy
from email.utils import format_datetime, localtime, make_msgid
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple

from catcher.mail import settings
from catcher.mail.connections import get_connection, select_connection
from catcher.mail.exceptions import BadHeaderError
from catcher.mail.header import ADDRESS_HEADERS, forbid_multi_line_headers, sanitize_address
from catcher.mail.modern import compose
from catcher.mail.parts import (
    DEFAULT_ATTACHMENT_MIME_TYPE,
    RFC5322_EMAIL_LINE_LENGTH_LIMIT,
    MIMEMixin,
    SafeMIMEMessage,
    SafeMIMEMultipart,
    SafeMIMEText,
    attachment_part,
    content_part,
    decoded,
    utf8_charset,
    utf8_charset_qp,
)
from catcher.mail.utils import DNS_NAME

__all__ = [
    "ADDRESS_HEADERS",
    "DEFAULT_ATTACHMENT_MIME_TYPE",
    "DNS_NAME",
    "RFC5322_EMAIL_LINE_LENGTH_LIMIT",
    "BadHeaderError",
    "EmailAlternative",
    "EmailAttachment",
    "EmailMessage",
    "EmailMultiAlternatives",
    "MIMEMixin",
    "MIMEText",
    "SafeMIMEMessage",
    "SafeMIMEMultipart",
    "SafeMIMEText",
    "forbid_multi_line_headers",
    "make_msgid",
    "sanitize_address",
    "utf8_charset",
    "utf8_charset_qp",
]


class EmailAlternative(NamedTuple):
    """An alternative version of the body."""

    content: Any
    mimetype: str


class EmailAttachment(NamedTuple):
    """A file attached to the message; `mimetype` None means application/octet-stream."""

    filename: str | None
    content: Any
    mimetype: str | None


class EmailMessage:
    """An outgoing message, whose attributes may be changed until it is sent.

    subject, body: text, or an object that str() converts. from_email: `DEFAULT_FROM_EMAIL` if None.
    to, bcc, cc, reply_to: lists or tuples of addresses (a string is a TypeError); empty addresses are skipped.
    connection: a backend to send with, else the default one. attachments: a list of arguments of `attach()`.
    headers: additional header fields; they replace those of the other arguments; `Bcc` is refused.
    """

    content_subtype = "plain"
    mixed_subtype = "mixed"
    encoding: str | Charset | None = None
    """Charset of this message; None is `DEFAULT_CHARSET`."""
    _made_connection: Any = None

    def __init__(
        self,
        subject: Any = "",
        body: Any = "",
        from_email: str | None = None,
        to: Sequence[str] | None = None,
        bcc: Sequence[str] | None = None,
        connection: Any = None,
        attachments: Iterable[Any] | None = None,
        headers: Mapping[str, Any] | None = None,
        cc: Sequence[str] | None = None,
        reply_to: Sequence[str] | None = None,
    ) -> None:
        self.to = _address_list("to", to)
        self.cc = _address_list("cc", cc)
        self.bcc = _address_list("bcc", bcc)
        self.reply_to = _address_list("reply_to", reply_to)
        self.from_email = from_email or settings.DEFAULT_FROM_EMAIL
        self.subject = subject
        self.body = body or ""
        self.attachments: list[Any] = []
        for attachment in attachments or ():
            self.attach(*((attachment,) if isinstance(attachment, Message) else attachment))
        self.extra_headers: dict[str, Any] = dict(headers or {})
        self.connection = connection

    def get_connection(self, fail_silently: bool = False) -> Any:
        """Return the backend to send with; without one, create and keep the default."""
        if not self.connection:
            self.connection = self._made_connection = get_connection(fail_silently=fail_silently)
        return self.connection

    def message(self, policy: "Policy[Any] | None" = None) -> Message:
        """Build the MIME message: SafeMIMEText, or SafeMIMEMultipart with attachments or alternatives.

        With a `policy` or EMAIL_MESSAGE_POLICY it is an email.message.EmailMessage of that policy instead.
        Raises BadHeaderError for CR or LF in a header field, ValueError for a `Bcc` field, which all recipients would
        see.
        """
        chosen = policy or settings.EMAIL_MESSAGE_POLICY
        if chosen is not None:
            return compose(self, self._header_fields(), policy=chosen)
        message = self._create_message(
            SafeMIMEText(str(self.body), self.content_subtype, self.encoding or settings.DEFAULT_CHARSET)
        )
        for name, value in self._header_fields():
            message[name] = _date(value) if isinstance(value, datetime) else value
        return message

    def recipients(self) -> list[str]:
        """Return all recipients: to, cc and bcc without empty entries."""
        return [address for address in (*self.to, *self.cc, *self.bcc) if address]

    def send(self, fail_silently: bool = False, *, using: str | None = None) -> int:
        """Send the message and return the number sent: 0 without recipients, where no connection is opened.

        `using` names an entry of MAILERS, and excludes `fail_silently` and a connection.
        """
        if not self.recipients():
            return 0
        if using is not None:
            # A connection that an earlier send() created was not given by the caller and does not conflict.
            given = None if self.connection is self._made_connection else self.connection
            connection = select_connection(using, fail_silently=fail_silently, connection=given)
        else:
            connection = self.get_connection(fail_silently)
        return int(connection.send_messages([self]) or 0)

    def attach(self, filename: Any = None, content: Any = None, mimetype: str | None = None) -> None:
        """Attach a file, in three forms: `attach(part)`, `attach(name, content)`, `attach(name, content, mimetype)`.

        A part is a MIMEBase or MIMEPart and is included unchanged. Without `mimetype` it is guessed from the
        name. Octets of a text type are decoded as UTF-8, or become application/octet-stream if that fails.
        message/rfc822 also accepts messages. Raises ValueError for a part with further arguments, and without content.
        """
        if isinstance(filename, Message):
            if content is not None or mimetype is not None:
                kind = "MIMEPart" if isinstance(filename, MIMEPart) else "MIMEBase"
                raise ValueError(f"content and mimetype must not be given when a {kind} instance is provided.")
            self.attachments.append(filename)
            return
        if content is None:
            raise ValueError("content must be provided.")
        guessed = mimetypes.guess_type(str(filename))[0] if filename else None
        self.attachments.append(
            EmailAttachment(filename, *decoded(content, mimetype or guessed or DEFAULT_ATTACHMENT_MIME_TYPE))
        )

    def attach_file(self, path: str | PathLike[str], mimetype: str | None = None) -> None:
        """Attach a file of the file system under its own name; see `attach()`. Raises OSError if it is unreadable."""
        file = Path(path)
        self.attach(file.name, file.read_bytes(), mimetype)

    def _header_fields(self) -> list[tuple[str, Any]]:
        """Return the standard header fields that `extra_headers` does not replace, then the extra ones."""
        given = {str(name).lower() for name in self.extra_headers}
        if "bcc" in given:
            raise ValueError(
                '"Bcc" is not allowed in headers, where every recipient would read it: use the bcc argument'
            )
        own: list[tuple[str, Callable[[], Any]]] = [
            ("Subject", lambda: self.subject),
            ("From", lambda: self.from_email),
            ("To", lambda: _joined(self.to)),
            ("Cc", lambda: _joined(self.cc)),
            ("Reply-To", lambda: _joined(self.reply_to)),
            ("Date", lambda: localtime() if settings.EMAIL_USE_LOCALTIME else datetime.now(UTC)),
            ("Message-ID", lambda: make_msgid(domain=str(DNS_NAME))),
        ]
        fields = [(name, value()) for name, value in own if name.lower() not in given]
        return [
            *((name, value) for name, value in fields if value or name in {"Subject", "From"}),
            *self.extra_headers.items(),
        ]

    def _create_message(self, msg: Message) -> Message:
        return self._create_attachments(msg)

    def _create_attachments(self, msg: Message) -> Message:
        if not self.attachments:
            return msg
        mixed = SafeMIMEMultipart(self.mixed_subtype, encoding=self.encoding or settings.DEFAULT_CHARSET)
        if self.body or msg.is_multipart():
            mixed.attach(msg)
        for attachment in self.attachments:
            mixed.attach(attachment if isinstance(attachment, Message) else self._create_attachment(*attachment))
        return mixed

    def _create_attachment(self, filename: str | None, content: Any, mimetype: str | None = None) -> Message:
        return attachment_part(
            filename,
            content,
            mimetype or DEFAULT_ATTACHMENT_MIME_TYPE,
            encoding=self.encoding or settings.DEFAULT_CHARSET,
        )

    def _create_mime_attachment(self, content: Any, mimetype: str) -> Message:
        return content_part(content, mimetype, encoding=self.encoding or settings.DEFAULT_CHARSET)


class EmailMultiAlternatives(EmailMessage):
    """An EmailMessage with alternative versions of its body, such as HTML; see `attach_alternative()`.

    alternatives: (content, mimetype) pairs, simplest first.
    """

    alternative_subtype = "alternative"

    def __init__(
        self,
        subject: Any = "",
        body: Any = "",
        from_email: str | None = None,
        to: Sequence[str] | None = None,
        bcc: Sequence[str] | None = None,
        connection: Any = None,
        attachments: Iterable[Any] | None = None,
        headers: Mapping[str, Any] | None = None,
        alternatives: Iterable[tuple[Any, str]] | None = None,
        cc: Sequence[str] | None = None,
        reply_to: Sequence[str] | None = None,
    ) -> None:
        super().__init__(subject, body, from_email, to, bcc, connection, attachments, headers, cc, reply_to)
        self.alternatives = [EmailAlternative(*alternative) for alternative in alternatives or ()]

    def attach_alternative(self, content: Any, mimetype: str) -> None:
        """Add a version of the body. Raises ValueError if content or media type is None."""
        if content is None or mimetype is None:
            raise ValueError("Both content and mimetype must be provided.")
        self.alternatives.append(EmailAlternative(content, mimetype))

    def body_contains(self, text: str) -> bool:
        """Whether the body and every text alternative contain `text`."""
        bodies = [str(self.body)]
        for content, mimetype in self.alternatives:
            if mimetype.startswith("text/"):
                bodies.append(content.decode(errors="replace") if isinstance(content, bytes) else str(content))
        return all(text in body for body in bodies)

    def _create_message(self, msg: Message) -> Message:
        return self._create_attachments(self._create_alternatives(msg))

    def _create_alternatives(self, msg: Message) -> Message:
        if not self.alternatives:
            return msg
        versions = SafeMIMEMultipart(self.alternative_subtype, encoding=self.encoding or settings.DEFAULT_CHARSET)
        if self.body:
            versions.attach(msg)
        for content, mimetype in self.alternatives:
            versions.attach(self._create_mime_attachment(content, mimetype))
        return versions


def _address_list(argument: str, addresses: Sequence[str] | None) -> list[str]:
    if not addresses:
        return []
    if isinstance(addresses, str):
        raise TypeError(f'"{argument}" argument must be a list or tuple')
    return list(addresses)


def _joined(addresses: Iterable[Any]) -> str:
    return ", ".join(str(address) for address in addresses if address)


def _date(time: datetime) -> str:
    """Format a Date field; UTC is "-0000", which does not reveal the local zone (RFC 5322 §3.3)."""
    return format_datetime(time.replace(tzinfo=None) if time.tzinfo is UTC else time)
