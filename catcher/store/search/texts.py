"""What of a message can be searched: its texts, cleaned, once, on the way in."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from catcher.envelope import Envelope
from catcher.mime import decode_words
from catcher.mime.model import Address, HeaderField, Message
from catcher.store.search.folding import clean, entries
from catcher.store.search.model import SearchTexts

if TYPE_CHECKING:  # store.model needs this room's values; importing it here would close the circle.
    from catcher.store.model import Addresses

HEADER_LIMIT = 65_536
"""Characters kept of the whole header section."""

FIELD_LIMIT = 4_096
"""Characters kept of one field, so that a single one cannot push out the others."""

ENTRIES_LIMIT = 65_536
"""Characters kept of one column of addresses or file names: about 1,500 recipients."""

CLIENT_LINES = ("ip", "user", "helo", "reverse_path", "message_id")
"""What the `client` column tells, one line each; what is unknown has no line."""


ADDRESS_COLUMNS = ("from_", "to", "cc", "bcc", "reply_to")

ENTRY_COLUMNS = frozenset((*ADDRESS_COLUMNS, "file_names", "media_types"))
"""Those with a line break before and after each entry."""

FREE_COLUMNS = ("subject", *ADDRESS_COLUMNS, "file_names", "text")
"""Where a free word is looked for; the longest text comes last."""


def search_texts(message: Message, envelope: Envelope, addresses: "Addresses", text: str) -> SearchTexts:
    """The texts by which queries find this message; what is longer than the limits above is cut.

    `text` is the readable text of the message, bounded by whoever made it (`catcher.mime.glance`). Never raises.
    """
    return SearchTexts(
        subject=clean(message.subject),
        from_=_addresses(addresses.from_),
        to=_addresses(addresses.to),
        cc=_addresses(addresses.cc),
        bcc=_addresses(addresses.bcc),
        reply_to=_addresses(addresses.reply_to),
        file_names=_bounded(part.file_name for part in message.parts),
        media_types=_bounded(part.media_type for part in message.parts),
        header=_header(message),
        client=_client(message, envelope),
        text=_text(message, envelope, text),
    )


def label(name: str) -> str:
    """How a line of `header` or `client` begins that belongs to this name."""
    return f"\n{clean(name)}: "


def _addresses(mailboxes: Iterable[Address]) -> str:
    return _bounded(text for mailbox in mailboxes for text in (mailbox.display_name, mailbox.addr_spec))


def _bounded(texts: Iterable[str]) -> str:
    return entries(_first(texts, ENTRIES_LIMIT))


def _first(texts: Iterable[str], limit: int) -> Iterable[str]:
    """The first of the texts, each cut to `FIELD_LIMIT`, until `limit` characters are reached."""
    for text in texts:
        yield text[:FIELD_LIMIT]
        limit -= min(len(text), FIELD_LIMIT) + 1
        if limit <= 0:
            return


def _header(message: Message) -> str:
    lines, size = [""], 0
    for field in message.header:
        line = _header_line(field)
        size += len(line) + 1
        if size > HEADER_LIMIT:
            break
        lines.append(line)
    return "\n".join(lines) + "\n" if len(lines) > 1 else ""


def _header_line(field: HeaderField) -> str:
    return f"{label(field.name[:FIELD_LIMIT])[1:]}{clean(decode_words(field.body[:FIELD_LIMIT]))}"


def _client(message: Message, envelope: Envelope) -> str:
    client = envelope.client
    values = (client.address, client.user, client.helo, envelope.reverse_path, message.message_id)
    lines = [f"{name}: {clean(value[:FIELD_LIMIT])}" for name, value in zip(CLIENT_LINES, values, strict=True) if value]
    return "\n" + "\n".join(lines) + "\n" if lines else ""


def _text(message: Message, envelope: Envelope, text: str) -> str:
    """Reverse-path and message id stand with the text, not in `client`: a free word is to find them, but the words
    "ip" and "user" are not to find every message.
    """
    further = (envelope.reverse_path[:FIELD_LIMIT], message.message_id[:FIELD_LIMIT])
    return "\n".join(filter(None, map(clean, (text, *further))))
