"""The JSON that clients see, with the names they know. Foreign spelling stays in this module.

Each struct is one shape; its OpenAPI schema is generated from it. Lists are never null. `encode` gives compact UTF-8.
Inside messages keys are CamelCase with ID, HTML and digest names in capitals; list envelopes are lower snake case.
"""

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

Moment = Annotated[str, Meta(extra_json_schema={"format": "date-time"})]
"""RFC 3339 §5.6."""

Count = Annotated[int, Meta(ge=0)]

_CAPITALS = {"id": "ID", "html": "HTML", "md5": "MD5", "sha1": "SHA1", "sha256": "SHA256", "smtp": "SMTP", "ids": "IDs"}

_encoder = msgspec.json.Encoder()


def encode(value: Any) -> bytes:
    """Compact JSON in UTF-8; characters stand for themselves. Lone surrogates become U+FFFD, so this never raises."""
    try:
        return _encoder.encode(value)
    except UnicodeEncodeError:
        return _encoder.encode(_scalar_values(msgspec.to_builtins(value)))


def camel(name: str) -> str:
    """ "message_id" as "MessageID"."""
    return "".join(_CAPITALS.get(word) or word.capitalize() for word in name.split("_"))


def _scalar_values(value: Any) -> Any:
    match value:
        case str():
            return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        case list() | tuple():
            return [_scalar_values(item) for item in value]
        case dict():
            return {_scalar_values(key): _scalar_values(item) for key, item in value.items()}
    return value


class Camel(Struct, frozen=True, kw_only=True, rename=camel):
    """Base of the shapes with CamelCase keys."""


class Mailbox(Camel, frozen=True, kw_only=True):
    """A display name and an addr-spec; both "" when the message has none."""

    name: str = ""
    address: str = ""


class MessageSummary(Camel, frozen=True, kw_only=True):
    """One message in a list."""

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
    """A page of a list or of search results; `cursor` and `next_cursor` serve paging and events without gaps.

    total, unread: the whole mailbox. messages_count, messages_unread: what the query matches. count: in this page.
    cursor: the last number of the store at the moment of reading. next_cursor: the `cursor_before` of the next page.
    """

    total: Count
    unread: Count
    messages_count: Count
    messages_unread: Count
    start: Count
    tags: tuple[str, ...]
    messages: tuple[MessageSummary, ...]
    count: Count
    cursor: Count
    next_cursor: Count | None


class Checksums(Camel, frozen=True, kw_only=True):
    """Digests of a part's decoded octets, lower-case hex."""

    md5: str
    sha1: str
    sha256: str


class Attachment(Camel, frozen=True, kw_only=True):
    """A part that is not shown as the body. file_name falls back to the content id."""

    part_id: str
    file_name: str
    content_type: str
    content_id: str
    size: Count
    checksums: Checksums


class Unsubscribe(Camel, frozen=True, kw_only=True):
    """What List-Unsubscribe and List-Unsubscribe-Post say, and what is wrong with them. RFC 2369, RFC 8058."""

    header: str
    links: tuple[str, ...]
    errors: str
    header_post: str


class TreePart(Camel, frozen=True, kw_only=True):
    """One entity of the tree, in document order, parents before children. parent: its part id, "" for the root."""

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
    """A forward-path with the parameters that RCPT gave it."""

    address: str
    parameters: dict[str, str | None]


class SmtpEnvelope(Camel, frozen=True, kw_only=True):
    """The mail transaction as the client stated it. reverse_path: "" is the null reverse-path."""

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
    """Something that is not as the RFCs want it. code is stable; part_id is "" for the header section."""

    code: str
    part_id: str
    text: str


class MessageDetail(Camel, frozen=True, kw_only=True):
    """One message whole, but for the octets of its attachments. cursor: its arrival number."""

    id: str
    cursor: Count = msgspec.field(name="cursor")
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
    date: Moment
    created: Moment
    tags: tuple[str, ...]
    username: str
    text: str
    html: str
    size: Count
    inline: tuple[Attachment, ...]
    attachments: tuple[Attachment, ...]
    parts: tuple[TreePart, ...]
    envelope: SmtpEnvelope
    defects: tuple[MessageDefect, ...]


class RuntimeStats(Camel, frozen=True, kw_only=True):
    """Since the start. Uptime in seconds, memory and sizes in octets."""

    uptime: Count
    memory: Count
    messages_deleted: Count
    smtp_accepted: Count
    smtp_accepted_size: Count
    smtp_rejected: Count
    smtp_ignored: Count


class AppInformation(Camel, frozen=True, kw_only=True):
    """The running program and its mailbox. latest_version is always "disabled": nothing is asked on the network."""

    version: str
    latest_version: str
    database: str
    database_size: Count
    messages: Count
    unread: Count
    tags: Mapping[str, int]
    runtime_stats: RuntimeStats


class MessageRelay(Camel, frozen=True, kw_only=True):
    """Whether and where caught mail can be released to."""

    enabled: bool
    smtp_server: str
    return_path: str
    allowed_recipients: str
    blocked_recipients: str
    override_from: str
    preserve_message_ids: bool
    recipient_allowlist: str


class WebConfiguration(Camel, frozen=True, kw_only=True):
    """What a user interface needs to know of the set-up."""

    label: str
    message_relay: MessageRelay
    spam_assassin: bool
    chaos_enabled: bool
    duplicates_ignored: bool
    hide_delete_all_button: bool


class SendError(Struct, frozen=True, kw_only=True):
    """Why a message was not taken."""

    error: str = msgspec.field(name="Error")


class Problem(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What went wrong: a stable code, a sentence for people, and for queries the place counted in characters from 0."""

    code: str
    message: str
    position: int | None = None


class ProblemAnswer(Struct, frozen=True, kw_only=True):
    """Every error of our own routes."""

    error: Problem
