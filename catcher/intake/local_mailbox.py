"""A mailbox without a server: this process writes into the database itself, and reads what is there.

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

__all__ = ["Letter", "LocalMailbox", "SharedStores", "mailbox"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A stored message as those see it who wrote it. octets: as stored."""

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
        """See to it that the database can be opened; False when this mailbox was open."""
        if self._is_open:
            return False
        with self._store():
            self._is_open = True
        return True

    def close(self) -> None:
        """Close the database, unless another thread is using it; it is opened again when it is used again."""
        self._is_open = False
        self._stores.close(self.url)

    def deliver(self, mails: Iterable[tuple[str, Sequence[str], bytes]]) -> list[str]:
        """Keep (reverse-path, forward-paths, octets) in one transaction, or none of them; their store ids."""
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
        """Of all messages, oldest first."""
        with self._store() as store:
            return [one.store_id for batch in store.batches() for one in batch][::-1]

    def count(self) -> int:
        """How many messages there are."""
        with self._store() as store:
            return store.counts().messages

    def letter(self, store_id: str) -> Letter:
        """One message. Raises NotFound."""
        with self._store() as store:
            stored = store.get(store_id)
            octets = store.raw(store_id)
        return Letter(
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
