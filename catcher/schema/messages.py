"""Messages, in lists and whole, and the requests that change many of them."""

from typing import Annotated

from msgspec import Meta, Struct, field

from catcher.schema.base import Camel, Count, Moment

SenderDate = Annotated[str, Meta(extra_json_schema={"format": "date-time"})]
"""A date that a sender wrote. RFC 3339, but it may lie where `datetime` cannot reach in UTC."""


class Mailbox(Camel, frozen=True, kw_only=True):
    """A display name and an address; both empty when the message has none."""

    name: str = ""
    address: str = ""

    def __str__(self) -> str:
        return f"{self.name} <{self.address}>" if self.name else self.address


class Summary(Camel, frozen=True, kw_only=True):
    """A message in a list. size: in octets. attachments: their number."""

    id: str
    message_id: str
    read: bool
    from_: Mailbox
    to: tuple[Mailbox, ...]
    cc: tuple[Mailbox, ...]
    bcc: tuple[Mailbox, ...]
    reply_to: tuple[Mailbox, ...]
    subject: str
    created: Moment
    username: str
    tags: tuple[str, ...]
    size: Count
    attachments: Count
    snippet: str


class MessageList(Struct, frozen=True, kw_only=True):
    """A page of a list or of search results, newest first.

    total, unread: of the whole mailbox. messages_count, messages_unread: of what the query matches. count: of this
    page. cursor: the store's last arrival number at the time of reading. next_cursor: `cursor_before` of the next page,
    null on the last page.
    """

    total: Count
    unread: Count
    messages_count: Count
    messages_unread: Count
    start: Count
    tags: tuple[str, ...]
    messages: tuple[Summary, ...]
    count: Count
    cursor: Count
    next_cursor: Count | None


class Checksums(Camel, frozen=True, kw_only=True):
    """Digests of a part's decoded octets, in lower-case hex."""

    md5: str
    sha1: str
    sha256: str


class AttachmentInfo(Camel, frozen=True, kw_only=True):
    """An attachment or inline part, without its octets. file_name: the content id if the part has no name."""

    part_id: str
    file_name: str
    content_type: str
    content_id: str
    size: Count
    checksums: Checksums


class Unsubscribe(Camel, frozen=True, kw_only=True):
    """List-Unsubscribe and List-Unsubscribe-Post, with their errors. RFC 2369, RFC 8058."""

    header: str
    links: tuple[str, ...]
    errors: str
    header_post: str


class TreePart(Camel, frozen=True, kw_only=True):
    """An entity of the MIME tree, in document order, parents first. parent: a part id, empty for the root."""

    part_id: str
    parent: str
    content_type: str
    charset: str
    transfer_encoding: str
    disposition: str
    file_name: str
    content_id: str
    size: Count


class Recipient(Camel, frozen=True, kw_only=True):
    """A forward-path and the parameters of its RCPT command."""

    address: str
    parameters: dict[str, str | None]


class SmtpEnvelope(Camel, frozen=True, kw_only=True):
    """The mail transaction as the client stated it. reverse_path: empty for the null reverse-path."""

    reverse_path: str
    recipients: tuple[Recipient, ...]
    parameters: dict[str, str | None]
    client: str
    helo: str
    protocol: str
    username: str
    tls: str
    notes: tuple[str, ...]


class MessageDefect(Camel, frozen=True, kw_only=True):
    """A deviation from the RFCs. code: stable. part_id: empty for the header section."""

    code: str
    part_id: str
    text: str


class MessageDetail(Camel, frozen=True, kw_only=True):
    """A whole message, except the octets of its attachments. cursor: its arrival number."""

    id: str
    cursor: Count = field(name="cursor")
    message_id: str
    read: bool
    from_: Mailbox
    to: tuple[Mailbox, ...]
    cc: tuple[Mailbox, ...]
    bcc: tuple[Mailbox, ...]
    reply_to: tuple[Mailbox, ...]
    return_path: str
    subject: str
    list_unsubscribe: Unsubscribe
    date: SenderDate
    created: Moment
    tags: tuple[str, ...]
    username: str
    text: str
    html: str
    size: Count
    inline: tuple[AttachmentInfo, ...]
    attachments: tuple[AttachmentInfo, ...]
    parts: tuple[TreePart, ...]
    envelope: SmtpEnvelope
    defects: tuple[MessageDefect, ...]


class MarkRequest(Camel, frozen=True, kw_only=True):
    """Messages to mark as read or unread: those in `IDs`, or those matching `Search`, or all if neither is given."""

    read: bool = False
    ids: tuple[str, ...] = ()
    search: str = ""


class DeleteRequest(Camel, frozen=True, kw_only=True):
    """Messages to delete; without ids, all of them."""

    ids: tuple[str, ...] = ()
