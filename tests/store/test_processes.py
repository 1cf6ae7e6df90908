"""Several processes on one database: reading own writes, events of others, kill -9."""

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from catcher.store import ByIds, Everything, Store
from tests.databases import rows
from tests.depth import examples
from tests.store.contract import MakeMessage, Recorder, add, ids

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
ROUNDS = examples(2)

ANSWERING = """
import sys
from catcher.store import Store
from catcher.errors import NotFound
with Store.open(sys.argv[1], poll_interval=0) as store:
    for line in sys.stdin:
        try:
            print(store.summary(line.strip()).arrival, flush=True)
        except NotFound:
            print("missing", flush=True)
"""

DELIVERING = """
import sys, threading
from tests.store.conftest import make_message
from catcher.store import Store
store = Store.open(sys.argv[1])
lock = threading.Lock()
def deliver():
    while True:
        message = make_message(text="x" * 3000)
        store.add([message])
        with lock:
            print(message.store_id, flush=True)
for _ in range(8):
    threading.Thread(target=deliver).start()
"""

CHANGING = """
import sys
from tests.store.conftest import make_message
from catcher.store import ByIds, Everything, Store
with Store.open(sys.argv[1], poll_interval=0) as store:
    first, second = make_message(subject="one"), make_message(subject="two")
    store.add([first, second])
    store.mark(ByIds((first.store_id,)), is_read=True)
    store.set_tags([first.store_id], ["tag"])
    store.delete(ByIds((second.store_id,)))
    print(first.store_id, second.store_id)
"""


@contextmanager
def process(script: str, *arguments: str) -> Iterator["subprocess.Popen[str]"]:
    """A Python process running a script; it is killed at the end, if it still runs."""
    running = subprocess.Popen(
        [sys.executable, "-c", script, *arguments],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield running
    finally:
        running.kill()
        running.communicate()


def test_another_process_sees_what_was_acknowledged(url: str, store: Store, new: MakeMessage) -> None:
    """The next read sees the message, in any process: a hundred times."""
    with process(ANSWERING, url) as other:
        assert other.stdin is not None
        assert other.stdout is not None
        for _ in range(examples(100)):
            message = new()
            [arrival] = store.add([message])
            other.stdin.write(message.store_id + "\n")
            other.stdin.flush()
            assert other.stdout.readline().strip() == str(arrival)


def test_another_thread_sees_what_was_acknowledged(store: Store, new: MakeMessage) -> None:
    """Read your writes, through any of the connections, while others write too: 8 threads, 15 messages each."""
    missed: list[str] = []

    def deliver() -> None:
        for _ in range(15):
            message = new()
            store.add([message])
            if store.summary(message.store_id).store_id not in {one.store_id for one in store.page().messages}:
                missed.append(message.store_id)

    threads = [threading.Thread(target=deliver) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert missed == []
    assert store.counts().messages == 120


def test_a_kill_in_the_middle_loses_nothing_acknowledged(url: str) -> None:
    """kill -9 during concurrent adds, in two rounds: every acknowledged message is stored whole."""
    acknowledged: list[str] = []
    for _ in range(ROUNDS):
        with process(DELIVERING, url) as other:
            assert other.stdout is not None
            printed = [other.stdout.readline().strip() for _ in range(150)]
            other.send_signal(signal.SIGKILL)
            printed += other.stdout.read().split("\n")
        acknowledged += [store_id for store_id in printed if len(store_id) == 22]
        with Store.open(url, poll_interval=0) as store:
            for store_id in acknowledged[-200:]:
                assert len(store.raw(store_id)) == store.summary(store_id).size
            counts = store.counts()
    if url.startswith("sqlite"):
        assert rows(url, "PRAGMA integrity_check") == [("ok",)]
    there = {row[0] for row in rows(url, "SELECT store_id FROM message")}
    totals = rows(url, "SELECT count(*), count(*) FILTER (WHERE NOT is_read), sum(size) FROM message")
    assert len(acknowledged) >= ROUNDS * 150
    assert set(acknowledged) <= there
    assert totals == [(counts.messages, counts.unread, counts.octets)]


def test_changes_of_another_process_arrive_in_order(url: str, new: MakeMessage) -> None:
    """Changes by other processes are published like own ones, in commit order."""
    with Store.open(url, poll_interval=0.02) as store:
        recorder = Recorder(store)
        mine = new()
        store.add([mine])
        with process(CHANGING, url) as other:
            assert other.stdout is not None
            first, second = other.stdout.readline().split()
        events = recorder.wait_until(lambda events: any(event.kind == "delete" for event in events))
        # The second message may be deleted before the poll: then only its deletion is published.
        seen = [(event.kind, event.store_id) for event in events]
        expected = [("new", mine.store_id), ("new", first), ("update", first), ("update", first), ("delete", second)]
        assert [event for event in seen if event != ("new", second)] == expected
        cursors = [event.cursor for event in events]
        assert cursors == sorted(set(cursors))


def test_own_changes_wait_for_those_of_others_before_them(url: str, new: MakeMessage) -> None:
    """The other store's earlier events are published before later own ones, each once."""
    with Store.open(url, poll_interval=0) as one, Store.open(url, poll_interval=0) as two:
        recorder = Recorder(one)
        messages = add(two, new, 3)
        two.mark(ByIds(ids(messages)), is_read=True)
        two.delete(Everything())
        mine = new()
        one.add([mine])
        events = recorder.wait_for(5)
        assert [event.kind for event in events] == ["update", "update", "update", "truncate", "new"]
        assert events[-1].store_id == mine.store_id


def test_reading_by_number_misses_nothing(url: str, new: MakeMessage) -> None:
    """Numbers are assigned in commit order: none appears below one that has already been read."""
    with (
        Store.open(url, poll_interval=0) as one,
        Store.open(url, poll_interval=0) as two,
        Store.open(url, poll_interval=0) as reader,
    ):

        def deliver(store: Store) -> None:
            for number in range(20):
                messages = add(store, new, 1 + number % 7)
                store.mark(ByIds(ids(messages)), is_read=True)

        writers = [threading.Thread(target=deliver, args=(store,)) for store in (one, two)]
        for writer in writers:
            writer.start()
        seen = [0]
        while any(writer.is_alive() for writer in writers) or reader.cursor() > seen[-1]:
            seen += [event.cursor for event in reader.changes(seen[-1], limit=10) or ()]
        for writer in writers:
            writer.join(60)
        assert seen == list(range(reader.cursor() + 1))


def test_two_writers_share_one_sequence_of_numbers(url: str, new: MakeMessage) -> None:
    """Two stores that add concurrently give every message its own number and keep the totals right."""
    with Store.open(url, poll_interval=0) as one, Store.open(url, poll_interval=0) as two:
        numbers: list[int] = []

        def deliver(store: Store) -> None:
            for _ in range(30):
                numbers.extend(store.add([new()]))

        threads = [threading.Thread(target=deliver, args=(store,)) for store in (one, two)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert sorted(numbers) == list(range(1, 61))
        assert one.counts().messages == two.counts().messages == 60


def test_on_commit_is_called_for_own_and_foreign_commits(url: str, new: MakeMessage) -> None:
    """Without building events; until it is removed."""
    notified = threading.Semaphore(0)
    with Store.open(url, poll_interval=0.02) as store, Store.open(url, poll_interval=0) as other:
        remove = store.events.on_commit(notified.release)
        assert not store.events.has_subscribers
        message = new()
        store.add([message])
        assert notified.acquire(timeout=20)
        other.add([new()])
        assert notified.acquire(timeout=20)
        recorder = Recorder(store)
        store.mark(ByIds((message.store_id,)), is_read=True)
        assert notified.acquire(timeout=20)
        recorder.wait_until(lambda events: any(event.kind == "update" for event in events))
        remove()
        while notified.acquire(blocking=False):
            pass
        store.delete(Everything())
        recorder.wait_until(lambda events: any(event.kind == "truncate" for event in events))
    assert not notified.acquire(blocking=False)


def test_a_failing_callback_does_not_affect_others(
    url: str, new: MakeMessage, caplog: pytest.LogCaptureFixture
) -> None:
    """Its failure is in the log, and the next callback is called."""
    notified = threading.Event()

    def fail() -> None:
        raise RuntimeError

    with Store.open(url, poll_interval=0) as store:
        store.events.on_commit(fail)
        store.events.on_commit(notified.set)
        store.add([new()])
        assert notified.wait(20)
    assert "A subscriber to the store's events failed" in caplog.text
