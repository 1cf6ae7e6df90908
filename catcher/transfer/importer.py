"""Import of messages into a store, many in one transaction."""

from datetime import UTC, datetime

from msgspec.structs import replace

from catcher.intake import prepare, store_now
from catcher.mime import header_fields, parse_date
from catcher.store import ByIds, NewMessage, Store
from catcher.store.labels.inbox_names import clean_inboxes
from catcher.store.labels.tag_names import clean_tags
from catcher.transfer.inferred_envelope import infer_envelope
from catcher.transfer.model import FileMessage

BATCH_MESSAGES = 200
BATCH_OCTETS = 8 * 1024 * 1024


class Importer:
    """Stores messages in batches; `flush` must be called at the end.

    A message of a catcher's archive gets back its envelope, time of receipt, tags, inboxes and marks.
    use_message_dates: the Date field is the time of receipt of the others; without one it is now. Both methods raise
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
        new = [self._prepared(one) for one in batch]
        store_now(self._store, new)
        self.stored += len(new)
        pinned = [
            prepared.store_id
            for prepared, one in zip(new, batch, strict=True)
            if one.record is not None and one.record.is_pinned
        ]
        if pinned:
            self._store.pin(ByIds(tuple(pinned)), is_pinned=True)

    def _prepared(self, message: FileMessage) -> NewMessage:
        record = message.record
        if record is None:
            received_at = self._received_at(message)
            envelope = infer_envelope(message.content, received_at=received_at, reverse_path=message.reverse_path)
            return replace(prepare(envelope, message.content), is_read=message.is_read)
        return replace(
            prepare(record.envelope, message.content),
            tags=clean_tags(record.tags),
            inboxes=clean_inboxes(record.inboxes),
            is_read=record.is_read or message.is_read,
        )

    def _received_at(self, message: FileMessage) -> datetime:
        now = datetime.now(UTC)
        if not self._use_message_dates:
            return now
        fields = header_fields(message.content, 0, len(message.content))
        body = next((field.body for field in fields if field.name.lower() == "date"), "")
        date = parse_date(body)
        return now if date is None else date.astimezone(UTC)
