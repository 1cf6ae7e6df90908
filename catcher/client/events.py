"""Events of a catcher, and their reading from a stream."""

import msgspec
from msgspec import UNSET, Struct

from catcher.schema.events import EventFrame, MessageChange
from catcher.schema.messages import Summary


class Event(Struct, frozen=True, kw_only=True):
    """An event. cursor: its number, for continuing after it.

    kind: "new" (`summary`), "update" (`is_read` or `tags`), "delete"; "prune" after many changes, "truncate" after the
    deletion of all messages. store_id: "" for the last two.
    """

    cursor: int
    kind: str
    store_id: str = ""
    summary: Summary | None = None
    is_read: bool | None = None
    tags: tuple[str, ...] | None = None


def event_of(line: str) -> Event | None:
    """Return the event in one line of a stream, None if the line holds none."""
    if not line.startswith("data:"):
        return None
    frame = msgspec.json.decode(line.removeprefix("data:").strip(), type=EventFrame)
    if frame.type == "new":
        summary = msgspec.convert(frame.data, Summary)
        return Event(cursor=frame.id, kind="new", store_id=summary.id, summary=summary)
    if frame.type in ("update", "delete"):
        change = msgspec.convert(frame.data, MessageChange)
        return Event(
            cursor=frame.id,
            kind=frame.type,
            store_id=change.id,
            is_read=None if change.read is UNSET else change.read,
            tags=None if change.tags is UNSET else change.tags,
        )
    return Event(cursor=frame.id, kind=frame.type)
