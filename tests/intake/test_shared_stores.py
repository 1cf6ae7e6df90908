"""Stores that one process shares: opened once, closed when idle, safe beside a fork and beside a removed file."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

from catcher.envelope import Envelope, ForwardPath
from catcher.errors import DatabaseUnusable, StoreUnavailable
from catcher.intake.delivery import deliver_now
from catcher.intake.shared_stores import SharedStores
from catcher.store import Store

ROOT = Path(__file__).parents[2]
PATIENCE = 20


@pytest.fixture
def stores() -> Iterator[SharedStores]:
    shared = SharedStores(linger=0.05)
    yield shared
    shared.close_all()


def keep(store: Store) -> None:
    envelope = Envelope(
        reverse_path="a@example.com",
        forward_paths=(ForwardPath(addr_spec="b@example.com"),),
        received_at=datetime.now(UTC),
    )
    deliver_now(store, [(envelope, b"Subject: s\r\n\r\nb\r\n")])


def open_files(file: Path) -> list[str]:
    """The files of the database that this process has open."""
    targets = [str(link.resolve()) for link in Path("/proc/self/fd").iterdir()]
    return [target for target in targets if target.startswith(str(file))]


def end_timer(stores: SharedStores) -> None:
    """End the timer that waits for the stores to become idle."""
    stores.before_fork()
    stores.after_fork_in_parent()


def test_two_users_share_one_store(stores: SharedStores, tmp_path: Path) -> None:
    """A database is opened once, for concurrent and for later users."""
    url = f"sqlite:///{tmp_path}/x.db"
    with stores.using(url) as first, stores.using(url) as second:
        assert first is second
    with stores.using(url) as third:
        assert third is first


@pytest.mark.sqlite
@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="this system does not list open files")
def test_an_idle_store_closes_by_itself(stores: SharedStores, tmp_path: Path) -> None:
    """After `linger` seconds without use neither a file nor a thread remains."""
    before = set(threading.enumerate())
    for _ in range(2):  # also after it has closed once
        for _ in range(3):
            with stores.using(f"sqlite:///{tmp_path}/x.db") as store:
                keep(store)
                assert open_files(tmp_path)
        while timers := [
            each
            for each in threading.enumerate()
            if isinstance(each, threading.Timer) and each.function == stores._close_idle
        ]:
            for timer in timers:
                timer.join(PATIENCE)
        assert open_files(tmp_path) == []
    assert set(threading.enumerate()) <= before


def test_a_store_lingers_from_its_last_use_on(tmp_path: Path) -> None:
    """A database that is used again and again is opened once."""
    now = 0.0
    stores = SharedStores(linger=20, clock=lambda: now)
    for seconds, count in ((0, 1), (15, 1), (30, 1), (50, 0)):
        now = float(seconds)
        stores._close_idle()
        assert len(stores._shared) == (count if seconds else 0)
        if count:
            with stores.using(f"sqlite:///{tmp_path}/x.db"):
                pass
    end_timer(stores)


def test_a_store_in_use_stays_open(stores: SharedStores, tmp_path: Path) -> None:
    """close() does not close a store that others use."""
    url = f"sqlite:///{tmp_path}/x.db"
    with stores.using(url) as store:
        stores.close(url)
        keep(store)
        assert store.counts().messages == 1


@pytest.mark.sqlite
def test_a_removed_file_is_created_again(stores: SharedStores, tmp_path: Path) -> None:
    """Mail is never written to a file that has been removed from its directory."""
    file = tmp_path / "x.db"
    with stores.using(f"sqlite:///{file}") as store:
        keep(store)
    for one in tmp_path.iterdir():
        one.unlink()
    with stores.using(f"sqlite:///{file}") as store:
        keep(store)
        assert store.counts().messages == 1
    assert file.is_file()


@pytest.mark.sqlite
@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="this system does not list open files")
@pytest.mark.parametrize("is_in_use", [True, False])
def test_a_removed_file_is_closed_after_its_last_use(tmp_path: Path, is_in_use: bool) -> None:
    """Those who use it get an error, the next ones a new file, and none stays open for ever."""
    stores = SharedStores(linger=PATIENCE)
    url = f"sqlite:///{tmp_path}/x.db"
    with ExitStack() as stack:
        with stores.using(url) as first:
            keep(first)
        if is_in_use:
            assert stack.enter_context(stores.using(url)) is first
        for one in tmp_path.iterdir():
            one.unlink()
        with stores.using(url) as second:
            assert (second.counts().messages, second is first) == (0, False)
        if is_in_use:
            with pytest.raises(StoreUnavailable, match="file is gone"):
                keep(first)
    stores.close(url)
    assert open_files(tmp_path) == []
    end_timer(stores)


@pytest.mark.sqlite
def test_a_database_that_cannot_be_opened_is_retried(stores: SharedStores, tmp_path: Path) -> None:
    """Each call raises the error; failures are not cached."""
    file = tmp_path / "x.db"
    file.write_bytes(b"Dear Ann, " * 500)
    for _ in range(2):
        with pytest.raises(DatabaseUnusable), stores.using(f"sqlite:///{file}"):
            pass
    file.unlink()
    with stores.using(f"sqlite:///{file}") as store:
        assert store.counts().messages == 0


def test_many_threads_use_it_concurrently(stores: SharedStores, tmp_path: Path) -> None:
    """Eight threads store five messages each while the store is being closed; none is lost."""
    url = f"sqlite:///{tmp_path}/x.db"

    def work() -> None:
        for _ in range(5):
            with stores.using(url) as store:
                keep(store)
            stores.close(url)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    with stores.using(url) as store:
        assert store.counts().messages == 40


def test_a_fork_waits_for_those_who_use_a_store(stores: SharedStores, tmp_path: Path) -> None:
    """Nothing is open while a process forks, and nothing can be opened before the fork is over."""
    waiting = threading.Event()

    class Observed(threading.Condition):
        def wait(self, timeout: float | None = None) -> bool:
            waiting.set()
            return super().wait(timeout)

    stores._changed = Observed()
    url = f"sqlite:///{tmp_path}/x.db"
    open_in_fork: list[int] = []

    def fork() -> None:
        stores.before_fork()
        open_in_fork.append(len(stores._shared))
        waiting.set()
        stores.after_fork_in_parent()

    thread = threading.Thread(target=fork)
    with stores.using(url) as store:
        thread.start()
        assert waiting.wait(PATIENCE)
        keep(store)
    thread.join(PATIENCE)
    assert open_in_fork == [0]
    with stores.using(url) as store:
        assert store.counts().messages == 1


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork, which this system does not have")
def test_a_child_continues_after_its_parent_has_closed(tmp_path: Path) -> None:
    """Mail that a forked process stores after its parent closed the database is not lost: locks are not shared.

    No thread of ours is running at the moment of the fork, which Python warns of since 3.12.
    """
    script = """
import os, sys, threading
threads = []
os.register_at_fork(before=lambda: threads.extend(threading.enumerate()))
sys.path.insert(0, sys.argv[2])
from catcher.mail import get_connection, EmailMessage
connection = get_connection("catcher.mail.backends.sqlite.EmailBackend", database=sys.argv[1])
connection.open()
message = EmailMessage("s", "b", to=["to@example.com"])
connection.send_messages([message])
told, tell = os.pipe()
ready, go = os.pipe()
child = os.fork()
assert threads == [threading.main_thread()], threads
if not child:
    thread = threading.Thread(target=connection.send_messages, args=([message],), daemon=True)
    thread.start()
    thread.join(20)
    os.write(go, b"x")
    os.read(told, 1)
    connection.send_messages([message])
    os._exit(0 if len(connection.outbox) == 4 else 1)
os.read(ready, 1)
connection.send_messages([message])
connection.close()
os.write(tell, b"x")
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) or len(connection.outbox) - 4)
"""
    subprocess.run(
        [sys.executable, "-W", "error", "-c", script, str(tmp_path / "x.db"), str(ROOT)], check=True, timeout=60
    )
