"""A list of caught mail that waits: Django's `mail.outbox` for mail that comes from other processes."""

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Generic, Protocol, TypeVar, overload

from catcher.client import Catcher, Inbox, Message, NothingCame
from catcher.client.operations import MAX_AWAITED

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

TIMEOUT = 10.0
"""Seconds to wait for a message that an index or a count asks for."""
PATIENCE = 2.0
"""Seconds to wait for the first message when no count is known."""


class MessageSource(Protocol[T_co]):
    """A source of messages. Called by one thread at a time."""

    def more(self, count: int, seconds: float) -> Sequence[T_co]:
        """Return the messages since the last call, as soon as there are `count` or after `seconds`."""
        ...


class Outbox(Sequence[T], Generic[T]):
    """Caught messages, oldest first, as a list that waits for messages not yet there.

    `outbox[n]`, `outbox == [...]` and `wait(n)` wait for as many messages as they need, at most `timeout` seconds.
    `len`, iteration, slices and truth wait for the first message only, at most `patience` seconds; `assert_empty()` and
    `outbox == []` do not wait.
    """

    def __init__(self, source: MessageSource[T], *, timeout: float = TIMEOUT, patience: float = PATIENCE) -> None:
        self._source = source
        self._timeout = timeout
        self._patience = patience
        self._messages: list[T] = []

    def wait(self, count: int = 1, *, timeout: float | None = None) -> list[T]:
        """Return all messages as soon as there are `count`. Raises AssertionError after `timeout`, listing them."""
        seconds = self._timeout if timeout is None else timeout
        messages = self._at_least(count, seconds)
        if len(messages) < count:
            raise AssertionError(f"{len(messages)} of {count} messages within {seconds:g} seconds{self._listing()}")
        return messages

    def assert_empty(self, *, within: float = 0.0) -> None:
        """Raise AssertionError if there is a message, or one arrives within `within` seconds."""
        if messages := self._at_least(1, within):
            raise AssertionError(f"expected no messages, found {len(messages)}{self._listing()}")

    def clear(self) -> None:
        """Discard all messages so far."""
        self._at_least(0, 0)
        self._messages.clear()

    def pop(self, index: int = -1) -> T:
        """Remove and return one message."""
        message = self[index]
        del self._messages[index]
        return message

    def __len__(self) -> int:
        return len(self._some())

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> list[T]: ...
    def __getitem__(self, index: int | slice) -> T | list[T]:
        if isinstance(index, slice):
            return self._some()[index]
        messages = self._at_least(index + 1 if index >= 0 else -index, self._timeout)
        try:
            return messages[index]
        except IndexError:
            raise IndexError(
                f"no message {index}: {len(messages)} within {self._timeout:g} seconds{self._listing()}"
            ) from None

    def __delitem__(self, index: int | slice) -> None:
        self._some()
        del self._messages[index]

    def __iter__(self) -> Iterator[T]:
        return iter(self._some())

    def __contains__(self, message: object) -> bool:
        return message in self._some()

    def __eq__(self, other: object) -> bool:
        """Compare with a list or outbox of messages."""
        if not isinstance(other, Sequence) or isinstance(other, str | bytes):
            return NotImplemented
        wanted = list(other)
        return self._at_least(len(wanted), self._timeout) == wanted

    __hash__ = None  # type: ignore[assignment]  # like a list

    def __repr__(self) -> str:
        return repr(self._at_least(0, 0))

    def _some(self) -> list[T]:
        return list(self._at_least(1, self._patience))

    def _at_least(self, count: int, seconds: float) -> list[T]:
        """Return all messages as soon as there are `count` or after `seconds`."""
        self._messages += self._source.more(max(0, count - len(self._messages)), seconds)
        return list(self._messages)

    def _listing(self) -> str:
        return "".join(f"\n  {message}" for message in self._messages) or "; none arrived"


class InboxSource(Generic[T]):
    """Messages that arrive in an inbox after a cursor, by default the inbox's own.

    make: converts each message, once, to what the outbox holds.
    """

    def __init__(
        self, catcher: Catcher, inbox: Inbox, make: Callable[[Message], T], *, since: int | None = None
    ) -> None:
        self._catcher = catcher
        self._inbox = inbox
        self._make = make
        self._since = inbox.cursor if since is None else since

    def more(self, count: int, seconds: float) -> list[T]:
        """See `MessageSource`."""
        until = time.monotonic() + seconds
        found = self._arrived()
        while (missing := count - len(found)) > 0 and (left := until - time.monotonic()) > 0:
            with contextlib.suppress(NothingCame):
                self._inbox.wait_for_all(min(missing, MAX_AWAITED), since=self._since, timeout=left)
            found += self._arrived()
        return found

    def _arrived(self) -> list[T]:
        messages = self._catcher.messages(inbox=self._inbox.name, since=self._since)
        if messages:
            self._since = messages[-1].cursor
        return [self._make(message) for message in messages]
