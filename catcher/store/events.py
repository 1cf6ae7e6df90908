"""What happened in the store, told to whoever subscribed, after the commit and in commit order."""

import logging
import threading
from collections.abc import Callable, Sequence
from typing import Literal, TypeAlias

from msgspec import Struct

from catcher.store.labels.inbox_names import fold_inbox
from catcher.store.model import StoredSummary

_log = logging.getLogger(__name__)

Kind: TypeAlias = Literal["new", "update", "delete", "prune", "truncate"]


class StoreEvent(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that happened.

    cursor: its number; rising, shared with arrival numbers: a "new" has its message's. Gaps occur.
    kind: "new" a message arrived (`summary`); "update" a flag (`is_read`, `is_pinned`) or its tags (`tags`, all it has
        now) changed; "delete" it is gone; "prune" many changed, went or came back: read the list again; "truncate" all
        are gone.
    store_id: "" for prune and truncate. inboxes: of the message that a "new", "update" or "delete" is about.
    """

    cursor: int
    kind: Kind
    store_id: str = ""
    summary: StoredSummary | None = None
    is_read: bool | None = None
    tags: tuple[str, ...] | None = None
    is_pinned: bool | None = None
    inboxes: tuple[str, ...] = ()

    def concerns(self, inbox: str) -> bool:
        """Whether it is about an inbox, or may be. inbox: its folded name, "" for the whole mailbox."""
        return not inbox or not self.store_id or any(fold_inbox(name) == inbox for name in self.inboxes)


Subscriber: TypeAlias = Callable[[Sequence[StoreEvent]], None]


class Events:
    """The subscribers of one store."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._receivers: tuple[Subscriber, ...] = ()
        self._watchers: tuple[Callable[[], None], ...] = ()

    @property
    def has_subscribers(self) -> bool:
        """Whether anybody listens, for whom what happened has to be made, or read, into events."""
        return bool(self._receivers)

    def subscribe(self, receive: Subscriber) -> Callable[[], None]:
        """Have `receive` called with each batch of events to come; calling the result ends that.

        It is called in the store's writer thread, so it must be quick, must not call the store's writing methods and
        must not raise; what it raises is logged and reaches nobody. A batch may still come while the subscription is
        ended.
        """
        # A fresh object each time, so that one function may be subscribed twice and each end its own subscription.
        entry: Subscriber = lambda events: receive(events)  # noqa: E731
        with self._lock:
            self._receivers = (*self._receivers, entry)

        def unsubscribe() -> None:
            with self._lock:
                self._receivers = tuple(receiver for receiver in self._receivers if receiver is not entry)

        return unsubscribe

    def on_commit(self, call: Callable[[], None]) -> Callable[[], None]:
        """Have `call` called after each commit with news, without being told of what; calling the result ends that.

        For it the same holds as for what `subscribe` is given, but it costs much less.
        """
        entry: Callable[[], None] = lambda: call()  # noqa: E731
        with self._lock:
            self._watchers = (*self._watchers, entry)

        def unwatch() -> None:
            with self._lock:
                self._watchers = tuple(watcher for watcher in self._watchers if watcher is not entry)

        return unwatch

    def committed(self) -> None:
        """Tell those who watch. For the store alone."""
        for call in self._watchers:
            try:
                call()
            except Exception:
                _log.exception("Who watches the store's events failed")

    def publish(self, events: Sequence[StoreEvent]) -> None:
        """Tell those who listen. For the store alone."""
        if not events:
            return
        for receive in self._receivers:
            try:
                receive(events)
            except Exception:
                _log.exception("A subscriber to the store's events failed")
