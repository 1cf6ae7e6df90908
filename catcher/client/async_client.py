"""The client that is awaited, and what it gives: messages, files and inboxes that ask for more when it is wanted."""

from collections.abc import AsyncIterator
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar, Unpack

from catcher.client import operations, shapes
from catcher.client.connection import SILENCE, Place, answer_of, events_of, unreachable
from catcher.client.errors import Missing
from catcher.client.inbox import InboxValue
from catcher.client.message import MessageValue, cursor_of
from catcher.client.methods import Awaited
from catcher.client.operations import Flow
from catcher.client.protocol import expected
from catcher.client.query import Conditions, query_of

if TYPE_CHECKING:
    import httpx2

T = TypeVar("T")


class AsyncAttachment:
    """A file of a message. `info` has its name, type, size and digests; `content()` asks for its octets."""

    def __init__(self, catcher: "AsyncCatcher", message: "AsyncMessage", info: shapes.File) -> None:
        self._catcher = catcher
        self._message = message
        self.info = info

    @property
    def name(self) -> str:
        """The file name, or the content id."""
        return self.info.file_name

    @property
    def content_type(self) -> str:
        """The media type."""
        return self.info.content_type

    async def content(self) -> bytes:
        """The octets, decoded."""
        return await self._catcher.part(self._message.id, self.info.part_id, inbox=self._message.inbox)

    def __repr__(self) -> str:
        return f"<AsyncAttachment {self.name!r} {self.content_type}, {self.info.size} octets>"


class AsyncMessage(MessageValue):
    """A message. What is not told with it, `raw()` and `headers()`, is asked for."""

    def __init__(self, catcher: "AsyncCatcher", data: shapes.Awaited, *, inbox: str | None = None) -> None:
        super().__init__(data, inbox=inbox)
        self._catcher = catcher

    async def raw(self) -> bytes:
        """The octets as they were received."""
        return await self._catcher.raw(self.id, inbox=self.inbox)

    async def headers(self) -> dict[str, list[str]]:
        """Field bodies by name."""
        return await self._catcher.headers(self.id, inbox=self.inbox)

    @property
    def attachments(self) -> tuple[AsyncAttachment, ...]:
        """The files."""
        return tuple(AsyncAttachment(self._catcher, self, each) for each in self.data.attachments)

    @property
    def inlines(self) -> tuple[AsyncAttachment, ...]:
        """The files that the HTML shows."""
        return tuple(AsyncAttachment(self._catcher, self, each) for each in self.data.inline)

    async def mark(self, *, read: bool = True) -> None:
        """Mark it read or unread."""
        await self._catcher.mark([self.id], read=read, inbox=self.inbox)

    async def set_tags(self, *names: str) -> None:
        """Give it exactly these tags."""
        await self._catcher.set_tags([self.id], names, inbox=self.inbox)

    async def delete(self) -> None:
        """Delete it."""
        await self._catcher.delete([self.id], inbox=self.inbox)

    async def release(self, *to: str, relay: str = "") -> tuple[shapes.Outcome, ...]:
        """Send it onward; what became of each recipient."""
        return await self._catcher.release(self.id, to, relay=relay, inbox=self.inbox)


class AsyncInbox(InboxValue):
    """An inbox; at the end of an `async with` block it is deleted with its mail."""

    def __init__(self, catcher: "AsyncCatcher", info: shapes.InboxInfo) -> None:
        super().__init__(info, catcher.place)
        self._catcher = catcher

    async def messages(self) -> tuple[AsyncMessage, ...]:
        """All that is in it now, in the order of arrival."""
        return await self._catcher.messages(inbox=self.name)

    async def wait(
        self,
        query: str = "",
        *,
        since: int | MessageValue | None = None,
        timeout: float = 30.0,
        **conditions: Unpack[Conditions],
    ) -> AsyncMessage:
        """See `AsyncCatcher.wait_for`."""
        return await self._catcher.wait_for(query, inbox=self.name, since=since, timeout=timeout, **conditions)

    async def wait_for_all(
        self,
        count: int,
        query: str = "",
        *,
        since: int | MessageValue | None = None,
        timeout: float = 30.0,
        **conditions: Unpack[Conditions],
    ) -> tuple[AsyncMessage, ...]:
        """See `AsyncCatcher.wait_for_all`."""
        return await self._catcher.wait_for_all(
            count, query, inbox=self.name, since=since, timeout=timeout, **conditions
        )

    async def wait_absent(
        self,
        query: str = "",
        *,
        since: int | MessageValue | None = None,
        timeout: float = 1.0,
        **conditions: Unpack[Conditions],
    ) -> None:
        """See `AsyncCatcher.wait_absent`."""
        await self._catcher.wait_absent(query, inbox=self.name, since=since, timeout=timeout, **conditions)

    async def latest(self, query: str = "", **conditions: Unpack[Conditions]) -> AsyncMessage:
        """The newest message that matches. Raises Missing when there is none."""
        return await self._catcher.latest(query, inbox=self.name, **conditions)

    def events(self, *, after: int | None = None) -> AsyncIterator[shapes.Event]:
        """See `AsyncCatcher.events`."""
        return self._catcher.events(inbox=self.name, after=after)

    async def clear(self) -> None:
        """Delete what is in it; it stays."""
        await self._catcher.delete_all(inbox=self.name)

    async def add_fault(self, stage: shapes.Stage, **fault: Unpack[operations.FaultValues]) -> shapes.Fault:
        """Have SMTP fail at a stage, for mail to this inbox alone."""
        return await self._catcher.add_fault(stage, inbox=self.name, **fault)

    async def clear_faults(self) -> None:
        """Forget the faults that were set up for it."""
        await self._catcher.clear_faults(inbox=self.name)

    async def delete(self) -> None:
        """Delete it with its mail and faults; no error when it has gone already."""
        try:
            await self._catcher.delete_inbox(self.name)
        except Missing:
            return

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.delete()


class AsyncCatcher:
    """A catcher at an address. To be used on one event loop; methods raise what `errors` tells of.

    url: of its pages, $CATCHER_URL or http://127.0.0.1:8025 unless given. token: of the API, $CATCHER_TOKEN unless
    given; login: user and password instead. smtp, verify, timeout: see `Place`.
    """

    def __init__(
        self,
        url: str | None = None,
        *,
        token: str | None = None,
        login: tuple[str, str] | None = None,
        smtp: str = "",
        verify: bool | str = True,
        timeout: float = 30.0,
    ) -> None:
        self.place = Place.found(url, token, login=login, smtp=smtp, verify=verify, timeout=timeout)
        self._made: httpx2.AsyncClient | None = None

    # Everything that is one answer

    page = Awaited(operations.page)
    search = Awaited(operations.search)
    mark = Awaited(operations.mark)
    delete = Awaited(operations.delete)
    delete_all = Awaited(operations.delete_all)
    delete_found = Awaited(operations.delete_found)
    extract = Awaited(operations.extract)
    headers = Awaited(operations.headers)
    raw = Awaited(operations.raw)
    part = Awaited(operations.part)
    thumbnail = Awaited(operations.thumbnail)
    html_document = Awaited(operations.html_document)
    text_document = Awaited(operations.text_document)
    checks = Awaited(operations.checks)
    link_checks = Awaited(operations.link_checks)
    html_check = Awaited(operations.html_check)
    link_check = Awaited(operations.link_check)
    spam_check = Awaited(operations.spam_check)
    check_assertions = Awaited(operations.check_assertions)
    release = Awaited(operations.release)
    relays = Awaited(operations.relays)
    send = Awaited(operations.send)
    send_octets = Awaited(operations.send_octets)
    tags = Awaited(operations.tags)
    set_tags = Awaited(operations.set_tags)
    rename_tag = Awaited(operations.rename_tag)
    delete_tag = Awaited(operations.delete_tag)
    inboxes = Awaited(operations.inboxes)
    inbox_info = Awaited(operations.inbox_info)
    delete_inbox = Awaited(operations.delete_inbox)
    faults = Awaited(operations.faults)
    add_fault = Awaited(operations.add_fault)
    set_faults = Awaited(operations.set_faults)
    remove_fault = Awaited(operations.remove_fault)
    clear_faults = Awaited(operations.clear_faults)
    chaos = Awaited(operations.chaos)
    set_chaos = Awaited(operations.set_chaos)
    outgoing = Awaited(operations.outgoing)
    webhooks = Awaited(operations.webhooks)
    test_webhook = Awaited(operations.test_webhook)
    sessions = Awaited(operations.sessions)
    tokens = Awaited(operations.tokens)
    make_token = Awaited(operations.make_token)
    revoke_token = Awaited(operations.revoke_token)
    info = Awaited(operations.info)
    web_configuration = Awaited(operations.web_configuration)
    openapi = Awaited(operations.openapi)
    ca_certificate = Awaited(operations.ca_certificate)
    metrics = Awaited(operations.metrics)
    is_ready = Awaited(operations.is_ready)

    # Messages

    async def messages(
        self, query: str = "", *, inbox: str | None = None, since: int = 0, **conditions: Unpack[Conditions]
    ) -> tuple[AsyncMessage, ...]:
        """All messages that match, in the order of arrival; with `since` those after a cursor."""
        found = await self.run(operations.messages(query_of(query, **conditions), inbox=inbox, since=since))
        return tuple(AsyncMessage(self, each, inbox=inbox) for each in found)

    async def message(self, store_id: str, *, inbox: str | None = None) -> AsyncMessage:
        """One message; it is not marked read. Raises Missing."""
        return AsyncMessage(self, await self.run(operations.message(store_id, inbox=inbox)), inbox=inbox)

    async def latest(
        self, query: str = "", *, inbox: str | None = None, **conditions: Unpack[Conditions]
    ) -> AsyncMessage:
        """The newest message that matches. Raises Missing when there is none."""
        flow = operations.message(query=query_of(query, **conditions), inbox=inbox)
        return AsyncMessage(self, await self.run(flow), inbox=inbox)

    async def wait_for(
        self,
        query: str = "",
        *,
        inbox: str | None = None,
        since: int | MessageValue | None = None,
        timeout: float = 30.0,
        **conditions: Unpack[Conditions],
    ) -> AsyncMessage:
        """A message that matches, as soon as it is there.

        query, conditions: what it has to match; all of it. since: a cursor, or a message: only what arrived after it
        counts, the first of it; without it what is there already counts, the newest of it. Raises NothingCame, which
        tells what did, and Missing for an unknown inbox.
        """
        return (await self.wait_for_all(1, query, inbox=inbox, since=since, timeout=timeout, **conditions))[0]

    async def wait_for_all(
        self,
        count: int,
        query: str = "",
        *,
        inbox: str | None = None,
        since: int | MessageValue | None = None,
        timeout: float = 30.0,
        **conditions: Unpack[Conditions],
    ) -> tuple[AsyncMessage, ...]:
        """So many messages that match, as soon as all of them are there, in the order of arrival; see `wait_for`."""
        wanted = query_of(query, **conditions)
        flow = operations.wait(wanted, inbox=inbox, since=cursor_of(since), count=count, timeout=timeout)
        return tuple(AsyncMessage(self, each, inbox=inbox) for each in await self.run(flow))

    async def wait_absent(
        self,
        query: str = "",
        *,
        inbox: str | None = None,
        since: int | MessageValue | None = None,
        timeout: float = 1.0,
        **conditions: Unpack[Conditions],
    ) -> None:
        """Return after the whole time, when nothing that matches is there. Raises UnexpectedMail as soon as it is."""
        wanted = query_of(query, **conditions)
        await self.run(operations.wait_absent(wanted, inbox=inbox, since=cursor_of(since), timeout=timeout))

    # Inboxes

    async def inbox(
        self, name: str = "", *, ttl: float | None = 3600.0, max_messages: int = 0, max_age: float | None = None
    ) -> AsyncInbox:
        """A new inbox, with a random name unless one is given. ttl: seconds until it goes in any case, None for never.

        Raises Conflict for a name that is taken; see `open_inbox`.
        """
        flow = operations.make_inbox(name, ttl=ttl, max_messages=max_messages, max_age=max_age)
        return AsyncInbox(self, await self.run(flow))

    async def open_inbox(self, name: str) -> AsyncInbox:
        """An inbox that is there already; its password is not known. Raises Missing."""
        return AsyncInbox(self, await self.run(operations.inbox_info(name)))

    # News

    async def events(self, *, inbox: str | None = None, after: int | None = None) -> AsyncIterator[shapes.Event]:
        """What happens, as it happens, without end; a lost connection is taken up again without a gap.

        after: a cursor, to be told first what happened since; without it, what happens from now on.
        """
        while True:
            given = {"after": after, "inbox": inbox}
            parameters = {name: str(value) for name, value in given.items() if value is not None}
            async for event in self._stream(parameters):
                after = event.cursor
                yield event

    async def _stream(self, parameters: dict[str, str]) -> AsyncIterator[shapes.Event]:
        """One connection's events; returns when it is lost. Raises Unreachable when there is none to be had."""
        import httpx2

        request, is_open = operations.stream(), False
        try:
            async with self._http.stream("GET", request.target, params=parameters, timeout=SILENCE) as response:
                if response.status_code != 200:
                    await response.aread()
                expected(request, answer_of(response) if response.status_code != 200 else operations.OPEN)
                is_open = True
                async for line in response.aiter_lines():
                    for event in events_of(line):
                        yield event
        except httpx2.TransportError as error:
            if not is_open:
                raise unreachable(self.place, error) from error

    # Requests

    async def run(self, flow: Flow[T]) -> T:
        """Do what a flow asks for; what it returns."""
        import httpx2

        try:
            request = next(flow)
            while True:
                try:
                    response = await self._http.request(**self.place.sending(request))
                except httpx2.HTTPError as error:
                    raise unreachable(self.place, error) from error
                request = flow.send(expected(request, answer_of(response)))
        except StopIteration as done:
            result: T = done.value
            return result

    @property
    def _http(self) -> "httpx2.AsyncClient":
        if self._made is None:
            import httpx2

            self._made = httpx2.AsyncClient(**self.place.options())
        return self._made

    async def close(self) -> None:
        """Close its connections; it can be used again."""
        made, self._made = self._made, None
        if made is not None:
            await made.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"<AsyncCatcher at {self.place.url}>"
