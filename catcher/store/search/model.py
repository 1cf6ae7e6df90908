"""Search queries as trees of values, and the searchable data of a message."""

from datetime import datetime
from typing import TypeAlias

from msgspec import Struct


class Anything(Struct, frozen=True):
    """The query without a condition, which matches every message."""


class Nothing(Struct, frozen=True):
    """The query that matches no message, the meaning of an unreadable term in lenient parsing."""


class Contains(Struct, frozen=True, kw_only=True):
    """A text column contains a text, or, if `whole`, has it as one whole entry. `text` is cleaned and not empty.

    column: a column of the `search` table other than `header` and `client`; or "any" for those of a free word,
        "addressed" for all address columns; or one of the client's lines: "ip", "user", "helo", "reverse_path",
        "message_id". "any" and "text" have no entries, and `whole` is not used with them.
    """

    column: str
    text: str
    whole: bool = False


class HeaderHas(Struct, frozen=True, kw_only=True):
    """A header field of this name has a body that contains the text, or, if `whole`, is the text; both cleaned.

    Every body contains "", which tests whether the field exists.
    """

    name: str
    text: str
    whole: bool = False


class HasTag(Struct, frozen=True, kw_only=True):
    """The message has a tag of this name (folded)."""

    name: str


class InInbox(Struct, frozen=True, kw_only=True):
    """The message is in the inbox of this name (folded)."""

    name: str


class Is(Struct, frozen=True, kw_only=True):
    """A state: "read", "unread", "tagged", "pinned", "attachment" (has one), "inline" (has one)."""

    state: str


class Received(Struct, frozen=True, kw_only=True):
    """Received at or after (`after` True), or at or before, a moment (aware UTC, microseconds count)."""

    after: bool
    moment: datetime


class Size(Struct, frozen=True, kw_only=True):
    """More octets than this (`larger` True), or fewer; strictly."""

    larger: bool
    octets: int


class HasId(Struct, frozen=True, kw_only=True):
    """The store id is this one."""

    store_id: str


class Not(Struct, frozen=True):
    """The operand does not match."""

    operand: "Query"


class And(Struct, frozen=True):
    """All operands match; at least two."""

    operands: tuple["Query", ...]


class Or(Struct, frozen=True):
    """Any operand matches; at least two."""

    operands: tuple["Query", ...]


Query: TypeAlias = (
    Anything | Nothing | Contains | HeaderHas | HasTag | InInbox | Is | Received | Size | HasId | Not | And | Or
)


class SearchTexts(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The cleaned texts of one message, column by column as in the `search` table (see `folding.clean`).

    subject: one line. from_, to, cc, bcc, reply_to, file_names, media_types: one entry a line, with a line break
    before the first and after the last, "" without entries; a display name and its addr-spec are two entries. header,
    client: the same, each line "name: body". text: the readable text and, on lines of their own, reverse-path and
    message id.
    """

    subject: str = ""
    from_: str = ""
    to: str = ""
    cc: str = ""
    bcc: str = ""
    reply_to: str = ""
    file_names: str = ""
    media_types: str = ""
    header: str = ""
    client: str = ""
    text: str = ""


class Subject(Struct, frozen=True, kw_only=True):
    """Everything of one message that queries test, for evaluation without a database."""

    store_id: str
    received_at: datetime
    size: int
    attachments: int
    inlines: int
    is_read: bool
    tags: tuple[str, ...]
    texts: SearchTexts
    is_pinned: bool = False
    inboxes: tuple[str, ...] = ()
