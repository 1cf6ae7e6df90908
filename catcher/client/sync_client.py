"""The client that blocks, and what it gives: messages, files and inboxes that ask for more when it is wanted."""

import functools
import threading
from collections.abc import Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar, Unpack

from catcher.client import operations, shapes
from catcher.client.connection import SILENCE, Place, answer_of, events_of, unreachable
from catcher.client.errors import Missing
from catcher.client.inbox import InboxValue
from catcher.client.message import MessageValue, cursor_of
from catcher.client.methods import Blocking
from catcher.client.operations import Flow
from catcher.client.protocol import expected
from catcher.client.query import Conditions, query_of

if TYPE_CHECKING:
    import httpx2

T = TypeVar("T")


class Attachment:
    """A file of a message. `info` has its name, type, size and digests; `content` its octets, asked for when wanted."""

    def __init__(self, catcher: "Catcher", message: "Message", info: shapes.File) -> None:
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

    @functools.cached_property
    def content(self) -> bytes:
        """The octets, decoded."""
        return self._catcher.part(self._message.id, self.info.part_id, inbox=self._message.inbox)

    def __repr__(self) -> str:
        return f"<Attachment {self.name!r} {self.content_type}, {self.info.size} octets>"


class Message(MessageValue):
    """A message. What is not told with it, `raw` and `headers`, is asked for when it is first wanted, and kept."""

    def __init__(self, catcher: "Catcher", data: shapes.Awaited, *, inbox: str | None = None) -> None:
        super().__init__(data, inbox=inbox)
        self._catcher = catcher

    @functools.cached_property
    def raw(self) -> bytes:
        """The octets as they were received."""
        return self._catcher.raw(self.id, inbox=self.inbox)

    @functools.cached_property
    def headers(self) -> dict[str, list[str]]:
        """Field bodies by name."""
        return self._catcher.headers(self.id, inbox=self.inbox)

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        """The files."""
        return tuple(Attachment(self._catcher, self, each) for each in self.data.attachments)

    @property
    def inlines(self) -> tuple[Attachment, ...]:
        """The files that the HTML shows."""
        return tuple(Attachment(self._catcher, self, each) for each in self.data.inline)

    def mark(self, *, read: bool = True) -> None:
        """Mark it read or unread."""
        self._catcher.mark([self.id], read=read, inbox=self.inbox)

    def set_tags(self, *names: str) -> None:
        """Give it exactly these tags."""
        self._catcher.set_tags([self.id], names, inbox=self.inbox)

    def delete(self) -> None:
        """Delete it."""
        self._catcher.delete([self.id], inbox=self.inbox)

    def release(self, *to: str, relay: str = "") -> tuple[shapes.Outcome, ...]:
        """Send it onward; what became of each recipient."""
        return self._catcher.release(self.id, to, relay=relay, inbox=self.inbox)


class Inbox(InboxValue):
    """An inbox; at the end of a `with` block it is deleted with its mail."""

    def __init__(self, catcher: "Catcher", info: shapes.InboxInfo) -> None:
        super().__init__(info, catcher.place)
        self._catcher = catcher

    @property
    def messages(self) -> tuple[Message, ...]:
        """All that is in it now, in the order of arrival."""
        return self._catcher.messages(inbox=self.name)

    def wait(
        self,
        query: str = "",
        *,
        since: int | MessageValue | None = None,
        timeout: float = 30.0,
        **conditions: Unpack[Conditions],
    ) -> Message:
        """See `Catcher.wait_for`."""
        return self._catcher.wait_for(query, inbox=self.name, since=since, timeout=timeout, **conditions)

    def wait_for_all(
        self,
        count: int,
        query: str = "",
        *,
        since: int | MessageValue | None = None,
        timeout: float = 30.0,
        **conditions: Unpack[Conditions],
    ) -> tuple[Message, ...]:
        """See `Catcher.wait_for_all`."""
        return self._catcher.wait_for_all(count, query, inbox=self.name, since=since, timeout=timeout, **conditions)

    def wait_absent(
        self,
        query: str = "",
        *,
        since: int | MessageValue | None = None,
        timeout: float = 1.0,
        **conditions: Unpack[Conditions],
    ) -> None:
        """See `Catcher.wait_absent`."""
        self._catcher.wait_absent(query, inbox=self.name, since=since, timeout=timeout, **conditions)

    def latest(self, query: str = "", **conditions: Unpack[Conditions]) -> Message:
        """The newest message that matches. Raises Missing when there is none."""
        return self._catcher.latest(query, inbox=self.name, **conditions)

    def events(self, *, after: int | None = None) -> Iterator[shapes.Event]:
        """See `Catcher.events`."""
        return self._catcher.events(inbox=self.name, after=after)

    def clear(self) -> None:
        """Delete what is in it; it stays."""
        self._catcher.delete_all(inbox=self.name)

    def add_fault(self, stage: shapes.Stage, **fault: Unpack[operations.FaultValues]) -> shapes.Fault:
        """Have SMTP fail at a stage, for mail to this inbox alone."""
        return self._catcher.add_fault(stage, inbox=self.name, **fault)

    def clear_faults(self) -> None:
        """Forget the faults that were set up for it."""
        self._catcher.clear_faults(inbox=self.name)

    def delete(self) -> None:
        """Delete it with its mail and faults; no error when it has gone already."""
        try:
            self._catcher.delete_inbox(self.name)
        except Missing:
            return

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.delete()


class Catcher:
    """A catcher at an address. Methods may be called from several threads; they raise what `errors` tells of.

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
        self._making = threading.Lock()
        self._made: httpx2.Client | None = None

    # Everything that is one answer

    page = Blocking(operations.page)
    search = Blocking(operations.search)
    mark = Blocking(operations.mark)
    delete = Blocking(operations.delete)
    delete_all = Blocking(operations.delete_all)
    delete_found = Blocking(operations.delete_found)
    extract = Blocking(operations.extract)
    headers = Blocking(operations.headers)
    raw = Blocking(operations.raw)
    part = Blocking(operations.part)
    thumbnail = Blocking(operations.thumbnail)
    html_document = Blocking(operations.html_document)
    text_document = Blocking(operations.text_document)
    checks = Blocking(operations.checks)
    link_checks = Blocking(operations.link_checks)
    html_check = Blocking(operations.html_check)
    link_check = Blocking(operations.link_check)
    spam_check = Blocking(operations.spam_check)
    check_assertions = Blocking(operations.check_assertions)
    release = Blocking(operations.release)
    relays = Blocking(operations.relays)
    send = Blocking(operations.send)
    send_octets = Blocking(operations.send_octets)
    tags = Blocking(operations.tags)
    set_tags = Blocking(operations.set_tags)
    rename_tag = Blocking(operations.rename_tag)
    delete_tag = Blocking(operations.delete_tag)
    inboxes = Blocking(operations.inboxes)
    inbox_info = Blocking(operations.inbox_info)
    delete_inbox = Blocking(operations.delete_inbox)
    faults = Blocking(operations.faults)
    add_fault = Blocking(operations.add_fault)
    set_faults = Blocking(operations.set_faults)
    remove_fault = Blocking(operations.remove_fault)
    clear_faults = Blocking(operations.clear_faults)
    chaos = Blocking(operations.chaos)
    set_chaos = Blocking(operations.set_chaos)
    outgoing = Blocking(operations.outgoing)
    webhooks = Blocking(operations.webhooks)
    test_webhook = Blocking(operations.test_webhook)
    sessions = Blocking(operations.sessions)
    tokens = Blocking(operations.tokens)
    make_token = Blocking(operations.make_token)
    revoke_token = Blocking(operations.revoke_token)
    info = Blocking(operations.info)
    web_configuration = Blocking(operations.web_configuration)
    openapi = Blocking(operations.openapi)
    ca_certificate = Blocking(operations.ca_certificate)
    metrics = Blocking(operations.metrics)
    is_ready = Blocking(operations.is_ready)

    # Messages

    def messages(
        self, query: str = "", *, inbox: str | None = None, since: int = 0, **conditions: Unpack[Conditions]
    ) -> tuple[Message, ...]:
        """All messages that match, in the order of arrival; with `since` those after a cursor."""
        found = self.run(operations.messages(query_of(query, **conditions), inbox=inbox, since=since))
        return tuple(Message(self, each, inbox=inbox) for each in found)

    def message(self, store_id: str, *, inbox: str | None = None) -> Message:
        """One message; it is not marked read. Raises Missing."""
        return Message(self, self.run(operations.message(store_id, inbox=inbox)), inbox=inbox)

    def latest(self, query: str = "", *, inbox: str | None = None, **conditions: Unpack[Conditions]) -> Message:
        """The newest message that matches. Raises Missing when there is none."""
        flow = operations.message(query=query_of(query, **conditions), inbox=inbox)
        return Message(self, self.run(flow), inbox=inbox)

    def wait_for(
        self,
        query: str = "",
        *,
        inbox: str | None = None,
        since: int | MessageValue | None = None,
        timeout: float = 30.0,
        **conditions: Unpack[Conditions],
    ) -> Message:
        """A message that matches, as soon as it is there.

        query, conditions: what it has to match; all of it. since: a cursor, or a message: only what arrived after it
        counts, the first of it; without it what is there already counts, the newest of it. Raises NothingCame, which
        tells what did, and Missing for an unknown inbox.
        """
        return self.wait_for_all(1, query, inbox=inbox, since=since, timeout=timeout, **conditions)[0]

    def wait_for_all(
        self,
        count: int,
        query: str = "",
        *,
        inbox: str | None = None,
        since: int | MessageValue | None = None,
        timeout: float = 30.0,
        **conditions: Unpack[Conditions],
    ) -> tuple[Message, ...]:
        """So many messages that match, as soon as all of them are there, in the order of arrival; see `wait_for`."""
        wanted = query_of(query, **conditions)
        flow = operations.wait(wanted, inbox=inbox, since=cursor_of(since), count=count, timeout=timeout)
        return tuple(Message(self, each, inbox=inbox) for each in self.run(flow))

    def wait_absent(
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
        self.run(operations.wait_absent(wanted, inbox=inbox, since=cursor_of(since), timeout=timeout))

    # Inboxes

    def inbox(
        self, name: str = "", *, ttl: float | None = 3600.0, max_messages: int = 0, max_age: float | None = None
    ) -> Inbox:
        """A new inbox, with a random name unless one is given. ttl: seconds until it goes in any case, None for never.

        Raises Conflict for a name that is taken; see `open_inbox`.
        """
        flow = operations.make_inbox(name, ttl=ttl, max_messages=max_messages, max_age=max_age)
        return Inbox(self, self.run(flow))

    def open_inbox(self, name: str) -> Inbox:
        """An inbox that is there already; its password is not known. Raises Missing."""
        return Inbox(self, self.run(operations.inbox_info(name)))

    # News

    def events(self, *, inbox: str | None = None, after: int | None = None) -> Iterator[shapes.Event]:
        """What happens, as it happens, without end; a lost connection is taken up again without a gap.

        after: a cursor, to be told first what happened since; without it, what happens from now on.
        """
        while True:
            given = {"after": after, "inbox": inbox}
            parameters = {name: str(value) for name, value in given.items() if value is not None}
            for event in self._stream(parameters):
                after = event.cursor
                yield event

    def _stream(self, parameters: dict[str, str]) -> Iterator[shapes.Event]:
        """One connection's events; returns when it is lost. Raises Unreachable when there is none to be had."""
        import httpx2

        request, is_open = operations.stream(), False
        try:
            with self._http.stream("GET", request.target, params=parameters, timeout=SILENCE) as response:
                if response.status_code != 200:
                    response.read()
                expected(request, answer_of(response) if response.status_code != 200 else operations.OPEN)
                is_open = True
                for line in response.iter_lines():
                    yield from events_of(line)
        except httpx2.TransportError as error:
            if not is_open:
                raise unreachable(self.place, error) from error

    # Requests

    def run(self, flow: Flow[T]) -> T:
        """Do what a flow asks for; what it returns."""
        import httpx2

        try:
            request = next(flow)
            while True:
                try:
                    response = self._http.request(**self.place.sending(request))
                except httpx2.HTTPError as error:
                    raise unreachable(self.place, error) from error
                request = flow.send(expected(request, answer_of(response)))
        except StopIteration as done:
            result: T = done.value
            return result

    @property
    def _http(self) -> "httpx2.Client":
        with self._making:
            if self._made is None:
                import httpx2

                self._made = httpx2.Client(**self.place.options())
            return self._made

    def close(self) -> None:
        """Close its connections; it can be used again."""
        with self._making:
            made, self._made = self._made, None
        if made is not None:
            made.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Catcher at {self.place.url}>"
