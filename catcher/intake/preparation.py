"""Preparation of a new message: everything that is computed once for it, from its envelope and octets."""

import mmap
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC
from pathlib import Path

from msgspec.structs import replace

from catcher.envelope import Envelope
from catcher.intake.addresses import list_addresses
from catcher.intake.ids import new_store_id
from catcher.intake.tags import TagOptions, find_tags
from catcher.mime import Octets, parse, readable_text
from catcher.mime.signed import signed_content
from catcher.store.labels.inbox_routing import InboxRouting
from catcher.store.model import NewMessage
from catcher.store.search.texts import search_texts


def prepare(
    envelope: Envelope,
    content: bytes | Path,
    *,
    tags: TagOptions = TagOptions(),  # noqa: B008 values without state
    routing: InboxRouting = InboxRouting(),  # noqa: B008
    use_message_dates: bool = False,
    inbox: str = "",
) -> NewMessage:
    """Return the message with its tree, addresses, snippet, search texts, tags and inboxes, whatever the octets.

    content: octets, or a file of them, which is memory-mapped and must exist until the message is stored. Raises
    OSError when the file cannot be read. use_message_dates: take the time of the Date field, if valid, as the time of
    receipt. inbox: the clean name of the inbox to use; "" for those that `routing` chooses.
    """
    with nullcontext(content) if isinstance(content, bytes) else _mapped(content) as octets:
        message = parse(octets)
        readable = readable_text(*(signed_content(octets, message) or (octets, message)))
        size = len(octets)
        literal_matches = tags.literal_matches(octets) if tags.rules else frozenset()
    if use_message_dates and message.date is not None:
        envelope = replace(envelope, received_at=message.date.astimezone(UTC))
    addresses = list_addresses(message, envelope)
    new = NewMessage(
        store_id=new_store_id(envelope.received_at),
        envelope=envelope,
        content=content,
        size=size,
        message=message,
        addresses=addresses,
        snippet=readable.snippet,
        texts=search_texts(message, envelope, addresses, readable.search_text),
        inboxes=(inbox,) if inbox else routing.inboxes(envelope.client.user, envelope.recipients, message),
    )
    found = find_tags(new, tags, literal_matches=literal_matches)
    return replace(new, tags=found) if found else new


@contextmanager
def _mapped(content: Path) -> Iterator[Octets]:
    if content.stat().st_size == 0:
        yield b""  # an empty file cannot be mapped
    else:
        with content.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
            yield mapped
