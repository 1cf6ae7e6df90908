"""Inboxes of tests: where an application sends its mail, and where a test reads it."""

from typing import Any, Generic, TypeVar, Unpack

from catcher.client import operations
from catcher.client.connection import Endpoint
from catcher.client.errors import ClientError
from catcher.client.flows import ClientMethod, Flow
from catcher.client.message import MessageReader
from catcher.client.message_value import MessageValue
from catcher.client.query import Conditions, query_of
from catcher.schema.faults import Fault, FaultStage
from catcher.schema.inboxes import CreatedInbox, InboxInfo

C = TypeVar("C", bound=Any)
M = TypeVar("M")


class InboxValue:
    """The properties of an inbox. info: the inbox as the catcher returned it. host, port: of SMTP."""

    def __init__(self, info: InboxInfo, endpoint: Endpoint) -> None:
        self.info = info
        self.host, self.port = endpoint.smtp_address(info.smtp if isinstance(info, CreatedInbox) else ())

    @property
    def name(self) -> str:
        """Its name, which is also the user name."""
        return self.info.name

    @property
    def username(self) -> str:
        """The user name for SMTP and POP3."""
        return self.info.username

    @property
    def password(self) -> str:
        """The password for SMTP and POP3; "" if this client did not create the inbox."""
        return self.info.password if isinstance(self.info, CreatedInbox) else ""

    @property
    def cursor(self) -> int:
        """The catcher's last arrival number when the inbox was created or opened."""
        return self.info.cursor

    def address(self, local_part: str = "anything") -> str:
        """Return an address whose mail is routed here without logging in. Raises ClientError if there is none."""
        for pattern in sorted(self.info.addresses, key=lambda each: not each.startswith("*@")):
            if pattern.startswith("*"):
                return pattern.replace("*", local_part, 1).replace("@*", "@example.com")
        raise ClientError(f"mail is routed to the inbox {self.name} only by logging in to SMTP as {self.username}")

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name} at {self.host}:{self.port}>"


class BaseInbox(InboxValue, MessageReader[M], Generic[C, M]):
    """The part of an inbox that blocking and asynchronous client share. catcher: the client that opened it."""

    def __init__(self, catcher: C, info: InboxInfo) -> None:
        super().__init__(info, catcher.endpoint)
        self.catcher = catcher

    @ClientMethod
    def wait(
        self,
        query: str = "",
        *,
        since: int | MessageValue | None = None,
        timeout: float = 30.0,
        **conditions: Unpack[Conditions],
    ) -> Flow[M]:
        """Wait for a message that matches; see `Catcher.wait_for`."""
        flow = operations.wait(query, inbox=self.name, since=since, timeout=timeout, **conditions)
        return (yield from self._messages(flow))[0]

    @ClientMethod
    def wait_for_all(
        self,
        count: int,
        query: str = "",
        *,
        since: int | MessageValue | None = None,
        timeout: float = 30.0,
        **conditions: Unpack[Conditions],
    ) -> Flow[tuple[M, ...]]:
        """Wait for `count` messages that match; see `Catcher.wait_for_all`."""
        flow = operations.wait(query, inbox=self.name, since=since, count=count, timeout=timeout, **conditions)
        return self._messages(flow)

    @ClientMethod
    def wait_absent(
        self,
        query: str = "",
        *,
        since: int | MessageValue | None = None,
        timeout: float = 1.0,
        **conditions: Unpack[Conditions],
    ) -> Flow[None]:
        """Verify that no message that matches arrives; see `Catcher.wait_absent`."""
        return operations.wait_absent(query, inbox=self.name, since=since, timeout=timeout, **conditions)

    @ClientMethod
    def latest(self, query: str = "", **conditions: Unpack[Conditions]) -> Flow[M]:
        """Return the newest message that matches. Raises Missing if there is none."""
        flow = operations.message(query=query_of(query, **conditions), inbox=self.name)
        return self._message((yield from flow))

    @ClientMethod
    def clear(self) -> Flow[None]:
        """Delete the messages of the inbox."""
        return operations.delete_all(inbox=self.name)

    @ClientMethod
    def add_fault(self, stage: FaultStage, **fault: Unpack[operations.FaultValues]) -> Flow[Fault]:
        """Inject a fault at a stage of SMTP, for mail to this inbox only."""
        return operations.add_fault(stage, inbox=self.name, **fault)

    @ClientMethod
    def clear_faults(self) -> Flow[None]:
        """Remove the faults of the inbox."""
        return operations.clear_faults(inbox=self.name)

    @ClientMethod
    def delete(self) -> Flow[None]:
        """Delete the inbox with its mail and faults, if it still exists."""
        return operations.discard_inbox(self.name)
