"""Reading one message's text without reading its attachments, in one visit to a thread."""

from typing import TYPE_CHECKING

from msgspec.structs import replace

from catcher.mime import Bodies, bodies
from catcher.mime.model import Message, Part
from catcher.store.aio import AsyncStore
from catcher.store.model import StoredMessage
from catcher.store.store import Store
from catcher.threads import Threads

if TYPE_CHECKING:
    from catcher.extract import Extract

WHOLE_LIMIT = 1024 * 1024
"""Octets up to which a message is read whole; of a larger one only the places of its bodies are read."""


async def read_message(store: AsyncStore, threads: Threads, store_id: str) -> tuple[StoredMessage, Bodies]:
    """A message with its text and HTML. Raises NotFound."""
    return await threads.run(_message, store.store, store_id)


async def read_bodies(store: AsyncStore, threads: Threads, stored: StoredMessage) -> Bodies:
    """Text and HTML of a message. Raises NotFound when it is gone meanwhile."""
    return await threads.run(_bodies, store.store, stored)


async def read_extract(store: AsyncStore, threads: Threads, stored: StoredMessage) -> "Extract":
    """Codes and links of a message. Raises NotFound when it is gone meanwhile."""
    return await threads.run(_extract, store.store, stored)


async def read_all(store: AsyncStore, threads: Threads, store_id: str) -> "tuple[StoredMessage, Bodies, Extract]":
    """A message with its text and HTML, and its codes and links, in one visit to a thread. Raises NotFound."""
    return await threads.run(_all, store.store, store_id)


def _all(store: Store, store_id: str) -> "tuple[StoredMessage, Bodies, Extract]":
    from catcher.extract import extract

    stored = store.get(store_id)
    octets, message = _read(store, stored)
    return stored, bodies(octets, message), extract(octets, message)


def _message(store: Store, store_id: str) -> tuple[StoredMessage, Bodies]:
    stored = store.get(store_id)
    return stored, _bodies(store, stored)


def _bodies(store: Store, stored: StoredMessage) -> Bodies:
    return bodies(*_read(store, stored))


def _extract(store: Store, stored: StoredMessage) -> "Extract":
    from catcher.extract import extract  # not at the top: it brings the parser and the words of all languages

    return extract(*_read(store, stored))


def _read(store: Store, stored: StoredMessage) -> tuple[bytes, Message]:
    if stored.summary.size <= WHOLE_LIMIT:
        return store.raw(stored.summary.store_id), stored.message
    return _excerpt(store, stored)


def _excerpt(store: Store, stored: StoredMessage) -> tuple[bytes, Message]:
    """The octets of the bodies one after the other, and the message with their places moved accordingly."""
    parts = list(stored.message.parts)
    excerpt = bytearray()
    for index in (*stored.message.text_parts, *stored.message.html_parts):
        part, start = parts[index], len(excerpt)
        for piece in store.raw_pieces(stored.summary.store_id, start=part.body_start, end=part.end):
            excerpt += piece
        parts[index] = _moved(part, start, len(excerpt))
    return bytes(excerpt), replace(stored.message, parts=tuple(parts))


def _moved(part: Part, start: int, end: int) -> Part:
    return replace(part, header_start=start, body_start=start, end=end)
