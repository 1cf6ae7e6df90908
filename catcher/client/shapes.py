"""The answers of a catcher as values. Fields that this client does not know are passed over."""

from datetime import datetime
from typing import Any, Literal

from msgspec import UNSET, Struct, UnsetType, field

_CAPITALS = {"id": "ID", "html": "HTML", "md5": "MD5", "sha1": "SHA1", "sha256": "SHA256", "smtp": "SMTP"}

Scope = Literal["read", "write", "admin"]
Stage = Literal["connect", "helo", "auth", "mail", "rcpt", "data", "content", "quit"]


def camel(name: str) -> str:
    """ "message_id" as "MessageID"."""
    return "".join(_CAPITALS.get(word) or word.capitalize() for word in name.split("_"))


class Camel(Struct, frozen=True, kw_only=True, rename=camel):
    """Base of those with CamelCase keys."""


class Mailbox(Camel, frozen=True, kw_only=True):
    """A display name and an address."""

    name: str = ""
    address: str = ""

    def __str__(self) -> str:
        return f"{self.name} <{self.address}>" if self.name else self.address


class Summary(Camel, frozen=True, kw_only=True):
    """A message in a list."""

    id: str
    message_id: str
    read: bool
    from_: Mailbox
    to: tuple[Mailbox, ...]
    cc: tuple[Mailbox, ...]
    bcc: tuple[Mailbox, ...]
    reply_to: tuple[Mailbox, ...]
    subject: str
    created: datetime
    username: str
    tags: tuple[str, ...]
    size: int
    attachments: int
    snippet: str


class MessagePage(Struct, frozen=True, kw_only=True):
    """A piece of a list, newest first. next_cursor: `before` of the next piece, None at the end."""

    total: int
    unread: int
    messages_count: int
    messages_unread: int
    start: int
    tags: tuple[str, ...]
    messages: tuple[Summary, ...]
    count: int
    cursor: int
    next_cursor: int | None


class Checksums(Camel, frozen=True, kw_only=True):
    """Digests in hex."""

    md5: str = ""
    sha1: str = ""
    sha256: str = ""


class File(Camel, frozen=True, kw_only=True):
    """An attachment or inline part, without its octets."""

    part_id: str
    file_name: str
    content_type: str
    content_id: str
    size: int
    checksums: Checksums = Checksums()


class Recipient(Camel, frozen=True, kw_only=True):
    """A recipient of the envelope."""

    address: str
    parameters: dict[str, str | None] = {}


class Envelope(Camel, frozen=True, kw_only=True):
    """The SMTP transaction. reverse_path: "" is the null one."""

    reverse_path: str
    recipients: tuple[Recipient, ...]
    parameters: dict[str, str | None]
    client: str
    helo: str
    protocol: str
    username: str
    tls: str
    notes: tuple[str, ...]


class Defect(Camel, frozen=True, kw_only=True):
    """Something that is not as the RFCs want it."""

    code: str
    part_id: str
    text: str


class Detail(Camel, frozen=True, kw_only=True):
    """A message whole, but for the octets of its attachments. cursor: its arrival number."""

    id: str
    cursor: int = field(name="cursor")
    message_id: str
    read: bool
    from_: Mailbox
    to: tuple[Mailbox, ...]
    cc: tuple[Mailbox, ...]
    bcc: tuple[Mailbox, ...]
    reply_to: tuple[Mailbox, ...]
    return_path: str
    subject: str
    date: str
    created: datetime
    tags: tuple[str, ...]
    username: str
    text: str
    html: str
    size: int
    inline: tuple[File, ...]
    attachments: tuple[File, ...]
    envelope: Envelope
    defects: tuple[Defect, ...]


class Place(Struct, frozen=True, kw_only=True):
    """Where a code or link stands."""

    source: str
    part_id: str
    line: int
    element: int


class Code(Struct, frozen=True, kw_only=True):
    """A one-time code. value: as it is typed."""

    value: str
    shown: str
    kind: str
    confidence: float
    place: Place

    def __str__(self) -> str:
        return self.value


class Link(Struct, frozen=True, kw_only=True):
    """A link. text: what the reader sees of it."""

    url: str
    text: str
    kind: str
    confidence: float
    is_button: bool
    place: Place

    def __str__(self) -> str:
        return self.url


class Extract(Struct, frozen=True, kw_only=True):
    """Codes and links, most confident first; `code` and `link` are those that the message was sent for."""

    codes: tuple[Code, ...]
    links: tuple[Link, ...]
    code: Code | None
    link: Link | None
    is_cut: bool = False


class Awaited(Detail, frozen=True, kw_only=True):
    """A message whole, with its codes and links."""

    extract: Extract = field(name="extract")


class NearMiss(Struct, frozen=True, kw_only=True):
    """A message that came and was not what was waited for. failed: a sentence for each condition that it failed."""

    message: Summary
    failed: tuple[str, ...]


class Wait(Struct, frozen=True, kw_only=True):
    """What came of a wait."""

    messages: tuple[Awaited, ...]
    cursor: int
    near_misses: tuple[NearMiss, ...] = ()


class Problem(Struct, frozen=True, kw_only=True):
    """Why something was refused."""

    code: str
    message: str


class ProblemAnswer(Struct, frozen=True, kw_only=True):
    """The error shape of a catcher's own routes."""

    error: Problem


class InboxInfo(Struct, frozen=True, kw_only=True):
    """An inbox. addresses: patterns, "*" stands for anything. password, smtp, pop3: only of one just made."""

    name: str
    messages: int
    created_at: datetime
    is_made: bool
    expires_at: datetime | None
    max_messages: int
    max_age: float | None
    username: str
    addresses: tuple[str, ...]
    cursor: int
    password: str = ""
    smtp: tuple[str, ...] = ()
    pop3: tuple[str, ...] = ()


class InboxList(Struct, frozen=True, kw_only=True):
    """All inboxes."""

    inboxes: tuple[InboxInfo, ...]
    cursor: int


class Deleted(Struct, frozen=True, kw_only=True):
    """How many messages went with an inbox."""

    deleted: int
    cursor: int


class Fault(Struct, frozen=True, kw_only=True):
    """A fault that is set up; see the server's documentation of faults."""

    id: int
    stage: str
    hits: int
    is_spent: bool
    query: str = ""
    code: int = 0
    text: str = ""
    delay: float = 0.0
    drop: bool = False
    times: int = 0
    probability: float = 100.0
    name: str = ""
    inbox: str = ""


class Faults(Struct, frozen=True, kw_only=True):
    """All faults, in the order they are asked."""

    faults: tuple[Fault, ...]


class Outcome(Camel, frozen=True, kw_only=True):
    """What became of one recipient."""

    address: str
    accepted: bool
    code: int
    text: str


class Outcomes(Camel, frozen=True, kw_only=True):
    """What became of each recipient."""

    recipients: tuple[Outcome, ...]


class Sent(Camel, frozen=True, kw_only=True):
    """A message that was sent in. cursor: its arrival number. relayed: when it was to go on at once."""

    id: str
    cursor: int = field(name="cursor")
    relayed: tuple[Outcome, ...] | UnsetType = UNSET


class Relay(Camel, frozen=True, kw_only=True):
    """A relay that messages can be released through."""

    name: str
    server: str
    return_path: str
    override_from: str
    allowed_recipients: str
    blocked_recipients: str
    preserve_message_ids: bool


class Job(Struct, frozen=True, kw_only=True):
    """One message on its way to one relay or webhook."""

    id: int
    message_id: str
    relay: str
    recipients: tuple[str, ...]
    attempts: int
    created_at: datetime
    due_at: datetime | None
    state: str
    text: str


class Jobs(Struct, frozen=True, kw_only=True):
    """Jobs, newest first."""

    jobs: tuple[Job, ...]


class Webhook(Struct, frozen=True, kw_only=True):
    """A webhook of the settings."""

    name: str
    url: str
    query: str
    inbox: str
    is_signed: bool
    every: float
    delay: float


class Webhooks(Struct, frozen=True, kw_only=True):
    """All webhooks."""

    webhooks: tuple[Webhook, ...]


class Called(Struct, frozen=True, kw_only=True):
    """What came of calling a webhook."""

    ok: bool
    text: str


class Session(Struct, frozen=True, kw_only=True):
    """An SMTP connection that is over. transcript: the dialogue, secrets masked."""

    address: str
    helo: str
    user: str
    tls: str
    opened_at: datetime
    closed_at: datetime
    ended: str
    transcript: str


class Sessions(Struct, frozen=True, kw_only=True):
    """Connections, newest first."""

    sessions: tuple[Session, ...]


class Token(Struct, frozen=True, kw_only=True):
    """A token of the API. inbox: the one it opens, "" for all. secret: only of one just made."""

    id: int
    name: str
    scope: Scope
    created_at: datetime
    expires_at: datetime | None
    inbox: str
    secret: str = ""


class Tokens(Struct, frozen=True, kw_only=True):
    """All tokens."""

    tokens: tuple[Token, ...]


class Info(Camel, frozen=True, kw_only=True):
    """The running program and its mailbox."""

    version: str
    database: str
    database_size: int
    messages: int
    unread: int
    tags: dict[str, int]
    runtime_stats: dict[str, Any]


class Verdict(Struct, frozen=True, kw_only=True, rename={"assertion": "assert"}):
    """What came of one assertion; message: what is not as it was asserted."""

    assertion: str
    passed: bool
    message: str


class Verdicts(Struct, frozen=True, kw_only=True):
    """What came of all assertions."""

    id: str
    passed: bool
    outcomes: tuple[Verdict, ...]


class Event(Struct, frozen=True, kw_only=True):
    """One piece of news. cursor: its number, to go on from.

    kind: "new" (`summary`), "update" (`is_read` or `tags`), "delete"; "prune": many changed, ask again; "truncate": all
    are gone. store_id: "" for these two.
    """

    cursor: int
    kind: str
    store_id: str = ""
    summary: Summary | None = None
    is_read: bool | None = None
    tags: tuple[str, ...] | None = None
