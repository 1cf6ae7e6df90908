"""Delivery of new mail into the store, for SMTP, the send endpoint, the SQLite mail backend and imports."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Protocol

from catcher.counters import Counters
from catcher.envelope import Envelope
from catcher.errors import MessageRefused
from catcher.intake.preparation import prepare
from catcher.intake.tags import TagOptions
from catcher.store import AsyncStore, InboxRouting, NewMessage, Store
from catcher.threads import Threads

_log = logging.getLogger(__name__)


class RelayRefusal(Protocol):
    """A relay's refusal of a message."""

    @property
    def code(self) -> int:
        """SMTP reply code."""
        ...

    @property
    def text(self) -> str:
        """Text of the reply."""
        ...


class Intake:
    """Stores new messages, on an event loop.

    inline_limit: octets up to which a message is parsed on the loop, where a hop to a thread would cost more; larger
    ones and files are parsed in `threads`. tags: the sources of tags. routing: the rules that choose inboxes.
    use_message_dates: see `prepare`. ignore_duplicates: do not store a message whose Message-ID is stored already.
    counters, first_reply: see `accept`.
    """

    def __init__(
        self,
        store: AsyncStore,
        *,
        threads: Threads,
        inline_limit: int = 65_536,
        tags: TagOptions = TagOptions(),  # noqa: B008 values without state
        routing: InboxRouting = InboxRouting(),  # noqa: B008
        use_message_dates: bool = False,
        ignore_duplicates: bool = False,
        counters: Counters | None = None,
        first_reply: Callable[[str], Awaitable[RelayRefusal | None]] | None = None,
    ) -> None:
        self.store = store
        self._threads = threads
        self._inline_limit = inline_limit
        self._prepare = partial(prepare, tags=tags, routing=routing, use_message_dates=use_message_dates)
        self._ignore_duplicates = ignore_duplicates
        self._counters = counters or Counters()
        self._first_reply = first_reply
        self._message_ids_in_progress: set[str] = set()

    async def accept(self, envelope: Envelope, content: bytes | Path) -> str:
        """Deliver a message for an SMTP client, which is counted and may be refused by a relay.

        Waits for `first_reply`, the relay's reply to the stored message; raises MessageRefused for a refusal, else
        returns and raises as `deliver`. Counts messages as accepted or ignored.
        """
        store_id = await self.deliver(envelope, content)
        if not store_id:
            self._counters.ignore()
            return ""
        if self._first_reply is not None and (refusal := await self._first_reply(store_id)):
            raise MessageRefused(refusal.text, code=refusal.code)
        self._counters.accept(content)
        return store_id

    async def deliver(self, envelope: Envelope, content: bytes | Path, *, inbox: str = "") -> str:
        """Store a message; return its store id after the commit, or "" for a duplicate that is ignored.

        The content is stored byte for byte. inbox: the clean name of the inbox to use instead of the routing's.

        A file is read, never moved or deleted, and must exist until this returns. Raises StoreUnavailable, and OSError
        when the file cannot be read; in both cases nothing is stored.
        """
        if isinstance(content, bytes) and len(content) <= self._inline_limit:
            message = self._prepare(envelope, content, inbox=inbox)
        else:
            message = await self._threads.run(self._prepare, envelope, content, inbox=inbox)
        if self._ignore_duplicates and message.message.message_id:
            if not await self._add_once(message):
                return ""
        else:
            await self.store.add(message)
        _log_caught(message)
        return message.store_id

    async def _add_once(self, message: NewMessage) -> bool:
        """Add a message unless its Message-ID is stored or being stored."""
        message_id = message.message.message_id
        if message_id in self._message_ids_in_progress:
            return False
        self._message_ids_in_progress.add(message_id)
        try:
            if await self.store.has_message_id(message_id):
                return False
            await self.store.add(message)
            return True
        finally:
            self._message_ids_in_progress.discard(message_id)


def deliver_now(
    store: Store,
    items: Sequence[tuple[Envelope, bytes]],
    *,
    tags: TagOptions = TagOptions(),  # noqa: B008 values without state
    routing: InboxRouting = InboxRouting(),  # noqa: B008
) -> list[str]:
    """Store all of these messages in one transaction, or none; return their store ids. Raises StoreUnavailable."""
    messages = [prepare(envelope, content, tags=tags, routing=routing) for envelope, content in items]
    store_now(store, messages)
    return [message.store_id for message in messages]


def store_now(store: Store, messages: Sequence[NewMessage]) -> None:
    """Store all of these prepared messages in one transaction, or none. Raises StoreUnavailable."""
    store.add(messages)
    for message in messages:
        _log_caught(message)


def _log_caught(message: NewMessage) -> None:
    """Log one line for a message, with nothing of its content."""
    if _log.isEnabledFor(logging.INFO):
        client = message.envelope.client
        facts = {
            "store_id": message.store_id,
            "peer": client.address or client.protocol,
            "recipients": len(message.envelope.forward_paths),
            "size": message.size,
        }
        _log.info("caught", extra=facts)
