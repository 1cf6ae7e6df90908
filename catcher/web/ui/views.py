"""What the text, source, parts, headers and raw views show of a message, bounded, so that no page is endless."""

import re
from collections.abc import Sequence

from catcher.mime import decode_words, header_fields
from catcher.mime.model import HeaderField, Part
from catcher.store.model import StoredMessage
from catcher.web.reading import read_bodies
from catcher.web.ui import texts
from catcher.web.ui.files import excerpt, is_showable
from catcher.web.ui.pages import Field, PartLine, Source, Text
from catcher.web.ui.site import Site
from catcher.web.ui.source import Piece, pieces

TEXT_CHARACTERS = 500_000
SOURCE_CHARACTERS = 300_000
RAW_OCTETS = 300_000
PARTS_SHOWN = 1000
FIELDS_SHOWN = 2000
HEADER_OCTETS = 65_536
BODY_CHARACTERS = 20_000

_FIELD_LINE = re.compile(r"([!-9;-~]{1,200}:)(.*)", re.DOTALL)
_GROUPS = {
    "who": "from sender to cc bcc reply-to subject date message-id in-reply-to references",
    "routing": "received return-path delivered-to x-original-to envelope-to x-received",
    "authentication": "dkim-signature authentication-results received-spf arc-seal arc-message-signature",
    "content": "mime-version content-type content-transfer-encoding content-disposition content-language",
}
_GROUP_OF = {name: group for group, names in _GROUPS.items() for name in names.split()}


async def read_text(site: Site, stored: StoredMessage) -> Text:
    """The text with its addresses made into links."""
    bodies = await read_bodies(site.services.store, site.services.threads, stored)
    text = bodies.text.replace("\r\n", "\n")
    runs = await site.services.threads.run(lambda: tuple(texts.linked(text[:TEXT_CHARACTERS])))
    return Text(runs=runs, is_made=bodies.text_is_made, is_cut=len(text) > TEXT_CHARACTERS)


async def read_source(site: Site, stored: StoredMessage, address: str) -> Source:
    """The HTML as the sender wrote it."""
    bodies = await read_bodies(site.services.store, site.services.threads, stored)
    html = bodies.html.replace("\r\n", "\n").replace("\r", "\n")
    coloured = await site.services.threads.run(lambda: tuple(pieces(html[:SOURCE_CHARACTERS])))
    part = stored.message.parts[stored.message.html_parts[0]]
    return Source(
        pieces=coloured,
        size=part.size,
        is_cut=len(html) > SOURCE_CHARACTERS,
        save_href=f"{address}/part/{part.part_id}",
    )


async def raw_source(site: Site, stored: StoredMessage, address: str) -> Source:
    """The beginning of the octets as received, read as UTF-8."""
    size = stored.summary.size
    octets = await excerpt(site, stored.summary.store_id, start=0, end=min(size, RAW_OCTETS))
    text = octets.decode("utf-8", "replace").replace("\r\n", "\n")
    return Source(pieces=tuple(_raw_pieces(text)), size=size, is_cut=size > RAW_OCTETS, save_href=f"{address}/raw")


def _raw_pieces(text: str) -> list[Piece]:
    """The header section with its field names apart, then the rest."""
    head, blank, body = text.partition("\n\n")
    found: list[Piece] = []
    for number, line in enumerate(head.split("\n")):
        start = "\n" if number else ""
        named = _FIELD_LINE.match(line) if number < FIELDS_SHOWN else None
        if named:
            found += [Piece(kind="name", text=start + named[1]), Piece(kind="", text=named[2])]
        else:
            found.append(Piece(kind="", text=start + line))
    return [*found, Piece(kind="", text=blank + body)]


def header_fields_of(stored: StoredMessage, wanted: str) -> tuple[Field, ...]:
    """The header section in order, repeated fields kept; only those with `wanted` in them when it is not ""."""
    fields = _fields(stored.message.header)
    needle = wanted.strip().casefold()
    return tuple(field for field in fields if needle in f"{field.name}: {field.body}".casefold())


def _fields(header: Sequence[HeaderField]) -> tuple[Field, ...]:
    made = []
    for field in header[:FIELDS_SHOWN]:
        body = field.body[:BODY_CHARACTERS]
        decoded = decode_words(body)
        made.append(
            Field(
                name=texts.shown(field.name),
                body=texts.shown(decoded),
                encoded="" if decoded == body else texts.shown(body),
                group=_group(field.name.lower()),
            )
        )
    return tuple(made)


def _group(name: str) -> str:
    is_list = name.startswith("list-") or name == "precedence"
    return _GROUP_OF.get(name, "list" if is_list else "other")


async def part_lines(site: Site, stored: StoredMessage, address: str) -> tuple[PartLine, ...]:
    """The tree of parts in document order."""
    parts = stored.message.parts[:PARTS_SHOWN]
    depths: list[int] = []
    for part in parts:
        depths.append(depths[part.parent] + 1 if part.parent >= 0 else 0)
    wrong: dict[str, list[str]] = {}
    for defect in stored.message.defects:
        wrong.setdefault(defect.part_id, []).append(defect.text)
    lines = []
    for part, depth in zip(parts, depths, strict=True):
        headers = await _part_header(site, stored, part)
        lines.append(_line(part, min(depth, 12), address, headers, tuple(wrong.get(part.part_id, ()))))
    return tuple(lines)


async def _part_header(site: Site, stored: StoredMessage, part: Part) -> tuple[Field, ...]:
    """The part's own header fields; the message's stand in a view of their own, and a tree of hundreds shows none."""
    if part.parent < 0 or len(stored.message.parts) > 100:
        return ()
    end = min(part.body_start, part.header_start + HEADER_OCTETS)
    octets = await excerpt(site, stored.summary.store_id, start=part.header_start, end=end)
    return _fields(header_fields(octets, 0, len(octets)))


def _line(part: Part, depth: int, address: str, headers: tuple[Field, ...], defects: tuple[str, ...]) -> PartLine:
    facts = [part.charset, part.transfer_encoding, part.disposition, f"<{part.content_id}>" if part.content_id else ""]
    return PartLine(
        part_id=part.part_id,
        depth=depth,
        media_type=texts.shown(part.media_type),
        name=texts.shown(part.file_name or part.description),
        size=part.size,
        facts=tuple(texts.shown(fact) for fact in facts if fact),
        digest=part.digests.sha256 if part.digests else "",
        open_href=f"{address}/part/{part.part_id}?show=1" if is_showable(part) else "",
        save_href="" if part.is_multipart else f"{address}/part/{part.part_id}",
        headers=headers,
        defects=defects,
        is_container=part.is_multipart,
    )
