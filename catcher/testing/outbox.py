"""A list of caught mail that waits: what Django's `mail.outbox` is, where the mail comes from other processes."""

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Generic, Protocol, TypeVar, overload

from catcher.client import Catcher, Inbox, Message, NothingCame
from catcher.client.operations import MAX_AWAITED

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

TIMEOUT = 10.0
"""Seconds that a message is waited for which is known to be needed, by its index or number."""
PATIENCE = 2.0
"""Seconds that is waited for the first message, when nobody has said how many there will be."""


class Source(Protocol[T_co]):
    """Where messages come from. Called by one thread at a time."""

    def more(self, count: int, seconds: float) -> Sequence[T_co]:
        """What has come since the last call: as soon as there are `count`, or when the time is over what there is."""
        ...


class Outbox(Sequence[T], Generic[T]):
    """Caught messages, oldest first, as a list. Who looks at what has not come yet waits for it.

    `outbox[n]`, `outbox == [...]` and `wait(n)` wait for as many messages as that takes, at most `timeout` seconds.
    `len`, iteration, slices and truth wait for the first message, at most `patience` seconds, since they cannot know of
    more; `assert_empty()` and `outbox == []` do not wait.
    """

    def __init__(self, source: Source[T], *, timeout: float = TIMEOUT, patience: float = PATIENCE) -> None:
        self._source = source
        self._timeout = timeout
        self._patience = patience
        self._messages: list[T] = []

    def wait(self, count: int = 1, *, timeout: float | None = None) -> list[T]:
        """All messages, as soon as there are `count`. Raises AssertionError, with what did come, after `timeout`."""
        seconds = self._timeout if timeout is None else timeout
        messages = self._at_least(count, seconds)
        if len(messages) < count:
            raise AssertionError(f"{len(messages)} of {count} messages came within {seconds:g} seconds{self._told()}")
        return messages

    def assert_empty(self, *, within: float = 0.0) -> None:
        """Raises AssertionError when there is a message, or one comes within so many seconds."""
        if messages := self._at_least(1, within):
            raise AssertionError(f"{len(messages)} messages came that should not have come{self._told()}")

    def clear(self) -> None:
        """Forget what has come until now."""
        self._at_least(0, 0)
        self._messages.clear()

    def pop(self, index: int = -1) -> T:
        """Take one out."""
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
                f"there is no message {index}; {len(messages)} came within {self._timeout:g} seconds{self._told()}"
            ) from None

    def __delitem__(self, index: int | slice) -> None:
        self._some()
        del self._messages[index]

    def __iter__(self) -> Iterator[T]:
        return iter(self._some())

    def __contains__(self, message: object) -> bool:
        return message in self._some()

    def __eq__(self, other: object) -> bool:
        """Equal to a list or outbox of the same messages."""
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
        """All messages, as soon as there are so many or the time is over."""
        self._messages += self._source.more(max(0, count - len(self._messages)), seconds)
        return list(self._messages)

    def _told(self) -> str:
        return "".join(f"\n  {message}" for message in self._messages) or "; nothing came"


class InboxSource(Generic[T]):
    """What comes into an inbox after a cursor, the inbox's own unless it is given.

    make: makes of each message, once, what the outbox is to hold.
    """

    def __init__(
        self, catcher: Catcher, inbox: Inbox, make: Callable[[Message], T], *, since: int | None = None
    ) -> None:
        self._catcher = catcher
        self._inbox = inbox
        self._make = make
        self._since = inbox.cursor if since is None else since

    def more(self, count: int, seconds: float) -> list[T]:
        """See `Source`."""
        until = time.monotonic() + seconds
        found = self._there()
        while (missing := count - len(found)) > 0 and (left := until - time.monotonic()) > 0:
            with contextlib.suppress(NothingCame):
                self._inbox.wait_for_all(min(missing, MAX_AWAITED), since=self._since, timeout=left)
            found += self._there()
        return found

    def _there(self) -> list[T]:
        messages = self._catcher.messages(inbox=self._inbox.name, since=self._since)
        if messages:
            self._since = messages[-1].cursor
        return [self._make(message) for message in messages]
