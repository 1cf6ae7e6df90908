"""Maintenance while idle: index, deleted rows, changes, free space; searches are complete all the while."""

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection

from catcher.store import ByIds, Everything, Matching, Store
from catcher.store.engines.registry import open_database
from catcher.store.read import search
from catcher.store.search import parse
from catcher.store.write import maintenance, updates
from catcher.store.write.maintenance import Maintenance
from tests.databases import rows
from tests.store.contract import MakeMessage, add, ids
from tests.waiting import wait_until

NOW = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture
def quiet(url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """A store that leaves all maintenance to the test."""
    monkeypatch.setattr("catcher.store.write.writer.QUIET", 1e6)
    with Store.open(url, poll_interval=0) as store:
        yield store


@pytest.fixture
def manual(quiet: Store, url: str) -> Iterator[tuple[Maintenance, Connection]]:
    """Maintenance to be called by hand, with a connection of its own."""
    database = open_database(url, durable=False, readers=1, lock_timeout=5)
    with database.connect_writer() as connection:
        yield Maintenance(database), connection
    database.close()


def number_of_rows(url: str) -> dict[str, object]:
    """The number of rows in each table of messages."""
    names = ("message", "detail", "search", "content", "leftover", "message_tag")
    return {name: rows(url, f"SELECT count(*) FROM {name}")[0][0] for name in names}


def found(store: Store, text: str) -> list[str]:
    """The store ids that a search finds, newest first."""
    return [one.store_id for one in store.page(parse(text, now=NOW), limit=1000).messages]


def check_index(url: str) -> None:
    """Verify that the index agrees with its texts."""
    if url.startswith("sqlite"):
        assert rows(url, "INSERT INTO search_index(search_index, rank) VALUES ('integrity-check', 0)") == []
        assert rows(url, "PRAGMA integrity_check") == [("ok",)]


@pytest.mark.sqlite
def test_a_search_finds_indexed_and_unindexed_messages(
    quiet: Store, manual: tuple[Maintenance, Connection], new: MakeMessage
) -> None:
    """Complete at every moment: before, during and after indexing."""
    old = list(reversed(ids(add(quiet, new, 5, text="needle in a haystack"))))
    assert found(quiet, "needle") == old
    assert manual[0].index(manual[1]) == 5
    assert found(quiet, "needle") == old
    young = list(reversed(ids(add(quiet, new, 3, text="another needle"))))
    assert found(quiet, "needle") == young + old
    page = quiet.page(parse("needle", now=NOW), limit=4)
    assert [one.store_id for one in page.messages] == (young + old)[:4]
    assert (page.matching, page.matching_unread, page.is_exact) == (8, 8, True)
    rest = quiet.page(parse("needle", now=NOW), limit=4, before=page.next_before)
    assert [one.store_id for one in rest.messages] == (young + old)[4:]
    skipped = quiet.page(parse("needle", now=NOW), limit=4, start=2)
    assert [one.store_id for one in skipped.messages] == (young + old)[2:6]
    assert manual[0].index(manual[1]) == 3
    assert manual[0].index(manual[1]) == 0
    assert found(quiet, "needle") == young + old
    assert found(quiet, "needle -another") == old


def test_a_word_that_the_index_cannot_tell_apart_is_judged_by_the_text(
    quiet: Store, manual: tuple[Maintenance, Connection], new: MakeMessage
) -> None:
    """Runs of three characters are no proof; quotes, percent signs and short words are found literally."""
    add(quiet, new, 1, text="abcd bcde")
    [exact] = ids(add(quiet, new, 1, text='abcde 100%_"x"'))
    manual[0].index(manual[1])
    for text in ("abcde", "100%", "%_", "de 10", '"100%_"'):
        assert found(quiet, f'"{text}"' if " " in text else text)[:1] == [exact], text
    assert found(quiet, "abcde") == [exact]


@pytest.mark.sqlite
def test_many_matches_are_counted_by_the_index(
    quiet: Store, manual: tuple[Maintenance, Connection], new: MakeMessage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond the bound the count is the index's own, with the tail added, and says so."""
    monkeypatch.setattr(search, "MAX_COUNTED", 4)
    messages = add(quiet, new, 12, text="common word")
    manual[0].index(manual[1])
    messages += add(quiet, new, 3, text="common word")
    query = parse("common word", now=NOW)
    page = quiet.page(query, limit=2)
    assert (page.matching, page.matching_unread, page.is_exact) == (15, 15, False)
    quiet.mark(ByIds(ids(messages[:2])), is_read=True)
    assert quiet.page(query, limit=2).matching_unread == 13
    quiet.mark(ByIds(ids(messages[:7])), is_read=True)
    assert quiet.page(query, limit=2).matching_unread == 8
    quiet.mark(ByIds(ids(messages[:13])), is_read=True)
    assert quiet.page(query, limit=2).matching_unread == 2
    page = quiet.page(parse("common is:unread", now=NOW), limit=1)
    assert (page.matching, page.matching_unread, page.is_exact) == (2, 2, False)


def test_long_texts_are_packed_and_found_all_the_same(
    quiet: Store, manual: tuple[Maintenance, Connection], new: MakeMessage, url: str, tmp_path: Path
) -> None:
    """Whether the index has them or not, as words and as a phrase, and their end as well as their beginning."""
    long = "\n".join(f"line {number} of a long mail with the word déjà-vu" for number in range(400))
    ours = list(reversed(ids(add(quiet, new, 2, text=f"beginning {long} ending"))))
    add(quiet, new, 2, text="short")
    queries = ("beginning", "ending", '"line 399 of"', "DÉJÀ-VU -short", "ending beginning")
    for is_indexed in (False, True):
        while is_indexed and manual[0].index(manual[1]):
            pass
        assert [found(quiet, query) for query in queries] == [ours] * len(queries)
        assert found(quiet, "nowhere") == []
    assert "line 399 of a long mail" in quiet.subjects(quiet.page().messages)[-1].texts.text
    assert quiet.delete(ByIds(tuple(ours[:1]))) == 1
    while manual[0].sweep(manual[1]):
        pass
    check_index(url)
    assert found(quiet, "ending") == ours[1:]
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(tmp_path / "mail.db")) as connection:
            [(kept, longest)] = connection.execute("SELECT count(*), max(length(text)) FROM search WHERE arrival < 3")
        assert (kept, longest < len(long) // 4) == (1, True)


def test_rows_of_deleted_messages_are_removed(
    quiet: Store, manual: tuple[Maintenance, Connection], new: MakeMessage, url: str
) -> None:
    """Nothing of a deleted message remains, indexed or not, and the index stays consistent."""
    messages = add(quiet, new, 10, text="to be swept")
    manual[0].index(manual[1])
    messages += add(quiet, new, 10, text="to be swept")
    gone = ids(messages[3:9]) + ids(messages[12:14]) + ids(messages[19:])
    assert quiet.delete(ByIds(gone)) == 9
    assert set(found(quiet, "swept")) == set(ids(messages)) - set(gone)
    while manual[0].sweep(manual[1]):
        pass
    assert number_of_rows(url) == {
        "message": 11,
        "detail": 11,
        "search": 11,
        "content": 11,
        "leftover": 0,
        "message_tag": 0,
    }
    while manual[0].index(manual[1]):
        pass
    check_index(url)
    assert set(found(quiet, "swept")) == set(ids(messages)) - set(gone)


def test_an_emptied_mailbox_is_removed_in_steps(
    quiet: Store, manual: tuple[Maintenance, Connection], new: MakeMessage, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A step removes a limited number; mail that arrives meanwhile is found and kept."""
    monkeypatch.setattr(maintenance, "MAX_STEP_CHARACTERS", 40)
    add(quiet, new, 30, text="before the end")
    while manual[0].index(manual[1]):
        pass
    quiet.delete(Everything())
    [kept] = add(quiet, new, 1, text="after the end")
    steps = 0
    while manual[0].sweep(manual[1]):
        steps += 1
    assert steps > 5
    assert number_of_rows(url) == {
        "message": 1,
        "detail": 1,
        "search": 1,
        "content": 1,
        "leftover": 0,
        "message_tag": 0,
    }
    check_index(url)
    assert found(quiet, "the end") == [kept.store_id]
    quiet.delete(ByIds((kept.store_id,)))
    while manual[0].step(manual[1]):
        pass
    check_index(url)


def test_the_number_of_changes_is_limited(
    quiet: Store, manual: tuple[Maintenance, Connection], new: MakeMessage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The newest remain; `changes` from before them returns None."""
    monkeypatch.setattr(maintenance, "MAX_CHANGES", 10)
    monkeypatch.setattr(maintenance, "_CHANGES_SLACK", 2)
    messages = add(quiet, new, 30)
    start = quiet.cursor()
    assert manual[0].trim(manual[1]) == 0
    quiet.mark(ByIds(ids(messages)), is_read=True)
    assert manual[0].trim(manual[1]) == 20
    assert manual[0].trim(manual[1]) == 0
    assert quiet.changes(start) is None
    assert quiet.changes(start + 19) is None
    kept = quiet.changes(start + 20)
    assert kept is not None
    assert [event.store_id for event in kept] == list(ids(messages[20:]))


@pytest.mark.slow
@pytest.mark.sqlite
def test_unused_space_is_released(
    quiet: Store, manual: tuple[Maintenance, Connection], new: MakeMessage, tmp_path: Path
) -> None:
    """After large mail was deleted the file becomes smaller, in small steps, without a vacuum of the whole."""
    for seed in range(4):
        quiet.add([new(random.Random(seed).randbytes(3_000_000))])
    quiet.delete(Everything())
    while manual[0].step(manual[1]):
        pass
    quiet.close()
    manual[1].close()
    connection = sqlite3.connect(tmp_path / "mail.db")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    assert (tmp_path / "mail.db").stat().st_size < 1_500_000


def test_large_selections_go_in_steps(quiet: Store, new: MakeMessage, monkeypatch: pytest.MonkeyPatch) -> None:
    """More messages than one step takes are all changed, and what arrives meanwhile is not."""
    monkeypatch.setattr(updates, "STEP", 7)
    monkeypatch.setattr("catcher.store.store.STEP", 7)
    add(quiet, new, 30, text="many")
    assert quiet.mark(Everything(), is_read=True) == 30
    assert quiet.counts().unread == 0
    assert quiet.delete(Matching(parse("many", now=NOW))) == 30
    assert quiet.counts().messages == 0


def test_maintenance_runs_by_itself(url: str, new: MakeMessage) -> None:
    """Soon after the last delivery the index has followed and deleted rows have gone."""
    with Store.open(url, poll_interval=0) as store:
        messages = add(store, new, 5)
        store.delete(ByIds(ids(messages[:2])))
        wait_until(lambda: store._writer._maintenance_at is None)
        numbers = number_of_rows(url)
        assert (numbers["message"], numbers["search"], numbers["leftover"]) == (3, 3, 0)
        assert rows(url, "SELECT indexed FROM counter") == [(5 if url.startswith("sqlite") else 0,)]
