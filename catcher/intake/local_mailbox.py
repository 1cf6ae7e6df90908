"""A mailbox without a server: this process reads and writes the database itself.

A running `catcher serve` on the same file shows such mail like any other, and other processes may write beside it.
"""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime

from catcher.envelope import Envelope, ForwardPath
from catcher.intake.delivery import deliver_now
from catcher.intake.shared_stores import SharedStores
from catcher.mime.authored_message import AuthoredMessage, authored_message, mailbox
from catcher.paths import database_file
from catcher.store import Addresses, Everything, Store

__all__ = ["LocalMailbox", "LocalMessage", "SharedStores", "mailbox"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalMessage:
    """A stored message as its author wrote it. octets: as stored."""

    store_id: str
    envelope: Envelope
    addresses: Addresses
    authored: AuthoredMessage
    octets: bytes


class LocalMailbox:
    """The mail in one database. Opened at the first use, in each process that uses it; safe to share by threads.

    database: a file, a directory (catcher.db in it), or a database URL; "" for the user's own. stores: shared with the
    other mailboxes of this process. Every method raises DatabaseUnusable when the database cannot be opened and
    StoreUnavailable when it cannot be used now.
    """

    def __init__(self, database: str = "", *, stores: SharedStores) -> None:
        self.url = database if "://" in database else f"sqlite:///{database_file(database)}"
        self._stores = stores
        self._is_open = False

    def open(self) -> bool:
        """Open the database to see that it can be; return False when this mailbox was open."""
        if self._is_open:
            return False
        with self._store():
            self._is_open = True
        return True

    def close(self) -> None:
        """Close the database unless another thread is using it; the next use opens it again."""
        self._is_open = False
        self._stores.close(self.url)

    def deliver(self, mails: Iterable[tuple[str, Sequence[str], bytes]]) -> list[str]:
        """Store (reverse-path, forward-paths, octets) in one transaction, or none; return their store ids."""
        now = datetime.now(UTC)
        items = [
            (
                Envelope(
                    reverse_path=reverse_path,
                    forward_paths=tuple(ForwardPath(addr_spec=path) for path in forward_paths),
                    received_at=now,
                ),
                octets,
            )
            for reverse_path, forward_paths, octets in mails
        ]
        with self._store() as store:
            return deliver_now(store, items)

    def store_ids(self) -> list[str]:
        """Return the store ids of all messages, oldest first."""
        with self._store() as store:
            return [one.store_id for batch in store.batches() for one in batch][::-1]

    def count(self) -> int:
        """Return the number of messages."""
        with self._store() as store:
            return store.counts().messages

    def letter(self, store_id: str) -> LocalMessage:
        """Return one message. Raises NotFound."""
        with self._store() as store:
            stored = store.get(store_id)
            octets = store.raw(store_id)
        return LocalMessage(
            store_id=store_id,
            envelope=stored.envelope,
            addresses=stored.summary.addresses,
            authored=authored_message(octets, stored.message),
            octets=octets,
        )

    def clear(self) -> None:
        """Delete every message."""
        with self._store() as store:
            store.delete(Everything())

    def _store(self) -> AbstractContextManager[Store]:
        return self._stores.using(self.url)
