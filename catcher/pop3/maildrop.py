"""The maildrop: what the store held when the session logged in, numbered, oldest first. RFC 1939 §4, §5."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from catcher.store import AsyncStore, fold_inbox
from catcher.store.search import Anything, InInbox, Query

_PIECE = 2000
"""Messages read from the store at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One message. store_id: also its unique-id, never given twice (§7). size: octets as received."""

    store_id: str
    size: int


class Maildrop:
    """The messages of one session. A message keeps its number; what is marked as deleted is as if it were not there.

    Other sessions may read and delete at the same time: nothing is locked, so a message may turn out to be gone.
    """

    def __init__(self, entries: list[Entry]) -> None:
        self._entries = entries
        self._marked: dict[int, None] = {}

    @classmethod
    async def open(cls, store: AsyncStore, *, inbox: str = "") -> Self:
        """Number what is in the store now; inbox: only what is in this one. Raises StoreUnavailable."""
        entries: list[Entry] = []
        query: Query = InInbox(name=fold_inbox(inbox)) if inbox else Anything()
        page = await store.page(query, limit=_PIECE)
        while True:
            entries.extend(Entry(store_id=one.store_id, size=one.size) for one in page.messages)
            if page.next_before is None:
                break
            page = await store.page(query, limit=_PIECE, before=page.next_before)
        entries.reverse()
        return cls(entries)

    def __iter__(self) -> Iterator[tuple[int, Entry]]:
        return ((number, one) for number, one in enumerate(self._entries, start=1) if number not in self._marked)

    def __len__(self) -> int:
        return len(self._entries) - len(self._marked)

    @property
    def octets(self) -> int:
        """The sum of the sizes."""
        return sum(one.size for _, one in self)

    def entry(self, number: int) -> Entry | None:
        """The message of this number; None when there is none or it is marked."""
        if number in self._marked or not 1 <= number <= len(self._entries):
            return None
        return self._entries[number - 1]

    def mark(self, number: int) -> None:
        """Mark a message that `entry` has given as deleted."""
        self._marked[number] = None

    def unmark_all(self) -> None:
        """Take all marks back."""
        self._marked.clear()

    @property
    def marked_ids(self) -> tuple[str, ...]:
        """The store ids of what is marked."""
        return tuple(self._entries[number - 1].store_id for number in self._marked)
