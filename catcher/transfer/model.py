"""Messages in transfer: read from a file, copied to a target, or skipped."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from catcher.errors import CatcherError
from catcher.transfer.records import MessageRecord

_STORE_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{0,63}", re.ASCII)


class TransferError(CatcherError):
    """A source that cannot be read, or a target that cannot be written. The message is for the command's user."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileMessage:
    """A message read from a file.

    content: its octets. origin: file name and number, for people. is_read: by the flags of a Maildir. reverse_path: as
    the mailbox records it, None when it does not. record: of a catcher's archive.
    """

    content: bytes
    origin: str
    is_read: bool = False
    reverse_path: str | None = None
    record: MessageRecord | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A message or file that was left out. origin, reason: for people."""

    origin: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageCopy:
    """A message to be written to a target.

    size: octets, 0 when unknown. pieces: reads its octets; raises NotFound and TransferError. record: None for a source
    that knows no envelopes.
    """

    store_id: str
    received_at: datetime
    reverse_path: str
    is_read: bool
    size: int
    pieces: Callable[[], Iterator[bytes]]
    record: MessageRecord | None = None


class MailSource(Protocol):
    """A source of messages, oldest first. Its length is the number of messages."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[MessageCopy | Skipped]: ...


class MailTarget(Protocol):
    """A target for messages."""

    def has(self, store_id: str) -> bool:
        """Return whether it already holds a message."""
        ...

    def write(self, copy: MessageCopy) -> None:
        """Add a message."""
        ...

    def close(self) -> None:
        """Finish writing; also to be called after an error."""
        ...


def is_store_id(text: str) -> bool:
    """Return whether a text can be part of a file name: a server may give "../../.bashrc" as an id."""
    return _STORE_ID.fullmatch(text) is not None
