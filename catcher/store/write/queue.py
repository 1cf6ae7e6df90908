"""The queue before the writer thread: deliveries, within bounds, and changes, in order of arrival."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from sqlalchemy import Connection

from catcher.errors import StoreUnavailable
from catcher.store.events import ChangeResult
from catcher.store.write.inserts import MessageRows

if TYPE_CHECKING:
    import asyncio  # costs programs without an event loop 20 ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """Messages that are stored all or none. future: of a thread or an event loop, for their arrival numbers."""

    messages: Sequence[MessageRows]
    future: "Future[Sequence[int]] | asyncio.Future[Sequence[int]]" = field(default_factory=Future)

    @property
    def octets(self) -> int:
        """The sum of their sizes."""
        return sum(message.new.size for message in self.messages)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedChange:
    """A change that is run in a transaction of its own.

    frees_space: whether it may use what is set aside for a full disk. future: for the number of changed messages.
    """

    change: Callable[[Connection], ChangeResult]
    frees_space: bool = False
    future: "Future[int]" = field(default_factory=Future)


Work: TypeAlias = Sequence[Delivery] | QueuedChange


class Queue:
    """Bounded for deliveries; not for changes, because a thread waits for each.

    messages, octets: the bound. A delivery larger than the bound is accepted when nothing else waits.
    group_messages, group_octets: what one `take` returns at most, so that no transaction grows without end.
    """

    def __init__(self, *, messages: int, octets: int, group_messages: int = 500, group_octets: int = 8 << 20) -> None:
        self._bound = (messages, octets)
        self._group = (group_messages, group_octets)
        self._messages = 0
        self._octets = 0
        self._wanted = 1  # `take` is notified at this number of messages
        self._works: deque[Delivery | QueuedChange] = deque()
        self._filled = threading.Condition(threading.Lock())
        self._waiters: list[Callable[[], None]] = []
        self._is_closed = False
        self._is_woken = False

    @property
    def is_closed(self) -> bool:
        """Whether nothing more is accepted; queued work is still handed out."""
        return self._is_closed

    @property
    def messages(self) -> int:
        """The number of queued messages."""
        return self._messages

    def offer(self, delivery: Delivery, *, when_room: Callable[[], None]) -> bool:
        """Queue a delivery; return False when the queue is full. Raises StoreUnavailable when closed.

        when_room: called once, from another thread, when a full queue has room again or is closed.
        """
        with self._filled:
            self._check_open()
            messages = self._messages + len(delivery.messages)
            octets = self._octets + delivery.octets
            if self._messages and (messages > self._bound[0] or octets > self._bound[1]):
                self._waiters.append(when_room)
                return False
            self._works.append(delivery)
            self._messages, self._octets = messages, octets
            if self._messages >= self._wanted:
                self._filled.notify()
            return True

    def put(self, delivery: Delivery) -> None:
        """Queue a delivery, waiting for room. Raises StoreUnavailable when closed, also while waiting."""
        room = threading.Event()
        while not self.offer(delivery, when_room=room.set):
            room.wait()
            room.clear()

    def put_change(self, change: QueuedChange) -> None:
        """Queue a change. Raises StoreUnavailable when closed."""
        with self._filled:
            self._check_open()
            self._works.append(change)
            self._filled.notify()

    def take(self, timeout: float, *, wanted: int = 1, max_wait: float = 0.0) -> Work | None:
        """Return the next change, or the next deliveries as one group; None after `timeout` seconds without work.

        wanted, max_wait: number of messages to wait for, and for how many seconds from the first one.
        """
        with self._filled:
            if not self._works and not self._is_closed and not self._is_woken and timeout > 0:
                self._filled.wait(timeout)
            self._is_woken = False
            if not self._works:
                return None
            has_only_deliveries = not self._is_closed and isinstance(self._works[-1], Delivery)
            if self._messages < wanted and max_wait > 0 and has_only_deliveries:
                self._wanted = wanted
                self._filled.wait(max_wait)
                self._wanted = 1
            if isinstance(self._works[0], QueuedChange):
                return self._works.popleft()  # type: ignore[return-value]
            group = self._take_group()
            waiters, self._waiters = self._waiters, []
        for call in waiters:
            call()
        return group

    def wake(self) -> None:
        """Let the waiting `take`, or else the next one, return without waiting."""
        with self._filled:
            self._is_woken = True
            self._filled.notify()

    def close(self) -> None:
        """Accept nothing more; safe to call twice."""
        with self._filled:
            self._is_closed = True
            waiters, self._waiters = self._waiters, []
            self._filled.notify_all()
        for call in waiters:
            call()

    def _take_group(self) -> list[Delivery]:
        group: list[Delivery] = []
        messages = octets = 0
        while self._works and isinstance(delivery := self._works[0], Delivery):
            if group and (
                messages + len(delivery.messages) > self._group[0] or octets + delivery.octets > self._group[1]
            ):
                break
            self._works.popleft()
            group.append(delivery)
            messages += len(delivery.messages)
            octets += delivery.octets
        self._messages -= messages
        self._octets -= octets
        return group

    def _check_open(self) -> None:
        if self._is_closed:
            raise StoreUnavailable("The mail store is closed")
