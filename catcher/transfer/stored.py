"""The mail of a store as a source of copies."""

from collections.abc import Iterator, Sequence
from functools import partial

from catcher.errors import NotFound
from catcher.store import Anything, Query, Store
from catcher.transfer.model import Copy, Skipped

_PIECE = 1000


class KeptMail:
    """What a query matches in a store, oldest first, as of now; only: these store ids instead, which may be unknown.

    Raises StoreUnavailable.
    """

    def __init__(
        self,
        store: Store,
        query: Query = Anything(),  # noqa: B008 a value without state
        *,
        only: Sequence[str] | None = None,
    ) -> None:
        self._store = store
        self._ids = _all_ids(store, query) if only is None else sorted(set(only))

    def __len__(self) -> int:
        return len(self._ids)

    def __iter__(self) -> Iterator[Copy | Skipped]:
        for store_id in self._ids:
            try:
                stored = self._store.get(store_id)
            except NotFound:
                yield Skipped(origin=store_id, reason="was deleted meanwhile")
                continue
            yield Copy(
                store_id=store_id,
                received_at=stored.summary.received_at,
                reverse_path=stored.envelope.reverse_path,
                is_read=stored.summary.is_read,
                pieces=partial(self._store.raw_pieces, store_id),
            )


def _all_ids(store: Store, query: Query) -> list[str]:
    ids: list[str] = []
    page = store.page(query, limit=_PIECE)
    while True:
        ids.extend(one.store_id for one in page.messages)
        if page.next_before is None:
            return ids[::-1]
        page = store.page(query, limit=_PIECE, before=page.next_before)
