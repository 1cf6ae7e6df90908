"""The store as the other rooms see it: open it, write, ask, hear what happened, close it."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Self

from msgspec.structs import replace
from sqlalchemy import ColumnElement, Connection, select

from catcher.errors import NotFound, StoreUnavailable
from catcher.mime import part_octets
from catcher.store.db import blobs
from catcher.store.db.tables import content
from catcher.store.engines.base import Database, Duty
from catcher.store.engines.counters import read_counters
from catcher.store.engines.databases import open_database
from catcher.store.events import Events, StoreEvent
from catcher.store.labels import inboxes as boxing
from catcher.store.labels import tags as labelling
from catcher.store.labels.tag_names import checked_tag
from catcher.store.model import (
    Arrived,
    Binned,
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
from catcher.store.write import bin as bin_
from catcher.store.write import updates
from catcher.store.write.inserts import Prepared, prepare
from catcher.store.write.queue import Delivery, Queue
from catcher.store.write.updates import STEP, ChangeResult
from catcher.store.write.writer import Writer


class Store:
    """Mail and the answers about it, in one database. Made by `open`; every method may be called from any thread.

    Writing methods return after the commit, and every read that begins after that, in whatever process, sees it. All of
    them raise StoreUnavailable when the database cannot do it now (full, locked, closed); nothing is then half done.
    """

    def __init__(self, database: Database, *, queue_octets: int, queue_messages: int, poll_interval: float) -> None:
        self.events = Events()
        self._database = database
        self._queue = Queue(messages=queue_messages, octets=queue_octets)
        self._writer = Writer(database, self.events, self._queue, poll_interval=poll_interval)
        self._closing = threading.Lock()
        self._is_closed = False
        self.outbox = OutboxQueue(database, run=self._writer.run, reading=self._reading)
        self.sessions = SessionRecords(run=self._writer.run, reading=self._reading)
        self.tokens = ApiTokens(run=self._writer.run, reading=self._reading)
        self.saved_searches = SavedSearches(run=self._writer.run, reading=self._reading)

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
        """The store at a database URL such as "sqlite:////var/lib/catcher.db", made when the file is missing.

        durable: a commit waits until the disk has it; without, a power cut (not a crash) may lose the last ones.
        readers: how many questions are answered at once. queue_octets, queue_messages: how much may wait to be written.
        poll_interval: seconds between checks for changes by other processes; 0 for none. lock_timeout: seconds to wait
        for another process's lock.
        Raises DatabaseUnusable or DatabaseTooNew with one clear line; a file that is refused is never changed.
        """
        database = open_database(url, durable=durable, readers=readers, lock_timeout=lock_timeout)
        return cls(
            database,
            queue_octets=queue_octets,
            queue_messages=queue_messages,
            poll_interval=poll_interval,
        )

    def close(self) -> None:
        """Commit what is queued, then end. Safe to call twice, and from several threads."""
        with self._closing:
            self._writer.close()
            self._is_closed = True
            self._database.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Writing

    def add(self, messages: Sequence[NewMessage]) -> list[int]:
        """Store these in one transaction, all or none; their arrival numbers. Waits while the queue is full."""
        if not messages:
            return []
        future: Future[Sequence[int]] = Future()
        self._queue.put(Delivery(messages=[*map(prepare, messages)], done=partial(_settle, future)))
        return list(future.result())

    def add_soon(self, message: Prepared, done: Callable[[int | BaseException], None]) -> bool:
        """Queue one for the next group; False, with nothing queued, when the queue is full (see `when_room`).

        done: called in the writer thread after the commit with the arrival number, or with what failed; must be quick.
        """

        def answer(outcome: Sequence[int] | BaseException) -> None:
            done(outcome if isinstance(outcome, BaseException) else outcome[0])

        return self._queue.offer(Delivery(messages=(message,), done=answer))

    def after_answers(self, call: Callable[[], None]) -> None:
        """From now on, call this in the writer thread each time it has answered the deliveries of a group."""
        self._writer.after_answers(call)

    def look(self) -> None:
        """Tell soon of what other processes have written; whoever knows that there is something need not wait."""
        self._writer.look()

    def when_room(self, call: Callable[[], None]) -> None:
        """Call this once, soon after the queue has handed something on; from any thread, perhaps at once."""
        self._queue.when_room(call)

    def mark(self, selection: Selection, *, is_read: bool) -> int:
        """Mark messages read or unread; how many really changed."""
        return self._in_steps(selection, partial(updates.mark, is_read=is_read))

    def pin(self, selection: Selection, *, is_pinned: bool) -> int:
        """Pin messages or unpin them; how many really changed."""
        return self._in_steps(selection, partial(updates.pin, is_pinned=is_pinned))

    def delete(self, selection: Selection, *, binned_at: datetime | None = None) -> int:
        """Delete messages; how many there were. More than `STEP` go in several transactions, oldest first.

        What is pinned stays, unless it is named by its id. binned_at: put them into the bin at this moment instead,
        from where `restore` brings them back.
        """
        if isinstance(selection, Everything) and binned_at is None:
            return self._writer.run(updates.remove_everything)
        spared = None if isinstance(selection, ByIds) else updates.NOT_PINNED
        return self._in_steps(selection, partial(updates.remove, binned_at=binned_at), only=spared)

    def restore(self, store_ids: Sequence[str]) -> int:
        """Bring messages back from the bin to where they were; how many. Unknown ids are ignored."""
        return sum(self._writer.run(partial(bin_.restore, store_ids=ids)) for ids in _chunks(store_ids))

    def restore_deleted_at(self, moment: datetime) -> int:
        """Bring back from the bin all that was deleted at exactly this moment, as one `delete` notes it; how many."""
        return self._repeat(partial(bin_.restore_deleted_at, moment=moment))

    def discard(self, store_ids: Sequence[str]) -> int:
        """Delete messages of the bin for good; how many. Unknown ids are ignored."""
        return sum(self._writer.run(partial(bin_.discard, store_ids=ids)) for ids in _chunks(store_ids))

    def empty_bin(self, *, before: datetime | None = None) -> int:
        """Delete for good what was put into the bin before a moment (None: all of it); how many."""
        return self._repeat(partial(bin_.empty, before=before), step=updates.PRUNE_STEP)

    def make_inbox(self, inbox: StoredInbox) -> None:
        """Make an inbox, empty or of what is in it by its name already. Raises InboxError."""
        self._writer.run(partial(updates.make_inbox, wanted=inbox))

    def delete_inbox(self, name: str) -> int:
        """Delete an inbox with its mail, but for mail that is in another one too; how many messages. Raises NotFound.

        Mail that arrives for it meanwhile may make it anew.
        """
        return self._repeat(partial(updates.remove_inbox, name=name)) - 1

    def set_tags(self, store_ids: Sequence[str], names: Sequence[str]) -> int:
        """Give messages exactly these tags; how many really changed. Unknown ids and unusable names are ignored."""
        return sum(
            self._writer.run(partial(updates.set_tags, store_ids=ids, names=names)) for ids in _chunks(store_ids)
        )

    def add_tag(self, selection: Selection, name: str) -> int:
        """Give messages one more tag; how many did not have it. Raises TagError for a name that cannot be used."""
        return self._in_steps(selection, partial(updates.add_tag, name=checked_tag(name)))

    def remove_tag(self, selection: Selection, name: str) -> int:
        """Take one tag from messages; how many had it."""
        return self._in_steps(selection, partial(updates.remove_tag, name=name))

    def rename_tag(self, old: str, new: str) -> None:
        """Call a tag otherwise. Raises NotFound, and TagError for a name that cannot be used or is taken."""
        self._writer.run(partial(updates.rename_tag, old=old, new=new))

    def delete_tag(self, name: str) -> None:
        """Take a tag from all messages. Raises NotFound."""
        self._writer.run(partial(updates.delete_tag, name=name))

    def retain(self, *, max_messages: int, max_age: timedelta | None, now: datetime) -> int:
        """Delete some of the oldest messages beyond so many (0: no bound) or older than an age; how many.

        Then those beyond the bounds of their inboxes. What is pinned stays. One bounded step, so that nobody waits for
        it: call it until it returns 0. Of several stores on one database one does it; for the others it returns 0.
        """
        oldest = None if max_age is None else now - max_age
        whole = partial(updates.retain, max_messages=max_messages, oldest=oldest)
        return self._retain(whole) or self._retain(partial(updates.retain_inboxes, now=now))

    # Reading

    def page(
        self,
        query: Query = Anything(),  # noqa: B008 a value without state
        *,
        limit: int = 50,
        start: int = 0,
        before: int | None = None,
        received_before: datetime | None = None,
    ) -> SummaryPage:
        """What a query matches, newest arrival first.

        limit: how many at most; start: how many to leave out first (its cost grows with it). before: only arrivals
        below this number, the quick way to later pages. received_before: only what was received before a moment; this
        one counts as a part of the query.
        """
        with self._reading() as connection:
            return queries.page(
                self._database,
                connection,
                query,
                limit=max(0, limit),
                start=max(0, start),
                before=before,
                received_before=received_before,
            )

    def latest(self, query: Query = Anything()) -> StoredSummary:  # noqa: B008 a value without state
        """The newest message a query matches. Raises NotFound."""
        with self._reading() as connection:
            return queries.latest(self._database, connection, query)

    def arrived(
        self,
        query: Query = Anything(),  # noqa: B008 a value without state
        *,
        after: int | None = None,
        limit: int = 50,
    ) -> Arrived:
        """What a query matches, in the order of arrival: the first after a number, or without one the newest."""
        with self._reading() as connection:
            return arrivals.arrived(self._database, connection, query, after=after, limit=max(1, limit))

    def subjects(self, summaries: Sequence[StoredSummary]) -> list[Subject]:
        """Messages as `search.matches` judges them, in the same order; those that are gone may be left out."""
        with self._reading() as connection:
            return arrivals.subjects(self._database, connection, summaries)

    def within(self, store_ids: Sequence[str], inbox: str) -> tuple[str, ...]:
        """Those of the messages that are in an inbox, in the same order; there need be no such inbox."""
        with self._reading() as connection:
            found = {
                each for ids in _chunks(store_ids) for each in arrivals.within(self._database, connection, ids, inbox)
            }
        return tuple(each for each in store_ids if each in found)

    def summary(self, store_id: str) -> StoredSummary:
        """One message as a list shows it. Raises NotFound."""
        with self._reading() as connection:
            return queries.summary(connection, store_id)

    def get(self, store_id: str) -> StoredMessage:
        """One message whole, but for its octets. Raises NotFound."""
        with self._reading() as connection:
            return queries.get(connection, store_id)

    def raw(self, store_id: str) -> bytes:
        """A message's octets as they were received. Raises NotFound."""
        return b"".join(self.raw_pieces(store_id))

    def raw_pieces(self, store_id: str, *, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """The octets from `start` to before `end` in pieces of up to 1 MiB; what lies outside the message is left out.

        Decompresses only what the range touches, and holds no transaction between pieces, however slow the reader is.
        Raises NotFound, at the first piece, or at a later one when the message is deleted meanwhile.
        """
        with self._reading() as connection:
            arrival, size = queries.arrival_and_size(connection, store_id)
        first, last = max(0, start), size if end is None else min(end, size)
        for number in range(first // blobs.PIECE, -(-last // blobs.PIECE) if last > first else 0):
            piece = self._piece(arrival, number)
            offset = number * blobs.PIECE
            yield piece[max(0, first - offset) : last - offset]

    def part(self, store_id: str, part_id: str) -> bytes:
        """The decoded octets of one part; only what the part covers is read. Raises NotFound."""
        message = self.get(store_id).message
        for part in message.parts:
            if part.part_id == part_id:
                body = b"".join(self.raw_pieces(store_id, start=part.body_start, end=part.end))
                moved = replace(part, header_start=0, body_start=0, end=len(body))
                return part_octets(body, moved)
        raise NotFound("part not found")

    def neighbours(
        self,
        store_id: str,
        query: Query = Anything(),  # noqa: B008 a value without state
    ) -> tuple[StoredSummary | None, StoredSummary | None, int]:
        """The next newer and next older message of what a query matches, and how many of that are newer.

        Raises NotFound when there is no such message; it need not match the query itself.
        """
        with self._reading() as connection:
            return queries.neighbours(self._database, connection, store_id, query)

    def has_message_id(self, message_id: str) -> bool:
        """Whether a message with this Message-ID (without angle brackets) is there."""
        with self._reading() as connection:
            return queries.has_message_id(connection, message_id)

    def counts(self) -> Counts:
        """The mailbox in numbers."""
        with self._reading() as connection:
            return read_counters(connection).counts

    def overview(self, *, inboxes: int) -> Overview:
        """The mailbox at a glance, with so many of its inboxes at most: the fullest ones."""
        with self._reading() as connection:
            return overview.read(connection, inboxes=inboxes)

    def tags(self, *, inbox: str = "") -> dict[str, int]:
        """Every tag with how many messages have it, sorted by name without regard to case.

        inbox: only of messages in this one; "" for all.
        """
        with self._reading() as connection:
            return dict(labelling.tag_counts(connection, inbox=inbox).counts)

    def inboxes(self, *, made: bool | None = None) -> list[StoredInbox]:
        """Every inbox, sorted by name without regard to case. made: only those made on purpose, or only the others."""
        with self._reading() as connection:
            return boxing.all_inboxes(connection, made=made)

    def inbox(self, name: str) -> StoredInbox:
        """One inbox. Raises NotFound."""
        with self._reading() as connection:
            return boxing.find(connection, name)

    def made_inbox(self, name: str) -> StoredInbox | None:
        """The inbox of this name if it was made on purpose and its time is not over, as for logging in by its name."""
        with self._reading() as connection:
            return boxing.find_made(connection, name, now=datetime.now(UTC))

    def bin(self, *, limit: int = 50, start: int = 0) -> list[Binned]:
        """What is in the bin, what was deleted last first."""
        with self._reading() as connection:
            return bin_.page(connection, limit=limit, start=start)

    def binned(self, store_id: str) -> Binned:
        """One message of the bin. Raises NotFound."""
        with self._reading() as connection:
            return bin_.get(connection, store_id)

    def cursor(self) -> int:
        """The last number given to anything; what happens later has a greater one."""
        with self._reading() as connection:
            return read_counters(connection).cursor

    def named_ids(self, store_ids: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        """The message ids that each of these messages says to answer; see `answering.named_ids`."""
        with self._reading() as connection:
            return references.named_ids(connection, store_ids)

    def changes(self, after: int, *, limit: int = 1000) -> list[StoreEvent] | None:
        """What happened after this cursor, in order; None when the store does not know (any more): read the list again.

        A message that arrived and was deleted since shows its deletion only; one that changed arrives as it is now.
        """
        with self._reading() as connection:
            return queries.changes(connection, after, limit=limit)

    def octets_on_disk(self) -> int:
        """What the database takes on the disk, its journal included."""
        return self._database.octets_on_disk()

    # Private

    def _reading(self) -> AbstractContextManager[Connection]:
        if self._is_closed:
            raise StoreUnavailable("The mail store is closed")
        return self._database.reading()

    def _piece(self, arrival: int, number: int) -> bytes:
        columns = select(content.c.data, content.c.is_compressed)
        with self._reading() as connection:
            row = connection.execute(columns.where(content.c.arrival == arrival, content.c.number == number)).first()
        if row is None:
            raise NotFound("message not found")
        return blobs.restore(row.data, is_compressed=row.is_compressed)

    def _retain(self, change: Callable[[Connection], ChangeResult]) -> int:
        def step(connection: Connection) -> ChangeResult:
            is_ours = self._database.holds(connection, Duty.RETENTION)
            return change(connection) if is_ours else ChangeResult(changed=0)

        return self._writer.run(step)

    def _in_steps(
        self, selection: Selection, change: Callable[..., ChangeResult], *, only: ColumnElement[bool] | None = None
    ) -> int:
        """Run a change on a selection step by step; what arrives meanwhile is left. only: a condition beyond it."""
        upto = self.cursor()
        if isinstance(selection, ByIds):
            conditions = [queries.where(self._database, ByIds(ids)) for ids in _chunks(selection.store_ids)]
        else:
            conditions = [queries.where(self._database, selection)]
        if only is not None:
            conditions = [only if where is None else where & only for where in conditions]
        return sum(self._repeat(partial(change, where=where, upto=upto)) for where in conditions)

    def _repeat(self, change: Callable[[Connection], ChangeResult], *, step: int | None = None) -> int:
        """Run a change until it does less than a whole step (None: `STEP`); what all of them did."""
        total = 0
        while changed := self._writer.run(change):
            total += changed
            if changed < (step or STEP):
                break
        return total


def _settle(future: "Future[Sequence[int]]", outcome: Sequence[int] | BaseException) -> None:
    if isinstance(outcome, BaseException):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)


def _chunks(store_ids: Sequence[str]) -> list[tuple[str, ...]]:
    """The ids, each once, in runs that one statement takes."""
    ids = tuple(dict.fromkeys(store_ids))
    return [ids[start : start + STEP] for start in range(0, len(ids), STEP)]
