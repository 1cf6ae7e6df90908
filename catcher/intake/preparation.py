"""From an envelope and octets to a message ready for the store: everything that is computed once, is computed here."""

import mmap
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC
from pathlib import Path

from msgspec.structs import replace

from catcher.envelope import Envelope
from catcher.intake.addresses import list_addresses
from catcher.intake.ids import new_store_id
from catcher.intake.tags import Tagging, find_tags
from catcher.mime import Octets, ParsedMessage, ReadableText, parse, readable_text
from catcher.store.labels.inbox_routing import InboxRouting
from catcher.store.model import NewMessage
from catcher.store.search.texts import search_texts


def prepare(
    envelope: Envelope,
    content: bytes | Path,
    *,
    tagging: Tagging = Tagging(),  # noqa: B008 values without state
    sorting: InboxRouting = InboxRouting(),  # noqa: B008
    use_message_dates: bool = False,
    inbox: str = "",
) -> NewMessage:
    """The message with its tree, addresses, snippet, search texts, tags and inboxes. Any octets give one.

    content: octets, or a file of them, which is read by mapping it and must stay until the message is stored. Raises
    OSError when the file cannot be read. use_message_dates: it counts as received at the moment that its Date field
        names, if it names one. inbox: a clean name, of the one it is put into; "" for those that `sorting` tells.
    """
    if isinstance(content, bytes):
        message, readable, size, found = _read(content, tagging)
    else:
        with _mapped(content) as octets:
            message, readable, size, found = _read(octets, tagging)
    if use_message_dates and message.date is not None:
        envelope = replace(envelope, received_at=message.date.astimezone(UTC))
    addresses = list_addresses(message, envelope)
    texts = search_texts(message, envelope, addresses, readable.search_text)
    inboxes = (inbox,) if inbox else sorting.of_message(envelope, message)
    return NewMessage(
        store_id=new_store_id(envelope.received_at),
        envelope=envelope,
        content=content,
        size=size,
        message=message,
        addresses=addresses,
        snippet=readable.snippet,
        texts=texts,
        tags=find_tags(message, envelope, addresses, texts, size=size, inboxes=inboxes, tagging=tagging, found=found),
        inboxes=inboxes,
    )


def _read(octets: Octets, tagging: Tagging) -> tuple[ParsedMessage, ReadableText, int, frozenset[int]]:
    message = parse(octets)
    return message, readable_text(octets, message), len(octets), tagging.literal_matches(octets)


@contextmanager
def _mapped(content: Path) -> Iterator[Octets]:
    if content.stat().st_size == 0:
        yield b""  # an empty file cannot be mapped
    else:
        with content.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
            yield mapped
