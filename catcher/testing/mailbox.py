"""An inbox of one test's own, and faults that only senders into it meet."""

from typing import Any, Unpack

from catcher.client import Catcher, Fault, Inbox, Message
from catcher.client.query import Conditions
from catcher.schema.faults import FaultStage
from catcher.testing.outbox import InboxSource, Outbox


class Mailbox:
    """Where an application under test sends its mail to, and where the test finds it.

    Log in to SMTP at `host` and `port` as `username` with `password`, or send to an `address()` without logging in.
    timeout: seconds that mail is waited for unless a call says otherwise.
    """

    def __init__(self, catcher: Catcher, inbox: Inbox, *, timeout: float) -> None:
        self.catcher = catcher
        """The client, for everything else that the catcher can do."""
        self.inbox = inbox
        """The inbox itself."""
        self.timeout = timeout
        self.outbox: Outbox[Message] = Outbox(InboxSource(catcher, inbox, _itself), timeout=timeout)
        """The messages as a list that waits, like Django's `mail.outbox`."""
        self._given: list[str] = []

    @property
    def name(self) -> str:
        """Name of the inbox."""
        return self.inbox.name

    @property
    def host(self) -> str:
        """Host of SMTP."""
        return self.inbox.host

    @property
    def port(self) -> int:
        """Port of SMTP."""
        return self.inbox.port

    @property
    def username(self) -> str:
        """To log in to SMTP with."""
        return self.inbox.username

    @property
    def password(self) -> str:
        """To log in to SMTP with."""
        return self.inbox.password

    @property
    def messages(self) -> tuple[Message, ...]:
        """All that is here now, in the order of arrival; does not wait."""
        return self.inbox.messages

    def address(self, local_part: str = "anything") -> str:
        """An address whose mail gets here, whoever sends it without logging in."""
        return self.inbox.address(local_part)

    def wait(self, query: str = "", *, timeout: float | None = None, **conditions: Unpack[Conditions]) -> Message:
        """The first message that matches and that no wait has given before, as soon as it is there.

        conditions: texts that it contains in `subject`, `to`, `from_`, `text` and so on. Raises NothingCame, which
        tells what did come and why it did not match.
        """
        others = " ".join(f"-id:{store_id}" for store_id in self._given)
        wanted = f"({query}) {others}" if query and others else query or others
        seconds = self.timeout if timeout is None else timeout
        message = self.inbox.wait(wanted, since=self.inbox.cursor, timeout=seconds, **conditions)
        self._given.append(message.id)
        return message

    def wait_for_all(
        self, count: int, query: str = "", *, timeout: float | None = None, **conditions: Unpack[Conditions]
    ) -> tuple[Message, ...]:
        """The first so many messages that match, as soon as all are there, those that were given before included."""
        seconds = self.timeout if timeout is None else timeout
        return self.inbox.wait_for_all(count, query, since=self.inbox.cursor, timeout=seconds, **conditions)

    def assert_empty(self, *, within: float = 0.0) -> None:
        """Raises UnexpectedMail, an AssertionError, when there is mail, or some comes within so many seconds."""
        self.inbox.wait_absent(timeout=within)

    def __repr__(self) -> str:
        return f"<Mailbox {self.name} at {self.host}:{self.port}>"


class SmtpFaults:
    """Faults that only senders into one mailbox meet. Those that log in, or send to its address, are told by that."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox

    def add(self, stage: FaultStage, **fault: Any) -> Fault:
        """Have SMTP fail at a stage: code and text of the reply, delay in seconds, drop, times, probability."""
        return self._inbox.add_fault(stage, **fault)

    def refuse_login(self, *, code: int = 535, times: int = 0) -> Fault:
        """Take no password. times: how often, 0 for always; so for all of these."""
        return self.add("auth", code=code, times=times)

    def refuse_sender(self, *, code: int = 550, times: int = 0) -> Fault:
        """Refuse at MAIL."""
        return self.add("mail", code=code, times=times)

    def refuse_recipients(self, *, code: int = 550, times: int = 0) -> Fault:
        """Refuse at RCPT; with a code from 400 on to try again later, as greylisting does."""
        return self.add("rcpt", code=code, times=times)

    def refuse_content(self, *, code: int = 554, times: int = 0) -> Fault:
        """Refuse the message after it was sent."""
        return self.add("content", code=code, times=times)

    def delay(self, seconds: float, *, stage: FaultStage = "mail", times: int = 0) -> Fault:
        """Answer late."""
        return self.add(stage, delay=seconds, times=times)

    def drop(self, *, stage: FaultStage = "data", times: int = 0) -> Fault:
        """Hang up instead of answering."""
        return self.add(stage, drop=True, times=times)

    def clear(self) -> None:
        """Forget them all."""
        self._inbox.clear_faults()


def _itself(message: Message) -> Message:
    return message
