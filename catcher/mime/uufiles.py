"""Uuencoded files in plain text, the attachments from before MIME, which scripts still send."""

import re

from catcher.mime.entity import IDENTITY, Entity, safe_name
from catcher.mime.limits import Limits
from catcher.mime.model import Octets

_BEGIN = re.compile(rb"(?:^|(?<=\n))begin [0-7]{3,4} ([^\r\n]{1,255})\r?\n")
_END = re.compile(rb"\nend[ \t]*(?:\r?\n|$)")


def add_uu_files(octets: Octets, entities: list[Entity], limits: Limits) -> list[int]:
    """Add every complete uuencoded file in a text as an entity below that text.

    A file extends from its "begin" line to its "end" line; without an end it stays text. Returns the new index of each
    of the previous entities.
    """
    moved: list[int] = []
    out: list[Entity] = []
    for entity in entities:
        moved.append(len(out))
        if entity.parent >= 0:
            entity.parent = moved[entity.parent]
        out.append(entity)
        if _may_hold_files(octets, entity):
            room = limits.parts - len(entities) - (len(out) - len(moved))
            out.extend(_files_in(octets, entity, moved[-1], room))
    entities[:] = out
    return moved


def _may_hold_files(octets: Octets, entity: Entity) -> bool:
    return (
        entity.media_type == "text/plain"
        and entity.transfer_encoding in IDENTITY
        and entity.disposition != "attachment"
        and octets.find(b"begin ", entity.body_start, entity.end) >= 0
    )


def _files_in(octets: Octets, text: Entity, parent: int, room: int) -> list[Entity]:
    found: list[Entity] = []
    at = text.body_start
    while len(found) < room and (begin := _BEGIN.search(octets, at, text.end)):
        close = _END.search(octets, begin.end() - 1, text.end)
        if close is None:
            break
        at = close.end()
        found.append(
            Entity(
                parent=parent,
                depth=text.depth + 1,
                header_start=begin.start(),
                body_start=begin.start(),
                end=at,
                media_type="application/octet-stream",
                transfer_encoding="x-uuencode",
                disposition="attachment",
                file_name=safe_name(begin[1].decode("utf-8", "replace")),
            )
        )
    return found
