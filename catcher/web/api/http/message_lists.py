"""Lists of messages as JSON. Large ones are streamed, so that no list is too long for memory."""

from collections.abc import AsyncIterator

import msgspec
from msgspec.structs import replace
from starlette.responses import Response, StreamingResponse

from catcher.schema.base import encode
from catcher.store.model import SummaryPage
from catcher.store.search import Anything, Query, within
from catcher.store.store import Store
from catcher.web.api.http.requests import Paging
from catcher.web.api.http.responses import json_response
from catcher.web.api.presenters import message_list, message_summary
from catcher.web.services import Services

BATCH = 500
"""Rows that are read and encoded at a time; longer lists are streamed."""


class Lists:
    """Responses of lists and searches."""

    def __init__(self, services: Services) -> None:
        self._store = services.store.blocking
        self._threads = services.threads

    async def listing(self, query: Query, paging: Paging, *, inbox: str = "") -> Response:
        """Return a page of the messages that the query matches; `paging.limit` 0 means all, whatever `start` is.

        inbox: whose tags and numbers to return, "" for the whole mailbox.
        """
        if paging.limit == 0:
            paging = replace(paging, start=0)
        page, tags = await self._first(query, paging, min(paging.limit or BATCH, BATCH), inbox)
        if page.next_before is None or (0 < paging.limit <= BATCH):
            rows = tuple(message_summary(each) for each in page.messages)
            return json_response(message_list(page, start=paging.start, tags=tags, rows=rows))
        envelope = encode(message_list(page, start=paging.start, tags=tags, rows=()))
        return StreamingResponse(self._batches(query, paging, page, envelope), media_type="application/json")

    async def numbers(self, query: Query, paging: Paging, *, inbox: str = "") -> Response:
        """Return the numbers of messages that the query matches, without the messages."""
        page, tags = await self._first(query, paging, 1, inbox)
        return json_response(message_list(page, start=paging.start, tags=tags, rows=()))

    async def _first(self, query: Query, paging: Paging, limit: int, inbox: str) -> tuple[SummaryPage, tuple[str, ...]]:
        """Return the page, with the numbers of the inbox if one is given, and all tags, in one hop to a thread."""

        def read() -> tuple[SummaryPage, tuple[str, ...]]:
            page, tags = _page(self._store, query, paging, limit), tuple(self._store.tags(inbox=inbox))
            if inbox:
                whole = self._store.page(within(Anything(), inbox), limit=0)
                counts = replace(page.counts, messages=whole.matching, unread=whole.matching_unread)
                page = replace(page, counts=counts)
            return page, tags

        return await self._threads.run(read)

    async def _batches(self, query: Query, paging: Paging, page: SummaryPage, envelope: bytes) -> AsyncIterator[bytes]:
        """Yield the envelope with its rows inserted batch by batch, then the numbers that are known at the end."""
        head, tail = envelope.split(b'"messages":[]')
        left = paging.limit - len(page.messages) if paging.limit else None
        yield head + b'"messages":[' + _rows(page)
        count = len(page.messages)
        while page.next_before is not None and (left is None or left > 0):
            after = replace(paging, start=0, before=page.next_before)
            limit = BATCH if left is None else min(left, BATCH)
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
