"""Cached counts and offsets equal those of a full read, whichever process changed the mailbox."""

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from catcher.envelope import Client, Envelope, ForwardPath
from catcher.errors import NotFound
from catcher.intake import prepare
from catcher.store import ByIds, Everything, Matching, NewMessage, Store
from catcher.store.engines.cache import OffsetIndex
from catcher.store.search import parse
from tests.depth import examples

NOW = datetime(2026, 3, 2, tzinfo=UTC)
QUERIES = ("quick", "-quick", "is:unread quick", "tag:even", "inbox:ann", "inbox:bob", "subject:message", "is:pinned")


def letter(number: int) -> NewMessage:
    """A message to one or two inboxes, that is quick or slow."""
    paths = [path for path, step in (("ann", 2), ("bob", 3)) if number % step == 0] or ["eve"]
    content = f"Subject: Message {number}\r\n\r\n{'quick' if number % 4 else 'slow'} {number}\r\n".encode()
    envelope = Envelope(
        reverse_path="shop@example.org",
        forward_paths=tuple(ForwardPath(addr_spec=path) for path in paths),
        received_at=NOW - timedelta(minutes=number),
        client=Client(address="127.0.0.1", port=1, helo="test", protocol="ESMTP"),
    )
    return prepare(envelope, content)


def add(store: Store, chance: random.Random) -> None:
    """Some new messages, or one."""
    store.add([letter(chance.randrange(100)) for _ in range(chance.choice((1, 1, 7)))])


def change(store: Store, chance: random.Random) -> None:
    """Make another change that affects what a query matches."""
    listed = [one.store_id for one in store.page(limit=1000).messages]
    some = ByIds(tuple(chance.sample(listed, min(len(listed), 3))))
    name = chance.choice(("ann", "bob", "eve"))
    match chance.randrange(10):
        case 0:
            store.delete(some)
        case 1:
            store.delete(some, binned_at=NOW)
        case 2:
            store.restore_deleted_at(NOW)
        case 3:
            store.mark(some, is_read=chance.random() < 0.6)
        case 4:
            store.set_tags(some.store_ids, ["Even"] if chance.random() < 0.6 else [])
        case 5:
            store.pin(some, is_pinned=chance.random() < 0.6)
        case 6:
            store.delete(Matching(parse("tag:even", now=NOW)))
        case 7:
            store.retain(max_messages=max(5, len(listed) - 2), max_age=None, now=NOW)
        case 8:
            try:
                store.delete_inbox(name)
            except NotFound:
                assert not store.page(parse(f"inbox:{name}", now=NOW)).messages
        case 9:
            first = store.page(limit=1).messages
            store.replace_computed([(one.arrival, letter(chance.randrange(100))) for one in first])


@pytest.fixture
def stores(url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Store, Store]]:
    """Two stores of one database; the first uses small blocks in its offset index, at any depth."""
    monkeypatch.setattr("catcher.store.read.search._MIN_OFFSET", 0)
    with Store.open(url, poll_interval=0) as one, Store.open(url, poll_interval=0) as other:
        one._database.offsets = OffsetIndex(block=5)
        yield one, other


def agrees(store: Store, first: int = 0) -> None:
    """Counts agree with a list of everything, and so does every third offset from the first on."""
    everything = [one.store_id for one in store.page(limit=1000).messages]
    for start in range(first, len(everything) + 2, 3):
        found = store.page(limit=2, start=start).messages
        assert [one.store_id for one in found] == everything[start : start + 2], start
    for text in QUERIES:
        query = parse(text, now=NOW)
        whole = store.page(query, limit=1000).messages
        page = store.page(query, limit=1)
        assert (page.matching, page.matching_unread) == (len(whole), sum(not one.is_read for one in whole)), text


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(examples(2)))
def test_counts_and_offsets_are_right_after_every_change(stores: tuple[Store, Store], seed: int) -> None:
    """After each of many changes, half of them by another process's store."""
    chance = random.Random(seed)
    add(stores[0], chance)
    for number in range(25):
        act: Callable[[Store, random.Random], None] = chance.choice((add, change))
        act(chance.choice(stores), chance)
        agrees(stores[0], number % 3)
    stores[1].delete(Everything())
    agrees(stores[0])
