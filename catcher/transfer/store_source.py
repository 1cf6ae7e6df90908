"""A store as a source of messages."""

from collections.abc import Iterator, Sequence
from functools import partial

from catcher.errors import NotFound
from catcher.store import Anything, Query, Store, StoredSummary
from catcher.transfer.model import MessageCopy, Skipped

_PAGE = 1000


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
        self._ids = [one.store_id for one in summaries(store, query)][::-1] if only is None else sorted(set(only))

    def __len__(self) -> int:
        return len(self._ids)

    def __iter__(self) -> Iterator[MessageCopy | Skipped]:
        for store_id in self._ids:
            try:
                stored = self._store.get(store_id)
            except NotFound:
                yield Skipped(origin=store_id, reason="was deleted meanwhile")
                continue
            yield MessageCopy(
                store_id=store_id,
                received_at=stored.summary.received_at,
                reverse_path=stored.envelope.reverse_path,
                is_read=stored.summary.is_read,
                pieces=partial(self._store.raw_pieces, store_id),
            )


def summaries(store: Store, query: Query = Anything()) -> Iterator[StoredSummary]:  # noqa: B008 a value without state
    """Yield the summaries of all messages that match a query, newest first, a page at a time."""
    before: int | None = None
    while True:
        page = store.page(query, limit=_PAGE, before=before)
        yield from page.messages
        if page.next_before is None:
            return
        before = page.next_before
