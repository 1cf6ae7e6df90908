"""The events of calendar parts: title, time with zone, place, organizer. Source: RFC 5545, RFC 5546."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from catcher.mime.model import Part
from catcher.store.model import StoredMessage
from catcher.web.ui.pages.message import CalendarEvent
from catcher.web.ui.pages.views import NamedValue
from catcher.web.ui.site import formatting
from catcher.web.ui.site.languages import _, marked
from catcher.web.ui.site.site import Site

MAX_OCTETS = 256 * 1024
MAX_PARTS = 2
MAX_EVENTS = 10
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
    from icalendar import Calendar  # slow to import, and needed by few messages

    try:
        calendar = Calendar.from_ical(octets)
        method = str(calendar.get("method") or dict(part.parameters).get("method", "")).upper()
        kind = _(_METHODS.get(method, "Event"))
        return [
            CalendarEvent(kind=kind, title=_text(event.get("summary")) or _("(no title)"), facts=tuple(_facts(event)))
            for event in calendar.walk("VEVENT")[:MAX_EVENTS]
        ]
    except Exception:  # a parser may raise anything for octets made to break it
        return [CalendarEvent(kind=_("Event"), title=_("This calendar part is malformed."), facts=())]


def _facts(event: Any) -> Iterator[NamedValue]:
    rule = event.get("rrule")
    for name, value in (
        (_("When"), _when(event)),
        (_("Where"), _text(event.get("location"))),
        (_("Organizer"), _text(event.get("organizer")).removeprefix("mailto:").removeprefix("MAILTO:")),
        (_("Repeats"), _text(rule.to_ical().decode("utf-8", "replace")) if hasattr(rule, "to_ical") else ""),
        (_("Status"), _text(event.get("status"))),
    ):
        if value:
            yield NamedValue(name=name, value=value)


def _when(event: Any) -> str:
    """Return the time as "2026-11-23 10:00 – 11:00 (Europe/Paris)"; whole days as dates."""
    start, end = (getattr(event.get(name), "dt", None) for name in ("dtstart", "dtend"))
    if isinstance(start, datetime):
        text = f"{start:%Y-%m-%d %H:%M}"
        if isinstance(end, datetime):
            text += f" – {end:%H:%M}" if end.date() == start.date() else f" – {end:%Y-%m-%d %H:%M}"
        return formatting.shown(f"{text} ({_zone(start)})")
    return f"{start.isoformat()}, {_('all day')}" if isinstance(start, date) else ""


def _zone(moment: datetime) -> str:
    key = getattr(moment.tzinfo, "key", "") or moment.tzname() or ""
    return str(key)[:CHARACTERS] or _("recipient's local time")


def _text(value: object) -> str:
    """Return one line; of a repeated property the first."""
    first = value[0] if isinstance(value, list) and value else value
    return formatting.shown(str(first)[:CHARACTERS]) if first else ""
