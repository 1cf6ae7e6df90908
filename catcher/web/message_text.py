"""Reading one message's text without reading its attachments, in one visit to a thread."""

from bisect import bisect_right
from collections.abc import Sequence
from operator import itemgetter
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

_GAP = 256 * 1024
"""Octets between two bodies that are read with them rather than left out."""


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
    """The octets of the bodies, with what stands between those that are close together, and the message with the places
    moved accordingly of all parts that are in them.
    """
    message = stored.message
    parts = list(message.parts)
    bodies = [parts[index] for index in (*message.text_parts, *message.html_parts)]
    excerpt = bytearray()
    runs = _runs(sorted((part.body_start, part.end) for part in bodies))
    shifts: list[int] = []  # what the excerpt's places are from the message's, by run
    for start, end in runs:
        shifts.append(len(excerpt) - start)
        for piece in store.raw_pieces(stored.summary.store_id, start=start, end=end):
            excerpt += piece
    for index, part in enumerate(parts):
        run = bisect_right(runs, part.body_start, key=itemgetter(0)) - 1
        if run >= 0 and part.end <= runs[run][1]:
            parts[index] = _moved(part, shifts[run])
    return bytes(excerpt), replace(message, parts=tuple(parts))


def _runs(places: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Places, in the order of their beginnings, with those made one that are less than `_GAP` apart.

    A message may have thousands of small texts, and each reading takes a whole piece of it out of the store.
    """
    runs: list[tuple[int, int]] = []
    for start, end in places:
        if runs and start - runs[-1][1] < _GAP:
            runs[-1] = (runs[-1][0], max(end, runs[-1][1]))
        else:
            runs.append((start, end))
    return runs


def _moved(part: Part, shift: int) -> Part:
    header_start = max(0, part.header_start + shift)  # a body's header section may lie outside
    return replace(part, header_start=header_start, body_start=part.body_start + shift, end=part.end + shift)
