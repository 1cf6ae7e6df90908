"""Inboxes: mailboxes within the mailbox."""

from typing import Annotated

from msgspec import Meta, Struct

from catcher.schema.base import Count, Moment

Seconds = Annotated[float, Meta(gt=0, le=10 * 366 * 86_400.0)]


class InboxRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An inbox to create. name: empty for a random one. ttl: seconds until it is deleted with its mail, null for never.

    max_messages: how many it keeps, 0 for no limit. max_age: seconds it keeps a message, null for no limit.
    """

    name: str = ""
    ttl: Seconds | None = None
    max_messages: Annotated[int, Meta(ge=0, le=2_000_000_000)] = 0
    max_age: Seconds | None = None


class InboxInfo(Struct, frozen=True, kw_only=True):
    """An inbox. messages: their number. is_made: created explicitly, so that it stays when it is empty.

    username: the SMTP user whose mail is routed to it. addresses: patterns of recipients whose mail is routed to it
    when the sender does not log in; "*" stands for anything. cursor: `since` of a wait for mail that is yet to arrive.
    """

    name: str
    messages: Count
    created_at: Moment
    is_made: bool
    expires_at: Moment | None
    max_messages: Count
    max_age: float | None
    username: str
    addresses: tuple[str, ...]
    cursor: Count


class CreatedInbox(InboxInfo, frozen=True, kw_only=True):
    """An inbox just created. password: of SMTP and POP3; the API returns it only once. smtp, pop3: listeners."""

    password: str
    smtp: tuple[str, ...]
    pop3: tuple[str, ...]


class InboxList(Struct, frozen=True, kw_only=True):
    """All inboxes, sorted by name."""

    inboxes: tuple[InboxInfo, ...]
    cursor: Count


class DeletedInbox(Struct, frozen=True, kw_only=True):
    """A deleted inbox. deleted: number of messages deleted with it; messages that are also in another inbox stay."""

    deleted: Count
    cursor: Count
