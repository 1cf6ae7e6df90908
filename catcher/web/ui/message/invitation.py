"""What a calendar part says, in a few lines: title, time with zone, place, who asks. Source: RFC 5545, RFC 5546."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from catcher.mime.model import Part
from catcher.store.model import StoredMessage
from catcher.web.ui.pages import Fact, Invitation
from catcher.web.ui.site import formatting
from catcher.web.ui.site.languages import _, marked
from catcher.web.ui.site.site import Site

MOST_OCTETS = 256 * 1024
MOST_PARTS = 2
MOST_EVENTS = 10
CHARACTERS = 500

_METHODS = {
    "REQUEST": marked("Invitation"),
    "CANCEL": marked("Cancellation"),
    "REPLY": marked("Answer to an invitation"),
    "COUNTER": marked("Other proposal"),
    "PUBLISH": marked("Event"),
}


async def read_invitations(site: Site, stored: StoredMessage) -> tuple[Invitation, ...]:
    """The events of the first calendar parts; one without a title for a part that cannot be read."""
    parts = [part for part in stored.message.parts if part.media_type == "text/calendar"][:MOST_PARTS]
    found: dict[str, Invitation] = {}
    for part in parts:
        octets = await site.services.store.part(stored.summary.store_id, part.part_id)
        for each in await site.services.threads.run(invitations, octets[:MOST_OCTETS], part):
            found.setdefault(repr(each.facts), each)  # the same event often comes as a body and as an attachment
    return tuple(found.values())[:MOST_EVENTS]


def invitations(octets: bytes, part: Part) -> list[Invitation]:
    """The events of one calendar; never raises."""
    from icalendar import Calendar  # slow to import, and wanted by few messages

    try:
        calendar = Calendar.from_ical(octets)
        method = str(calendar.get("method") or dict(part.parameters).get("method", "")).upper()
        kind = _(_METHODS.get(method, "Event"))
        return [_invitation(kind, event) for event in calendar.walk("VEVENT")[:MOST_EVENTS]]
    except Exception:  # a parser may raise anything for octets made to break it
        return [Invitation(kind=_("Event"), title=_("This calendar part cannot be read."), facts=())]


def _invitation(kind: str, event: Any) -> Invitation:
    return Invitation(kind=kind, title=_text(event.get("summary")) or _("(no title)"), facts=tuple(_facts(event)))


def _facts(event: Any) -> Iterator[Fact]:
    rule = event.get("rrule")
    for name, value in (
        (_("When"), _when(event)),
        (_("Where"), _text(event.get("location"))),
        (_("Organizer"), _text(event.get("organizer")).removeprefix("mailto:").removeprefix("MAILTO:")),
        (_("Repeats"), _text(rule.to_ical().decode("utf-8", "replace")) if hasattr(rule, "to_ical") else ""),
        (_("Status"), _text(event.get("status"))),
    ):
        if value:
            yield Fact(name=name, value=value)


def _when(event: Any) -> str:
    """ "2026-11-23 10:00 – 11:00 (Europe/Paris)"; whole days as dates."""
    start, end = (getattr(event.get(name), "dt", None) for name in ("dtstart", "dtend"))
    if isinstance(start, datetime):
        said = f"{start:%Y-%m-%d %H:%M}"
        if isinstance(end, datetime):
            said += f" – {end:%H:%M}" if end.date() == start.date() else f" – {end:%Y-%m-%d %H:%M}"
        return formatting.shown(f"{said} ({_zone(start)})")
    return f"{start.isoformat()}, {_('all day')}" if isinstance(start, date) else ""


def _zone(moment: datetime) -> str:
    key = getattr(moment.tzinfo, "key", "") or moment.tzname() or ""
    return str(key)[:CHARACTERS] or _("local time of the reader")


def _text(value: object) -> str:
    """One line; of a repeated property the first."""
    first = value[0] if isinstance(value, list) and value else value
    return formatting.shown(str(first)[:CHARACTERS]) if first else ""
