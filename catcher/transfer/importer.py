"""Puts found messages into a store, many in one transaction."""

from datetime import UTC, datetime

from catcher.intake import deliver_now
from catcher.mime import header_fields, parse_date
from catcher.store import ByIds, Store
from catcher.transfer.inferred_envelope import envelope_of
from catcher.transfer.model import Found

BATCH_MESSAGES = 200
BATCH_OCTETS = 8 * 1024 * 1024


class Importer:
    """Collects messages and stores them in batches; what is left goes with `flush`, which must be called at the end.

    use_message_dates: received is what the Date field says, and where it says nothing, now. Both methods raise
    StoreUnavailable; nothing of the batch is then stored.
    """

    def __init__(self, store: Store, *, use_message_dates: bool = False) -> None:
        self._store = store
        self._use_message_dates = use_message_dates
        self._batch: list[Found] = []
        self._octets = 0
        self.stored = 0

    def add(self, found: Found) -> None:
        """Take one message; a full batch is stored."""
        self._batch.append(found)
        self._octets += len(found.content)
        if len(self._batch) >= BATCH_MESSAGES or self._octets >= BATCH_OCTETS:
            self.flush()

    def flush(self) -> None:
        """Store what was taken."""
        batch, self._batch, self._octets = self._batch, [], 0
        if not batch:
            return
        items = [
            (envelope_of(one.content, received_at=self._moment(one), reverse_path=one.reverse_path), one.content)
            for one in batch
        ]
        ids = deliver_now(self._store, items)
        self.stored += len(ids)
        read = tuple(store_id for store_id, one in zip(ids, batch, strict=True) if one.is_read)
        if read:
            self._store.mark(ByIds(read), is_read=True)

    def _moment(self, found: Found) -> datetime:
        now = datetime.now(UTC)
        if not self._use_message_dates:
            return now
        dates = [field.body for field in header_fields(found.content, 0, len(found.content)) if _is_date(field.name)]
        date = parse_date(dates[0]) if dates else None
        return now if date is None else date.astimezone(UTC)


def _is_date(name: str) -> bool:
    return name.lower() == "date"
