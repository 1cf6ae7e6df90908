"""What waits for the writer thread, in the order it came: new messages, within bounds, and commands."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TypeAlias

from sqlalchemy import Connection

from catcher.errors import StoreUnavailable
from catcher.store.write.inserts import Prepared
from catcher.store.write.updates import ChangeResult

Done: TypeAlias = Callable[[Sequence[int] | BaseException], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """Messages that are stored all or none. done: gets their numbers or what failed; called in the writer thread."""

    messages: Sequence[Prepared]
    done: Done

    @property
    def octets(self) -> int:
        """Their sizes together."""
        return sum(message.new.size for message in self.messages)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction:
    """A change to run in a transaction of its own."""

    run: Callable[[Connection], ChangeResult]
    future: "Future[int]" = field(default_factory=Future)


Work: TypeAlias = Sequence[Delivery] | Transaction


class Queue:
    """Bounded for messages; commands always find room, because each has a thread that waits for it.

    messages, octets: the bound. A delivery that is larger than the bound is taken when nothing else waits.
    group_messages, group_octets: how much one `take` hands out, so that no transaction grows without end.
    """

    def __init__(self, *, messages: int, octets: int, group_messages: int = 500, group_octets: int = 8 << 20) -> None:
        self._bound = (messages, octets)
        self._group = (group_messages, group_octets)
        self._messages = 0
        self._octets = 0
        self._wanted = 1  # deliveries wake whoever takes when there are so many
        self._works: deque[Delivery | Transaction] = deque()
        self._lock = threading.Lock()
        self._filled = threading.Condition(self._lock)
        self._emptied = threading.Condition(self._lock)
        self._waiters: list[Callable[[], None]] = []
        self._is_closed = False
        self._is_woken = False

    @property
    def is_closed(self) -> bool:
        """Whether nothing more is taken in; what is in it still goes out."""
        return self._is_closed

    def offer(self, delivery: Delivery) -> bool:
        """Put it in, unless there is no room. Raises StoreUnavailable when closed."""
        with self._lock:
            self._check_open()
            if not self._has_room(delivery):
                return False
            self._put(delivery)
            return True

    def put(self, delivery: Delivery) -> None:
        """Put it in, waiting for room. Raises StoreUnavailable when closed, also while it waits."""
        with self._lock:
            self._emptied.wait_for(lambda: self._is_closed or self._has_room(delivery))
            self._check_open()
            self._put(delivery)

    def command(self, command: Transaction) -> None:
        """Put a command in. Raises StoreUnavailable when closed."""
        with self._lock:
            self._check_open()
            self._works.append(command)
            self._filled.notify()

    def when_room(self, call: Callable[[], None]) -> None:
        """Call this once something has gone out or the queue is closed, from that thread; at once when it is empty."""
        with self._lock:
            if self._messages and not self._is_closed:
                self._waiters.append(call)
                return
        call()

    def take(self, timeout: float, *, wanted: int = 1, patience: float = 0.0) -> Work | None:
        """The next command, or the next deliveries as one group; None when nothing came within so many seconds.

        wanted, patience: so many messages are waited for, at most so many seconds from the first one.
        """
        with self._lock:
            if not self._works and not self._is_closed and not self._is_woken and timeout > 0:
                self._filled.wait(timeout)
            self._is_woken = False
            if not self._works:
                return None
            if self._messages < wanted and patience > 0 and self._has_only_deliveries():
                self._wanted = wanted
                self._filled.wait(patience)
                self._wanted = 1
            if isinstance(self._works[0], Transaction):
                return self._works.popleft()  # type: ignore[return-value]
            group = self._take_group()
            waiters, self._waiters = self._waiters, []
            self._emptied.notify_all()
        for call in waiters:
            call()
        return group

    def wake(self) -> None:
        """Let the `take` that waits, or else the next one, not wait any longer."""
        with self._lock:
            self._is_woken = True
            self._filled.notify()

    @property
    def messages(self) -> int:
        """How many wait."""
        return self._messages

    def close(self) -> None:
        """Take nothing more in; safe to call twice."""
        with self._lock:
            self._is_closed = True
            waiters, self._waiters = self._waiters, []
            self._filled.notify_all()
            self._emptied.notify_all()
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

    def _has_only_deliveries(self) -> bool:
        return not self._is_closed and isinstance(self._works[-1], Delivery)

    def _has_room(self, delivery: Delivery) -> bool:
        if not self._messages:
            return True
        return (
            self._messages + len(delivery.messages) <= self._bound[0]
            and self._octets + delivery.octets <= self._bound[1]
        )

    def _put(self, delivery: Delivery) -> None:
        self._works.append(delivery)
        self._messages += len(delivery.messages)
        self._octets += delivery.octets
        if self._messages >= self._wanted:
            self._filled.notify()

    def _check_open(self) -> None:
        if self._is_closed:
            raise StoreUnavailable("The mail store is closed")
