"""Computes again, from the octets, what the store keeps of each message for lists, search and detail."""

from collections.abc import Callable

from catcher.errors import NotFound
from catcher.intake import prepare
from catcher.store import NewMessage, Store
from catcher.store.write.reindex import rewrite

_PAGE = 100
_BATCH_OCTETS = 8 * 1024 * 1024


def reindex(store: Store, *, progress: Callable[[int], None] = lambda done: None) -> int:
    """Rebuild every message's columns, tree and search texts; how many. Octets, envelopes, tags and read marks stay.

    progress: called with how many more are done. Mail that arrives meanwhile is made by the same code and not touched.
    Raises StoreUnavailable; what was done until then stays done, and doing it again does no harm.
    """
    total, before = 0, None
    while True:
        page = store.page(limit=_PAGE, before=before)
        batch: list[tuple[int, NewMessage]] = []
        octets = 0
        for one in page.messages:
            try:
                batch.append((one.arrival, prepare(store.get(one.store_id).envelope, store.raw(one.store_id))))
            except NotFound:
                continue
            octets += one.size
            if octets >= _BATCH_OCTETS:
                total += rewrite(store, batch)
                batch, octets = [], 0
        total += rewrite(store, batch)
        progress(len(page.messages))
        if page.next_before is None:
            return total
        before = page.next_before
