"""Bodies, codes and links of one message, read in one thread and without its attachments."""

from bisect import bisect_right
from collections.abc import Sequence
from operator import itemgetter

from msgspec.structs import replace

from catcher import extract
from catcher.mime import Bodies, bodies
from catcher.mime.model import ParsedMessage, Part
from catcher.mime.signed import is_signed_opaquely, signed_content
from catcher.store import AsyncStore
from catcher.store.model import StoredMessage
from catcher.store.store import Store
from catcher.threads import Threads
from catcher.web.services import Services

WHOLE_LIMIT = 1024 * 1024
"""Octets up to which a message is read whole; of a larger one only the parts with its bodies are read."""

_GAP = 256 * 1024
"""Octets between two bodies that are read together with them."""


async def read_message(store: AsyncStore, threads: Threads, store_id: str) -> tuple[StoredMessage, Bodies]:
    """Return a message with its text and HTML. Raises NotFound."""
    return await threads.run(_message, store.blocking, store_id)


async def read_bodies(store: AsyncStore, threads: Threads, stored: StoredMessage) -> Bodies:
    """Return text and HTML of a message. Raises NotFound when it was deleted meanwhile."""
    return await threads.run(lambda: bodies(*_read(store.blocking, stored)))


async def read_extract(services: Services, stored: StoredMessage) -> "extract.Extract":
    """Return codes and links of a message. Raises NotFound when it was deleted meanwhile."""
    return await services.threads.run(_extract, services, stored, None)


async def read_all(services: Services, store_id: str) -> "tuple[StoredMessage, Bodies, extract.Extract]":
    """Return a message with its text and HTML, and its codes and links. Raises NotFound."""
    return await services.threads.run(_all, services, store_id)


def _all(services: Services, store_id: str) -> "tuple[StoredMessage, Bodies, extract.Extract]":
    store = services.store.blocking
    stored = store.get(store_id)
    read = _read(store, stored)
    return stored, bodies(*read), _extract(services, stored, read)


def _extract(services: Services, stored: StoredMessage, read: tuple[bytes, ParsedMessage] | None) -> "extract.Extract":
    """Return codes and links. read: octets and message, if they have been read."""
    rules = services.extract_rules
    if rules:
        subjects = services.store.blocking.subjects((stored.summary,))
        rules = tuple(rule for rule in rules for subject in subjects if rule.applies(subject))
    return extract.extract(*(read or _read(services.store.blocking, stored)), rules=rules)


def _message(store: Store, store_id: str) -> tuple[StoredMessage, Bodies]:
    stored = store.get(store_id)
    return stored, bodies(*_read(store, stored))


def _read(store: Store, stored: StoredMessage) -> tuple[bytes, ParsedMessage]:
    """Return the octets to read and the message in them: of an opaque signature, what is signed."""
    if is_signed_opaquely(stored.message):
        octets = store.raw(stored.summary.store_id)
        return signed_content(octets, stored.message) or (octets, stored.message)
    if stored.summary.size <= WHOLE_LIMIT:
        return store.raw(stored.summary.store_id), stored.message
    return _excerpt(store, stored)


def _excerpt(store: Store, stored: StoredMessage) -> tuple[bytes, ParsedMessage]:
    """Return the octets of the bodies, with small gaps between them, and the message with offsets into these octets."""
    message = stored.message
    parts = list(message.parts)
    texts = [parts[index] for index in (*message.text_parts, *message.html_parts)]
    excerpt = bytearray()
    runs = _runs(sorted((part.body_start, part.end) for part in texts))
    shifts: list[int] = []  # of each run: its offset in the excerpt minus its offset in the message
    for start, end in runs:
        shifts.append(len(excerpt) - start)
        for piece in store.raw_pieces(stored.summary.store_id, start=start, end=end):
            excerpt += piece
    for index, part in enumerate(parts):
        run = bisect_right(runs, part.body_start, key=itemgetter(0)) - 1
        if run >= 0 and part.end <= runs[run][1]:
            parts[index] = _moved(part, shifts[run])
    return bytes(excerpt), replace(message, parts=tuple(parts))


def _runs(ranges: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join ranges that are less than `_GAP` apart; they are sorted by their starts.

    A message may have thousands of small texts, and each read takes a whole piece of it out of the store.
    """
    runs: list[tuple[int, int]] = []
    for start, end in ranges:
        if runs and start - runs[-1][1] < _GAP:
            runs[-1] = (runs[-1][0], max(end, runs[-1][1]))
        else:
            runs.append((start, end))
    return runs


def _moved(part: Part, shift: int) -> Part:
    header_start = max(0, part.header_start + shift)  # a body's header section may lie outside
    return replace(part, header_start=header_start, body_start=part.body_start + shift, end=part.end + shift)
