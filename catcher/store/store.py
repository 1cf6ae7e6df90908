"""The store as the other rooms see it: its methods are the complete list of what can be read and written."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Self

from msgspec.structs import replace
from sqlalchemy import ColumnElement, Connection, select

from catcher.errors import NotFound
from catcher.mime import part_octets
from catcher.store.db import blobs
from catcher.store.db.tables import content
from catcher.store.engines.base import Database, SharedJob
from catcher.store.engines.counters import read_counters
from catcher.store.engines.registry import open_database
from catcher.store.events import ChangeResult, Events, StoreEvent
from catcher.store.labels import inboxes, tags
from catcher.store.labels.tag_names import checked_tag
from catcher.store.model import (
    Arrivals,
    BinnedMessage,
    ByIds,
    Counts,
    Everything,
    NewMessage,
    Overview,
    Selection,
    StoredInbox,
    StoredMessage,
    StoredSummary,
    SummaryPage,
)
from catcher.store.read import arrivals, overview, queries, references
from catcher.store.records.outbox import OutboxQueue
from catcher.store.records.saved_searches import SavedSearches
from catcher.store.records.sessions import SessionRecords
from catcher.store.records.tokens import ApiTokens
from catcher.store.search.model import Anything, Query, Subject
from catcher.store.write import recycle_bin, reindex, updates
from catcher.store.write.inserts import build_rows
from catcher.store.write.queue import Delivery, Queue
from catcher.store.write.updates import STEP
from catcher.store.write.writer import Writer

_ANYTHING = Anything()


class Store:
    """Mail in one database. Created by `open`; any thread may call any method.

    Writing methods return after the commit, and every read that begins later, in whatever process, sees the result.
    All methods raise StoreUnavailable when the database cannot do its work now (full, locked, closed); nothing is then
    half done.

    outbox, sessions, tokens, saved_searches: the records beside the messages. queue: of deliveries, for `AsyncStore`.
    deleted: the number of messages deleted through this object, including retention.
    """

    def __init__(self, database: Database, *, queue_octets: int, queue_messages: int, poll_interval: float) -> None:
        self.events = Events()
        self.queue = Queue(messages=queue_messages, octets=queue_octets)
        self.deleted = 0
        self._database = database
        self._writer = Writer(database, self.events, self.queue, poll_interval=poll_interval)
        self._lock = threading.Lock()
        self.outbox = OutboxQueue(database, self._writer)
        self.sessions = SessionRecords(database, self._writer)
        self.tokens = ApiTokens(database, self._writer)
        self.saved_searches = SavedSearches(database, self._writer)

    @classmethod
    def open(
        cls,
        url: str,
        *,
        durable: bool = True,
        readers: int = 4,
        queue_octets: int = 64 * 1024 * 1024,
        queue_messages: int = 10_000,
        poll_interval: float = 0.1,
        lock_timeout: float = 5.0,
    ) -> Self:
        """Open the store at a database URL such as "sqlite:////var/lib/catcher.db"; create it when it is missing.

        durable: a commit waits until the disk has it; without, a power cut (not a crash) may lose the last ones.
        readers: number of concurrent reads. queue_octets, queue_messages: bounds of the queue before the writer.
        poll_interval: seconds between checks for changes by other processes; 0 for none. lock_timeout: seconds to wait
        for another process's lock.
        Raises DatabaseUnusable or DatabaseTooNew in one clear line; a file that is refused is never changed.
        """
        database = open_database(url, durable=durable, readers=readers, lock_timeout=lock_timeout)
        return cls(database, queue_octets=queue_octets, queue_messages=queue_messages, poll_interval=poll_interval)

    def close(self) -> None:
        """Commit what is queued, then close. Safe to call twice, and from several threads."""
        with self._lock:
            self._writer.close()
            self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Writing

    def add(self, messages: Sequence[NewMessage]) -> list[int]:
        """Store messages in one transaction, all or none; return their arrival numbers. Waits for room in the queue."""
        if not messages:
            return []
        delivery = Delivery(messages=[build_rows(message) for message in messages])
        self.queue.put(delivery)
        return list(delivery.future.result())

    def replace_computed(self, messages: Sequence[tuple[int, NewMessage]]) -> int:
        """Replace what was computed of the messages with these arrival numbers; return how many still exist.

        In one transaction. Store ids, envelopes, contents, tags and flags stay as they are.
        """
        return self._writer.run(reindex.replace_computed, self._database, messages) if messages else 0

    def mark(self, selection: Selection, *, is_read: bool) -> int:
        """Mark messages read or unread; return how many changed."""
        return self._change(selection, updates.mark, is_read=is_read)

    def pin(self, selection: Selection, *, is_pinned: bool) -> int:
        """Pin or unpin messages; return how many changed."""
        return self._change(selection, updates.pin, is_pinned=is_pinned)

    def delete(self, selection: Selection, *, binned_at: datetime | None = None) -> int:
        """Delete messages; return how many. More than `STEP` are deleted in several transactions, oldest first.

        Pinned messages stay unless they are selected by id. binned_at: move the messages to the bin at this moment
        instead; see `restore`.
        """
        if isinstance(selection, Everything) and binned_at is None:
            return self._count_deleted(self._writer.run(updates.remove_everything))
        only = None if isinstance(selection, ByIds) else updates.NOT_PINNED
        return self._count_deleted(self._change(selection, updates.remove, only=only, binned_at=binned_at))

    def restore(self, store_ids: Sequence[str]) -> int:
        """Restore messages from the bin; return how many. Unknown ids are ignored."""
        return sum(self._writer.run(recycle_bin.restore, ids) for ids in _chunks(store_ids))

    def restore_deleted_at(self, moment: datetime) -> int:
        """Restore from the bin what was deleted at exactly this moment; return how many."""
        return self._repeat(partial(recycle_bin.restore_deleted_at, moment=moment))

    def discard(self, store_ids: Sequence[str]) -> int:
        """Delete messages in the bin for good; return how many. Unknown ids are ignored."""
        return sum(self._writer.run(recycle_bin.discard, ids) for ids in _chunks(store_ids))

    def empty_bin(self, *, before: datetime | None = None) -> int:
        """Delete for good what was deleted before a moment (None: everything in the bin); return how many."""
        return self._repeat(partial(recycle_bin.empty, before=before), step=updates.PRUNE_STEP)

    def create_inbox(self, inbox: StoredInbox) -> None:
        """Create an explicit inbox, or make an implicit one explicit. Raises InboxError."""
        self._writer.run(updates.create_inbox, inbox)

    def delete_inbox(self, name: str) -> int:
        """Delete an inbox and the messages that are in no other; return how many messages. Raises NotFound.

        Mail that arrives for it meanwhile may create it again.
        """
        return self._repeat(partial(updates.remove_inbox, name=name)) - 1

    def set_tags(self, store_ids: Sequence[str], names: Sequence[str]) -> int:
        """Replace the tags of messages; return how many changed. Unknown ids and unusable names are ignored."""
        return sum(self._writer.run(updates.set_tags, ids, names) for ids in _chunks(store_ids))

    def add_tag(self, selection: Selection, name: str) -> int:
        """Tag messages; return how many did not have the tag. Raises TagError for an unusable name."""
        return self._change(selection, updates.add_tag, name=checked_tag(name))

    def remove_tag(self, selection: Selection, name: str) -> int:
        """Remove a tag from messages; return how many had it."""
        return self._change(selection, updates.remove_tag, name=name)

    def rename_tag(self, old: str, new: str) -> None:
        """Rename a tag. Raises NotFound, and TagError for an unusable or taken name."""
        self._writer.run(updates.rename_tag, old, new)

    def delete_tag(self, name: str) -> None:
        """Delete a tag. Raises NotFound."""
        self._writer.run(updates.delete_tag, name)

    def retain(self, *, max_messages: int, max_age: timedelta | None, now: datetime) -> int:
        """Delete some of the oldest messages beyond a number (0: no limit) or an age; return how many.

        Then those beyond the limits of their inboxes. Pinned messages stay. This is one bounded step, so that other
        changes need not wait: call it until it returns 0. Of several stores on one database, only the leader does it.
        """
        oldest = None if max_age is None else now - max_age
        whole = partial(updates.retain, max_messages=max_messages, oldest=oldest)
        deleted = self._writer.run(self._as_leader, whole)
        return self._count_deleted(
            deleted or self._writer.run(self._as_leader, partial(updates.retain_inboxes, now=now))
        )

    # Reading

    def page(
        self,
        query: Query = _ANYTHING,
        *,
        limit: int = 50,
        start: int = 0,
        before: int | None = None,
        received_before: datetime | None = None,
    ) -> SummaryPage:
        """Return a page of the messages that a query matches, newest first.

        limit: how many at most; start: how many to skip (its cost grows with it). before: only arrivals below this
        number, the fast way to later pages. received_before: only messages received before a moment, as a part of the
        query.
        """
        return self._database.read(
            queries.page,
            self._database,
            query,
            limit=max(0, limit),
            start=max(0, start),
            before=before,
            received_before=received_before,
        )

    def batches(self, query: Query = _ANYTHING, *, size: int = 1000) -> Iterator[tuple[StoredSummary, ...]]:
        """Yield all messages that a query matches in batches, newest first.

        Each batch is read when it is asked for, in a transaction of its own; newer arrivals are omitted.
        """
        before = None
        while batch := self._database.read(queries.batch, self._database, query, before=before, limit=size):
            yield batch
            if len(batch) < size:
                return
            before = batch[-1].arrival

    def latest(self, query: Query = _ANYTHING) -> StoredSummary:
        """Return the newest message that a query matches. Raises NotFound."""
        return self._database.read(queries.latest, self._database, query)

    def arrivals(self, query: Query = _ANYTHING, *, after: int | None = None, limit: int = 50) -> Arrivals:
        """Return matching messages in order of arrival: the first after an arrival number, or the newest."""
        return self._database.read(arrivals.read, self._database, query, after=after, limit=max(1, limit))

    def subjects(self, summaries: Sequence[StoredSummary]) -> list[Subject]:
        """Return messages as subjects of `search.matches`, in the same order; deleted ones may be omitted."""
        return self._database.read(arrivals.subjects, self._database, summaries)

    def filter_by_inbox(self, store_ids: Sequence[str], inbox: str) -> tuple[str, ...]:
        """Return those of the messages that are in an inbox, in the same order. The inbox need not exist."""
        found = {each for ids in _chunks(store_ids) for each in self._database.read(arrivals.ids_in_inbox, ids, inbox)}
        return tuple(each for each in store_ids if each in found)

    def summary(self, store_id: str) -> StoredSummary:
        """Return one message as lists show it. Raises NotFound."""
        return self._database.read(queries.summary, store_id)

    def get(self, store_id: str) -> StoredMessage:
        """Return a whole message except for its octets. Raises NotFound."""
        return self._database.read(queries.get, store_id)

    def raw(self, store_id: str) -> bytes:
        """Return the octets of a message as received. Raises NotFound."""
        return b"".join(self.raw_pieces(store_id))

    def raw_pieces(self, store_id: str, *, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """Yield the octets from `start` to before `end`, clipped to the message, in pieces of up to 1 MiB.

        Decompresses only what the range touches, and holds no transaction between pieces, however slow the reader is.
        Raises NotFound at the first piece, or at a later one when the message is deleted meanwhile.
        """
        arrival, size = self._database.read(queries.arrival_and_size, store_id)
        first, last = max(0, start), size if end is None else min(end, size)
        for number in range(first // blobs.PIECE, -(-last // blobs.PIECE) if last > first else 0):
            piece = self._database.read(_piece, arrival, number)
            offset = number * blobs.PIECE
            yield piece[max(0, first - offset) : last - offset]

    def part(self, store_id: str, part_id: str) -> bytes:
        """Return the decoded octets of one part, reading only its range. Raises NotFound."""
        message = self.get(store_id).message
        for part in message.parts:
            if part.part_id == part_id:
                body = b"".join(self.raw_pieces(store_id, start=part.body_start, end=part.end))
                moved = replace(part, header_start=0, body_start=0, end=len(body))
                return part_octets(body, moved)
        raise NotFound("part not found")

    def neighbours(
        self, store_id: str, query: Query = _ANYTHING
    ) -> tuple[StoredSummary | None, StoredSummary | None, int]:
        """Return the next newer and next older match of a query, and the number of newer matches.

        Raises NotFound for an unknown message; the message itself need not match.
        """
        return self._database.read(queries.neighbours, self._database, store_id, query)

    def has_message_id(self, message_id: str) -> bool:
        """Return whether there is a message with this Message-ID (without angle brackets)."""
        return self._database.read(queries.has_message_id, message_id)

    def check(self) -> None:
        """Read, and write if the last write has failed. Raises StoreUnavailable when mail cannot be kept or read."""
        self.counts()
        self._writer.check()

    def counts(self) -> Counts:
        """Return the totals of the mailbox."""
        return self._database.read(read_counters).counts

    def overview(self, *, max_inboxes: int) -> Overview:
        """Return an overview of the mailbox, with its fullest inboxes."""
        return self._database.read(overview.read, max_inboxes=max_inboxes)

    def tags(self, *, inbox: str = "") -> dict[str, int]:
        """Return the number of messages of each tag, sorted by name without regard to case.

        inbox: only of messages in this one; "" for all.
        """
        return self._database.read(tags.tag_counts, inbox=inbox)

    def inboxes(self, *, explicit: bool | None = None) -> list[StoredInbox]:
        """Return all inboxes, sorted by name without regard to case. explicit: only explicit ones, or only implicit."""
        return self._database.read(inboxes.read_all, explicit=explicit)

    def inbox(self, name: str) -> StoredInbox:
        """Return an inbox. Raises NotFound."""
        return self._database.read(inboxes.find, name)

    def explicit_inbox(self, name: str) -> StoredInbox | None:
        """Return the explicit inbox of this name, as for a login, unless it has expired."""
        return self._database.read(inboxes.find_explicit, name, now=datetime.now(UTC))

    def bin(self, *, limit: int = 50, start: int = 0) -> list[BinnedMessage]:
        """Return messages in the bin, the last deleted first."""
        return self._database.read(recycle_bin.page, limit=limit, start=start)

    def binned_message(self, store_id: str) -> BinnedMessage:
        """Return one message in the bin. Raises NotFound."""
        return self._database.read(recycle_bin.get, store_id)

    def references(self, store_ids: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        """Return the message ids that messages refer to, cleaned as search texts are, the oldest first.

        Messages without references, and unknown ids, are omitted.
        """
        return self._database.read(references.read, store_ids)

    def cursor(self) -> int:
        """Return the last number given to an event; later events have greater ones."""
        return self._database.read(read_counters).cursor

    def changes(self, after: int, *, limit: int = 1000) -> list[StoreEvent] | None:
        """Return the events after a cursor, in order; None when they are not kept any more: reload the list.

        A message that arrived and was deleted since has its deletion only; a changed one arrives as it is now.
        """
        return self._database.read(queries.changes, after, limit=limit)

    def octets_on_disk(self) -> int:
        """Return the size of the database on disk, including its journal."""
        return self._database.octets_on_disk()

    # Private

    def _as_leader(self, connection: Connection, change: Callable[[Connection], ChangeResult]) -> ChangeResult:
        is_leader = self._database.is_leader(connection, SharedJob.RETENTION)
        return change(connection) if is_leader else ChangeResult(changed=0)

    def _change(
        self,
        selection: Selection,
        change: Callable[..., ChangeResult],
        *,
        only: ColumnElement[bool] | None = None,
        **values: Any,
    ) -> int:
        """Apply a change to a selection step by step, except for later arrivals. only: a further condition."""
        upto = self.cursor()
        if isinstance(selection, ByIds):
            conditions = [queries.where(self._database, ByIds(ids)) for ids in _chunks(selection.store_ids)]
        else:
            conditions = [queries.where(self._database, selection)]
        if only is not None:
            conditions = [only if where is None else where & only for where in conditions]
        return sum(self._repeat(partial(change, where=where, upto=upto, **values)) for where in conditions)

    def _repeat(self, change: Callable[[Connection], ChangeResult], *, step: int | None = None) -> int:
        """Repeat a change until it changes less than a step (None: `STEP`); return the sum."""
        total = 0
        while changed := self._writer.run(change):
            total += changed
            if changed < (step or STEP):
                break
        return total

    def _count_deleted(self, number: int) -> int:
        with self._lock:
            self.deleted += number
        return number


def _piece(connection: Connection, arrival: int, number: int) -> bytes:
    columns = select(content.c.data, content.c.is_compressed)
    row = connection.execute(columns.where(content.c.arrival == arrival, content.c.number == number)).first()
    if row is None:
        raise NotFound("message not found")
    return blobs.restore(row.data, is_compressed=row.is_compressed)


def _chunks(store_ids: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the ids without duplicates in runs that fit into one statement."""
    ids = tuple(dict.fromkeys(store_ids))
    return [ids[start : start + STEP] for start in range(0, len(ids), STEP)]
