"""Rebuilding of what the store derives from a message's octets: columns, tree, search texts."""

from collections.abc import Callable

from catcher.errors import NotFound
from catcher.intake import prepare
from catcher.store import NewMessage, Store

_BATCH_MESSAGES = 100
_BATCH_OCTETS = 8 * 1024 * 1024


def reindex_messages(store: Store, *, progress: Callable[[int], None] = lambda messages: None) -> int:
    """Rebuild the columns, tree and search texts of every message, and return their number.

    Octets, envelopes, tags and read marks stay. progress: called with the number of messages done since the last call.
    Messages that arrive meanwhile are not touched: they are up to date. Raises StoreUnavailable; what was done until
    then stays done, and another run does no harm.
    """
    total, octets = 0, 0
    batch: list[tuple[int, NewMessage]] = []
    for summary in (one for summaries in store.batches() for one in summaries):
        try:
            envelope = store.get(summary.store_id).envelope
            batch.append((summary.arrival, prepare(envelope, store.raw(summary.store_id))))
        except NotFound:
            continue
        octets += summary.size
        if len(batch) >= _BATCH_MESSAGES or octets >= _BATCH_OCTETS:
            total += store.replace_computed(batch)
            progress(len(batch))
            batch, octets = [], 0
    total += store.replace_computed(batch)
    progress(len(batch))
    return total
