"""The maildrop: the numbered messages of a session, oldest first. RFC 1939 §4, §5."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from catcher.errors import NotFound
from catcher.store import AsyncStore
from catcher.store.search import Anything, within


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One message. store_id: also its unique-id, which is never reused (§7). size: octets as received."""

    store_id: str
    size: int


class Maildrop:
    """The messages in the store at login. Messages marked as deleted are skipped and keep their number.

    The maildrop is not locked: other sessions may delete messages at any time.
    """

    def __init__(self, entries: list[Entry]) -> None:
        self._entries = entries
        self._marked: dict[int, None] = {}

    @classmethod
    async def open(cls, store: AsyncStore, *, inbox: str = "") -> Self:
        """Read the messages in the store. inbox: limit to this one. Raises StoreUnavailable."""
        batches = store.batches(within(Anything(), inbox))
        entries = [Entry(store_id=one.store_id, size=one.size) async for batch in batches for one in batch]
        return cls(entries[::-1])

    def __iter__(self) -> Iterator[tuple[int, Entry]]:
        return ((number, one) for number, one in enumerate(self._entries, start=1) if number not in self._marked)

    def __len__(self) -> int:
        return len(self._entries) - len(self._marked)

    @property
    def octets(self) -> int:
        """The total size."""
        return sum(one.size for _, one in self)

    def entry(self, number: int) -> Entry:
        """Return a message. Raises NotFound, also for one that is marked as deleted."""
        if number in self._marked or not 1 <= number <= len(self._entries):
            raise NotFound("no such message")
        return self._entries[number - 1]

    def mark(self, number: int) -> None:
        """Mark a message as deleted. Raises NotFound."""
        self.entry(number)
        self._marked[number] = None

    def unmark_all(self) -> None:
        """Unmark all messages."""
        self._marked.clear()

    @property
    def marked_ids(self) -> tuple[str, ...]:
        """The store ids of the marked messages."""
        return tuple(self._entries[number - 1].store_id for number in self._marked)
