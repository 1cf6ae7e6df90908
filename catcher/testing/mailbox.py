"""A mailbox for one test, and fault injection for mail to it."""

from typing import Any, Unpack

from catcher.client import Catcher, Fault, Inbox, Message, NothingCame
from catcher.client.query import Conditions
from catcher.schema.faults import FaultStage
from catcher.testing.outbox import InboxSource, Outbox


class Mailbox:
    """An inbox that an application under test sends mail to, and in which the test finds it.

    Log in to SMTP at `host` and `port` as `username` with `password`, or send to an `address()` without logging in.
    timeout: seconds to wait for mail, unless a call has its own.
    """

    def __init__(self, catcher: Catcher, inbox: Inbox, *, timeout: float) -> None:
        self.catcher = catcher
        """The client, for everything else."""
        self.inbox = inbox
        """The inbox itself."""
        self.timeout = timeout
        self.outbox: Outbox[Message] = Outbox(InboxSource(catcher, inbox, lambda message: message), timeout=timeout)
        """The messages as a list that waits, like Django's `mail.outbox`."""
        self._given: list[str] = []

    @property
    def name(self) -> str:
        """The name of the inbox."""
        return self.inbox.name

    @property
    def host(self) -> str:
        """The SMTP host."""
        return self.inbox.host

    @property
    def port(self) -> int:
        """The SMTP port."""
        return self.inbox.port

    @property
    def username(self) -> str:
        """The SMTP user name."""
        return self.inbox.username

    @property
    def password(self) -> str:
        """The SMTP password."""
        return self.inbox.password

    @property
    def messages(self) -> tuple[Message, ...]:
        """All messages so far, in order of arrival; does not wait."""
        return self.inbox.messages

    def address(self, local_part: str = "anything") -> str:
        """Return an address of this mailbox, for senders that do not log in."""
        return self.inbox.address(local_part)

    def wait(self, query: str = "", *, timeout: float | None = None, **conditions: Unpack[Conditions]) -> Message:
        """Return the first message that matches and that no earlier `wait` has returned, as soon as it arrives.

        conditions: texts that it contains in `subject`, `to`, `from_`, `text` and so on. Raises NothingCame after the
        timeout, with the messages that did arrive and why they did not match. To look at a message again, use
        `messages` or `wait_for_all`.
        """
        others = " ".join(f"-id:{store_id}" for store_id in self._given)
        wanted = f"({query}) {others}" if query and others else query or others
        seconds = self.timeout if timeout is None else timeout
        try:
            message = self.inbox.wait(wanted, since=self.inbox.cursor, timeout=seconds, **conditions)
        except NothingCame as error:
            error.args = (f"{error}{self._returned_before(query, **conditions)}",)
            raise
        self._given.append(message.id)
        return message

    def wait_for_all(
        self, count: int, query: str = "", *, timeout: float | None = None, **conditions: Unpack[Conditions]
    ) -> tuple[Message, ...]:
        """Return the first `count` messages that match, as soon as all have arrived; earlier waits do not matter."""
        seconds = self.timeout if timeout is None else timeout
        return self.inbox.wait_for_all(count, query, since=self.inbox.cursor, timeout=seconds, **conditions)

    def assert_empty(self, *, within: float = 0.0) -> None:
        """Raise UnexpectedMail, an AssertionError, if there is mail, or some arrives within `within` seconds.

        Mail that `wait` has returned counts; `assert_no_more` leaves it out.
        """
        self.inbox.wait_absent(timeout=within)

    def assert_no_more(self, *, within: float = 0.0) -> None:
        """Raise UnexpectedMail if there is mail that `wait` has not returned, or some arrives within that time."""
        others = " ".join(f"-id:{store_id}" for store_id in self._given)
        self.inbox.wait_absent(others, timeout=within)

    def _returned_before(self, query: str, **conditions: Unpack[Conditions]) -> str:
        """Return a hint for a wait whose message an earlier wait has returned, "" if there is none."""
        found = self.catcher.messages(query, inbox=self.name, since=self.inbox.cursor, **conditions)
        subjects = [repr(message.subject) for message in found if message.id in self._given]
        if not subjects:
            return ""
        return (
            f"\nan earlier wait returned what matches: {', '.join(subjects[:3])}; each message is returned once, "
            "mailbox.messages and mailbox.wait_for_all have it again"
        )

    def __repr__(self) -> str:
        return f"<Mailbox {self.name} at {self.host}:{self.port}>"


class SmtpFaults:
    """Fault injection for one mailbox: for clients that log in to it, or send to its address."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox

    def add(self, stage: FaultStage, **fault: Any) -> Fault:
        """Add a fault at a stage of SMTP: code and text of the reply, delay in seconds, drop, times, probability."""
        return self._inbox.add_fault(stage, **fault)

    def refuse_login(self, *, code: int = 535, times: int = 0) -> Fault:
        """Refuse every login. times: how often, 0 for always; the same in the other methods."""
        return self.add("auth", code=code, times=times)

    def refuse_sender(self, *, code: int = 550, times: int = 0) -> Fault:
        """Refuse at MAIL."""
        return self.add("mail", code=code, times=times)

    def refuse_recipients(self, *, code: int = 550, times: int = 0) -> Fault:
        """Refuse at RCPT; with a 4xx code temporarily, as greylisting does."""
        return self.add("rcpt", code=code, times=times)

    def refuse_content(self, *, code: int = 554, times: int = 0) -> Fault:
        """Refuse the message after its content."""
        return self.add("content", code=code, times=times)

    def delay(self, seconds: float, *, stage: FaultStage = "mail", times: int = 0) -> Fault:
        """Reply late."""
        return self.add(stage, delay=seconds, times=times)

    def drop(self, *, stage: FaultStage = "data", times: int = 0) -> Fault:
        """Drop the connection instead of replying."""
        return self.add(stage, drop=True, times=times)

    def clear(self) -> None:
        """Remove all faults of this mailbox."""
        self._inbox.clear_faults()
