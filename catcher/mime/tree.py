"""Tree of parts: part ids, and the roles body, attachment and inline.

Part ids are Mailpit's, unique for every node: the root is "0", its children are "1", "2", …; below a
multipart "2" they are "2.1", "2.2", and that multipart itself is "2.0". Below an embedded message "2" is its
content: the leaf "2.1", or the multipart "2.0" with its children "2.1", "2.2".

Roles: a text/plain or text/html leaf is body unless its disposition is "attachment", or it has a file name, no
disposition, and comes after other parts of its multipart (RFC 8621 §4.1.4, except for alternatives). Of the other
leaves those with disposition "attachment" are attachments, as are application/octet-stream ones without a disposition;
the rest are inlines, as is a body with disposition "inline" and a file name: it is shown, and can be saved. Parts of an
embedded message belong to that message, which is one leaf of the message around it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from catcher.mime.entity import EMBEDDED, Entity
from catcher.mime.model import ParsedMessage, Part

_TEXTS = frozenset({"text/plain", "text/html"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """Indexes of entities by role, each in document order; disjoint, but for texts that are also inlines."""

    text_parts: tuple[int, ...]
    html_parts: tuple[int, ...]
    attachments: tuple[int, ...]
    inlines: tuple[int, ...]


def part_ids(entities: Sequence[Entity]) -> list[str]:
    """Return the part id of each entity, parents before children."""
    ids: list[str] = []
    prefixes: list[str] = []  # the prefix of the ids of an entity's children
    counts: list[int] = []
    for entity in entities:
        parent = entity.parent
        counts.append(0)
        if parent < 0:
            ids.append("0")
            prefixes.append("")
        elif entity.is_multipart and not entities[parent].is_multipart and parent:
            # the content of an embedded message replaces it
            ids.append(f"{prefixes[parent]}0")
            prefixes.append(prefixes[parent])
        else:
            counts[parent] += 1
            own = f"{prefixes[parent]}{counts[parent]}"
            ids.append(f"{own}.0" if entity.is_multipart else own)
            prefixes.append(f"{own}.")
    return ids


def roles_of(entities: Sequence[Entity]) -> Roles:
    """Assign a role to each leaf of the message; multiparts and parts of embedded messages have none."""
    text: list[int] = []
    html: list[int] = []
    attachments: list[int] = []
    inlines: list[int] = []
    embedded: list[bool] = []
    for index, entity in enumerate(entities):
        parent = entity.parent
        embedded.append(parent >= 0 and (embedded[parent] or entities[parent].media_type in EMBEDDED))
        if embedded[index] or entity.is_multipart:
            continue
        if _is_body(entities, index):
            (html if entity.media_type == "text/html" else text).append(index)
            if entity.file_name and entity.disposition == "inline":
                inlines.append(index)
        elif entity.disposition == "attachment" or (
            not entity.disposition and entity.media_type == "application/octet-stream"
        ):
            attachments.append(index)
        else:
            inlines.append(index)
    return Roles(text_parts=tuple(text), html_parts=tuple(html), attachments=tuple(attachments), inlines=tuple(inlines))


def _is_body(entities: Sequence[Entity], index: int) -> bool:
    entity = entities[index]
    if entity.media_type not in _TEXTS or entity.disposition == "attachment":
        return False
    is_first = entity.parent == index - 1
    return bool(
        not entity.file_name
        or entity.disposition
        or is_first
        or entities[entity.parent].media_type == "multipart/alternative"
    )


def part_by_id(message: ParsedMessage, part_id: str) -> Part | None:
    """Return the part with that id, or None."""
    return next((part for part in message.parts if part.part_id == part_id), None)


def is_listed(message: ParsedMessage, part: Part) -> bool:
    """Whether `part` is among the message's attachments or inlines."""
    index = message.parts.index(part)
    return index in message.attachments or index in message.inlines
