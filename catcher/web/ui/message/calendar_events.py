"""The events of calendar parts: title, time with zone, place, organizer. Source: RFC 5545, RFC 5546."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from catcher.mime.calendar import MAX_EVENTS, MAX_OCTETS, Event, Moment, read_calendar
from catcher.mime.model import Part
from catcher.store.model import StoredMessage
from catcher.web.ui.pages.message import CalendarEvent
from catcher.web.ui.pages.views import NamedValue
from catcher.web.ui.site import formatting
from catcher.web.ui.site.languages import _, marked
from catcher.web.ui.site.site import Site

MAX_PARTS = 2
CHARACTERS = 500

_METHODS = {
    "REQUEST": marked("Invitation"),
    "CANCEL": marked("Cancellation"),
    "REPLY": marked("Reply to an invitation"),
    "COUNTER": marked("Counter-proposal"),
    "PUBLISH": marked("Event"),
}


async def read_events(site: Site, stored: StoredMessage) -> tuple[CalendarEvent, ...]:
    """Return the events of the first calendar parts; a malformed part gives an event that says so."""
    parts = [part for part in stored.message.parts if part.media_type == "text/calendar"][:MAX_PARTS]
    found: dict[str, CalendarEvent] = {}
    for part in parts:
        octets = await site.services.store.part(stored.summary.store_id, part.part_id)
        for event in await site.services.threads.run(events_of, octets[:MAX_OCTETS], part):
            found.setdefault(repr(event.facts), event)  # the same event is often both a body and an attachment
    return tuple(found.values())[:MAX_EVENTS]


def events_of(octets: bytes, part: Part) -> list[CalendarEvent]:
    """Return the events of one calendar; never raises."""
    calendar = read_calendar(octets)
    if calendar is None:
        return [CalendarEvent(kind=_("Event"), title=_("This calendar part is malformed."), facts=())]
    method = calendar.method or dict(part.parameters).get("method", "").upper()
    kind = _(_METHODS.get(method, "Event"))
    return [
        CalendarEvent(kind=kind, title=_text(event.summary) or _("(no title)"), facts=tuple(_facts(event)))
        for event in calendar.events
    ]


def _facts(event: Event) -> Iterator[NamedValue]:
    for name, value in (
        (_("When"), _when(event)),
        (_("Unreadable time"), _text(", ".join(event.unreadable))),
        (_("Where"), _text(event.location)),
        (_("Organizer"), _text(re.sub("^mailto:", "", event.organizer, flags=re.IGNORECASE))),
        (_("Repeats"), _text(event.rule)),
        (_("Status"), _text(event.status)),
    ):
        if value:
            yield NamedValue(name=name, value=value)


def _when(event: Event) -> str:
    """Return the time as "2026-11-23 10:00 – 11:00 (Europe/Paris)"; whole days as dates."""
    if event.start is None:
        return ""
    start, end = event.start.value, event.end.value if event.end else None
    if not isinstance(start, datetime):
        is_day = end is not None and not isinstance(end, datetime) and end > start
        last = end - timedelta(days=1) if end is not None and is_day else start  # the end is exclusive
        days = f"{start} – {last}" if last > start else str(start)
        return f"{days}, {_('all day')}"
    zone = _zone(event.start)
    text = f"{start:%Y-%m-%d %H:%M}"
    if event.end and isinstance(end, datetime):
        end_zone = _zone(event.end)
        if end_zone != zone:
            text += f" ({zone})"
        text += f" – {end:%H:%M}" if end.date() == start.date() else f" – {end:%Y-%m-%d %H:%M}"
        zone = end_zone
    return formatting.shown(f"{text} ({zone})")


def _zone(moment: Moment) -> str:
    if not moment.zone:
        return _("recipient's local time")
    name = moment.zone[:CHARACTERS]
    if moment.offset is not None:
        minutes = round(moment.offset.total_seconds() / 60)
        return f"{name}, UTC{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
    return name if moment.is_known else f"{name}, {_('unknown time zone')}"


def _text(value: str) -> str:
    """Return one line."""
    return formatting.shown(value[:CHARACTERS]) if value else ""
