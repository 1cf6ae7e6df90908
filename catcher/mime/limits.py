"""Limits of the parse of one message."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Limits on the work that one message can cause; what exceeds them is marked as cut, the octets are kept.

    depth: levels of multiparts and embedded messages that are opened; the root is level 0.
    parts: entities in the tree. header_octets: of one header section that are read.
    candidates: lines that resemble a boundary without being one.
    fields: header fields kept of one header section. mailboxes: kept of one kind of address field.
    """

    depth: int = 100
    parts: int = 10_000
    header_octets: int = 10_485_760
    candidates: int = 500_000
    fields: int = 10_000
    mailboxes: int = 20_000
