"""What the store takes and gives: new messages, summaries, whole messages, pages, selections. Never rows."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeAlias

from msgspec import Struct

from catcher.envelope import Envelope
from catcher.mime.model import Address, ParsedMessage
from catcher.store.search.model import Query, SearchTexts


class Addresses(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The mailboxes a list shows. bcc: those of Bcc fields and the envelope's recipients that no field names."""

    from_: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    bcc: tuple[Address, ...] = ()
    reply_to: tuple[Address, ...] = ()


class NewMessage(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A message on its way into the store, with everything that lists and searches will need.

    content: the octets as received, in memory, or a file that holds them; the file is read, not moved, and must stay
        until the message is stored.
    tags: names to give it with its first breath, cleaned, each once.
    inboxes: names of the inboxes it belongs to, as `inbox_names.clean_inboxes` leaves them.
    is_read: True only for imports.
    """

    store_id: str
    envelope: Envelope
    content: bytes | Path
    size: int
    message: ParsedMessage
    addresses: Addresses
    snippet: str
    texts: SearchTexts
    tags: tuple[str, ...] = ()
    inboxes: tuple[str, ...] = ()
    is_read: bool = False


class StoredSummary(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One message as a list shows it; reading it parses no mail.

    arrival: rising number, in commit order, with gaps. store_id: 22 characters [0-9A-Za-z], rising with time.
    received_at: aware UTC. size: octets as received. tags: sorted by name. attachments, inlines: how many parts.
    is_pinned: retention and deleting everything or what a query matches leave it alone. inboxes: their names.
    """

    arrival: int
    store_id: str
    received_at: datetime
    message_id: str
    addresses: Addresses
    subject: str
    snippet: str
    user: str
    tags: tuple[str, ...]
    size: int
    attachments: int
    inlines: int
    is_read: bool
    is_pinned: bool = False
    inboxes: tuple[str, ...] = ()


class Binned(Struct, frozen=True, kw_only=True):
    """A message in the bin. deleted_at: aware UTC, when it got there."""

    summary: StoredSummary
    deleted_at: datetime


class StoredMessage(Struct, frozen=True, kw_only=True):
    """One message whole, but for its octets."""

    summary: StoredSummary
    envelope: Envelope
    message: ParsedMessage


class Counts(Struct, frozen=True, kw_only=True):
    """The mailbox in numbers. octets: as received, the sum of all messages."""

    messages: int
    unread: int
    octets: int


class SummaryPage(Struct, frozen=True, kw_only=True):
    """A piece of a list, newest first.

    matching, matching_unread: how many messages the query selects in all (without a query: the whole mailbox).
    is_exact: False when a query of words matches more than 2,500 messages and only the full-text index counted them,
        which knows the runs of three characters in a word: `matching` may then be wrong by a few.
    next_before: arrival number to give as `before` for the next piece; None at the end.
    cursor: the store's last number at the moment of reading; what came later has a greater one.
    """

    messages: tuple[StoredSummary, ...]
    counts: Counts
    matching: int
    matching_unread: int
    next_before: int | None
    cursor: int
    is_exact: bool = True


class Arrived(Struct, frozen=True, kw_only=True):
    """Messages in the order of their arrival. cursor: the store's last number at the moment of reading."""

    messages: tuple[StoredSummary, ...]
    cursor: int


class Everything(Struct, frozen=True):
    """Selects the whole mailbox."""


class ByIds(Struct, frozen=True):
    """Selects messages by store id; unknown and repeated ids are ignored."""

    store_ids: tuple[str, ...]


class Matching(Struct, frozen=True):
    """Selects what a query matches."""

    query: Query


Selection: TypeAlias = Everything | ByIds | Matching


class TagCounts(Struct, frozen=True, kw_only=True):
    """Every tag with the number of messages that have it, sorted by name without regard to case."""

    counts: Mapping[str, int]


class StoredInbox(Struct, frozen=True, kw_only=True):
    """A mailbox within the mailbox. messages: how many are in it.

    is_made: made on purpose; it stays when it is empty. The others come with their first message and go with their
    last. All that follows is for made ones. password: what SMTP and POP3 clients log in with, the user name being
    `name`; "" for any. expires_at: aware UTC, when it goes with its mail; None for never. max_messages, max_age: how
    much and how long it keeps mail, besides what holds for the whole mailbox; 0 and None for no bound.
    """

    name: str
    messages: int
    created_at: datetime
    is_made: bool = False
    password: str = ""
    expires_at: datetime | None = None
    max_messages: int = 0
    max_age: timedelta | None = None


class SavedSearch(Struct, frozen=True, kw_only=True):
    """A query worth keeping. number: to name it by. query: in the search language."""

    number: int
    name: str
    query: str


class Overview(Struct, frozen=True, kw_only=True):
    """What there is in the mailbox besides the messages themselves, all of one moment.

    pinned, binned: how many messages are. inboxes: names with how many messages, the fullest ones, sorted by name.
    number_inboxes: how many there are in all. tags: as `TagCounts`. saved: sorted by name.
    """

    counts: Counts
    pinned: int
    binned: int
    inboxes: tuple[tuple[str, int], ...]
    number_inboxes: int
    tags: Mapping[str, int]
    saved: tuple[SavedSearch, ...]
