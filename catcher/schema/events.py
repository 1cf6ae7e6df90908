"""Frames of the event streams. The OpenAPI document describes them in its introduction."""

from typing import Any

from msgspec import UNSET, Struct, UnsetType, field

from catcher.schema.base import Camel


class EventFrame(Struct, frozen=True, kw_only=True):
    """An event. type: "new", "update", "delete", "prune", "truncate" or "stats". id: its cursor.

    data: a `Summary` for "new", a `MessageChange` for "update" and "delete", `Statistics` for "stats", else null.
    """

    type: str = field(name="Type")
    data: Any = field(name="Data", default=None)
    id: int


class MessageChange(Camel, frozen=True, kw_only=True):
    """A changed or deleted message, with those of its properties that changed."""

    id: str
    read: bool | UnsetType = UNSET
    tags: tuple[str, ...] | UnsetType = UNSET


class Statistics(Camel, frozen=True, kw_only=True):
    """Numbers of the mailbox, or of the inbox that the stream is limited to."""

    total: int
    unread: int
    version: str
