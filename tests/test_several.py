"""Several catchers on one PostgreSQL database are one catcher."""

import smtplib
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2
import pytest
from websockets.sync.client import connect

from catcher.store import Store
from catcher.testing import running_catcher
from tests.databases import Server, rows
from tests.served import send, serving
from tests.store.contract import Recorder

pytestmark = pytest.mark.slow


@contextmanager
def listening(url: str) -> Iterator[Iterator[str]]:
    """The lines of a page's event stream, starting with its greeting."""
    with httpx2.Client(base_url=url, timeout=30) as http, http.stream("GET", "events") as answer:
        lines = answer.iter_lines()
        while "event: hello" not in next(lines):
            pass
        yield lines


def test_mail_received_by_one_appears_live_in_the_pages_of_the_other(postgresql_url: str) -> None:
    """Two processes: the event stream and the WebSocket of the second have mail that the first received."""
    with serving("--database", postgresql_url) as one, running_catcher(database=postgresql_url) as two:
        with listening(two.url) as news, connect(two.url.replace("http", "ws", 1) + "api/events") as socket:
            store_id = one.send()
            assert any(store_id in line for line in news)
            assert any(store_id in str(socket.recv(timeout=30)) for _ in range(5))
        assert two.store.latest().store_id == store_id
        assert two.store.raw(store_id) == one.get(f"api/v1/message/{store_id}/raw")


def test_only_one_of_them_prunes(postgresql_url: str) -> None:
    """With a limit in both, the totals and the remaining mail are as with one."""
    limited = running_catcher(database=postgresql_url, max=20)
    with serving("--database", postgresql_url, "--max", "20") as one, limited as two:
        with Store.open(postgresql_url) as store:
            heard = Recorder(store)
            with smtplib.SMTP(*one.smtp) as first, smtplib.SMTP(two.smtp_host, two.smtp_port) as second:
                sent = [send(client) for _ in range(40) for client in (first, second)]
            heard.wait_until(lambda _: store.counts().messages <= 20)
            kept = [summary.store_id for summary in store.page(limit=100).messages]
        assert kept == sent[:-21:-1]
        assert rows(postgresql_url, "SELECT count(*) FROM message") == [(20,)]
    duties = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
    assert rows(postgresql_url, duties) == [(0,)]


def test_the_death_of_one_loses_nothing_and_does_not_stop_the_other(postgresql_url: str) -> None:
    """kill -9 amid concurrent sessions with both: every 250 is stored, and the other keeps receiving mail."""
    acknowledged: list[str] = []

    def keep_sending(smtp: tuple[str, int], enough: threading.Event, number: int) -> None:
        try:
            with smtplib.SMTP(*smtp, timeout=30) as client:
                for count in range(number):
                    acknowledged.append(send(client, b"Subject: x\r\n\r\n" + b"0123456789\r\n" * 300))
                    if count == 20:
                        enough.set()
        except (OSError, smtplib.SMTPException):
            return  # the one that is killed

    with serving("--database", postgresql_url) as one, serving("--database", postgresql_url) as two:
        both, survivor = threading.Event(), threading.Event()
        senders = [threading.Thread(target=keep_sending, args=(one.smtp, both, 100_000)) for _ in range(3)]
        senders += [threading.Thread(target=keep_sending, args=(two.smtp, survivor, 150)) for _ in range(3)]
        for sender in senders:
            sender.start()
        assert both.wait(60)
        assert survivor.wait(60)
        one.process.kill()
        for sender in senders:
            sender.join(120)
        assert two.send().encode() in two.get("api/v1/messages")
    with Store.open(postgresql_url, poll_interval=0) as store:
        kept = {summary.store_id for summary in store.page(limit=100_000).messages}
        counts = store.counts()
    assert len(acknowledged) > 450
    assert set(acknowledged) <= kept
    totals = "SELECT count(*), count(*) FILTER (WHERE NOT is_read), sum(size) FROM message"
    assert rows(postgresql_url, totals) == [(counts.messages, counts.unread, counts.octets)]


def test_the_database_url_is_shown_without_its_password(postgresql_url: str) -> None:
    """The start lines and the pages name the database without the secrets of its URL."""
    url = postgresql_url.replace("postgres:@", "postgres:secret@") + "&sslpassword=secret"
    with serving("--database", url) as served:
        assert "/test_" in served.screen
        assert "secret" not in served.screen
        assert b"secret" not in served.get("api/v1/info")


def test_senders_get_4xx_while_the_database_is_unavailable(postgresql: Server, postgresql_url: str) -> None:
    """They retry; once the database is back, mail is accepted again, and acknowledged mail is still stored."""
    with (
        running_catcher(database=postgresql_url) as catcher,
        smtplib.SMTP(catcher.smtp_host, catcher.smtp_port, timeout=60) as client,
        httpx2.Client(base_url=catcher.url, timeout=60) as http,
    ):
        first = send(client)
        postgresql.cut_off(postgresql_url, for_good=True)
        with pytest.raises(smtplib.SMTPDataError) as refused:
            client.sendmail("a@example.com", ["b@example.com"], b"Subject: later\r\n\r\n")
        assert 400 <= refused.value.smtp_code < 500
        assert http.get("api/v1/messages").status_code == 503
        postgresql.cut_off(postgresql_url)
        second = send(client)
        listed = http.get("api/v1/messages").json()
    assert [one["ID"] for one in listed["messages"]] == [second, first]
