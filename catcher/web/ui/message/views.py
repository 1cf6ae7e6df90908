"""The text, source, parts, headers and raw views of a message; bounded, so that no page is endless."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from msgspec.structs import replace

from catcher.mime import decode_words, header_fields
from catcher.mime.model import HeaderField, Part
from catcher.store.model import StoredMessage
from catcher.store.search import HeaderHas, clean, render
from catcher.web.contents.bodies import read_bodies
from catcher.web.ui.message.files import IMAGES, excerpt, is_showable, octets_text
from catcher.web.ui.message.highlight import SourceToken, highlighted
from catcher.web.ui.pages.layout import NavLink
from catcher.web.ui.pages.views import HeaderRow, NamedValue, PartContent, PartRow, SourceView, TextView
from catcher.web.ui.site import formatting
from catcher.web.ui.site.languages import _, marked
from catcher.web.ui.site.list_state import ListState
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

MAX_DEPTH = 5
"""Levels of indentation in the tree of parts; deeper parts are not indented further."""

GROUP_NAMES = {
    "who": marked("Addresses and subject"),
    "routing": marked("Routing"),
    "list": marked("Mailing list"),
    "authentication": marked("Authentication"),
    "content": marked("Content"),
    "other": marked("Other"),
}
"""Labels of the groups of `HeaderRow`."""

_FIELD_LINE = re.compile(r"([!-9;-~]{1,200}:)(.*)", re.DOTALL)
_GROUPS = {
    "who": "from sender to cc bcc reply-to subject date message-id in-reply-to references",
    "routing": "received return-path delivered-to x-original-to envelope-to x-received",
    "authentication": "dkim-signature authentication-results received-spf arc-seal arc-message-signature",
    "content": "mime-version content-type content-transfer-encoding content-disposition content-language",
}
_GROUP_OF = {name: group for group, names in _GROUPS.items() for name in names.split()}


async def read_text(site: Site, stored: StoredMessage) -> TextView:
    """Return the text with its addresses as links."""
    bodies = await read_bodies(site.services.store, site.services.threads, stored)
    text = bodies.text.replace("\r\n", "\n")
    spans = await site.services.threads.run(lambda: tuple(formatting.linked(text[:TEXT_CHARACTERS])))
    return TextView(spans=spans, is_made=bodies.text_is_made, is_cut=len(text) > TEXT_CHARACTERS)


async def read_source(site: Site, stored: StoredMessage) -> SourceView:
    """Return the HTML as the sender wrote it."""
    bodies = await read_bodies(site.services.store, site.services.threads, stored)
    html = bodies.html.replace("\r\n", "\n").replace("\r", "\n")
    tokens = await site.services.threads.run(lambda: tuple(highlighted(html[:SOURCE_CHARACTERS])))
    part = stored.message.parts[stored.message.html_parts[0]]
    return SourceView(
        tokens=tokens,
        size=part.size,
        is_cut=len(html) > SOURCE_CHARACTERS,
        save_href=_part_href(site, stored, part),
    )


async def read_raw(site: Site, stored: StoredMessage, *, line: int = 0) -> SourceView:
    """Return the start of the octets as received, decoded as UTF-8. line: the one to mark, from 1; 0 for none."""
    store_id, size = stored.summary.store_id, stored.summary.size
    octets = await excerpt(site, store_id, start=0, end=min(size, RAW_OCTETS))
    text = octets.decode("utf-8", "replace").replace("\r\n", "\n")
    tokens = _with_mark(text, line) if line else _raw_tokens(text)
    save_href = f"{site.message_href(store_id)}/raw"
    return SourceView(tokens=tuple(tokens), size=size, is_cut=size > RAW_OCTETS, save_href=save_href)


def _with_mark(text: str, line: int) -> Iterator[SourceToken]:
    lines = text.split("\n", line)
    if len(lines) < line:
        yield from _raw_tokens(text)
        return
    if line > 1:
        yield from _raw_tokens("\n".join(lines[: line - 1]) + "\n")
    yield SourceToken(kind="mark", text=lines[line - 1])
    yield SourceToken(kind="", text="\n" + "\n".join(lines[line:]))


def _raw_tokens(text: str) -> Iterator[SourceToken]:
    """Yield the header section with field names of their own kind, then the rest."""
    head, blank, body = text.partition("\n\n")
    for number, line in enumerate(head.split("\n")):
        start = "\n" if number else ""
        field = _FIELD_LINE.match(line) if number < FIELDS_SHOWN else None
        if field:
            yield SourceToken(kind="name", text=start + field[1])
        yield SourceToken(kind="", text=field[2] if field else start + line)
    yield SourceToken(kind="", text=blank + body)


def header_rows(site: Site, stored: StoredMessage, text: str, group: str) -> tuple[HeaderRow, ...]:
    """Return the header section in order, with repeated fields; filtered by text and group unless they are ""."""
    needle = text.strip().casefold()
    return tuple(
        row
        for row in _rows(stored.message.header, site)
        if needle in f"{row.name}: {row.body}".casefold() and group in ("", row.group)
    )


def header_groups(stored: StoredMessage, href: str, state: ListState, chosen: str) -> tuple[NavLink, ...]:
    """Return links to all header fields, and to each group that the message has."""
    counts = Counter(_group(field.name.lower()) for field in stored.message.header[:FIELDS_SHOWN])
    names = {name: _(label) for name, label in GROUP_NAMES.items() if counts[name]}
    return tuple(
        NavLink(
            name=name,
            label=label,
            href=href + state.query_string(view="headers", group=name),
            is_current=name == chosen,
            count=counts[name] or None,
        )
        for name, label in {"": _("All"), **names}.items()
    )


def _rows(header: Sequence[HeaderField], site: Site | None = None) -> Iterator[HeaderRow]:
    for field in header[:FIELDS_SHOWN]:
        body = field.body[:BODY_CHARACTERS]
        decoded = decode_words(body)
        yield HeaderRow(
            name=formatting.shown(field.name),
            body=formatting.shown(decoded),
            encoded="" if decoded == body else formatting.shown(body),
            group=_group(field.name.lower()),
            search_href=_search_href(site, field.name, decoded) if site else "",
        )


def _search_href(site: Site, name: str, body: str) -> str:
    """Return the search for messages with the same field; "" for a body too long for a search."""
    name, text = clean(name), clean(body)
    if not name or not text or len(body) > SEARCHED_CHARACTERS:
        return ""
    return site.href(q=render(HeaderHas(name=name, text=text, whole=True)))


def _group(name: str) -> str:
    is_list = name.startswith("list-") or name == "precedence"
    return _GROUP_OF.get(name, "list" if is_list else "other")


async def part_rows(
    site: Site, stored: StoredMessage, state: ListState, given: Mapping[str, str]
) -> tuple[PartRow, ...]:
    """Return the tree of parts in document order, with the content of one part.

    given: parameters of the address: `part` chooses that part, `as=sent` shows it without decoding.
    """
    parts = stored.message.parts[:PARTS_SHOWN]
    depths: list[int] = []
    for part in parts:
        depths.append(depths[part.parent] + 1 if part.parent >= 0 else 0)
    defects: dict[str, list[str]] = {}
    for defect in stored.message.defects:
        defects.setdefault(defect.part_id, []).append(defect.text)
    rows = []
    for part, depth in zip(parts, depths, strict=True):
        href = site.message_href(stored.summary.store_id) + state.query_string(view="parts", part=part.part_id)
        row = _part_row(site, stored, part, min(depth, MAX_DEPTH), href, defects.get(part.part_id, ()))
        # The header section of the message has a view of its own, and a tree of hundreds of parts shows none.
        if part.parent >= 0 and len(stored.message.parts) <= 100:
            row = replace(row, headers=await _part_header(site, stored, part))
        if part.part_id == given.get("part") and not part.is_multipart:
            content = await _part_content(site, stored, part, href, as_sent=given.get("as") == "sent")
            row = replace(row, content=content)
        rows.append(row)
    return tuple(rows)


async def _part_content(site: Site, stored: StoredMessage, part: Part, href: str, *, as_sent: bool) -> PartContent:
    store_id = stored.summary.store_id
    choices = (
        NavLink(name="decoded", label=_("Decoded"), href=href, is_current=not as_sent),
        NavLink(name="sent", label=_("As sent"), href=f"{href}&as=sent", is_current=as_sent),
    )
    src = text = ""
    is_cut = False
    if as_sent:
        end = min(part.end, part.body_start + PART_OCTETS)
        octets = await excerpt(site, store_id, start=part.body_start, end=end)
        text, is_cut = octets.decode("utf-8", "replace"), end < part.end
    elif part.media_type in IMAGES:
        src = f"{_part_href(site, stored, part)}?show=1"
    elif is_showable(part) and part.media_type != "application/pdf":
        octets = (await site.services.store.part(store_id, part.part_id))[:PART_OCTETS]
        text = await site.services.threads.run(octets_text, octets, part.charset)
        is_cut = part.size > PART_OCTETS
    return PartContent(choices=choices, src=src, text=formatting.shown_lines(text), is_cut=is_cut)


async def _part_header(site: Site, stored: StoredMessage, part: Part) -> tuple[HeaderRow, ...]:
    end = min(part.body_start, part.header_start + HEADER_OCTETS)
    octets = await excerpt(site, stored.summary.store_id, start=part.header_start, end=end)
    return tuple(_rows(header_fields(octets, 0, len(octets))))


def _part_row(site: Site, stored: StoredMessage, part: Part, depth: int, href: str, defects: Sequence[str]) -> PartRow:
    facts = [part.charset, part.transfer_encoding, part.disposition, f"<{part.content_id}>" if part.content_id else ""]
    digests = part.digests
    save_href = _part_href(site, stored, part)
    return PartRow(
        part_id=part.part_id,
        depth=depth,
        media_type=formatting.shown(part.media_type),
        name=formatting.shown(part.file_name or part.description),
        size=part.size,
        facts=tuple(formatting.shown(fact) for fact in facts if fact),
        digests=(
            NamedValue(name="MD5", value=digests.md5),
            NamedValue(name="SHA-1", value=digests.sha1),
            NamedValue(name="SHA-256", value=digests.sha256),
        )
        if digests
        else (),
        href="" if part.is_multipart else href,
        content=None,
        open_href=f"{save_href}?show=1" if is_showable(part) else "",
        save_href="" if part.is_multipart else save_href,
        headers=(),
        defects=tuple(defects),
        is_container=part.is_multipart,
    )


def _part_href(site: Site, stored: StoredMessage, part: Part) -> str:
    return f"{site.message_href(stored.summary.store_id)}/part/{part.part_id}"
