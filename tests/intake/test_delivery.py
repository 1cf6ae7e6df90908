"""Delivery: messages are stored before it returns, parsed where that delays no other client, and logged in one line."""

import asyncio
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from catcher.envelope import Client, Envelope, ForwardPath
from catcher.errors import StoreUnavailable
from catcher.intake import Intake, TagOptions, deliver_now
from catcher.store import AsyncStore, Store
from catcher.threads import Threads

ENVELOPE = Envelope(
    reverse_path="",
    forward_paths=(ForwardPath(addr_spec="a+tag@x.org"), ForwardPath(addr_spec="b@x.org")),
    received_at=datetime(2026, 3, 1, tzinfo=UTC),
    client=Client(address="192.0.2.7", user="app", helo="me"),
)
CONTENT = b"Subject: secret words\r\n\r\nbody\r\n"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    with Store.open(f"sqlite:///{tmp_path / 'mail.db'}", poll_interval=0) as opened:
        yield opened


def deliver(store: Store, *contents: bytes | Path, inline_limit: int = 65_536) -> list[str]:
    """Deliver these concurrently on an event loop of their own."""

    async def run() -> list[str]:
        threads = Threads(2, name="test")
        intake = Intake(AsyncStore(store, threads), threads=threads, inline_limit=inline_limit)
        try:
            return await asyncio.gather(*(intake.deliver(ENVELOPE, content) for content in contents))
        finally:
            threads.close()

    return asyncio.run(run())


def test_messages_are_stored_to_the_octet(store: Store, tmp_path: Path) -> None:
    """Small on the loop, large in a thread, files mapped: the same message. A bounce keeps its null reverse-path."""
    file = tmp_path / "spooled"
    file.write_bytes(CONTENT)
    small, large, spooled = deliver(store, CONTENT, CONTENT + b"x" * 100_000, file)
    assert store.raw(small) == store.raw(spooled) == CONTENT
    assert store.raw(large) == CONTENT + b"x" * 100_000
    assert store.get(small).envelope == ENVELOPE
    assert store.get(small).envelope.reverse_path == ""
    assert store.summary(spooled).tags == ("tag",)
    assert file.exists()


def test_parsing_in_a_thread_gives_the_same_message(store: Store) -> None:
    """Where a message is parsed makes no difference to it."""
    [inline] = deliver(store, CONTENT)
    [threaded] = deliver(store, CONTENT, inline_limit=0)
    assert store.get(inline).message == store.get(threaded).message


def test_several_messages_are_stored_in_one_transaction(store: Store) -> None:
    """`deliver_now`, used by the mail backend, stores all or none, in order."""
    ids = deliver_now(store, [(ENVELOPE, CONTENT), (ENVELOPE, b"")], tags=TagOptions(plus_addresses=False))
    assert [one.store_id for one in store.page().messages] == ids[::-1]
    assert store.tags() == {}
    assert deliver_now(store, []) == []
    store.close()
    with pytest.raises(StoreUnavailable):
        deliver_now(store, [(ENVELOPE, CONTENT)])


def test_each_message_is_one_line_in_the_log(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    """Store id, peer, recipients and size as fields; no content of the message."""
    caplog.set_level(logging.INFO, logger="catcher.intake")
    [store_id] = deliver(store, CONTENT)
    [record] = [record for record in caplog.records if record.name.startswith("catcher.intake")]
    facts = record.__dict__
    assert (facts["store_id"], facts["peer"], facts["recipients"], facts["size"]) == (
        store_id,
        "192.0.2.7",
        2,
        len(CONTENT),
    )
    assert record.getMessage() == "caught"
    assert "secret" not in str(facts)


def test_a_message_that_cannot_be_stored_is_not_acknowledged(store: Store, tmp_path: Path) -> None:
    """A missing file or a closed store raises; nothing is stored, and nothing is logged as caught."""
    with pytest.raises(OSError, match="missing"):
        deliver(store, tmp_path / "missing")
    store.close()
    with pytest.raises(StoreUnavailable):
        deliver(store, CONTENT)
