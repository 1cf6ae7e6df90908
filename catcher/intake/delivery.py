"""The one door into the store, for whoever brings mail: SMTP, the send endpoint, the SQLite mail backend, imports."""

import logging
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from catcher.envelope import Envelope
from catcher.intake.preparation import prepare
from catcher.intake.tags import Tagging
from catcher.store import AsyncStore
from catcher.store.labels.inbox_routing import InboxRouting
from catcher.store.model import NewMessage
from catcher.store.store import Store
from catcher.threads import Threads

_log = logging.getLogger(__name__)


class Intake:
    """Takes in messages on an event loop.

    inline_limit: octets up to which a message is parsed on the loop, because a hop to a thread would cost more; larger
    ones and files are parsed in a thread, so that they delay nobody. tagging: where tags are looked for. sorting: what
    tells the inboxes. use_message_dates: see `prepare`. ignore_duplicates: keep no message whose Message-ID one has
    that is kept.
    """

    def __init__(
        self,
        store: AsyncStore,
        *,
        threads: Threads,
        inline_limit: int = 65_536,
        tagging: Tagging = Tagging(),  # noqa: B008 values without state
        sorting: InboxRouting = InboxRouting(),  # noqa: B008
        use_message_dates: bool = False,
        ignore_duplicates: bool = False,
    ) -> None:
        self._store = store
        self._threads = threads
        self._inline_limit = inline_limit
        self._read = partial(prepare, tagging=tagging, sorting=sorting, use_message_dates=use_message_dates)
        self._ignore_duplicates = ignore_duplicates
        self._on_their_way: set[str] = set()

    async def deliver(self, envelope: Envelope, content: bytes | Path, *, inbox: str = "") -> str:
        """Keep a message; its store id, after the commit, or "" for a duplicate that is ignored.

        The content is kept to the octet, whatever it is. inbox: a clean name of the one it is put into, whatever the
        message says of itself; "" lets it tell.

        A file is read, never moved or deleted, and must stay until this returns. Raises StoreUnavailable, and OSError
        when the file cannot be read; in both cases nothing is kept.
        """
        if isinstance(content, bytes) and len(content) <= self._inline_limit:
            message = self._read(envelope, content, inbox=inbox)
        else:
            message = await self._threads.run(self._read, envelope, content, inbox=inbox)
        if self._ignore_duplicates and message.message.message_id:
            return await self._add_once(message)
        return await self._add(message)

    async def _add(self, message: NewMessage) -> str:
        await self._store.add(message)
        _tell(message)
        return message.store_id

    async def _add_once(self, message: NewMessage) -> str:
        """As `_add`, unless a message with its Message-ID is there or on its way."""
        message_id = message.message.message_id
        if message_id in self._on_their_way:
            return ""
        self._on_their_way.add(message_id)
        try:
            return "" if await self._store.has_message_id(message_id) else await self._add(message)
        finally:
            self._on_their_way.discard(message_id)


def deliver_now(
    store: Store,
    items: Sequence[tuple[Envelope, bytes]],
    *,
    tagging: Tagging = Tagging(),  # noqa: B008 values without state
    sorting: InboxRouting = InboxRouting(),  # noqa: B008
) -> list[str]:
    """Keep all of these messages in one transaction, or none; their store ids. Blocks; raises StoreUnavailable."""
    messages = [prepare(envelope, content, tagging=tagging, sorting=sorting) for envelope, content in items]
    store.add(messages)
    for message in messages:
        _tell(message)
    return [message.store_id for message in messages]


def _tell(message: NewMessage) -> None:
    """One line for each message caught: facts as fields, nothing of what it says."""
    if _log.isEnabledFor(logging.INFO):
        client = message.envelope.client
        facts = {
            "store_id": message.store_id,
            "peer": client.address or client.protocol,
            "recipients": len(message.envelope.forward_paths),
            "size": message.size,
        }
        _log.info("caught", extra=facts)
