"""How far the parse of one message goes before it stops and says so."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds on the work one message can cause; what lies beyond is marked as cut, the octets stay as they are.

    depth: levels of multiparts and embedded messages that are opened; the root is level 0.
    parts: entities in the tree. header_octets: of one header section that are read.
    candidates: lines compared with the boundaries that turn out to be none.
    fields: header fields kept of one header section. mailboxes: kept of one kind of address field.
    """

    depth: int = 100
    parts: int = 10_000
    header_octets: int = 10_485_760
    candidates: int = 500_000
    fields: int = 10_000
    mailboxes: int = 20_000
