"""Failures of the database: full, locked, one bad message. Callers get an error, and nothing is half done."""

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from catcher.errors import StoreFull, StoreUnavailable
from catcher.store import Everything, Store
from tests.databases import locked
from tests.store.contract import MakeMessage, queue
from tests.waiting import wait_until


def limit_pages(store: Store, pages: int) -> None:
    """Limit the database to a number of pages, as if the disk were full."""
    driver = store._writer._connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    driver.execute(f"PRAGMA max_page_count={pages}")


@pytest.mark.slow
@pytest.mark.sqlite
def test_a_full_disk_refuses_and_then_accepts_mail_again(store: Store, new: MakeMessage) -> None:
    """All waiting deliveries fail with StoreUnavailable; stored mail stays; with room again, mail is accepted again."""
    kept = new()
    store.add([kept])
    limit_pages(store, 1)
    large = random.Random(1).randbytes(500_000)  # nothing that compressing makes small
    futures = [queue(store, new(large + bytes([number]))) for number in range(10)]
    failures = [future.exception(timeout=30) for future in futures]
    assert [type(failure) for failure in failures] == [StoreFull] * 10
    assert str(failures[0]) == "The mail store is full"
    assert store.raw(kept.store_id) == kept.content
    assert store.counts().messages == 1
    limit_pages(store, 1_000_000)
    store.add([new(large)])
    assert store.counts().messages == 2


@pytest.mark.sqlite
def test_mail_can_be_deleted_from_a_full_disk(store: Store, new: MakeMessage) -> None:
    """Deleting frees space, so it must not need any."""
    for _ in range(20):
        store.add([new(bytes(range(256)) * 200)])
    limit_pages(store, 1)
    assert store.delete(Everything()) == 20
    assert store.counts().messages == 0


def test_a_locked_database_refuses_in_time_and_recovers(url: str, new: MakeMessage) -> None:
    """Another process's lock is waited for up to the lock timeout; reads are answered meanwhile."""
    with Store.open(url, poll_interval=0, lock_timeout=0.2) as store:
        store.add([new()])
        with locked(url):
            with pytest.raises(StoreUnavailable, match="locked"):
                store.add([new()])
            with pytest.raises(StoreUnavailable, match="locked"):
                store.delete(Everything())
            assert store.page().counts.messages == 1
        store.add([new()])
        assert store.counts().messages == 2


def test_a_short_lock_is_waited_for(url: str, new: MakeMessage) -> None:
    """A short lock only delays a delivery."""
    with Store.open(url, poll_interval=0, lock_timeout=20) as store:
        store.add([new()])  # so that the writer does not begin with maintenance
        with locked(url):
            future = queue(store, new())
            wait_until(lambda: not store.queue.messages)  # the writer has taken it
            assert not future.done()
        assert future.result(timeout=30) == [2]


def test_a_missing_file_fails_alone(store: Store, new: MakeMessage, tmp_path: Path) -> None:
    """A delivery whose spooled file cannot be read any more is refused; the ones in its group are kept."""
    file = tmp_path / "spooled"
    file.write_bytes(b"Subject: gone\r\n\r\n")
    gone = new(file)
    file.unlink()
    first, lost, last = (queue(store, message) for message in (new(), gone, new()))
    assert isinstance(lost.exception(timeout=30), StoreUnavailable)
    assert first.exception(timeout=30) is last.exception(timeout=30) is None
    assert store.counts().messages == 2


def test_text_of_a_failure_names_no_path(store: Store, new: MakeMessage, tmp_path: Path) -> None:
    """What a client may see has no path, table or statement; the detail is for the log."""
    message = new()
    store.add([message])
    with pytest.raises(StoreUnavailable) as caught:
        store.add([message])
    assert str(caught.value) == "The mail store cannot be used now"
    assert "store_id" in caught.value.detail


@pytest.mark.sqlite
@pytest.mark.parametrize("replaced", [False, True])
def test_a_removed_file_accepts_no_mail(tmp_path: Path, new: MakeMessage, replaced: bool) -> None:
    """Mail is not acknowledged after its file was removed or replaced; reading fails too."""
    file = tmp_path / "gone.db"
    with Store.open(f"sqlite:///{file}") as store:
        store.add([new()])
        file.unlink()
        if replaced:
            file.write_bytes(b"something else")
        with pytest.raises(StoreUnavailable, match="gone"):
            store.add([new()])
        with pytest.raises(StoreUnavailable, match="gone"):
            store.delete(Everything())
        with pytest.raises(StoreUnavailable, match="gone"):
            store.counts()


@pytest.mark.sqlite
def test_a_check_says_whether_mail_can_be_kept(url: str, new: MakeMessage) -> None:
    """Only once something has failed does it write, too: reading may go on when writing does not."""
    with Store.open(url, poll_interval=0, lock_timeout=0.2) as store:
        store.add([new()])
        with locked(url):
            store.check()
            with pytest.raises(StoreUnavailable, match="locked"):
                store.add([new()])
            with pytest.raises(StoreUnavailable, match="locked"):
                store.check()
            assert store.counts().messages == 1
        store.check()


@pytest.mark.slow
@pytest.mark.sqlite
def test_a_damaged_file_accepts_no_mail(tmp_path: Path, new: MakeMessage) -> None:
    """Damage that any reader meets ends acknowledgements: what is written now may not be found again."""
    file = tmp_path / "mail.db"
    with Store.open(f"sqlite:///{file}", poll_interval=0) as store:
        messages = [new(random.Random(number).randbytes(300_000)) for number in range(12)]
        store.add(messages)
        with closing(sqlite3.connect(file)) as other:
            other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        store.add([new()])
        with file.open("r+b") as raw:
            raw.seek(40_960)
            raw.write(b"\xff" * (file.stat().st_size - 40_960))
        with pytest.raises(StoreUnavailable, match="damaged"):
            [store.raw(message.store_id) for message in messages]
        with pytest.raises(StoreUnavailable, match="damaged"):
            store.add([new()])
        with pytest.raises(StoreUnavailable, match="damaged"):
            store.check()
