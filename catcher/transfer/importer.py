"""Import of messages into a store, many in one transaction."""

from datetime import UTC, datetime

from catcher.intake import deliver_now
from catcher.mime import header_fields, parse_date
from catcher.store import ByIds, Store
from catcher.transfer.inferred_envelope import infer_envelope
from catcher.transfer.model import FileMessage

BATCH_MESSAGES = 200
BATCH_OCTETS = 8 * 1024 * 1024


class Importer:
    """Stores messages in batches; `flush` must be called at the end.

    use_message_dates: the Date field is the time of receipt; without one it is now. Both methods raise
    StoreUnavailable; nothing of the batch is stored then.
    """

    def __init__(self, store: Store, *, use_message_dates: bool = False) -> None:
        self._store = store
        self._use_message_dates = use_message_dates
        self._batch: list[FileMessage] = []
        self._octets = 0
        self.stored = 0

    def add(self, message: FileMessage) -> None:
        """Add one message; a full batch is stored."""
        self._batch.append(message)
        self._octets += len(message.content)
        if len(self._batch) >= BATCH_MESSAGES or self._octets >= BATCH_OCTETS:
            self.flush()

    def flush(self) -> None:
        """Store the batch."""
        batch, self._batch, self._octets = self._batch, [], 0
        if not batch:
            return
        ids = deliver_now(
            self._store,
            [
                (
                    infer_envelope(one.content, received_at=self._received_at(one), reverse_path=one.reverse_path),
                    one.content,
                )
                for one in batch
            ],
        )
        self.stored += len(ids)
        read = tuple(store_id for store_id, one in zip(ids, batch, strict=True) if one.is_read)
        if read:
            self._store.mark(ByIds(read), is_read=True)

    def _received_at(self, message: FileMessage) -> datetime:
        now = datetime.now(UTC)
        if not self._use_message_dates:
            return now
        fields = header_fields(message.content, 0, len(message.content))
        body = next((field.body for field in fields if field.name.lower() == "date"), "")
        date = parse_date(body)
        return now if date is None else date.astimezone(UTC)
