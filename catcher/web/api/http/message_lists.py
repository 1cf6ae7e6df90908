"""Lists of messages as JSON: small ones in one piece, large ones streamed, so that no list is too long for memory."""

from collections.abc import AsyncIterator

import msgspec
from msgspec.structs import replace
from starlette.responses import Response, StreamingResponse

from catcher.schema.base import encode
from catcher.store.model import SummaryPage
from catcher.store.search import Anything, Query
from catcher.store.store import Store
from catcher.web.api.http.presenters import message_list, message_summary
from catcher.web.api.http.requests import Paging
from catcher.web.api.http.responses import json_answer
from catcher.web.inbox_scope import within
from catcher.web.services import Services

PIECE = 500
"""Rows that are read and encoded at a time; longer lists are streamed."""


class Lists:
    """Makes the answers of lists and searches."""

    def __init__(self, services: Services) -> None:
        self._store = services.store.store
        self._threads = services.threads

    async def listing(self, query: Query, paging: Paging, *, inbox: str = "") -> Response:
        """The list that paging asks of what the query matches; `paging.limit` 0 is all, whatever `start` says.

        inbox: that the query is within, whose tags and numbers are told; "" for the whole mailbox.
        """
        if paging.limit == 0:
            paging = replace(paging, start=0)
        page, tags = await self._first(query, paging, min(paging.limit or PIECE, PIECE), inbox)
        if page.next_before is None or (0 < paging.limit <= PIECE):
            rows = tuple(message_summary(each) for each in page.messages)
            return json_answer(message_list(page, start=paging.start, tags=tags, rows=rows))
        envelope = encode(message_list(page, start=paging.start, tags=tags, rows=()))
        return StreamingResponse(self._pieces(query, paging, page, envelope), media_type="application/json")

    async def numbers(self, query: Query, paging: Paging, *, inbox: str = "") -> Response:
        """The numbers of what the query matches, without messages."""
        page, tags = await self._first(query, paging, 1, inbox)
        return json_answer(message_list(page, start=paging.start, tags=tags, rows=()))

    async def _first(self, query: Query, paging: Paging, limit: int, inbox: str) -> tuple[SummaryPage, tuple[str, ...]]:
        """The page and all tags, in one visit to a thread; the numbers of an inbox instead of the whole mailbox's."""

        def read() -> tuple[SummaryPage, tuple[str, ...]]:
            page, tags = _page(self._store, query, paging, limit), tuple(self._store.tags(inbox=inbox))
            if inbox:
                whole = self._store.page(within(Anything(), inbox), limit=0)
                counts = replace(page.counts, messages=whole.matching, unread=whole.matching_unread)
                page = replace(page, counts=counts)
            return page, tags

        return await self._threads.run(read)

    async def _pieces(self, query: Query, paging: Paging, page: SummaryPage, envelope: bytes) -> AsyncIterator[bytes]:
        """The envelope with the rows put into it page by page; what is counted last stands last in the object."""
        head, tail = envelope.split(b'"messages":[]')
        left = paging.limit - len(page.messages) if paging.limit else None
        yield head + b'"messages":[' + _rows(page)
        count = len(page.messages)
        while page.next_before is not None and (left is None or left > 0):
            after = replace(paging, start=0, before=page.next_before)
            limit = PIECE if left is None else min(left, PIECE)
            page = await self._threads.run(_page, self._store, query, after, limit)
            if page.messages:
                yield b"," + _rows(page)
            count += len(page.messages)
            left = None if left is None else left - len(page.messages)
        numbers = msgspec.json.decode(b"{" + tail.lstrip(b","))
        yield b"]," + encode(numbers | {"count": count, "next_cursor": page.next_before})[1:]


def _page(store: Store, query: Query, paging: Paging, limit: int) -> SummaryPage:
    return store.page(
        query, limit=limit, start=paging.start, before=paging.before, received_before=paging.received_before
    )


def _rows(page: SummaryPage) -> bytes:
    return encode([message_summary(each) for each in page.messages])[1:-1]
