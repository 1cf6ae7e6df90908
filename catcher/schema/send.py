"""Messages sent over HTTP."""

from msgspec import UNSET, UnsetType, field

from catcher.schema.base import Camel, Count
from catcher.schema.release import RecipientOutcome


class SendAddress(Camel, frozen=True, kw_only=True):
    """A display name and an address."""

    name: str = ""
    email: str = ""


class SendAttachment(Camel, frozen=True, kw_only=True):
    """A file. content: base64, or a data URL. With a content id it is an inline part that the HTML can refer to."""

    content: str = ""
    filename: str = ""
    content_type: str = ""
    content_id: str = ""


class SendRequest(Camel, frozen=True, kw_only=True):
    """A message to store."""

    from_: SendAddress = field(default_factory=SendAddress)
    to: tuple[SendAddress, ...] = ()
    cc: tuple[SendAddress, ...] = ()
    bcc: tuple[str, ...] = ()
    reply_to: tuple[SendAddress, ...] = ()
    subject: str = ""
    text: str = ""
    html: str = ""
    attachments: tuple[SendAttachment, ...] = ()
    tags: tuple[str, ...] = ()
    headers: dict[str, str] = field(default_factory=dict)


class SentMessage(Camel, frozen=True, kw_only=True):
    """The stored message. cursor: its arrival number. relayed: the outcome for each recipient, if a relay was named."""

    id: str
    cursor: Count = field(name="cursor")
    relayed: tuple[RecipientOutcome, ...] | UnsetType = UNSET


class SendError(Camel, frozen=True, kw_only=True):
    """Why a message was refused."""

    error: str
