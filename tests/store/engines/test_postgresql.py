"""Behaviour of PostgreSQL only: lost connections, notifications, leadership, texts that its indexes refuse."""

import random
import string
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from sqlalchemy import Connection, Select, select

from catcher.errors import StoreFull, StoreUnavailable
from catcher.store import ByIds, Store
from catcher.store.db.tables import message
from catcher.store.engines.base import TextIndex
from catcher.store.search import condition, parse
from tests.databases import Server, rows
from tests.store.contract import MakeMessage, Recorder
from tests.waiting import wait_until

NOW = datetime(2026, 3, 2, tzinfo=UTC)
NEVER = 1e6
"""A poll interval so long that only notifications can be in time."""


def test_lost_connections_are_replaced_silently(postgresql: Server, postgresql_url: str, new: MakeMessage) -> None:
    """After a restart of the idle server, the next delivery and the next query reconnect."""
    with Store.open(postgresql_url, poll_interval=0) as store:
        store.add([new()])
        assert store.counts().messages == 1
        postgresql.cut_off(postgresql_url)
        assert store.add([new()]) == [2]
        postgresql.cut_off(postgresql_url)
        assert store.counts().messages == 2
        assert store.delete(ByIds(tuple(one.store_id for one in store.page().messages))) == 2


def test_no_mail_is_accepted_while_it_is_unreachable(postgresql: Server, postgresql_url: str, new: MakeMessage) -> None:
    """Callers get an error for clients, and the store recovers with the server."""
    with Store.open(postgresql_url, poll_interval=0, lock_timeout=2) as store:
        kept = new()
        store.add([kept])
        postgresql.cut_off(postgresql_url, for_good=True)
        for use in (lambda: store.add([new()]), store.page, lambda: store.mark(ByIds(()), is_read=True)):
            with pytest.raises(StoreUnavailable) as caught:
                use()
            assert "postgres" not in str(caught.value).lower()
        postgresql.cut_off(postgresql_url)
        assert store.add([new()]) == [2]
        assert store.raw(kept.store_id) == kept.content


def test_commits_by_others_are_published_at_once(postgresql_url: str, new: MakeMessage) -> None:
    """By notification, without polling."""
    with Store.open(postgresql_url, poll_interval=NEVER) as one, Store.open(postgresql_url, poll_interval=0) as two:
        recorder = Recorder(one)
        first, second = new(), new()
        two.add([first])
        assert [event.store_id for event in recorder.wait_for(1)] == [first.store_id]
        two.mark(ByIds((first.store_id,)), is_read=True)
        two.add([second])
        assert [event.kind for event in recorder.wait_for(3)] == ["new", "update", "new"]


def test_changes_during_an_outage_are_published_later(
    postgresql: Server, postgresql_url: str, new: MakeMessage
) -> None:
    """A listener that lost its connection looks for what it has missed, and listens again."""
    with Store.open(postgresql_url, poll_interval=0.02) as one, Store.open(postgresql_url, poll_interval=0) as two:
        recorder = Recorder(one)
        messages = [new() for _ in range(4)]
        for number, mail in enumerate(messages, start=1):
            postgresql.cut_off(postgresql_url)
            two.add([mail])
            assert [event.store_id for event in recorder.wait_for(number)][-1] == mail.store_id


def test_one_store_prunes_and_another_one_succeeds_it(postgresql_url: str, new: MakeMessage) -> None:
    """The leader holds the job as long as it is connected."""
    with Store.open(postgresql_url, poll_interval=0) as two:
        with Store.open(postgresql_url, poll_interval=0) as one:
            one.add([new() for _ in range(6)])
            assert one.retain(max_messages=5, max_age=None, now=NOW) == 1
            assert two.retain(max_messages=3, max_age=None, now=NOW) == 0
            assert one.retain(max_messages=4, max_age=None, now=NOW) == 1
        # The server notices in its own time that a session has ended.
        assert wait_until(lambda: two.retain(max_messages=3, max_age=None, now=NOW)) == 1
        assert two.counts().messages == 3


def test_long_ids_and_tags_are_stored(postgresql_url: str, new: MakeMessage) -> None:
    """Its indexes take 2,700 octets; a sender is not bound by that. Folding makes 18 characters of some."""
    long = "".join(random.Random(1).choices(string.ascii_letters, k=900))
    fields = b"".join(b" %s\r\n" % long[start:].encode() for start in range(0, 60, 2))
    mail = new(b"Message-ID:\r\n <%s@example.org>\r\n\r\n" % fields.replace(b"\r\n", b"").replace(b" ", b""))
    assert len(mail.message.message_id) > 20_000
    with Store.open(postgresql_url, poll_interval=0) as store:
        store.add([mail])
        assert store.get(mail.store_id).message.message_id == mail.message.message_id
        tag = "".join(chr(0xFB50 + number) for number in range(90)) + "\ufdfa" * 10
        assert store.set_tags([mail.store_id], [tag]) == 1
        assert store.summary(mail.store_id).tags == (tag,)
        assert store.page(parse("x" * 1000, now=NOW)).messages == ()


def test_the_size_is_that_of_its_tables(postgresql_url: str, new: MakeMessage) -> None:
    """Indexes included, and nothing of what else is in the database."""
    with Store.open(postgresql_url, poll_interval=0) as store:
        before = store.octets_on_disk()
        store.add([new(random.Random(1).randbytes(3_000_000))])
        assert store.octets_on_disk() - before > 3_000_000
    assert before < rows(postgresql_url, "SELECT pg_database_size(current_database())")[0][0]  # type: ignore[operator]


def test_a_rare_word_is_looked_up_and_not_searched_for(postgresql_url: str, new: MakeMessage) -> None:
    """The index names candidates whatever the planner believes about the word; a page is walked without sorting."""
    with Store.open(postgresql_url, poll_interval=0) as store:
        store.add([new(text="needle")] + [new() for _ in range(20)])
        index = store._database.index
        expression = index.expression(parse("needle", now=NOW))
        assert expression is not None
        source, matches = index.hits(expression)
        with store._database.reading() as connection:
            rare = _plan(connection, select(message).select_from(source).where(matches))
            walked = _plan(connection, select(message).where(condition(parse("needle", now=NOW), _Judge(index))))
        assert "Bitmap Index Scan on search_trigrams" in rare
        assert "Index Scan Backward using message_pkey" in walked
        assert "Sort" not in walked


def _plan(connection: Connection, page: Select[*tuple[Any, ...]]) -> str:
    newest = page.order_by(message.c.arrival.desc()).limit(50)
    sql = newest.compile(connection, compile_kwargs={"literal_binds": True})
    return "\n".join(connection.exec_driver_sql(f"EXPLAIN {sql}").scalars())


class _Judge:
    """An index that names no candidates."""

    def __init__(self, index: TextIndex) -> None:
        self.contains = index.contains
        self.line_has = index.line_has
        self.readable = index.readable

    def candidates(self, needle: str) -> None:
        return None


@pytest.mark.parametrize(
    ("error", "kind", "said"),
    [
        (psycopg.errors.DiskFull, StoreFull, "full"),
        (psycopg.errors.TooManyConnections, StoreUnavailable, "no resources left"),
        (psycopg.errors.LockNotAvailable, StoreUnavailable, "locked"),
        (psycopg.errors.AdminShutdown, StoreUnavailable, "cannot be reached"),
        (psycopg.OperationalError, StoreUnavailable, "cannot be reached"),
        (psycopg.errors.ReadOnlySqlTransaction, StoreUnavailable, "only be read"),
        (psycopg.errors.DataCorrupted, StoreUnavailable, "damaged"),
        (psycopg.errors.UniqueViolation, StoreUnavailable, "cannot be used now"),
    ],
)
def test_each_failure_has_a_text_for_clients(
    postgresql_url: str, error: type[psycopg.Error], kind: type[StoreUnavailable], said: str
) -> None:
    """By its SQLSTATE; what the server says of tables and paths is for the log."""
    with Store.open(postgresql_url, poll_interval=0) as store:
        failure = store._database.failure(error('relation "message" in /var/lib/x'))
    assert type(failure) is kind
    assert said in str(failure)
    assert "/var" not in str(failure)
    assert "/var/lib/x" in failure.detail
