"""Searchable texts of a message, cleaned once at ingest."""

from collections.abc import Iterator, Sequence
from itertools import accumulate, chain
from typing import TYPE_CHECKING

from catcher.envelope import Client, Envelope
from catcher.mime import decode_words
from catcher.mime.model import Address, HeaderField, ParsedMessage
from catcher.store.search.folding import as_entries, clean, clean_all, entries
from catcher.store.search.model import SearchTexts

if TYPE_CHECKING:  # store.model imports this room; importing it here would be circular.
    from catcher.store.model import Addresses

HEADER_LIMIT = 65_536
"""Characters kept of the whole header section."""

FIELD_LIMIT = 4_096
"""Characters kept of one field, so that a single one cannot displace the others."""

ENTRIES_LIMIT = 65_536
"""Characters kept of one column of addresses or file names: about 1,500 recipients."""

CLIENT_LINES = ("ip", "user", "helo", "reverse_path", "message_id")
"""Lines of the `client` column; unknown values have none."""


ADDRESS_COLUMNS = ("from_", "to", "cc", "bcc", "reply_to")

ENTRY_COLUMNS = frozenset((*ADDRESS_COLUMNS, "file_names", "media_types"))
"""Columns with a line break before and after each entry."""

FREE_COLUMNS = ("subject", *ADDRESS_COLUMNS, "file_names", "text")
"""Columns matched by a free word; the longest text comes last."""


def search_texts(message: ParsedMessage, envelope: Envelope, addresses: "Addresses", text: str) -> SearchTexts:
    """Return the searchable texts of the message, cut at the limits above.

    `text` is the readable text of the message, bounded by `catcher.mime.text.readable_text`. Never raises.
    """
    header, client = _fitting(message.header), _client(message, envelope)
    columns: list[Sequence[str]] = [
        (message.subject,),
        _addresses(addresses.from_),
        _addresses(addresses.to),
        _addresses(addresses.cc),
        _addresses(addresses.bcc),
        _addresses(addresses.reply_to),
        _first([part.file_name for part in message.parts if part.file_name], ENTRIES_LIMIT),
        _first([part.media_type for part in message.parts], ENTRIES_LIMIT),
        [field.name[:FIELD_LIMIT] for field in header],
        _decoded([field.body[:FIELD_LIMIT] for field in header]),
        client,
    ]
    # All at once, as single texts take several times as long.
    cleaned = clean_all(list(chain.from_iterable(columns)))
    ends = list(accumulate(map(len, columns)))
    (subject, *entry_columns, names, bodies, known) = map(cleaned.__getitem__, map(slice, (0, *ends), ends))
    from_, to, cc, bcc, reply_to, file_names, media_types = map(as_entries, entry_columns)
    return SearchTexts(
        subject=subject[0],
        from_=from_,
        to=to,
        cc=cc,
        bcc=bcc,
        reply_to=reply_to,
        file_names=file_names,
        media_types=media_types,
        header=_header(names, bodies),
        client=_lines([f"{name}: {text}" for name, raw, text in zip(CLIENT_LINES, client, known, strict=True) if raw]),
        # Reverse-path and message id are in the text too: a free word finds them, while the words "ip" and
        # "user" of the other column do not match every message.
        text="\n".join(filter(None, (clean(text), *known[-2:]))),
    )


def envelope_texts(client: Client, *, reverse_path: str, recipients: Sequence[str]) -> SearchTexts:
    """Return the texts of a transaction without a message: `from:` finds the reverse-path, `to:` a recipient."""
    values = {"ip": client.address, "user": client.user, "helo": client.helo, "reverse_path": reverse_path}
    client_lines = _lines([f"{name}: {clean(value)}" for name, value in values.items() if value])
    return SearchTexts(from_=entries([reverse_path]), to=entries(recipients), client=client_lines)


def label(name: str) -> str:
    """Return the start of a line of `header` or `client` for this name."""
    return f"\n{clean(name)}: "


def line_bodies(lines: str, name: str) -> Iterator[str]:
    """Yield the bodies of the lines "name: body"."""
    start = label(name)
    position = lines.find(start)
    while position >= 0:
        end = lines.index("\n", position + len(start))
        yield lines[position + len(start) : end]
        position = lines.find(start, end)


def _addresses(mailboxes: Sequence[Address]) -> Sequence[str]:
    if not mailboxes:
        return ()
    texts = [text for mailbox in mailboxes for text in (mailbox.display_name, mailbox.addr_spec) if text]
    return _first(texts, ENTRIES_LIMIT)


def _decoded(bodies: list[str]) -> list[str]:
    joined = "".join(bodies)
    if "=?" not in joined and joined.isascii():
        return bodies
    return [decode_words(body) for body in bodies]


def _first(texts: Sequence[str], limit: int) -> Sequence[str]:
    """Return the first texts, each cut to `FIELD_LIMIT`, up to `limit` characters."""
    if not texts or (len(texts) < FIELD_LIMIT and sum(map(len, texts)) <= FIELD_LIMIT):
        return texts
    kept = []
    for text in texts:
        kept.append(text[:FIELD_LIMIT])
        limit -= min(len(text), FIELD_LIMIT) + 1
        if limit <= 0:
            break
    return kept


def _fitting(header: tuple[HeaderField, ...]) -> tuple[HeaderField, ...]:
    """Return the header fields within `HEADER_LIMIT`."""
    if sum([len(field.name) + len(field.body) for field in header]) <= 4 * HEADER_LIMIT:
        return header
    size = 0
    for number, field in enumerate(header):
        size += len(clean(field.name[:FIELD_LIMIT])) + len(clean(decode_words(field.body[:FIELD_LIMIT])))
        if size > HEADER_LIMIT:
            return header[:number]
    return header


def _header(names: Sequence[str], bodies: Sequence[str]) -> str:
    lines = [f"{name}: {body}" for name, body in zip(names, bodies, strict=True)]
    text = _lines(lines)
    if len(text) <= HEADER_LIMIT:
        return text
    size = 0
    for number, line in enumerate(lines):
        size += len(line) + 1
        if size > HEADER_LIMIT:
            return _lines(lines[:number])
    return text


def _client(message: ParsedMessage, envelope: Envelope) -> list[str]:
    client = envelope.client
    values = (client.address, client.user, client.helo, envelope.reverse_path, message.message_id)
    return [value[:FIELD_LIMIT] for value in values]


def _lines(lines: Sequence[str]) -> str:
    return "\n" + "\n".join(lines) + "\n" if lines else ""
