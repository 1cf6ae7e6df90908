"""A store as a source of messages."""

from collections.abc import Iterator, Sequence
from functools import partial

from catcher.errors import NotFound
from catcher.store import Anything, Query, Store
from catcher.transfer.model import MessageCopy, Skipped
from catcher.transfer.records import MessageRecord


class StoreSource:
    """The messages of a store that match a query at the time of the call, oldest first.

    only: these store ids instead; unknown ones are skipped. Raises StoreUnavailable.
    """

    def __init__(
        self,
        store: Store,
        query: Query = Anything(),  # noqa: B008 a value without state
        *,
        only: Sequence[str] | None = None,
    ) -> None:
        self._store = store
        if only is None:
            self._ids = [one.store_id for batch in store.batches(query) for one in batch][::-1]
        else:
            self._ids = sorted(set(only))

    def __len__(self) -> int:
        return len(self._ids)

    def __iter__(self) -> Iterator[MessageCopy | Skipped]:
        for store_id in self._ids:
            try:
                stored = self._store.get(store_id)
            except NotFound:
                yield Skipped(origin=store_id, reason="was deleted meanwhile")
                continue
            summary = stored.summary
            yield MessageCopy(
                store_id=store_id,
                received_at=summary.received_at,
                reverse_path=stored.envelope.reverse_path,
                is_read=summary.is_read,
                size=summary.size,
                pieces=partial(self._store.raw_pieces, store_id),
                record=MessageRecord(
                    envelope=stored.envelope,
                    tags=summary.tags,
                    inboxes=summary.inboxes,
                    is_read=summary.is_read,
                    is_pinned=summary.is_pinned,
                ),
            )
