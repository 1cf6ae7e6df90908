"""Rows of `message` from summaries and back."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

from catcher.store.db.codec import microseconds, moment, pack, storable, unpack_addresses
from catcher.store.db.tables import message
from catcher.store.model import StoredSummary

Row: TypeAlias = tuple[object, ...]

COLUMNS = tuple(column.name for column in message.columns)


def message_row(summary: StoredSummary) -> Row:
    """Return the values of `COLUMNS`."""
    return (
        summary.arrival,
        summary.store_id,
        microseconds(summary.received_at),
        summary.size,
        summary.is_read,
        summary.attachments,
        summary.inlines,
        storable(summary.user),
        storable(summary.message_id),
        storable(summary.subject),
        storable(summary.snippet),
        pack(summary.addresses),
        summary.is_pinned,
        join_names(summary.inboxes),
    )


def row_summary(row: Sequence[Any], tags: tuple[str, ...]) -> StoredSummary:
    """Return the summary of a row that begins with `COLUMNS`."""
    # Unpacked by position: looking up the values by name takes longer than everything else of a list.
    arrival, store_id, received_at, size, is_read, attachments, inlines, user, message_id = row[:9]
    subject, snippet, addresses, is_pinned, inboxes = row[9 : len(COLUMNS)]
    return StoredSummary(
        arrival=arrival,
        store_id=store_id,
        received_at=moment(received_at),
        message_id=message_id,
        addresses=unpack_addresses(addresses),
        subject=subject,
        snippet=snippet,
        user=user,
        tags=tags,
        size=size,
        attachments=attachments,
        inlines=inlines,
        is_read=is_read,
        is_pinned=is_pinned,
        inboxes=split_names(inboxes),
    )


def join_names(names: Iterable[str]) -> str:
    """Return names as the column `inboxes` keeps them."""
    return "\n".join(names)


def split_names(text: str) -> tuple[str, ...]:
    """Return the names in the column `inboxes`."""
    return tuple(text.split("\n")) if text else ()
