"""The client that blocks."""

import functools
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Self, TypeVar

from catcher.client import operations
from catcher.client.client import BaseCatcher
from catcher.client.connection import MAX_SILENCE, response_of
from catcher.client.errors import Unreachable
from catcher.client.events import Event, event_of
from catcher.client.flows import Blocking, Flow
from catcher.client.inbox import BaseInbox
from catcher.client.message import BaseAttachment, BaseMessage
from catcher.client.protocol import expected, given
from catcher.schema.inboxes import InboxInfo
from catcher.schema.messages import AttachmentInfo
from catcher.schema.wait import FullMessage

if TYPE_CHECKING:
    import httpx2

T = TypeVar("T")


class _OfCatcher(Blocking):
    catcher: "Catcher"

    def run(self, flow: Flow[T]) -> T:
        """Send the requests of a flow and return its result."""
        return self.catcher.run(flow)


class Attachment(BaseAttachment["Message"]):
    """A file of a message. `info` has its name, type, size and digests; `content` is requested at first use."""

    @functools.cached_property
    def content(self) -> bytes:
        """The decoded octets."""
        message = self._message
        return message.catcher.part(message.id, self.info.part_id, inbox=message.inbox)


class Message(_OfCatcher, BaseMessage["Catcher", Attachment]):
    """A message. `raw`, `headers` and the content of attachments are requested at first use, and kept."""

    @functools.cached_property
    def raw(self) -> bytes:
        """The octets as received."""
        return self.catcher.raw(self.id, inbox=self.inbox)

    @functools.cached_property
    def headers(self) -> dict[str, list[str]]:
        """Field bodies by name."""
        return self.catcher.headers(self.id, inbox=self.inbox)

    def _attachment(self, info: AttachmentInfo) -> Attachment:
        return Attachment(self, info)


class Inbox(_OfCatcher, BaseInbox["Catcher", Message]):
    """An inbox; a `with` block deletes it with its mail at the end."""

    @property
    def messages(self) -> tuple[Message, ...]:
        """All its messages, in the order of arrival."""
        return self.catcher.messages(inbox=self.name)

    def events(self, *, after: int | None = None) -> Iterator[Event]:
        """Yield the events of the inbox; see `Catcher.events`."""
        return self.catcher.events(inbox=self.name, after=after)

    def _message(self, data: FullMessage, inbox: str | None = None) -> Message:
        return Message(self.catcher, data, inbox=self.name)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.delete()


class Catcher(Blocking, BaseCatcher[Message, Inbox]):
    """A client for the catcher at a URL, with methods that block and may be called from several threads.

    Its parameters are those of `BaseCatcher`.
    """

    _client: "httpx2.Client | None" = None
    _lock = threading.Lock()  # of all instances: it is held only while an HTTP client is made

    def events(self, *, inbox: str | None = None, after: int | None = None) -> Iterator[Event]:
        """Yield events as they happen, without end; lost connections are resumed without a gap.

        after: a cursor, to begin with the events since then; without it only new events are yielded.
        """
        while True:
            for event in self._stream(dict(given({"after": after, "inbox": inbox}))):
                after = event.cursor
                yield event

    def _stream(self, parameters: dict[str, str]) -> Iterator[Event]:
        """Yield the events of one connection until it is lost. Raises Unreachable if it cannot be opened."""
        request, is_open = operations.stream(), False
        try:
            with (
                self.endpoint.errors(),
                self._http.stream("GET", request.target, params=parameters, timeout=MAX_SILENCE) as response,
            ):
                if response.status_code != 200:
                    response.read()
                    expected(request, response_of(response))
                is_open = True
                for line in response.iter_lines():
                    if event := event_of(line):
                        yield event
        except Unreachable:
            if not is_open:
                raise

    def run(self, flow: Flow[T]) -> T:
        """Send the requests of a flow and return its result."""
        try:
            request = next(flow)
            while True:
                with self.endpoint.errors():
                    response = self._http.request(**self.endpoint.arguments(request))
                request = flow.send(expected(request, response_of(response)))
        except StopIteration as done:
            result: T = done.value
            return result

    @property
    def _http(self) -> "httpx2.Client":
        with self._lock:
            if self._client is None:
                self._client = self.endpoint.blocking_client()
            return self._client

    def close(self) -> None:
        """Close the connections; the next request opens new ones."""
        with self._lock:
            client, self._client = self._client, None
        if client is not None:
            client.close()

    def _message(self, data: FullMessage, inbox: str | None = None) -> Message:
        return Message(self, data, inbox=inbox)

    def _inbox(self, info: InboxInfo) -> Inbox:
        return Inbox(self, info)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()
