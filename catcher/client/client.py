"""The part of a client that `Catcher` and `AsyncCatcher` share: every method that needs no more than flows."""

from typing import Generic, TypeVar, Unpack

from catcher.client import operations
from catcher.client.connection import Endpoint
from catcher.client.flows import Flow, Method, Operation
from catcher.client.message import MessageReader, MessageValue, cursor_of
from catcher.client.query import Conditions, query_of
from catcher.schema.inboxes import InboxInfo

M = TypeVar("M")
I = TypeVar("I")  # noqa: E741 - an inbox


class BaseCatcher(MessageReader[M], Generic[M, I]):
    """A client for the catcher at a URL. Its methods raise the errors of `catcher.client.errors`.

    url: of its pages; the default is $CATCHER_URL, then http://127.0.0.1:8025. token: of the API; the default is
    $CATCHER_TOKEN. login: user and password instead. smtp, verify, timeout: see `Endpoint`.
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
        self.endpoint = Endpoint.configured(url, token, login=login, smtp=smtp, verify=verify, timeout=timeout)

    @property
    def place(self) -> Endpoint:
        """The former name of `endpoint`."""
        return self.endpoint

    page = Operation(operations.page)
    search = Operation(operations.search)
    mark = Operation(operations.mark)
    delete = Operation(operations.delete)
    delete_all = Operation(operations.delete_all)
    delete_found = Operation(operations.delete_found)
    extract = Operation(operations.extract)
    headers = Operation(operations.headers)
    raw = Operation(operations.raw)
    part = Operation(operations.part)
    thumbnail = Operation(operations.thumbnail)
    html_document = Operation(operations.html_document)
    text_document = Operation(operations.text_document)
    checks = Operation(operations.checks)
    link_checks = Operation(operations.link_checks)
    html_check = Operation(operations.html_check)
    link_check = Operation(operations.link_check)
    spam_check = Operation(operations.spam_check)
    check_assertions = Operation(operations.check_assertions)
    release = Operation(operations.release)
    relays = Operation(operations.relays)
    send = Operation(operations.send)
    send_octets = Operation(operations.send_octets)
    tags = Operation(operations.tags)
    set_tags = Operation(operations.set_tags)
    rename_tag = Operation(operations.rename_tag)
    delete_tag = Operation(operations.delete_tag)
    inboxes = Operation(operations.inboxes)
    inbox_info = Operation(operations.inbox_info)
    delete_inbox = Operation(operations.delete_inbox)
    faults = Operation(operations.faults)
    add_fault = Operation(operations.add_fault)
    set_faults = Operation(operations.set_faults)
    remove_fault = Operation(operations.remove_fault)
    clear_faults = Operation(operations.clear_faults)
    chaos = Operation(operations.chaos)
    set_chaos = Operation(operations.set_chaos)
    outgoing = Operation(operations.outgoing)
    webhooks = Operation(operations.webhooks)
    test_webhook = Operation(operations.test_webhook)
    sessions = Operation(operations.sessions)
    tokens = Operation(operations.tokens)
    make_token = Operation(operations.make_token)
    revoke_token = Operation(operations.revoke_token)
    info = Operation(operations.info)
    web_configuration = Operation(operations.web_configuration)
    openapi = Operation(operations.openapi)
    ca_certificate = Operation(operations.ca_certificate)
    metrics = Operation(operations.metrics)
    is_ready = Operation(operations.is_ready)

    @Method
    def messages(
        self, query: str = "", *, inbox: str | None = None, since: int = 0, **conditions: Unpack[Conditions]
    ) -> Flow[tuple[M, ...]]:
        """Return all messages that match, in the order of arrival; with `since` those after a cursor."""
        flow = operations.messages(query_of(query, **conditions), inbox=inbox, since=since)
        return self._messages(flow, inbox)

    @Method
    def message(self, store_id: str, *, inbox: str | None = None) -> Flow[M]:
        """Return a message without marking it as read. Raises Missing."""
        return self._message((yield from operations.message(store_id, inbox=inbox)), inbox)

    @Method
    def latest(self, query: str = "", *, inbox: str | None = None, **conditions: Unpack[Conditions]) -> Flow[M]:
        """Return the newest message that matches. Raises Missing if there is none."""
        flow = operations.message(query=query_of(query, **conditions), inbox=inbox)
        return self._message((yield from flow), inbox)

    @Method
    def wait_for(
        self,
        query: str = "",
        *,
        inbox: str | None = None,
        since: int | MessageValue | None = None,
        timeout: float = 30.0,
        **conditions: Unpack[Conditions],
    ) -> Flow[M]:
        """Wait for a message that matches, and return it.

        query, conditions: all of them have to match. since: a cursor or a message; only messages that arrived after it
        count, and the first one is returned. Without it messages that are already there count too, and the newest is
        returned. Raises NothingCame, which shows the messages that did arrive, and Missing for an unknown inbox.
        """
        wanted, cursor = query_of(query, **conditions), cursor_of(since)
        flow = operations.wait(wanted, inbox=inbox, since=cursor, timeout=timeout)
        return (yield from self._messages(flow, inbox))[0]

    @Method
    def wait_for_all(
        self,
        count: int,
        query: str = "",
        *,
        inbox: str | None = None,
        since: int | MessageValue | None = None,
        timeout: float = 30.0,
        **conditions: Unpack[Conditions],
    ) -> Flow[tuple[M, ...]]:
        """Wait for `count` messages that match, and return them in the order of arrival; see `wait_for`."""
        wanted, cursor = query_of(query, **conditions), cursor_of(since)
        flow = operations.wait(wanted, inbox=inbox, since=cursor, count=count, timeout=timeout)
        return self._messages(flow, inbox)

    @Method
    def wait_absent(
        self,
        query: str = "",
        *,
        inbox: str | None = None,
        since: int | MessageValue | None = None,
        timeout: float = 1.0,
        **conditions: Unpack[Conditions],
    ) -> Flow[None]:
        """Return after `timeout` seconds if no message matches. Raises UnexpectedMail as soon as one does."""
        wanted, cursor = query_of(query, **conditions), cursor_of(since)
        return operations.wait_absent(wanted, inbox=inbox, since=cursor, timeout=timeout)

    @Method
    def inbox(
        self, name: str = "", *, ttl: float | None = 3600.0, max_messages: int = 0, max_age: float | None = None
    ) -> Flow[I]:
        """Create an inbox, with a random name unless one is given.

        ttl: seconds until it is deleted in any case, None for never. Raises Conflict if the name is taken; see
        `open_inbox`.
        """
        flow = operations.make_inbox(name, ttl=ttl, max_messages=max_messages, max_age=max_age)
        return self._inbox((yield from flow))

    @Method
    def open_inbox(self, name: str) -> Flow[I]:
        """Return an existing inbox; its password is unknown. Raises Missing."""
        return self._inbox((yield from operations.inbox_info(name)))

    def _inbox(self, info: InboxInfo) -> I:
        raise NotImplementedError

    def __repr__(self) -> str:
        return f"<{type(self).__name__} at {self.endpoint.url}>"
