"""What is carried: a message that was found somewhere, one that goes somewhere, and why one was left out."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from catcher.errors import CatcherError

_STORE_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{0,63}", re.ASCII)


class TransferError(CatcherError):
    """A source cannot be read or a target not written at all; the message is for whoever gave the command."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A message on its way in.

    content: its octets. origin: where it was found, for people. written_at: aware, when the file was last written.
    is_read: whether the mailbox says that somebody has seen it. reverse_path: as the mailbox tells it, None when it
    does not.
    """

    content: bytes
    origin: str
    written_at: datetime
    is_read: bool = False
    reverse_path: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """Something that was left out. origin: what; reason: why, for people."""

    origin: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A message on its way out. pieces: gives its octets, a piece at a time; may raise NotFound and TransferError."""

    store_id: str
    received_at: datetime
    reverse_path: str
    is_read: bool
    pieces: Callable[[], Iterator[bytes]]


class MailSource(Protocol):
    """Where messages come from, oldest first. len: how many there are."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[Copy | Skipped]: ...


class MailTarget(Protocol):
    """Where messages go. has: whether a message is there already. close: must be called, also after an error."""

    def has(self, store_id: str) -> bool: ...

    def write(self, copy: Copy) -> None: ...

    def close(self) -> None: ...


def is_store_id(text: str) -> bool:
    """Whether this can be part of a file name: ids come from servers too, and one may be "../../.bashrc"."""
    return _STORE_ID.fullmatch(text) is not None
