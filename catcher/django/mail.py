"""A caught message as an instance of Django's class, with the attributes it was sent with."""

import email
from email.message import Message as Parsed
from typing import Any

import django
from django.core.mail import EmailMultiAlternatives

from catcher.client import Message
from catcher.mime import parse
from catcher.mime.authored_message import authored_message, mailbox

_OWN_FIELDS = {"subject", "from", "to", "cc", "reply-to", "bcc", "mime-version", "content-type"}
_OWN_FIELDS |= {"content-transfer-encoding", "content-disposition"}


class CaughtEmail(EmailMultiAlternatives):  # type: ignore[misc]  # Django has none
    """A caught message with the attributes of the one that was sent, as far as its octets tell.

    caught: the client's message, with its codes, links and so on. bcc: envelope recipients that no field names.
    message() returns the message as caught, byte for byte. Two of the same caught message are equal.
    """

    def __init__(self, caught: Message) -> None:
        octets = caught.raw
        parsed = parse(octets)
        given = authored_message(octets, parsed)
        fields = {name.lower(): body for name, body in given.fields}
        named = {each.addr_spec for each in (*parsed.to, *parsed.cc)}
        super().__init__(
            subject=given.subject,
            body=_original(given.body),
            from_email=fields.get("from") or caught.envelope.reverse_path,
            to=[mailbox(each) for each in parsed.to],
            cc=[mailbox(each) for each in parsed.cc],
            bcc=[each for each in caught.recipients if each not in named],
            reply_to=[mailbox(each) for each in parsed.reply_to],
            headers={name: body for name, body in given.fields if name.lower() not in _OWN_FIELDS},
        )
        self.caught = caught
        self.content_subtype = given.subtype
        for content, media_type in given.alternatives:
            self.attach_alternative(_original(content), media_type)
        for name, file, media_type in given.attachments:
            self.attach(name or None, _original(file, media_type), media_type)

    def message(self, *args: Any, **kwargs: Any) -> Parsed:
        """Return the parsed message; `policy` as in Django 6."""
        return email.message_from_bytes(self.caught.raw, **kwargs)

    @property
    def code(self) -> str:
        """The code that the message was sent for. Raises NotInMessage."""
        return self.caught.code

    @property
    def code_or_none(self) -> str | None:
        """The code that the message was sent for; None if there is none."""
        return self.caught.code_or_none

    @property
    def link(self) -> str:
        """The URL of the link that the message was sent for. Raises NotInMessage."""
        return self.caught.link

    @property
    def link_or_none(self) -> str | None:
        """The URL of the link that the message was sent for; None if there is none."""
        return self.caught.link_or_none

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CaughtEmail) and other.caught == self.caught

    def __hash__(self) -> int:
        return hash(self.caught)

    def __str__(self) -> str:
        return str(self.caught)

    def __repr__(self) -> str:
        return f"<CaughtEmail {self.caught}>"


def _original(content: str | bytes, media_type: str = "text/plain") -> str | bytes:
    """Return a text as the application gave it: since Django 6.0 every text in a message ends with a line break."""
    if isinstance(content, bytes) and media_type.startswith("text/"):
        content = content.decode("utf-8", "replace").replace("\r\n", "\n")
    return content.removesuffix("\n") if isinstance(content, str) and django.VERSION >= (6, 0) else content
