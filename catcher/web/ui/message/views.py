"""What the text, source, parts, headers and raw views show of a message, bounded, so that no page is endless."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from catcher.mime import decode_words, header_fields
from catcher.mime.model import HeaderField, Part
from catcher.store.model import StoredMessage
from catcher.store.search import HeaderHas, clean, render
from catcher.web.contents.bodies import read_bodies
from catcher.web.contents.disposition import SAFE_INLINE
from catcher.web.ui.message.files import excerpt, is_showable, octets_text
from catcher.web.ui.message.highlight import Piece, pieces
from catcher.web.ui.pages import Fact, Field, Link, PartContent, PartLine, Source, Text
from catcher.web.ui.site import formatting
from catcher.web.ui.site.languages import _, marked
from catcher.web.ui.site.location import Place
from catcher.web.ui.site.site import Site

TEXT_CHARACTERS = 500_000
SOURCE_CHARACTERS = 300_000
RAW_OCTETS = 300_000
PARTS_SHOWN = 1000
FIELDS_SHOWN = 2000
HEADER_OCTETS = 65_536
BODY_CHARACTERS = 20_000
PART_OCTETS = 100_000
SEARCHED_CHARACTERS = 200

DEEPEST = 5
"""Steps that the tree of parts is moved in; parts that are deeper stand under each other."""

GROUP_NAMES = {
    "who": marked("Who and what"),
    "routing": marked("Routing"),
    "list": marked("Mailing list"),
    "authentication": marked("Authentication"),
    "content": marked("Content"),
    "other": marked("Others"),
}
"""For people, by the groups of `Field`."""

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
    runs = await site.services.threads.run(lambda: tuple(formatting.linked(text[:TEXT_CHARACTERS])))
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


async def raw_source(site: Site, stored: StoredMessage, address: str, *, line: int = 0) -> Source:
    """The beginning of the octets as received, read as UTF-8. line: the one that is marked, from 1; 0 for none."""
    size = stored.summary.size
    octets = await excerpt(site, stored.summary.store_id, start=0, end=min(size, RAW_OCTETS))
    text = octets.decode("utf-8", "replace").replace("\r\n", "\n")
    pieces = _with_mark(text, line) if line else _raw_pieces(text)
    return Source(pieces=tuple(pieces), size=size, is_cut=size > RAW_OCTETS, save_href=f"{address}/raw")


def _with_mark(text: str, line: int) -> list[Piece]:
    """The text with that line marked."""
    lines = text.split("\n", line)
    if len(lines) < line:
        return _raw_pieces(text)
    before, marked, after = "\n".join(lines[: line - 1]), lines[line - 1], "\n".join(lines[line:])
    return [
        *(_raw_pieces(before + "\n") if line > 1 else []),
        Piece(kind="mark", text=marked),
        Piece(kind="", text="\n" + after),
    ]


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


def header_fields_of(site: Site, stored: StoredMessage, wanted: str, group: str) -> tuple[Field, ...]:
    """The header section in order, repeated fields kept; only those with `wanted` in them when it is not "", and only
    those of the group when it is not "".
    """
    fields = _fields(stored.message.header, site)
    needle = wanted.strip().casefold()
    return tuple(
        field for field in fields if needle in f"{field.name}: {field.body}".casefold() and group in ("", field.group)
    )


def header_groups(stored: StoredMessage, address: str, place: Place, chosen: str) -> tuple[Link, ...]:
    """The kinds of fields that the message has, and all of them first."""
    counts = Counter(_group(field.name.lower()) for field in stored.message.header[:FIELDS_SHOWN])
    names = {name: _(label) for name, label in GROUP_NAMES.items() if counts[name]}
    return tuple(
        Link(
            name=name,
            label=label,
            href=address + place.parameters(view="headers", group=name),
            is_current=name == chosen,
            count=counts[name] or None,
        )
        for name, label in {"": _("All"), **names}.items()
    )


def _fields(header: Sequence[HeaderField], site: Site | None = None) -> tuple[Field, ...]:
    made = []
    for field in header[:FIELDS_SHOWN]:
        body = field.body[:BODY_CHARACTERS]
        decoded = decode_words(body)
        made.append(
            Field(
                name=formatting.shown(field.name),
                body=formatting.shown(decoded),
                encoded="" if decoded == body else formatting.shown(body),
                group=_group(field.name.lower()),
                search_href=_search_href(site, field.name, decoded) if site else "",
            )
        )
    return tuple(made)


def _search_href(site: Site, name: str, body: str) -> str:
    """The search for messages with the same field; none for one that is too long to be typed."""
    name, text = clean(name), clean(body)
    if not name or not text or len(body) > SEARCHED_CHARACTERS:
        return ""
    return site.href(q=render(HeaderHas(name=name, text=text, whole=True)))


def _group(name: str) -> str:
    is_list = name.startswith("list-") or name == "precedence"
    return _GROUP_OF.get(name, "list" if is_list else "other")


async def part_lines(
    site: Site, stored: StoredMessage, address: str, place: Place, *, chosen: str, as_sent: bool
) -> tuple[PartLine, ...]:
    """The tree of parts in document order; with the content of the part `chosen`, decoded or as it was sent."""
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
        href = address + place.parameters(view="parts", part=part.part_id)
        line = _line(part, min(depth, DEEPEST), address, headers, tuple(wrong.get(part.part_id, ())), href)
        if part.part_id == chosen and not part.is_multipart:
            content = await _part_content(site, stored, part, href, address, as_sent=as_sent)
            line = replace(line, content=content)
        lines.append(line)
    return tuple(lines)


async def _part_content(
    site: Site, stored: StoredMessage, part: Part, href: str, address: str, *, as_sent: bool
) -> PartContent:
    store_id = stored.summary.store_id
    choices = (
        Link(name="decoded", label=_("Decoded"), href=href, is_current=not as_sent),
        Link(name="sent", label=_("As sent"), href=f"{href}&as=sent", is_current=as_sent),
    )
    src = text = ""
    is_cut = False
    if as_sent:
        end = min(part.end, part.body_start + PART_OCTETS)
        octets = await excerpt(site, store_id, start=part.body_start, end=end)
        text, is_cut = octets.decode("utf-8", "replace"), end < part.end
    elif part.media_type in SAFE_INLINE - {"text/plain"}:
        src = f"{address}/part/{part.part_id}?show=1"
    elif is_showable(part) and part.media_type != "application/pdf":
        octets = (await site.services.store.part(store_id, part.part_id))[:PART_OCTETS]
        text = await site.services.threads.run(octets_text, octets, part.charset)
        is_cut = part.size > PART_OCTETS
    return PartContent(choices=choices, src=src, text=formatting.shown_lines(text), is_cut=is_cut)


async def _part_header(site: Site, stored: StoredMessage, part: Part) -> tuple[Field, ...]:
    """The part's own header fields; the message's stand in a view of their own, and a tree of hundreds shows none."""
    if part.parent < 0 or len(stored.message.parts) > 100:
        return ()
    end = min(part.body_start, part.header_start + HEADER_OCTETS)
    octets = await excerpt(site, stored.summary.store_id, start=part.header_start, end=end)
    return _fields(header_fields(octets, 0, len(octets)))


def _line(
    part: Part, depth: int, address: str, headers: tuple[Field, ...], defects: tuple[str, ...], href: str
) -> PartLine:
    facts = [part.charset, part.transfer_encoding, part.disposition, f"<{part.content_id}>" if part.content_id else ""]
    digests = part.digests
    return PartLine(
        part_id=part.part_id,
        depth=depth,
        media_type=formatting.shown(part.media_type),
        name=formatting.shown(part.file_name or part.description),
        size=part.size,
        facts=tuple(formatting.shown(fact) for fact in facts if fact),
        digests=(
            Fact(name="MD5", value=digests.md5),
            Fact(name="SHA-1", value=digests.sha1),
            Fact(name="SHA-256", value=digests.sha256),
        )
        if digests
        else (),
        href="" if part.is_multipart else href,
        content=None,
        open_href=f"{address}/part/{part.part_id}?show=1" if is_showable(part) else "",
        save_href="" if part.is_multipart else f"{address}/part/{part.part_id}",
        headers=headers,
        defects=defects,
        is_container=part.is_multipart,
    )
