"""Parser of messages: combines scan, header, roles and digests."""

import hashlib
from itertools import islice

from catcher.mime.codings import iter_decoded
from catcher.mime.entity import Entity
from catcher.mime.fields.addresses import MAX_TEXT, parse_addresses
from catcher.mime.fields.dates import parse_date
from catcher.mime.fields.words import decode_words
from catcher.mime.limits import Limits
from catcher.mime.model import Address, Digests, HeaderField, Octets, ParseDefect, ParsedMessage, Part
from catcher.mime.part_defects import part_defects
from catcher.mime.scan import scan
from catcher.mime.tree import part_ids, roles_of
from catcher.mime.uufiles import add_uu_files

_MAX_DEFECTS = 100
_ADDRESS_FIELDS = ("from", "sender", "reply-to", "to", "cc", "bcc")


def parse(octets: Octets, *, limits: Limits = Limits()) -> ParsedMessage:  # noqa: B008
    """Parse a message: header fields, tree of parts, roles, defects.

    Never raises. Time is linear, and memory beyond the octets is bounded by `limits`; what
    exceeds them is marked (`is_cut`, defects "cut-…"). Parts are read in pieces, never copied as a whole.
    """
    found = scan(octets, limits)
    moved = add_uu_files(octets, found.entities, limits)
    ids = part_ids(found.entities)
    roles = roles_of(found.entities)
    listed = {*roles.attachments, *roles.inlines}
    bodies = _bodies_by_name(found.header)
    mailboxes, is_cut = _mailboxes(bodies, limits)
    defects = [
        (code, ids[moved[index]] if index else "", text) for code, index, text in found.defects[: _MAX_DEFECTS - 1]
    ]
    for code, index, text in islice(part_defects(octets, found.entities), max(0, _MAX_DEFECTS - len(defects) - 1)):
        defects.append((code, ids[index], text))
    if is_cut:
        defects.append(("cut-addresses", "", "The address fields are too long: later mailboxes were left out."))
    return ParsedMessage(
        header=found.header,
        subject=decode_words(bodies["subject"][0]).strip() if "subject" in bodies else "",
        message_id=bodies["message-id"][0].strip("<> ") if "message-id" in bodies else "",
        date=parse_date(bodies["date"][0]) if "date" in bodies else None,
        from_=mailboxes.get("from", ()),
        sender=mailboxes.get("sender", ()),
        to=mailboxes.get("to", ()),
        cc=mailboxes.get("cc", ()),
        bcc=mailboxes.get("bcc", ()),
        reply_to=mailboxes.get("reply-to", ()),
        parts=tuple([_part(octets, entity, ids[i], is_listed=i in listed) for i, entity in enumerate(found.entities)]),
        text_parts=roles.text_parts,
        html_parts=roles.html_parts,
        attachments=roles.attachments,
        inlines=roles.inlines,
        defects=tuple([ParseDefect(code=code, part_id=part_id, text=text) for code, part_id, text in defects]),
        is_cut=found.is_cut or is_cut,
    )


def _bodies_by_name(header: tuple[HeaderField, ...]) -> dict[str, list[str]]:
    bodies: dict[str, list[str]] = {}
    for field in header:
        bodies.setdefault(field.name.lower(), []).append(field.body)
    return bodies


def _mailboxes(bodies: dict[str, list[str]], limits: Limits) -> tuple[dict[str, tuple[Address, ...]], bool]:
    """Return the mailboxes of each kind of address field, and whether a limit cut them."""
    room = MAX_TEXT
    found: dict[str, tuple[Address, ...]] = {}
    for name in _ADDRESS_FIELDS:
        for body in bodies.get(name, ()):
            earlier = found.get(name, ())
            if room > 0 and len(earlier) < limits.mailboxes:
                found[name] = earlier + parse_addresses(body[:room], limit=limits.mailboxes - len(earlier))
            room -= len(body)
    return found, room < 0 or any(len(mailboxes) >= limits.mailboxes for mailboxes in found.values())


def _part(octets: Octets, entity: Entity, part_id: str, *, is_listed: bool) -> Part:
    size, digests = _measure(octets, entity, is_listed=is_listed)
    return Part(
        part_id=part_id,
        parent=entity.parent,
        media_type=entity.media_type,
        parameters=entity.parameters,
        charset=next((value.lower() for name, value in entity.parameters if name == "charset"), ""),
        transfer_encoding=entity.transfer_encoding,
        disposition=entity.disposition,
        file_name=entity.file_name,
        content_id=entity.content_id,
        content_location=entity.content_location,
        description=decode_words(entity.description) if entity.description else "",
        header_start=entity.header_start,
        body_start=entity.body_start,
        end=entity.end,
        size=size,
        digests=digests,
    )


def _measure(octets: Octets, entity: Entity, *, is_listed: bool) -> tuple[int, Digests | None]:
    """Return the decoded size of a leaf, and its digests if it is listed."""
    if entity.is_multipart:
        return 0, None
    start, end, encoding = entity.body_start, entity.end, entity.transfer_encoding
    if not is_listed:
        if encoding not in ("base64", "quoted-printable", "x-uuencode"):
            return end - start, None
        return sum(map(len, iter_decoded(octets, start, end, encoding))), None
    md5, sha1 = hashlib.md5(usedforsecurity=False), hashlib.sha1(usedforsecurity=False)
    sha256 = hashlib.sha256()
    size = 0
    for piece in iter_decoded(octets, start, end, encoding):
        size += len(piece)
        md5.update(piece)
        sha1.update(piece)
        sha256.update(piece)
    return size, Digests(md5=md5.hexdigest(), sha1=sha1.hexdigest(), sha256=sha256.hexdigest())
