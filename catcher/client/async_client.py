"""The client that is awaited."""

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Self, TypeVar

from catcher.client import operations
from catcher.client.client import BaseCatcher
from catcher.client.connection import MAX_SILENCE, response_of
from catcher.client.errors import Unreachable
from catcher.client.events import Event, event_of
from catcher.client.flows import Awaiting, Flow
from catcher.client.inbox import BaseInbox
from catcher.client.message import BaseAttachment, BaseMessage
from catcher.client.protocol import expected, given
from catcher.schema.inboxes import InboxInfo
from catcher.schema.messages import AttachmentInfo
from catcher.schema.wait import FullMessage

if TYPE_CHECKING:
    import httpx2

T = TypeVar("T")


class _OfCatcher(Awaiting):
    catcher: "AsyncCatcher"

    async def run(self, flow: Flow[T]) -> T:
        """Send the requests of a flow and return its result."""
        return await self.catcher.run(flow)


class AsyncAttachment(BaseAttachment["AsyncMessage"]):
    """A file of a message. `info` has its name, type, size and digests; `content()` requests its octets."""

    async def content(self) -> bytes:
        """Return the decoded octets."""
        message = self._message
        return await message.catcher.part(message.id, self.info.part_id, inbox=message.inbox)


class AsyncMessage(_OfCatcher, BaseMessage["AsyncCatcher", AsyncAttachment]):
    """A message. `raw()`, `headers()` and the content of attachments are requested by each call."""

    async def raw(self) -> bytes:
        """Return the octets as received."""
        return await self.catcher.raw(self.id, inbox=self.inbox)

    async def headers(self) -> dict[str, list[str]]:
        """Return the field bodies by name."""
        return await self.catcher.headers(self.id, inbox=self.inbox)

    def _attachment(self, info: AttachmentInfo) -> AsyncAttachment:
        return AsyncAttachment(self, info)


class AsyncInbox(_OfCatcher, BaseInbox["AsyncCatcher", AsyncMessage]):
    """An inbox; an `async with` block deletes it with its mail at the end."""

    async def messages(self) -> tuple[AsyncMessage, ...]:
        """Return all its messages, in the order of arrival."""
        return await self.catcher.messages(inbox=self.name)

    def events(self, *, after: int | None = None) -> AsyncIterator[Event]:
        """Yield the events of the inbox; see `AsyncCatcher.events`."""
        return self.catcher.events(inbox=self.name, after=after)

    def _message(self, data: FullMessage, inbox: str | None = None) -> AsyncMessage:
        return AsyncMessage(self.catcher, data, inbox=self.name)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.delete()


class AsyncCatcher(Awaiting, BaseCatcher[AsyncMessage, AsyncInbox]):
    """A client for the catcher at a URL, with methods that are awaited on one event loop.

    Its parameters are those of `BaseCatcher`.
    """

    _client: "httpx2.AsyncClient | None" = None

    async def events(self, *, inbox: str | None = None, after: int | None = None) -> AsyncIterator[Event]:
        """Yield events as they happen, without end; lost connections are resumed without a gap.

        after: a cursor, to begin with the events since then; without it only new events are yielded.
        """
        while True:
            async for event in self._stream(dict(given({"after": after, "inbox": inbox}))):
                after = event.cursor
                yield event

    async def _stream(self, parameters: dict[str, str]) -> AsyncIterator[Event]:
        """Yield the events of one connection until it is lost. Raises Unreachable if it cannot be opened."""
        request, is_open = operations.stream(), False
        try:
            with self.endpoint.errors():
                async with self._http.stream("GET", request.target, params=parameters, timeout=MAX_SILENCE) as response:
                    if response.status_code != 200:
                        await response.aread()
                        expected(request, response_of(response))
                    is_open = True
                    async for line in response.aiter_lines():
                        if event := event_of(line):
                            yield event
        except Unreachable:
            if not is_open:
                raise

    async def run(self, flow: Flow[T]) -> T:
        """Send the requests of a flow and return its result."""
        try:
            request = next(flow)
            while True:
                with self.endpoint.errors():
                    response = await self._http.request(**self.endpoint.arguments(request))
                request = flow.send(expected(request, response_of(response)))
        except StopIteration as done:
            result: T = done.value
            return result

    @property
    def _http(self) -> "httpx2.AsyncClient":
        if self._client is None:
            self._client = self.endpoint.async_client()
        return self._client

    async def close(self) -> None:
        """Close the connections; the next request opens new ones."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    def _message(self, data: FullMessage, inbox: str | None = None) -> AsyncMessage:
        return AsyncMessage(self, data, inbox=inbox)

    def _inbox(self, info: InboxInfo) -> AsyncInbox:
        return AsyncInbox(self, info)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.close()
