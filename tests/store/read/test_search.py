"""Searching the store gives the results of the plain filter, however far the index has progressed."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from catcher.store import ByIds, Everything, Matching, NewMessage, Store
from catcher.store.engines.registry import open_database
from catcher.store.engines.sqlite.index import trigrams
from catcher.store.read import search
from catcher.store.search import Subject, matches, parse
from catcher.store.write.maintenance import Maintenance
from tests.store.conftest import make_message
from tests.store.contract import MakeMessage

NOW = datetime(2026, 3, 2, tzinfo=UTC)

TEXTS = (
    "the quick brown fox",
    "quick QUICK quicker",
    "Größe und GRÖSSE",
    "100% sure_thing",
    'she said "quote me"',
    "注文番号 12345",
    "brown quick",
    "ab",
    "",
    "zzz rare zzz",
)

QUERIES = (
    "quick",
    "brown quick",
    '"quick brown"',
    "-quick",
    "-quick -fox",
    "-(quick fox)",
    "-ab",
    "is:unread -quick",
    "is:unread -tag:even -quick -subject:7",
    "quick -brown",
    "quick OR rare",
    "(quick OR ab) -fox",
    "größe",
    "groesse",
    "100%",
    "sure_thing",
    "注文番号",
    "番号",
    "ab",
    "a",
    "subject:7",
    "from:ann@example.org",
    "to:bob quick",
    "to:bob OR quick",
    "is:unread quick",
    "is:read",
    "tag:even",
    "tag:even -quick",
    "larger:1",
    "after:2026-02-01 quick",
    "nothing-has-this",
    "header:subject=message quick",
    "ip:127.0.0.1",
)


@contextmanager
def filled(url: str) -> Iterator[tuple[Store, list[NewMessage]]]:
    """Twenty messages, some read, some tagged, the older half of them in the index."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("catcher.store.write.writer.QUIET", 1e6)
        with Store.open(url, poll_interval=0) as store:
            messages = [
                make_message(subject=f"Message {number}", text=text, received_at=NOW - timedelta(days=number))
                for number, text in enumerate(TEXTS * 2)
            ]
            store.add(messages[:10])
            database = open_database(url, durable=False, readers=1, lock_timeout=5)
            with database.connect_writer() as connection:
                assert Maintenance(database).index(connection) == (10 if database.index.needs_maintenance else 0)
            database.close()
            store.add(messages[10:])
            store.mark(ByIds(tuple(one.store_id for one in messages[::3])), is_read=True)
            store.set_tags([one.store_id for one in messages[::2]], ["Even"])
            yield store, messages


@pytest.fixture(scope="module")
def mailbox(shared_database_url: str) -> Iterator[tuple[Store, list[NewMessage]]]:
    """The messages on each engine, for tests that only read."""
    with filled(shared_database_url) as opened:
        yield opened


@pytest.fixture
def own_mailbox(url: str) -> Iterator[tuple[Store, list[NewMessage]]]:
    """The messages for one test, which may change them."""
    with filled(url) as opened:
        yield opened


def expected(store: Store, messages: list[NewMessage], text: str) -> list[str]:
    """The store ids that the plain filter lets pass, newest first."""
    found = []
    for one in messages:
        summary = store.summary(one.store_id)
        subject = Subject(
            store_id=one.store_id,
            received_at=summary.received_at,
            size=summary.size,
            attachments=summary.attachments,
            inlines=summary.inlines,
            is_read=summary.is_read,
            tags=summary.tags,
            texts=one.texts,
        )
        if matches(parse(text, now=NOW), subject):
            found.append(one.store_id)
    return found[::-1]


@pytest.mark.slow
@pytest.mark.parametrize("text", QUERIES)
def test_every_way_of_reading_agrees_with_the_filter(mailbox: tuple[Store, list[NewMessage]], text: str) -> None:
    """Pages by `before` and by `start`, counts, latest, neighbours: all of the same list."""
    store, messages = mailbox
    query = parse(text, now=NOW)
    ids = expected(store, messages, text)
    page = store.page(query)
    assert [one.store_id for one in page.messages] == ids
    assert (page.matching, page.matching_unread) == (len(ids), sum(not one.is_read for one in page.messages))
    seen: list[str] = []
    before = None
    for _ in range(20):
        piece = store.page(query, limit=7, before=before)
        assert piece.matching == len(ids)
        assert piece.matching_unread == page.matching_unread
        assert [one.store_id for one in store.page(query, limit=7, start=len(seen)).messages] == [
            one.store_id for one in piece.messages
        ]
        seen += [one.store_id for one in piece.messages]
        before = piece.next_before
        if before is None:
            break
    assert seen == ids
    for place, store_id in enumerate(ids):
        newer, older, position = store.neighbours(store_id, query)
        assert position == place
        assert (newer.store_id if newer else None) == (ids[place - 1] if place else None)
        assert (older.store_id if older else None) == (ids[place + 1] if place + 1 < len(ids) else None)
    if ids:
        assert store.latest(query).store_id == ids[0]


@pytest.mark.slow
@pytest.mark.parametrize("text", QUERIES)
def test_counts_by_the_index_agree_with_the_filter(
    mailbox: tuple[Store, list[NewMessage]], text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For a search with more matches than are verified one by one."""
    monkeypatch.setattr(search, "MAX_COUNTED", 0)
    store, messages = mailbox
    ids = expected(store, messages, text)
    page = store.page(parse(text, now=NOW), limit=1)
    unread = sum(not store.summary(each).is_read for each in ids)
    assert (page.matching, page.matching_unread) == (len(ids), unread)


def test_nothing_is_unread_when_all_was_read(own_mailbox: tuple[Store, list[NewMessage]]) -> None:
    """The count for a page without rows, too."""
    store, messages = own_mailbox
    store.mark(Everything(), is_read=True)
    page = store.page(parse("is:unread", now=NOW), limit=0)
    assert (page.matching, page.matching_unread) == (0, 0)
    assert store.page(parse("is:read", now=NOW), limit=0).matching == len(messages)


def test_deleting_by_query_deletes_exactly_the_matches(own_mailbox: tuple[Store, list[NewMessage]]) -> None:
    """Indexed or not."""
    store, messages = own_mailbox
    gone = expected(store, messages, "quick")
    assert store.delete(Matching(parse("quick", now=NOW))) == len(gone)
    rest = {one.store_id for one in store.page().messages}
    assert rest == {one.store_id for one in messages} - set(gone)


def test_runs_of_three_characters_are_bounded() -> None:
    """A needle of a megabyte asks the index for a few; one too short for it, for none; the rarest are asked for."""
    assert trigrams("ab") == []
    assert sorted(trigrams("abcab")) == ["abc", "bca", "cab"]
    assert len(trigrams("".join(map(chr, range(200, 5000))))) == 4
    assert trigrams("shop5@example.com") == ["p5@", "5@e", "@ex", "op5"]
    assert trigrams("a" * 1_000_000) == ["aaa"]


@pytest.mark.slow
@pytest.mark.parametrize("read", [(), (0,), (3, 4, 20), (*range(0, 40, 2),), (*range(1, 40),), (*range(40),)])
def test_deep_pages_are_those_of_the_whole_list(
    url: str, new: MakeMessage, read: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The offset of a page is found through read and unread messages, wherever the few of either kind are."""
    monkeypatch.setattr(search, "_MIN_OFFSET", 1)
    with Store.open(url, poll_interval=0) as store:
        messages = [new() for _ in range(40)]
        store.add(messages)
        store.mark(ByIds(tuple(messages[number].store_id for number in read)), is_read=True)
        ids = [one.store_id for one in messages][::-1]
        for start in range(42):
            assert [one.store_id for one in store.page(start=start, limit=3).messages] == ids[start : start + 3], start
        monkeypatch.setattr(search, "MAX_COUNTED", 5)
        assert [one.store_id for one in store.page(start=7, limit=3).messages] == ids[7:10]
