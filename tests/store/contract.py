"""What every store engine promises. An engine's test module subclasses `StoreContract` and offers a `store` fixture."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from catcher.errors import InboxError, NotFound, StoreUnavailable, TagError
from catcher.store import ByIds, Everything, Matching, NewMessage, Store, StoredInbox, StoreEvent
from catcher.store.search import matches, parse
from catcher.store.write.inserts import build_rows
from catcher.store.write.queue import Delivery

MakeMessage = Callable[..., NewMessage]
NOW = datetime(2026, 3, 2, tzinfo=UTC)


def ids(messages: Sequence[NewMessage]) -> tuple[str, ...]:
    """Return the store ids of messages."""
    return tuple(one.store_id for one in messages)


def add(store: Store, new: MakeMessage, number: int, **fields: object) -> list[NewMessage]:
    """Store a number of messages in one transaction; return them."""
    messages = [new(subject=f"Message {count}", **fields) for count in range(number)]
    store.add(messages)
    return messages


def queue(store: Store, message: NewMessage) -> "Future[Sequence[int]]":
    """Queue a delivery without waiting for it; return its future."""
    future: Future[Sequence[int]] = Future()
    store.queue.put(Delivery(messages=[build_rows(message)], future=future))
    return future


class Recorder:
    """A subscriber that records events and can wait for them."""

    def __init__(self, store: Store) -> None:
        self.events: list[StoreEvent] = []
        self._changed = threading.Condition()
        self.unsubscribe = store.events.subscribe(self._receive)

    def _receive(self, events: Sequence[StoreEvent]) -> None:
        with self._changed:
            self.events.extend(events)
            self._changed.notify_all()

    def wait_for(self, number: int) -> list[StoreEvent]:
        """Return the first events; fail after twenty seconds, showing what arrived."""
        return self.wait_until(lambda events: len(events) >= number)

    def wait_until(self, is_enough: Callable[[Sequence[StoreEvent]], bool]) -> list[StoreEvent]:
        """Return the events once they are enough; fail after twenty seconds, showing what arrived."""
        with self._changed:
            assert self._changed.wait_for(lambda: is_enough(self.events), timeout=20), self.events
            return list(self.events)


class StoreContract:
    """Adding, listing, reading, changing, deleting, events."""

    def test_added_messages_are_stored_whole(self, store: Store, new: MakeMessage) -> None:
        """Envelope, tree and octets are as received."""
        message = new(subject="Grüße", text="ein Text")
        [arrival] = store.add([message])
        kept = store.get(message.store_id)
        assert kept.envelope == message.envelope
        assert kept.message == message.message
        assert kept.summary.arrival == arrival
        assert kept.summary.addresses == message.addresses
        assert (kept.summary.subject, kept.summary.user, kept.summary.size) == ("Grüße", "tester", message.size)
        assert kept.summary.received_at == message.envelope.received_at
        assert store.raw(message.store_id) == message.content

    def test_a_date_keeps_its_own_offset(self, store: Store, new: MakeMessage) -> None:
        """`Message.date` is aware with the offset that the sender wrote."""
        message = new(b"Date: Mon, 2 Mar 2026 10:00:00 +0530\r\n\r\n")
        store.add([message])
        date = store.get(message.store_id).message.date
        assert date is not None
        assert date.utcoffset() == timedelta(hours=5, minutes=30)

    def test_lone_surrogates_and_nul_lose_nothing_else(self, store: Store, new: MakeMessage) -> None:
        """Octets that are not text may reach the envelope as lone surrogates; the message is stored all the same."""
        message = new(subject="odd")
        client = replace(message.envelope.client, helo="h\udc80", user="u\0\ud800")
        message = replace(message, envelope=replace(message.envelope, client=client))
        store.add([message])
        kept = store.get(message.store_id)
        assert kept.envelope.client.helo == "h\ufffd"
        assert kept.summary.user == "u\ufffd\ufffd"
        assert store.raw(message.store_id) == message.content

    def test_arrival_numbers_rise_and_the_list_is_newest_first(self, store: Store, new: MakeMessage) -> None:
        """Every message gets a rising arrival number: stable order."""
        messages = add(store, new, 5)
        page = store.page()
        assert [one.store_id for one in page.messages] == list(reversed(ids(messages)))
        arrivals = [one.arrival for one in page.messages]
        assert arrivals == sorted(arrivals, reverse=True)
        assert page.cursor == arrivals[0] == store.cursor()
        assert (page.counts.messages, page.matching, page.next_before) == (5, 5, None)

    def test_a_list_is_read_in_pages_without_gap_or_repetition(self, store: Store, new: MakeMessage) -> None:
        """`next_before` leads to the next page, even while new mail arrives; `start` skips that many."""
        messages = add(store, new, 10)
        seen: list[str] = []
        before = None
        while True:
            page = store.page(limit=3, before=before)
            seen.extend(one.store_id for one in page.messages)
            store.add([new()])
            before = page.next_before
            if before is None:
                break
        assert seen == list(reversed(ids(messages)))
        assert [one.subject for one in store.page(start=4 + 3, limit=2).messages] == ["Message 6", "Message 5"]
        assert store.page(limit=0).messages == ()
        assert store.page(start=1000).messages == ()

    def test_a_list_can_be_limited_to_messages_received_before_a_time(self, store: Store, new: MakeMessage) -> None:
        """`received_before` counts as a part of the query."""
        old = new(received_at=NOW - timedelta(hours=1))
        store.add([old, new(received_at=NOW)])
        page = store.page(received_before=NOW)
        assert [one.store_id for one in page.messages] == [old.store_id]
        assert (page.matching, page.counts.messages) == (1, 2)
        assert store.page(received_before=NOW, limit=0).matching == 1

    def test_messages_are_added_all_or_none(self, store: Store, new: MakeMessage) -> None:
        """`add` is one transaction: an id that is already stored rolls all of it back."""
        first = new()
        store.add([first])
        with pytest.raises(StoreUnavailable):
            store.add([new(), first])
        assert store.counts().messages == 1

    def test_one_bad_message_does_not_harm_the_others_of_its_group(self, store: Store, new: MakeMessage) -> None:
        """Deliveries that share a transaction are retried one by one when one of them spoils it."""
        first = new()
        store.add([first])
        futures = [queue(store, first if number == 7 else new()) for number in range(20)]
        failures = [future.exception(timeout=20) for future in futures]
        assert isinstance(failures.pop(7), StoreUnavailable)
        assert failures == [None] * 19
        assert store.counts().messages == 20

    def test_an_unknown_id_is_not_found(self, store: Store) -> None:
        """Reading raises NotFound for unknown ids, "" and very long ones too."""
        for store_id in ("", "x" * 22, "x" * 100_000, "'; DROP TABLE message; --", "\0"):
            for read in (store.get, store.summary, store.raw, store.neighbours):
                with pytest.raises(NotFound):
                    read(store_id)
        with pytest.raises(NotFound):
            store.latest()

    def test_marking_returns_the_number_of_changed_messages(self, store: Store, new: MakeMessage) -> None:
        """Unknown and repeated ids are ignored; a flag that is already set is no change."""
        first, second, third = add(store, new, 3)
        assert store.mark(ByIds((first.store_id, first.store_id, "unknown")), is_read=True) == 1
        assert store.counts().unread == 2
        assert store.mark(ByIds(()), is_read=True) == 0
        assert store.mark(Matching(parse("subject:'Message 1'".replace("'", '"'), now=NOW)), is_read=True) == 1
        assert store.mark(Everything(), is_read=True) == 1
        assert store.mark(Everything(), is_read=True) == 0
        assert store.counts().unread == 0
        assert store.mark(Everything(), is_read=False) == 3
        assert [one.is_read for one in store.page().messages] == [False] * 3
        assert store.summary(third.store_id).is_read is store.summary(second.store_id).is_read is False

    def test_deleting_by_id_deletes_these_messages_only(self, store: Store, new: MakeMessage) -> None:
        """Unknown and repeated ids beside known ones do no harm. Mailpit compatibility: Lists and searches."""
        first, second, third = add(store, new, 3)
        assert store.delete(ByIds(("unknown", first.store_id, first.store_id, second.store_id))) == 2
        assert [one.store_id for one in store.page().messages] == [third.store_id]
        assert store.delete(ByIds(("unknown",))) == 0
        assert store.delete(ByIds(())) == 0
        with pytest.raises(NotFound):
            store.raw(first.store_id)
        counts = store.counts()
        assert (counts.messages, counts.unread, counts.octets) == (1, 1, third.size)

    def test_any_number_of_ids_can_be_deleted(self, store: Store, new: MakeMessage) -> None:
        """They are deleted in steps."""
        messages = add(store, new, 30)
        unknown = tuple(f"unknown{number}" for number in range(12_000))
        assert store.delete(ByIds((*ids(messages[:10]), *unknown, *ids(messages[10:])))) == 30
        assert store.counts().messages == 0

    def test_deleting_by_query_deletes_the_matches(self, store: Store, new: MakeMessage) -> None:
        """The rest stays; the totals follow."""
        add(store, new, 3, text="alpha")
        kept = add(store, new, 2, text="beta")
        assert store.delete(Matching(parse("alpha", now=NOW))) == 3
        assert {one.store_id for one in store.page().messages} == set(ids(kept))

    def test_emptying_deletes_all_and_numbers_continue(self, store: Store, new: MakeMessage) -> None:
        """After `Everything` the mailbox is as new, but no number is used twice."""
        add(store, new, 3)
        store.set_tags(ids(add(store, new, 1)), ["tag"])
        before = store.cursor()
        assert store.delete(Everything()) == 4
        assert store.counts().messages == store.counts().unread == store.counts().octets == 0
        assert store.tags() == {}
        assert store.page().messages == ()
        [arrival] = store.add([new()])
        assert arrival > before
        assert store.delete(Everything()) == 1
        assert store.delete(Everything()) == 0

    def test_retention_deletes_the_oldest_in_limited_steps(self, store: Store, new: MakeMessage) -> None:
        """`retain` returns the number deleted, 0 when it is done; no step exceeds 500."""
        messages = add(store, new, 700)
        steps: list[int] = []
        while gone := store.retain(max_messages=50, max_age=None, now=NOW):
            steps.append(gone)
        assert steps == [500, 150]
        assert {one.store_id for one in store.page(limit=100).messages} == set(ids(messages[650:]))
        assert store.retain(max_messages=0, max_age=None, now=NOW) == 0

    def test_retention_by_age_uses_the_time_of_receipt(self, store: Store, new: MakeMessage) -> None:
        """Messages older than the limit are deleted, whatever their position in the list."""
        young = new(received_at=NOW - timedelta(minutes=59))
        store.add([young, new(received_at=NOW - timedelta(minutes=61))])
        assert store.retain(max_messages=0, max_age=timedelta(hours=1), now=NOW) == 1
        assert [one.store_id for one in store.page().messages] == [young.store_id]
        assert store.retain(max_messages=0, max_age=timedelta(hours=1), now=NOW) == 0

    def test_neighbours_are_the_next_ones_of_the_query(self, store: Store, new: MakeMessage) -> None:
        """For the arrows on a message's page: newer, older, and the place in the list."""
        first, second, third = add(store, new, 3)
        newer, older, position = store.neighbours(second.store_id)
        assert newer is not None
        assert older is not None
        assert (newer.store_id, older.store_id, position) == (third.store_id, first.store_id, 1)
        newer, older, position = store.neighbours(first.store_id, parse("subject:2", now=NOW))
        assert newer is not None
        assert (newer.store_id, older, position) == (third.store_id, None, 1)

    def test_latest_is_the_newest_match(self, store: Store, new: MakeMessage) -> None:
        """`latest` works with a query too; NotFound when nothing matches."""
        messages = add(store, new, 3)
        assert store.latest().store_id == messages[2].store_id
        assert store.latest(parse("subject:1", now=NOW)).store_id == messages[1].store_id
        with pytest.raises(NotFound):
            store.latest(parse("subject:99", now=NOW))

    # Tags

    def test_the_first_casing_of_a_tag_stays(self, store: Store, new: MakeMessage) -> None:
        """Names are unique without regard to letter case. Mailpit compatibility: Tags."""
        first, second = add(store, new, 2)
        store.set_tags([first.store_id], ["Größe", "a"])
        store.set_tags([second.store_id], ["GRÖSSE", "größe"])
        assert store.tags() == {"a": 1, "Größe": 2}
        assert store.summary(second.store_id).tags == ("Größe",)

    def test_tags_are_replaced_and_those_without_messages_go(self, store: Store, new: MakeMessage) -> None:
        """Setting gives exactly these; unknown ids make no tag. Mailpit compatibility: Tag routes."""
        [message] = add(store, new, 1)
        assert store.set_tags([message.store_id, "unknown"], ["one", "two", " ", "th/ree"]) == 1
        assert store.summary(message.store_id).tags == ("one", "th ree", "two")
        assert store.set_tags([message.store_id], ["two", "ONE", "th ree"]) == 0
        assert store.set_tags(["unknown"], ["orphan"]) == 0
        assert store.set_tags([message.store_id], []) == 1
        assert store.tags() == {}

    def test_a_tag_disappears_with_its_last_message(self, store: Store, new: MakeMessage) -> None:
        """A tag without messages is not listed."""
        first, second = add(store, new, 2)
        store.set_tags([first.store_id, second.store_id], ["both"])
        store.set_tags([first.store_id], ["both", "mine"])
        store.delete(ByIds((first.store_id,)))
        assert store.tags() == {"both": 1}

    def test_a_tag_is_renamed_and_deleted(self, store: Store, new: MakeMessage) -> None:
        """Lookup is without regard to case; a taken or unusable name is refused. Mailpit compatibility: Tag routes."""
        [message] = add(store, new, 1)
        store.set_tags([message.store_id], ["old", "other"])
        store.rename_tag("OLD", "New Name")
        store.rename_tag("new name", "NEW name")
        assert store.summary(message.store_id).tags == ("NEW name", "other")
        with pytest.raises(TagError, match="already exists"):
            store.rename_tag("other", "new NAME")
        for unusable in ("", " ", "a:b", "x" * 101):
            with pytest.raises(TagError, match="invalid"):
                store.rename_tag("other", unusable)
        with pytest.raises(NotFound):
            store.rename_tag("unknown", "any")
        store.delete_tag("OTHER")
        with pytest.raises(NotFound):
            store.delete_tag("other")
        assert store.tags() == {"NEW name": 1}

    def test_one_tag_is_added_and_removed(self, store: Store, new: MakeMessage) -> None:
        """Other tags stay; only messages that change count and have events; an unused tag is deleted."""
        first, second, third = add(store, new, 3)
        store.set_tags(ids([first]), ["Old", "other"])
        recorder = Recorder(store)
        assert store.add_tag(ByIds(ids([first, second])), "old") == 1
        assert store.add_tag(Everything(), "new") == 3
        assert store.tags() == {"new": 3, "Old": 2, "other": 1}
        assert store.summary(first.store_id).tags == ("new", "Old", "other")
        assert store.remove_tag(Everything(), "OLD") == 2
        assert store.remove_tag(Everything(), "OLD") == 0
        assert store.remove_tag(ByIds(ids([third])), "new") == 1
        assert store.tags() == {"new": 2, "other": 1}
        recorder.wait_for(7)
        assert [event.kind for event in recorder.events] == ["update"] * 7
        with pytest.raises(TagError):
            store.add_tag(Everything(), "a/b")

    def test_a_message_is_stored_with_its_tags(self, store: Store, new: MakeMessage) -> None:
        """In the same transaction. Mailpit compatibility: Storage."""
        recorder = Recorder(store)
        store.add([replace(new(), tags=("b", "A"))])
        [event] = recorder.wait_for(1)
        assert event.summary is not None
        assert event.summary.tags == store.page().messages[0].tags == ("A", "b")

    # Events

    def test_events_are_in_order_and_describe_the_change(self, store: Store, new: MakeMessage) -> None:
        """new, update, delete, prune, truncate, each with a rising number."""
        recorder = Recorder(store)
        first, second, third = add(store, new, 3)
        store.mark(ByIds((first.store_id, second.store_id)), is_read=True)
        store.mark(ByIds((first.store_id,)), is_read=True)
        store.set_tags([third.store_id], ["x"])
        store.rename_tag("x", "y")
        store.delete(ByIds((third.store_id, "unknown")))
        store.retain(max_messages=1, max_age=None, now=NOW)
        store.delete(Everything())
        events = recorder.wait_for(10)
        seen = [(event.kind, event.store_id, event.is_read, event.tags) for event in events]
        assert seen == [
            ("new", first.store_id, None, None),
            ("new", second.store_id, None, None),
            ("new", third.store_id, None, None),
            ("update", first.store_id, True, None),
            ("update", second.store_id, True, None),
            ("update", third.store_id, None, ("x",)),
            ("prune", "", None, None),
            ("delete", third.store_id, None, None),
            ("prune", "", None, None),
            ("truncate", "", None, None),
        ]
        numbers = [event.cursor for event in events]
        assert numbers == sorted(set(numbers))
        assert numbers[-1] == store.cursor()

    def test_many_changes_at_once_are_one_event(self, store: Store, new: MakeMessage) -> None:
        """Up to 200 changes are published one by one, more as one prune."""
        messages = add(store, new, 401)
        recorder = Recorder(store)
        store.mark(ByIds(ids(messages[:200])), is_read=True)
        store.mark(Everything(), is_read=True)
        store.delete(ByIds(ids(messages[:200])))
        store.delete(ByIds(ids(messages)))
        kinds = [event.kind for event in recorder.wait_for(402)]
        assert kinds == ["update"] * 200 + ["prune"] + ["delete"] * 200 + ["prune"]

    def test_events_are_published_after_the_commit(self, store: Store, new: MakeMessage) -> None:
        """A subscriber can read the message of an event."""
        found: list[bool] = []
        store.events.subscribe(
            lambda events: found.extend(store.summary(event.store_id) == event.summary for event in events)
        )
        add(store, new, 3)
        store.close()
        assert found == [True, True, True]

    def test_a_failing_or_ended_subscription_does_not_affect_others(
        self, store: Store, new: MakeMessage, caplog: pytest.LogCaptureFixture
    ) -> None:
        """An exception is logged; other subscribers are called all the same; unsubscribing ends the calls."""

        def fail(_: Sequence[StoreEvent]) -> None:
            raise RuntimeError("a bad subscriber")

        left = Recorder(store)
        left.unsubscribe()
        store.events.subscribe(fail)
        recorder = Recorder(store)
        store.add([new()])
        recorder.wait_for(1)
        assert left.events == []
        assert "a bad subscriber" in caplog.text

    def test_changes_after_a_cursor_are_the_published_events(self, store: Store, new: MakeMessage) -> None:
        """`changes` resumes where a subscriber was disconnected, in parts if necessary."""
        recorder = Recorder(store)
        messages = add(store, new, 3)
        cursor = store.cursor()
        store.mark(ByIds(ids(messages)), is_read=True)
        messages += add(store, new, 2)
        store.delete(ByIds(ids(messages[3:4])))
        events = recorder.wait_for(9)[3:]
        # The message that has gone meanwhile shows its deletion only.
        expected = [event for event in events if not (event.kind == "new" and event.store_id == messages[3].store_id)]
        assert store.changes(cursor) == expected
        assert store.changes(cursor, limit=2) == expected[:2]
        assert store.changes(expected[1].cursor) == expected[2:]
        assert store.changes(store.cursor()) == []
        assert store.changes(store.cursor() + 1) is None

    # The end

    def test_a_closed_store_raises(self, store: Store, new: MakeMessage) -> None:
        """Closing twice is safe; afterwards everything raises StoreUnavailable."""
        message = new()
        store.add([message])
        store.close()
        store.close()
        for use in (store.page, store.counts, lambda: store.raw(message.store_id), lambda: store.add([new()])):
            with pytest.raises(StoreUnavailable):
                use()
        with pytest.raises(StoreUnavailable):
            store.mark(Everything(), is_read=True)
        with pytest.raises(StoreUnavailable):
            queue(store, new())

    def test_queued_messages_are_committed_before_closing(self, store: Store, new: MakeMessage) -> None:
        """Closing resolves every waiting delivery, with success and in order."""
        futures = [queue(store, new()) for _ in range(100)]
        store.close()
        assert [list(future.result(timeout=0)) for future in futures] == [[number] for number in range(1, 101)]

    # Pins, the bin

    def test_pinned_messages_survive_retention_and_deleting_everything(self, store: Store, new: MakeMessage) -> None:
        """Pinned messages are only deleted by id."""
        kept, *others = add(store, new, 4)
        recorder = Recorder(store)
        assert store.pin(ByIds(ids([kept])), is_pinned=True) == 1
        assert store.pin(ByIds(ids([kept])), is_pinned=True) == 0
        assert (recorder.wait_for(1)[0].kind, recorder.events[0].is_pinned) == ("update", True)
        assert store.retain(max_messages=1, max_age=timedelta(0), now=NOW + timedelta(days=400)) == len(others)
        assert store.retain(max_messages=1, max_age=timedelta(0), now=NOW + timedelta(days=400)) == 0
        add(store, new, 2)
        assert store.delete(Matching(parse("message", now=NOW))) == 2
        assert store.delete(Everything()) == 0
        assert [one.store_id for one in store.page(parse("is:pinned", now=NOW)).messages] == [kept.store_id]
        assert store.counts().messages == 1
        assert store.delete(ByIds(ids([kept]))) == 1
        assert store.counts().messages == 0

    def test_messages_are_restored_from_the_bin_unchanged(self, store: Store, new: MakeMessage) -> None:
        """Position, tags, inboxes, flags and search results are as if it had never been deleted."""
        messages = [
            replace(new(subject=f"Message {number}"), tags=("one", f"t{number}"), inboxes=("box",))
            for number in range(3)
        ]
        store.add(messages)
        store.mark(ByIds(ids(messages[1:2])), is_read=True)
        before = store.page()
        assert store.delete(ByIds(ids(messages[:2])), binned_at=NOW) == 2
        assert store.delete(ByIds(ids(messages[:2])), binned_at=NOW) == 0
        assert [one.store_id for one in store.page().messages] == [messages[2].store_id]
        assert (store.counts().messages, store.counts().unread) == (1, 1)
        assert store.tags() == {"one": 1, "t2": 1}
        assert store.inbox("box").messages == 1
        binned = store.bin()
        assert {one.summary.store_id for one in binned} == set(ids(messages[:2]))
        assert binned[0].deleted_at == NOW
        with pytest.raises(NotFound):
            store.get(messages[0].store_id)
        recorder = Recorder(store)
        assert store.restore([*ids(messages[:2]), "nothing", messages[2].store_id]) == 2
        assert [event.kind for event in recorder.wait_for(1)] == ["prune"]
        after = store.page()
        assert after.messages == before.messages
        assert after.counts == before.counts
        assert store.tags() == {"one": 3, "t0": 1, "t1": 1, "t2": 1}
        assert store.page(parse('"message 0"', now=NOW)).matching == 1
        assert store.raw(messages[0].store_id) == messages[0].content
        assert store.bin() == []

    def test_the_bin_is_emptied_by_age(self, store: Store, new: MakeMessage) -> None:
        """Only messages deleted before the given time are removed; deleting everything leaves the bin as it is."""
        old, young, other = add(store, new, 3)
        store.delete(ByIds(ids([old])), binned_at=NOW)
        store.delete(ByIds(ids([young])), binned_at=NOW + timedelta(seconds=1))
        assert store.delete(Everything()) == 1
        assert store.empty_bin(before=NOW + timedelta(seconds=1)) == 1
        with pytest.raises(NotFound):
            store.binned_message(old.store_id)
        assert store.restore(ids([old, young, other])) == 1
        assert store.raw(young.store_id) == young.content
        assert store.page(parse("message", now=NOW)).matching == 1

    def test_messages_deleted_together_are_restored_together(self, store: Store, new: MakeMessage) -> None:
        """By the time of the deletion, which no other message in the bin has."""
        first, second, third = add(store, new, 3)
        store.delete(ByIds(ids([first])), binned_at=NOW)
        store.delete(ByIds(ids([second, third])), binned_at=NOW + timedelta(microseconds=1))
        assert store.restore_deleted_at(NOW + timedelta(microseconds=1)) == 2
        assert store.restore_deleted_at(NOW + timedelta(microseconds=1)) == 0
        assert {one.store_id for one in store.page().messages} == set(ids([second, third]))
        assert store.binned_message(first.store_id).deleted_at == NOW

    def test_messages_discarded_from_the_bin_are_deleted_for_good(self, store: Store, new: MakeMessage) -> None:
        """Only the named messages in the bin; the others stay."""
        first, second, third = add(store, new, 3)
        store.delete(ByIds(ids([first, second])), binned_at=NOW)
        assert store.discard([*ids([first, third]), "nothing"]) == 1
        assert store.restore(ids([first, second])) == 1
        assert {one.store_id for one in store.page().messages} == set(ids([second, third]))

    # The mailbox at a glance

    def test_the_overview_agrees_with_the_single_methods(self, store: Store, new: MakeMessage) -> None:
        """Totals, the fullest inboxes by name, tags, saved searches."""
        boxes = [("ann", "bob"), ("bob",), ("cy",), ("cy",), ("cy",)]
        messages = [replace(new(), inboxes=each, tags=("one",)) for each in boxes]
        store.add(messages)
        store.pin(ByIds(ids(messages[:2])), is_pinned=True)
        store.delete(ByIds(ids(messages[4:])), binned_at=NOW)
        store.saved_searches.save("Mine", "is:unread")
        seen = store.overview(max_inboxes=2)
        assert seen.counts == store.counts()
        assert (seen.pinned, seen.binned) == (2, 1)
        assert (seen.inboxes, seen.inbox_count) == ((("bob", 2), ("cy", 2)), 3)
        assert seen.tags == store.tags() == {"one": 4}
        assert list(seen.saved) == store.saved_searches.all()
        assert store.overview(max_inboxes=10).inbox_count == 3

    # Inboxes

    def test_mail_creates_its_inboxes_and_empty_ones_disappear(self, store: Store, new: MakeMessage) -> None:
        """The first casing of a name stays; a message may be in several; empty implicit inboxes are removed."""
        both, ann = replace(new(), inboxes=("Ann", "bob")), replace(new(), inboxes=("ann",))
        store.add([both, ann])
        assert [(one.name, one.messages, one.is_made) for one in store.inboxes()] == [
            ("Ann", 2, False),
            ("bob", 1, False),
        ]
        assert store.summary(both.store_id).inboxes == ("Ann", "bob")
        assert store.page(parse("inbox:ANN", now=NOW)).matching == 2
        assert store.page(parse("inbox:bob", now=NOW)).matching == 1
        store.delete(ByIds(ids([both])))
        assert [(one.name, one.messages) for one in store.inboxes()] == [("Ann", 1)]
        store.delete(Everything())
        assert store.inboxes() == []

    def test_an_inbox_is_deleted_with_the_mail_that_is_in_no_other(self, store: Store, new: MakeMessage) -> None:
        """`delete_inbox` deletes it with its mail; mail that is in another inbox too stays there."""
        both, ann = replace(new(), inboxes=("Ann", "bob")), replace(new(), inboxes=("ann",))
        store.add([both, ann])
        assert store.delete_inbox("ann") == 1
        assert [(one.name, one.messages) for one in store.inboxes()] == [("bob", 1)]
        assert store.summary(both.store_id).inboxes == ("bob",)
        with pytest.raises(NotFound):
            store.delete_inbox("ann")

    def test_an_explicit_inbox_stays_when_it_is_empty(self, store: Store, new: MakeMessage) -> None:
        """Created once; an implicit inbox of the name becomes explicit; unusable names are refused."""
        made = StoredInbox(name="Signup", messages=0, created_at=NOW, is_made=True, password="secret", max_messages=5)
        store.create_inbox(made)
        with pytest.raises(InboxError):
            store.create_inbox(replace(made, name="SIGNUP"))
        with pytest.raises(InboxError):
            store.create_inbox(replace(made, name=" two\nlines"))
        store.add([replace(new(), inboxes=("signup",)), replace(new(), inboxes=("other",))])
        assert store.inbox("signup") == replace(made, messages=1)
        store.delete(Everything())
        assert store.inboxes() == [made]
        assert store.inboxes(explicit=False) == []
        store.delete_inbox("Signup")
        assert store.inboxes() == []

    def test_the_inbox_of_a_login_is_explicit_and_not_expired(self, store: Store, new: MakeMessage) -> None:
        """In any letter case; implicit and expired inboxes are not found."""
        store.add([replace(new(), inboxes=("by use",))])
        store.create_inbox(StoredInbox(name="Made", messages=0, created_at=NOW, is_made=True, password="secret"))
        over = datetime.now(UTC) - timedelta(seconds=1)
        store.create_inbox(StoredInbox(name="over", messages=0, created_at=NOW, is_made=True, expires_at=over))
        found = [store.explicit_inbox(name) for name in ("made", "by use", "over", "")]
        assert [inbox and inbox.name for inbox in found] == ["Made", None, None, None]

    def test_arrivals_are_read_in_order(self, store: Store, new: MakeMessage) -> None:
        """After a number the first ones, without one the newest, of what a query matches; with the store's cursor."""
        messages = add(store, new, 6)
        numbers = [store.summary(store_id).arrival for store_id in ids(messages)]
        query = parse("message -subject:2", now=NOW)

        def subjects(after: int | None, limit: int = 3) -> list[str]:
            found = store.arrivals(query, after=after, limit=limit)
            assert found.cursor == store.cursor()
            return [one.subject.removeprefix("Message ") for one in found.messages]

        assert (subjects(numbers[0]), subjects(numbers[4]), subjects(numbers[5])) == (["1", "3", "4"], ["5"], [])
        assert (subjects(None), subjects(0, limit=10)) == (["3", "4", "5"], ["0", "1", "3", "4", "5"])

    def test_messages_match_in_memory_as_in_the_database(self, store: Store, new: MakeMessage) -> None:
        """Subjects have all values that queries use; those of deleted messages are omitted."""
        store.add([replace(new(subject="one", text="words"), inboxes=("mine",), tags=("red",))])
        gone = add(store, new, 1)[0]
        found = store.page().messages
        store.delete(ByIds((gone.store_id,)))
        subject = next(one for one in store.subjects(found) if one.store_id != gone.store_id)
        for query in ("subject:one", "words", "inbox:MINE", "tag:red", "is:unread", "smaller:1M"):
            assert matches(parse(query, now=NOW), subject)
            assert store.page(parse(query, now=NOW)).matching == 1
        for query in ("subject:two", "inbox:other", "is:read"):
            assert not matches(parse(query, now=NOW), subject)

    def test_ids_and_tags_are_limited_to_an_inbox(self, store: Store, new: MakeMessage) -> None:
        """Those of other inboxes are treated as missing."""
        mine = replace(new(), inboxes=("Mine",), tags=("red", "blue"))
        foreign = replace(new(), inboxes=("foreign",), tags=("red",))
        store.add([mine, foreign])
        assert store.filter_by_inbox((foreign.store_id, mine.store_id, "unknown"), "MINE") == (mine.store_id,)
        assert store.filter_by_inbox((mine.store_id,), "nobody") == ()
        assert store.tags(inbox="mine") == {"blue": 1, "red": 1}
        assert (store.tags(inbox="nobody"), store.tags()) == ({}, {"blue": 1, "red": 2})

    def test_events_name_the_inboxes(self, store: Store, new: MakeMessage) -> None:
        """Events of arrivals, changes and deletions, live and later; events of many messages concern every inbox."""
        recorder, before = Recorder(store), store.cursor()
        message = replace(new(), inboxes=("Mine",))
        store.add([message])
        store.mark(ByIds((message.store_id,)), is_read=True)
        store.set_tags((message.store_id,), ("x",))
        store.add_tag(Everything(), "y")
        store.remove_tag(Everything(), "x")
        store.delete(ByIds((message.store_id,)))
        for events in (recorder.wait_for(6), store.changes(before) or []):
            assert all(event.inboxes == ("Mine",) and event.concerns("mine") for event in events)
            assert not any(event.concerns("foreign") for event in events)
        store.add([new()])
        store.delete(Everything())
        assert recorder.wait_for(8)[-1].concerns("foreign")

    def test_an_inbox_has_limits_of_its_own(self, store: Store, new: MakeMessage) -> None:
        """Number, age and lifetime; other mail is not affected."""
        store.create_inbox(StoredInbox(name="few", messages=0, created_at=NOW, max_messages=2))
        store.create_inbox(StoredInbox(name="short", messages=0, created_at=NOW, max_age=timedelta(hours=1)))
        store.create_inbox(StoredInbox(name="brief", messages=0, created_at=NOW, expires_at=NOW + timedelta(hours=2)))
        for name in ("few", "short", "brief", "free"):
            store.add([replace(new(received_at=NOW), inboxes=(name,)) for _ in range(3)])

        def keep(now: datetime) -> dict[str, int]:
            while store.retain(max_messages=0, max_age=None, now=now):
                pass
            return {one.name: one.messages for one in store.inboxes()}

        assert keep(NOW) == {"few": 2, "short": 3, "brief": 3, "free": 3}
        assert keep(NOW + timedelta(hours=1, seconds=1)) == {"few": 2, "short": 0, "brief": 3, "free": 3}
        assert keep(NOW + timedelta(hours=2)) == {"few": 2, "short": 0, "free": 3}

    def test_references_of_a_reply(self, store: Store, new: MakeMessage) -> None:
        """The ids of References, then of In-Reply-To, each once and folded; phrases (RFC 5322 §4.5.4) are no ids."""
        answer = new(
            b"In-Reply-To: Your message of today <C@x.example>\r\n"
            b"References: <A@x.example>\r\n <b@x.example> <a@X.example>\r\n\r\n"
        )
        begun = new(b"Message-ID: <a@x.example>\r\nReferences:\r\n\r\n")
        store.add([answer, begun])
        assert store.references([answer.store_id, begun.store_id, "nothing"]) == {
            answer.store_id: ("a@x.example", "b@x.example", "c@x.example")
        }

    def test_a_search_is_saved_under_its_name(self, store: Store) -> None:
        """Saving under the same name replaces it."""
        saved = store.saved_searches
        saved.save("Fails", "subject:failed")
        saved.save(" Fails ", "subject:failure")
        saved.save("All", "")
        assert [(one.name, one.query) for one in saved.all()] == [("All", ""), ("Fails", "subject:failure")]
        saved.remove(saved.all()[0].number)
        assert [one.name for one in saved.all()] == ["Fails"]
        with pytest.raises(NotFound):
            saved.remove(10_000)
