"""Live updates: which events a page gets, when, and how it catches up."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

import httpx2

from catcher.store.events import StoreEvent
from catcher.store.model import ByIds, Everything
from catcher.web.hub import Batch, Lagging
from catcher.web.ui.live import paced
from tests.web.ui.conftest import Mailbox
from tests.web.ui.mails import invoice, mail, welcome

T = TypeVar("T")


@dataclass
class News:
    """The events of one stream, as a browser reads them."""

    lines: Iterator[str]
    last_id: str = ""

    def next(self) -> tuple[str, str]:
        """Name and data of the next event."""
        name, data = "message", []
        for line in self.lines:
            field, _, value = line.partition(": ")
            if field == "event":
                name = value
            elif field == "id":
                self.last_id = value
            elif field == "data":
                data.append(value)
            elif not line and name != "message":
                return name, "\n".join(data)
        raise AssertionError("the stream ended")

    def until(self, wanted: str) -> str:
        """The data of the next event of this name; others are passed over."""
        while True:
            name, data = self.next()
            if name == wanted:
                return data


@contextmanager
def listening(http: httpx2.Client, path: str = "events", **headers: str) -> Iterator[News]:
    with http.stream("GET", path, headers=headers) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert "content-encoding" not in answer.headers
        yield News(answer.iter_lines())


def test_a_new_message_comes_as_the_row_the_list_would_draw(mailbox: Mailbox, http: httpx2.Client) -> None:
    """One row template for list and stream; counts in words and numbers follow."""
    with listening(http, "events?view=text") as news:
        assert news.next()[0] == "hello"
        mailbox.send(welcome())
        row = news.until("new")
        counts = json.loads(news.until("counts"))
    assert row.strip().startswith('<li class="row unread"')
    assert f'href="/view/{mailbox.id_of("Welcome")}?view=text"' in row
    assert counts["unread"] == 1
    assert counts["text"] == "1 message · 1 unread"
    listed = http.get("?view=text").text
    assert row.replace(" ", "").replace("\n", "") in listed.replace(" ", "").replace("\n", "")


def test_what_was_missed_comes_first(mailbox: Mailbox, http: httpx2.Client) -> None:
    """`Last-Event-ID` resumes; nothing is missed and nothing comes twice."""
    with listening(http, "events") as news:
        news.next()
        mailbox.send(welcome())
        news.until("counts")
        seen = news.last_id
    mailbox.send(invoice())
    with listening(http, "events?after=0", **{"Last-Event-ID": seen}) as news:
        row = news.until("new")
    assert "Invoice" in row
    assert "Welcome" not in row


def test_a_page_listens_from_the_list_it_shows(mailbox: Mailbox, http: httpx2.Client) -> None:
    """Mail that arrives between the page and its stream is included."""
    mailbox.send(welcome())
    cursor = http.get("").text.partition('data-cursor="')[2].partition('"')[0]
    mailbox.send(invoice())
    with listening(http, f"events?after={cursor}") as news:
        row = news.until("new")
    assert "Invoice" in row
    assert "Welcome" not in row


def test_a_search_gets_its_matches_only(mailbox: Mailbox, http: httpx2.Client) -> None:
    """Another message moves the counts, not the list."""
    with listening(http, "events?q=subject:invoice") as news:
        news.next()
        mailbox.send(welcome())
        assert news.next()[0] == "side"
        assert news.next()[0] == "counts"
        mailbox.send(invoice())
        name, row = news.next()
        assert json.loads(news.until("counts"))["text"] == "1 message · 1 unread"
    assert name == "new"
    assert "Invoice" in row


def test_changes_come_as_rows_and_deletions_as_ids(mailbox: Mailbox, http: httpx2.Client) -> None:
    """Read marks of other pages show; deleted messages are named; emptying the mailbox reloads the list."""
    mailbox.send(welcome(), invoice())
    store, store_id = mailbox.catcher.store, mailbox.id_of("Welcome")
    with listening(http) as news:
        news.next()
        store.mark(ByIds((store_id,)), is_read=True)
        assert '<li class="row"' in news.until("row")
        store.delete(ByIds((store_id,)))
        assert json.loads(news.until("gone")) == [store_id]
        store.delete(Everything())
        assert news.until("counts")
        assert news.next()[0] == "reload"


def test_a_burst_is_sent_as_ids(mailbox: Mailbox, http: httpx2.Client) -> None:
    """More than twenty at once are drawn only on request; none is left out."""
    told: set[str] = set()
    cursor = http.get("").text.partition('data-cursor="')[2].partition('"')[0]
    mailbox.send(*(mail(f"Number {number}", text="x") for number in range(60)))
    with listening(http, f"events?after={cursor}") as news:
        assert news.next()[0] == "hello"
        told |= set(json.loads(news.until("many")))
    assert told == {summary.store_id for summary in mailbox.catcher.store.page(limit=100).messages}


def event(number: int) -> StoreEvent:
    return StoreEvent(cursor=number, kind="delete", store_id=str(number))


def test_news_are_paced_and_complete() -> None:
    """At most one piece in each pause, whatever came meanwhile, in order; the end of the source is the end."""

    async def source() -> AsyncIterator[Batch]:
        for number in range(100):
            yield (event(number),)
            if number % 10 == 0:
                await asyncio.sleep(0)

    async def collect() -> list[tuple[StoreEvent, ...]]:
        return [tuple(piece) async for piece in paced(source(), interval=0.01)]

    pieces = asyncio.run(collect())
    assert [each.cursor for piece in pieces for each in piece] == list(range(100))
    assert len(pieces) < 50


def test_a_reader_that_fell_behind_is_let_go() -> None:
    """The stream ends; the browser comes back with the last id it saw."""

    async def source() -> AsyncIterator[Batch]:
        yield (event(1),)
        raise Lagging

    async def collect() -> list[int]:
        return [each.cursor async for piece in paced(source(), interval=0) for each in piece]

    assert asyncio.run(collect()) == [1]
