"""Delivery: messages are stored before it returns, parsed where that delays no other client, and logged in one line."""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from catcher.counters import Counters, Totals
from catcher.envelope import Client, Envelope, ForwardPath
from catcher.errors import MessageRefused, StoreUnavailable
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
        with closing(Threads(2, name="test")) as threads:
            intake = Intake(AsyncStore(store, threads), threads=threads, inline_limit=inline_limit)
            return await asyncio.gather(*(intake.deliver(ENVELOPE, content) for content in contents))

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


def test_a_duplicate_is_ignored_while_the_first_is_being_stored_too(store: Store) -> None:
    """Of messages with one Message-ID one is stored, and the id of the others is "". Others are no duplicates."""

    async def run() -> None:
        with closing(Threads(2, name="test")) as threads:
            intake = Intake(AsyncStore(store, threads), threads=threads, ignore_duplicates=True)
            mail = b"Message-ID: <1@x>\r\n" + CONTENT
            ids = await asyncio.gather(
                *(intake.deliver(ENVELOPE, content) for content in (mail, mail, CONTENT, CONTENT))
            )
            assert [bool(one) for one in ids] == [True, False, True, True]
            assert await intake.deliver(ENVELOPE, mail) == ""
            assert store.counts().messages == 3

    asyncio.run(run())


def test_a_message_that_could_not_be_stored_is_no_duplicate_later(tmp_path: Path) -> None:
    """A client that got a 451 sends the same message again."""
    url = f"sqlite:///{tmp_path / 'mail.db'}"
    mail = b"Message-ID: <1@x>\r\n" + CONTENT

    async def run() -> None:
        with closing(Threads(2, name="test")) as threads:
            with Store.open(url, poll_interval=0) as closed:
                intake = Intake(AsyncStore(closed, threads), threads=threads, ignore_duplicates=True)
            with pytest.raises(StoreUnavailable):
                await intake.deliver(ENVELOPE, mail)
            with Store.open(url, poll_interval=0) as opened:
                intake.store = AsyncStore(opened, threads)
                assert await intake.deliver(ENVELOPE, mail)

    asyncio.run(run())


@dataclass(frozen=True)
class Refusal:
    """A relay's refusal."""

    code: int = 554
    text: str = "5.7.1 No"


def test_a_message_for_a_client_is_counted_by_its_outcome(store: Store) -> None:
    """Accepted with its octets, or ignored; one that a relay refused is stored, and refused with the relay's reply."""
    refusals: list[Refusal | None] = [None, Refusal()]
    asked: list[str] = []

    async def first_reply(store_id: str) -> Refusal | None:
        assert store.raw(store_id)
        asked.append(store_id)
        return refusals.pop(0)

    async def run() -> None:
        with closing(Threads(2, name="test")) as threads:
            counters = Counters()
            intake = Intake(
                AsyncStore(store, threads),
                threads=threads,
                ignore_duplicates=True,
                counters=counters,
                first_reply=first_reply,
            )
            mail = b"Message-ID: <1@x>\r\n" + CONTENT
            assert await intake.accept(ENVELOPE, mail) == asked[0]
            assert await intake.accept(ENVELOPE, mail) == ""
            with pytest.raises(MessageRefused, match=r"^5\.7\.1 No$") as refused:
                await intake.accept(ENVELOPE, CONTENT)
            assert refused.value.code == 554
            assert store.counts().messages == len(asked) == 2
            assert counters.totals() == Totals(accepted=1, accepted_octets=len(mail), ignored=1, refused=0)

    asyncio.run(run())


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
