"""The values of the store: new messages, summaries, whole messages, pages, selections, inboxes."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeAlias

from msgspec import Struct

from catcher.envelope import Envelope
from catcher.mime.model import Address, ParsedMessage
from catcher.store.search.model import Query, SearchTexts


class Addresses(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The addresses that a list shows. bcc: of Bcc fields, and recipients of the envelope that no field names."""

    from_: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    bcc: tuple[Address, ...] = ()
    reply_to: tuple[Address, ...] = ()


class NewMessage(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A message to be stored, with everything that lists and searches need.

    content: the octets as received, or a file that holds them; it is read, not moved, and must exist until the message
        is stored.
    tags: clean names without duplicates. inboxes: names from `inbox_names.clean_inboxes`. is_read: True for imports.
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
    """A message as lists show it.

    arrival: rising number, in commit order, with gaps. store_id: 22 characters [0-9A-Za-z], rising with time.
    received_at: aware UTC. size: octets as received. tags: sorted by name. attachments, inlines: numbers of parts.
    is_pinned: exempt from retention, and from deletion unless selected by id. inboxes: their names.
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


class BinnedMessage(Struct, frozen=True, kw_only=True):
    """A message in the bin. deleted_at: aware UTC."""

    summary: StoredSummary
    deleted_at: datetime


class StoredMessage(Struct, frozen=True, kw_only=True):
    """A whole message except for its octets."""

    summary: StoredSummary
    envelope: Envelope
    message: ParsedMessage


class Counts(Struct, frozen=True, kw_only=True):
    """The totals of the mailbox. octets: as received."""

    messages: int
    unread: int
    octets: int


class SummaryPage(Struct, frozen=True, kw_only=True):
    """A page of a list, newest first.

    matching, matching_unread: numbers of all messages that the query matches.
    is_exact: False when a query for words matches more than 2,500 messages and only the full-text index counted them
        by their trigrams: `matching` may then be off by a few.
    next_before: the `before` of the next page; None at the end.
    cursor: the store's cursor when the page was read.
    """

    messages: tuple[StoredSummary, ...]
    counts: Counts
    matching: int
    matching_unread: int
    next_before: int | None
    cursor: int
    is_exact: bool = True


class Arrivals(Struct, frozen=True, kw_only=True):
    """Messages in order of arrival. cursor: the store's cursor when they were read."""

    messages: tuple[StoredSummary, ...]
    cursor: int


class Everything(Struct, frozen=True):
    """Selects the whole mailbox."""


class ByIds(Struct, frozen=True):
    """Selects messages by store id; unknown ids and duplicates are ignored."""

    store_ids: tuple[str, ...]


class Matching(Struct, frozen=True):
    """Selects the messages that a query matches."""

    query: Query


Selection: TypeAlias = Everything | ByIds | Matching


class StoredInbox(Struct, frozen=True, kw_only=True):
    """A mailbox within the mailbox. messages: their number.

    is_made: explicit, created by a client; it stays when it is empty. Implicit inboxes appear with their first message
    and disappear with their last. Only explicit ones have the following. password: of SMTP and POP3 clients that use
    `name` as user name; "" accepts any. expires_at: aware UTC, when the inbox is deleted with its mail; None for never.
    max_messages, max_age: limits besides those of the whole mailbox; 0 and None for none.
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
    """A saved query. number: identifies it. query: in the search language."""

    number: int
    name: str
    query: str


class Overview(Struct, frozen=True, kw_only=True):
    """A snapshot of the mailbox without its messages.

    pinned, binned: numbers of messages. inboxes: names and numbers of messages of the fullest ones, sorted by name.
    inbox_count: of all inboxes. tags: see `Store.tags`. saved: sorted by name.
    """

    counts: Counts
    pinned: int
    binned: int
    inboxes: tuple[tuple[str, int], ...]
    inbox_count: int
    tags: Mapping[str, int]
    saved: tuple[SavedSearch, ...]
