"""A mailbox without a server: this process writes into the database itself, and reads what is there.

A running `catcher serve` on the same file shows such mail like any other, and other processes may write beside it.
"""

import os
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from catcher.data import database_file
from catcher.envelope import Envelope, ForwardPath
from catcher.intake.deliver import deliver_now
from catcher.mime import Message, Part, bodies, decode_words, part_octets, part_text
from catcher.store import Addresses, Everything, Store

_PAGE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A stored message as those see it who wrote it.

    body, subtype: the text that is shown, and whether it is "plain" or "html". alternatives: (content, media type) of
    the others in the same multipart/alternative. attachments: (file name, octets, media type). fields: header fields
    in order, decoded. octets: as stored.
    """

    store_id: str
    envelope: Envelope
    addresses: Addresses
    subject: str
    fields: tuple[tuple[str, str], ...]
    body: str
    subtype: str
    alternatives: tuple[tuple[str, str], ...]
    attachments: tuple[tuple[str, bytes, str], ...]
    octets: bytes


class LocalMailbox:
    """The mail in one database. Opened at the first use, in each process that uses it; safe to share by threads.

    database: a file, a directory (catcher.db in it), or a database URL; "" for the user's own. Every method raises
    DatabaseUnusable when it cannot be opened and StoreUnavailable when it cannot be used now.
    """

    def __init__(self, database: str = "") -> None:
        self.url = database if "://" in database else f"sqlite:///{database_file(database)}"
        self._lock = threading.Lock()
        self._opened: tuple[int, Store] | None = None

    def open(self) -> bool:
        """Open the database now; False when it was open."""
        with self._lock:
            # A store has a thread, and a forked process has only the thread that forked.
            if self._opened is not None and self._opened[0] == os.getpid():
                return False
            self._opened = (os.getpid(), Store.open(self.url))
            return True

    def close(self) -> None:
        """Close the database; it is opened again when it is used again."""
        with self._lock:
            opened, self._opened = self._opened, None
        if opened is not None and opened[0] == os.getpid():
            opened[1].close()

    def deliver(self, mails: Iterable[tuple[str, Sequence[str], bytes]]) -> list[str]:
        """Keep (reverse-path, forward-paths, octets) in one transaction, or none of them; their store ids."""
        now = datetime.now(UTC)
        items = [
            (
                Envelope(
                    reverse_path=reverse_path,
                    forward_paths=tuple(ForwardPath(addr_spec=path) for path in forward_paths),
                    received_at=now,
                ),
                octets,
            )
            for reverse_path, forward_paths, octets in mails
        ]
        return deliver_now(self._store(), items)

    def store_ids(self) -> list[str]:
        """Of all messages, oldest first."""
        store, found, before = self._store(), [], None
        while True:
            page = store.page(limit=_PAGE, before=before)
            found += [summary.store_id for summary in page.messages]
            before = page.next_before
            if before is None:
                return found[::-1]

    def count(self) -> int:
        """How many messages there are."""
        return self._store().counts().messages

    def letter(self, store_id: str) -> Letter:
        """One message. Raises NotFound."""
        store = self._store()
        stored = store.get(store_id)
        octets = store.raw(store_id)
        message = stored.message
        shown = bodies(octets, message)
        has_text = not shown.text_is_made and bool(message.text_parts or not shown.html)
        others = [(shown.html, "text/html")] if has_text and shown.html else []
        files = [message.parts[index] for index in sorted((*message.attachments, *message.inlines))]
        others += [
            (part_text(octets, part), part.media_type)
            for part in files
            if _is_alternative(message, part) and not part.file_name
        ]
        return Letter(
            store_id=store_id,
            envelope=stored.envelope,
            addresses=stored.summary.addresses,
            subject=message.subject,
            fields=tuple((field.name, decode_words(field.body)) for field in message.header),
            body=_written(shown.text if has_text else shown.html, is_whole=len(message.parts) == 1),
            subtype="plain" if has_text else "html",
            alternatives=tuple((_written(text, is_whole=False), media_type) for text, media_type in others),
            attachments=tuple(
                (part.file_name, part_octets(octets, part), part.media_type)
                for part in files
                if not _is_alternative(message, part) or part.file_name
            ),
            octets=octets,
        )

    def clear(self) -> None:
        """Delete every message."""
        self._store().delete(Everything())

    def _store(self) -> Store:
        self.open()
        opened = self._opened
        assert opened is not None  # noqa: S101 - just opened
        return opened[1]


def _is_alternative(message: Message, part: Part) -> bool:
    """Whether a part is another way to say what the body says, such as a calendar in multipart/alternative."""
    parent = message.parts[part.parent] if part.parent >= 0 else None
    return part.media_type.startswith("text/") and parent is not None and parent.media_type == "multipart/alternative"


def _written(text: str, *, is_whole: bool) -> str:
    """The text as its author had it: line ends of one octet, without the one that ends the message on its way."""
    text = text.replace("\r\n", "\n")
    return text.removesuffix("\n") if is_whole else text
