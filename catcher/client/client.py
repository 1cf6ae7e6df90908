"""The part of a client that `Catcher` and `AsyncCatcher` share: every method that needs no more than flows."""

from typing import Generic, TypeVar, Unpack

from catcher.client import operations
from catcher.client.connection import Endpoint
from catcher.client.flows import ClientMethod, ClientOperation, Flow
from catcher.client.message import MessageReader
from catcher.client.message_value import MessageValue
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

    @property
    def smtp_host(self) -> str:
        """The host of the `smtp` that the client was made with, as in the fixture `catcher_server`; "" without one."""
        return self.endpoint.smtp_address()[0]

    @property
    def smtp_port(self) -> int:
        """Its port; 0 without one."""
        return self.endpoint.smtp_address()[1]

    page = ClientOperation(operations.page)
    search = ClientOperation(operations.search)
    wait_absent = ClientOperation(operations.wait_absent)
    mark = ClientOperation(operations.mark)
    delete = ClientOperation(operations.delete)
    delete_all = ClientOperation(operations.delete_all)
    delete_found = ClientOperation(operations.delete_found)
    extract = ClientOperation(operations.extract)
    headers = ClientOperation(operations.headers)
    raw = ClientOperation(operations.raw)
    part = ClientOperation(operations.part)
    thumbnail = ClientOperation(operations.thumbnail)
    html_document = ClientOperation(operations.html_document)
    text_document = ClientOperation(operations.text_document)
    checks = ClientOperation(operations.checks)
    link_checks = ClientOperation(operations.link_checks)
    html_check = ClientOperation(operations.html_check)
    link_check = ClientOperation(operations.link_check)
    spam_check = ClientOperation(operations.spam_check)
    check_assertions = ClientOperation(operations.check_assertions)
    release = ClientOperation(operations.release)
    relays = ClientOperation(operations.relays)
    send = ClientOperation(operations.send)
    send_octets = ClientOperation(operations.send_octets)
    tags = ClientOperation(operations.tags)
    set_tags = ClientOperation(operations.set_tags)
    rename_tag = ClientOperation(operations.rename_tag)
    delete_tag = ClientOperation(operations.delete_tag)
    inboxes = ClientOperation(operations.inboxes)
    inbox_info = ClientOperation(operations.inbox_info)
    delete_inbox = ClientOperation(operations.delete_inbox)
    faults = ClientOperation(operations.faults)
    add_fault = ClientOperation(operations.add_fault)
    set_faults = ClientOperation(operations.set_faults)
    remove_fault = ClientOperation(operations.remove_fault)
    clear_faults = ClientOperation(operations.clear_faults)
    chaos = ClientOperation(operations.chaos)
    set_chaos = ClientOperation(operations.set_chaos)
    outgoing = ClientOperation(operations.outgoing)
    webhooks = ClientOperation(operations.webhooks)
    test_webhook = ClientOperation(operations.test_webhook)
    sessions = ClientOperation(operations.sessions)
    tokens = ClientOperation(operations.tokens)
    make_token = ClientOperation(operations.make_token)
    revoke_token = ClientOperation(operations.revoke_token)
    info = ClientOperation(operations.info)
    web_configuration = ClientOperation(operations.web_configuration)
    openapi = ClientOperation(operations.openapi)
    ca_certificate = ClientOperation(operations.ca_certificate)
    metrics = ClientOperation(operations.metrics)
    is_ready = ClientOperation(operations.is_ready)

    @ClientMethod
    def messages(
        self, query: str = "", *, inbox: str | None = None, since: int = 0, **conditions: Unpack[Conditions]
    ) -> Flow[tuple[M, ...]]:
        """Return all messages that match, in the order of arrival; with `since` those after a cursor."""
        return self._messages(operations.messages(query, inbox=inbox, since=since, **conditions), inbox)

    @ClientMethod
    def message(self, store_id: str, *, inbox: str | None = None) -> Flow[M]:
        """Return a message without marking it as read. Raises Missing."""
        return self._message((yield from operations.message(store_id, inbox=inbox)), inbox)

    @ClientMethod
    def latest(self, query: str = "", *, inbox: str | None = None, **conditions: Unpack[Conditions]) -> Flow[M]:
        """Return the newest message that matches. Raises Missing if there is none."""
        flow = operations.message(query=query_of(query, **conditions), inbox=inbox)
        return self._message((yield from flow), inbox)

    @ClientMethod
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
        flow = operations.wait(query, inbox=inbox, since=since, timeout=timeout, **conditions)
        return (yield from self._messages(flow, inbox))[0]

    @ClientMethod
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
        flow = operations.wait(query, inbox=inbox, since=since, count=count, timeout=timeout, **conditions)
        return self._messages(flow, inbox)

    @ClientMethod
    def inbox(
        self, name: str = "", *, ttl: float | None = 3600.0, max_messages: int = 0, max_age: float | None = None
    ) -> Flow[I]:
        """Create an inbox, with a random name unless one is given.

        ttl: seconds until it is deleted in any case, None for never. Raises Conflict if the name is taken; see
        `open_inbox`.
        """
        flow = operations.make_inbox(name, ttl=ttl, max_messages=max_messages, max_age=max_age)
        return self._inbox((yield from flow))

    @ClientMethod
    def open_inbox(self, name: str) -> Flow[I]:
        """Return an existing inbox; its password is unknown. Raises Missing."""
        return self._inbox((yield from operations.inbox_info(name)))

    def _inbox(self, info: InboxInfo) -> I:
        raise NotImplementedError

    def __repr__(self) -> str:
        return f"<{type(self).__name__} at {self.endpoint.url}>"
