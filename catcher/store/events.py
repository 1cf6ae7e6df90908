"""Events of the store, delivered to subscribers after the commit and in commit order."""

import logging
import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import Literal, TypeAlias

from msgspec import Struct

from catcher.store.labels.inbox_names import fold_inbox
from catcher.store.model import StoredSummary

_log = logging.getLogger(__name__)

Kind: TypeAlias = Literal["new", "update", "delete", "prune", "truncate"]


class StoreEvent(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A change of the mailbox.

    cursor: its number; rising, with gaps, shared with arrival numbers: a "new" has that of its message.
    kind: "new" a message arrived (`summary`); "update" a flag (`is_read`, `is_pinned`) or the tags (`tags`, all of
        them) changed; "delete" the message is gone; "prune" many messages changed: reload the list; "truncate" all
        messages are gone.
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
        """Return whether the event may concern an inbox. inbox: its folded name, "" for the whole mailbox."""
        return not inbox or not self.store_id or any(fold_inbox(name) == inbox for name in self.inboxes)


class ChangeResult(Struct, frozen=True, kw_only=True):
    """The result of a change: how many messages it changed, and the events to publish after the commit."""

    changed: int
    events: tuple[StoreEvent, ...] = ()


Subscriber: TypeAlias = Callable[[Sequence[StoreEvent]], None]


class Events:
    """The subscribers of one store.

    They are called in the store's writer thread: they must be quick and must not call its writing methods. What they
    raise is logged. A call under way while a subscription ends is not cut short.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        # A partial for each subscription, so that one function may be subscribed twice and ended separately.
        self._subscribers: tuple[partial[None], ...] = ()
        self._callbacks: tuple[partial[None], ...] = ()

    @property
    def has_subscribers(self) -> bool:
        """Whether events have to be built, or read, for anybody."""
        return bool(self._subscribers)

    def subscribe(self, subscriber: Subscriber) -> Callable[[], None]:
        """Call the subscriber with each batch of future events; return the function that ends the subscription."""
        entry = partial(subscriber)
        with self._lock:
            self._subscribers = (*self._subscribers, entry)

        def unsubscribe() -> None:
            with self._lock:
                self._subscribers = tuple(each for each in self._subscribers if each is not entry)

        return unsubscribe

    def on_commit(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call the callback after each commit that has events; return the function that ends this.

        Much cheaper than `subscribe`, because no events have to be built.
        """
        entry = partial(callback)
        with self._lock:
            self._callbacks = (*self._callbacks, entry)

        def remove() -> None:
            with self._lock:
                self._callbacks = tuple(each for each in self._callbacks if each is not entry)

        return remove

    def publish(self, events: Sequence[StoreEvent]) -> None:
        """Call the subscribers with events. Only the store does this."""
        if events:
            _call_all(self._subscribers, events)

    def notify_commit(self) -> None:
        """Call the callbacks of `on_commit`. Only the store does this."""
        _call_all(self._callbacks)


def _call_all(callbacks: Sequence[partial[None]], *arguments: object) -> None:
    for callback in callbacks:
        try:
            callback(*arguments)
        except Exception:
            _log.exception("A subscriber to the store's events failed")
