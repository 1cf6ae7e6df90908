"""Events of a calendar: what they are and when. Source: RFC 5545, RFC 5546.

icalendar's parser makes time zones of a calendar by expanding all their transitions, without a bound, and registers
them for the whole process. Here its reader of content lines is used, and a zone is asked for the moments shown only.
"""

import re
from calendar import monthrange
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

MAX_OCTETS = 256 * 1024
MAX_EVENTS = 10
MAX_ZONES = 20
MAX_DEPTH = 20
MAX_OBSERVANCES = 100
MAX_ONSETS = 50
"""Dates, and rules, that are read of one observance of a zone."""

_UNFOLD = re.compile(r"\r?\n[ \t]")
_LINE_BREAK = re.compile(r"\r?\n|\r")
_NAME = re.compile(r"\s*([A-Za-z-]{1,30})\s*[;:]")
_MOMENT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?\Z", re.ASCII | re.IGNORECASE)
_OFFSET = re.compile(r"([+-])([01]\d|2[0-3])([0-5]\d)([0-5]\d)?\Z", re.ASCII)
_DURATION = re.compile(
    r"(?P<sign>[+-]?)P(?:(?P<weeks>\d{1,6})W)?(?:(?P<days>\d{1,6})D)?"
    r"(?:T(?:(?P<hours>\d{1,9})H)?(?:(?P<minutes>\d{1,9})M)?(?:(?P<seconds>\d{1,9})S)?)?\Z",
    re.ASCII | re.IGNORECASE,
)
_WEEKDAYS = {name: number for number, name in enumerate(("MO", "TU", "WE", "TH", "FR", "SA", "SU"))}
_DAYS = re.compile(r"[+-]?\d{1,2}\b", re.ASCII)
_BYDAY = re.compile(r"([+-]?\d)?(MO|TU|WE|TH|FR|SA|SU)\Z")
_CALENDAR_NAMES = frozenset({"METHOD"})
_EVENT_NAMES = frozenset({"DTSTART", "DTEND", "DURATION", "SUMMARY", "LOCATION", "ORGANIZER", "RRULE", "STATUS"})
_ZONE_NAMES = frozenset({"TZID"})
_OBSERVANCE_NAMES = frozenset({"DTSTART", "TZOFFSETFROM", "TZOFFSETTO", "RRULE", "RDATE"})
_WANTED = {
    "VCALENDAR": _CALENDAR_NAMES,
    "VEVENT": _EVENT_NAMES,
    "VTIMEZONE": _ZONE_NAMES,
    "STANDARD": _OBSERVANCE_NAMES,
    "DAYLIGHT": _OBSERVANCE_NAMES,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A day, or a time on the clocks of a zone.

    value: naive, as written. zone: an IANA name, "UTC", the name that the calendar gives it, or "" for the local time
    of whoever reads. offset: from UTC, where it comes from the calendar's own zone; None for the others. is_known:
    whether the zone is.
    """

    value: date | datetime
    zone: str = ""
    offset: timedelta | None = None
    is_known: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An event. The texts are as written, "" when there is none. unreadable: values of times that are none."""

    summary: str = ""
    location: str = ""
    organizer: str = ""
    status: str = ""
    rule: str = ""
    start: Moment | None = None
    end: Moment | None = None
    unreadable: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """The first events of a calendar, and its method in upper case, "" when it has none."""

    method: str
    events: tuple[Event, ...]


@dataclass(slots=True)
class _Property:
    value: str
    parameters: Mapping[str, str]


_Properties = dict[str, list[_Property]]


@dataclass(slots=True)
class _Zone:
    properties: _Properties = field(default_factory=dict)
    observances: list[_Properties] = field(default_factory=list)


def read_calendar(octets: bytes) -> Calendar | None:
    """Return the events of the calendar in the first `MAX_OCTETS`; None when there is no calendar in it.

    Never raises; what cannot be read is left out. Takes time in proportion to the octets, whatever the rules say.
    """
    reader = _Reader()
    reader.read(octets[:MAX_OCTETS].decode("utf-8", "replace"))
    if not reader.is_calendar:
        return None
    zones: dict[str, _Zone] = {}
    for zone in reader.zones:
        zones.setdefault(_first(zone.properties, "TZID"), zone)
    return Calendar(
        method=_first(reader.properties, "METHOD").upper(),
        events=tuple(_event(properties, zones) for properties in reader.events),
    )


class _Reader:
    """Collects the properties of the components that are shown, and of time zones."""

    def __init__(self) -> None:
        self.is_calendar = False
        self.properties: _Properties = {}
        self.events: list[_Properties] = []
        self.zones: list[_Zone] = []
        self._open: list[tuple[str, _Properties]] = []

    def read(self, text: str) -> None:
        for line in _LINE_BREAK.split(_UNFOLD.sub("", text)):
            name = _NAME.match(line)
            if name is None:
                continue
            key = name[1].upper()
            if key == "BEGIN":
                self._begin(line[name.end() :].strip().upper())
            elif key == "END":
                self._end(line[name.end() :].strip().upper())
            elif self._open and key in _WANTED.get(self._open[-1][0], ()):
                found = self._open[-1][1].setdefault(key, [])
                if len(found) < MAX_ONSETS:
                    found.append(_property(line.strip()))

    def _begin(self, component: str) -> None:
        if len(self._open) >= MAX_DEPTH:
            return
        properties: _Properties = {}
        parent = self._open[-1][0] if self._open else ""
        if component == "VCALENDAR" and not parent:
            self.is_calendar = True
            properties = self.properties
        elif component == "VEVENT" and len(self.events) < MAX_EVENTS:
            self.events.append(properties)
        elif component == "VTIMEZONE" and len(self.zones) < MAX_ZONES:
            self.zones.append(_Zone(properties))
        elif component in ("STANDARD", "DAYLIGHT") and parent == "VTIMEZONE" and self.zones:
            if len(self.zones[-1].observances) < MAX_OBSERVANCES:
                self.zones[-1].observances.append(properties)
        else:
            component = ""  # its properties are not read
        self._open.append((component, properties))

    def _end(self, component: str) -> None:
        names = [name for name, _ in self._open]
        if component in names:
            del self._open[len(names) - 1 - names[::-1].index(component) :]
        elif self._open and not self._open[-1][0]:
            self._open.pop()


def _property(line: str) -> _Property:
    from icalendar.parser import Contentline  # slow to import, and needed by few messages

    try:
        _, parameters, value = Contentline(line).parts()  # type: ignore[no-untyped-call]
    except ValueError:
        return _Property(line.partition(":")[2], {})
    return _Property(value, {name.upper(): str(text) for name, text in parameters.items()})


def _event(properties: _Properties, zones: Mapping[str, _Zone]) -> Event:
    start, end = (_moment(properties, name, zones) for name in ("DTSTART", "DTEND"))
    duration = _duration(_first(properties, "DURATION"))
    read = {"DTSTART": start, "DTEND": end, "DURATION": duration}
    unreadable = [_first(properties, name) for name, found in read.items() if found is None]
    if end is None and start is not None and duration is not None:
        end = _after(start, duration, zones)
    return Event(
        summary=_first(properties, "SUMMARY"),
        location=_first(properties, "LOCATION"),
        organizer=_first(properties, "ORGANIZER"),
        status=_first(properties, "STATUS"),
        rule=_first(properties, "RRULE"),
        start=start,
        end=end,
        unreadable=tuple(value for value in unreadable if value),
    )


def _first(properties: _Properties, name: str) -> str:
    found = properties.get(name)
    return found[0].value.strip() if found else ""


def _moment(properties: _Properties, name: str, zones: Mapping[str, _Zone]) -> Moment | None:
    found = properties.get(name)
    if not found:
        return None
    value, is_utc = _written(found[0].value)
    if value is None:
        return None
    if not isinstance(value, datetime):
        return Moment(value=value)
    return Moment(value=value, zone="UTC") if is_utc else _placed(value, found[0].parameters.get("TZID", ""), zones)


def _written(text: str) -> tuple[date | datetime | None, bool]:
    """Return a day or a naive time, and whether it is in UTC; None when it is neither."""
    found = _MOMENT.match(text.strip())
    if found is None:
        return None, False
    year, month, day = (int(found[number]) for number in (1, 2, 3))
    try:
        if found[4] is None:
            return date(year, month, day), False
        # A leap second is the last one before it (RFC 5545 §3.3.12).
        return datetime(year, month, day, int(found[4]), int(found[5]), min(int(found[6]), 59)), bool(found[7])  # noqa: DTZ001
    except ValueError:
        return None, False


def _placed(value: datetime, name: str, zones: Mapping[str, _Zone]) -> Moment:
    """Return the time in the zone of this name: the calendar's own, one of IANA's, or one of Windows'."""
    if not name:
        return Moment(value=value)
    own = _offset(zones[name], value) if name in zones else None
    known = iana_zone(name)
    if known == name or (own is None and known):
        return Moment(value=value, zone=known)
    return Moment(value=value, zone=name, offset=own, is_known=own is not None)


def iana_zone(name: str) -> str:
    """Return the IANA name of a zone: its own, at the end of a globally unique one, or by its Windows name; else ""."""
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

    pieces = name.strip("/").split("/")
    for candidate in (WINDOWS_TO_OLSON.get(name, name), "/".join(pieces[-3:]), "/".join(pieces[-2:])):
        with suppress(OSError, ValueError, KeyError):  # also for names that are no file names
            return ZoneInfo(candidate).key
    return ""


def _offset(zone: _Zone, moment: datetime) -> timedelta | None:
    """Return the offset from UTC that a VTIMEZONE gives for a local time: that of the latest onset before it."""
    latest: tuple[datetime, timedelta] | None = None
    earliest: tuple[datetime, timedelta] | None = None
    for observance in zone.observances:
        before, after = (_utc_offset(_first(observance, name)) for name in ("TZOFFSETFROM", "TZOFFSETTO"))
        if after is None:
            continue
        for onset in _onsets(observance, moment):
            if onset <= moment and (latest is None or onset > latest[0]):
                latest = onset, after
            if before is not None and (earliest is None or onset < earliest[0]):
                earliest = onset, before
    found = latest or earliest
    return found[1] if found else None


def _onsets(observance: _Properties, moment: datetime) -> Iterator[datetime]:
    """Yield the onsets of an observance that matter for a local time: the first, dates, and the last of each rule."""
    first, _ = _written(_first(observance, "DTSTART"))
    if not isinstance(first, datetime):
        return
    yield first
    for listed in observance.get("RDATE", ()):
        for text in listed.value.split(",")[:MAX_ONSETS]:
            value, _ = _written(text.partition("/")[0])
            if isinstance(value, datetime):
                yield value
    for rule in observance.get("RRULE", ()):
        yield from _yearly(rule.value, first, moment)


def _yearly(rule: str, first: datetime, moment: datetime) -> Iterator[datetime]:
    """Yield the last two onsets of a rule in or before the year of a local time. Rules of zones are yearly."""
    parts = dict(part.upper().partition("=")[::2] for part in rule.split(";")[:20])
    until, is_utc = _written(parts.get("UNTIL", ""))
    interval, count = _number(parts, "INTERVAL") or 1, _number(parts, "COUNT")
    if parts.get("FREQ") != "YEARLY":
        return
    last = until if isinstance(until, datetime) else None
    slack = timedelta(days=1) if is_utc else timedelta()  # UNTIL is in UTC, onsets are local
    end = min(moment.year, last.year if last else moment.year)
    if count:
        end = min(end, first.year + (count - 1) * interval)
    end -= (end - first.year) % interval
    for year in (end - interval, end):
        if year < first.year:
            continue
        day = _day_of(parts, year, first)
        if day is None:
            continue
        onset = datetime.combine(day, first.time())
        if onset >= first and (last is None or onset - last <= slack):
            yield onset


def _number(parts: Mapping[str, str], name: str) -> int:
    """Return a number of a rule, 0 without one."""
    text = parts.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _day_of(parts: Mapping[str, str], year: int, first: datetime) -> date | None:
    """Return the day of a yearly rule in a year: by month, and by day of the month or by the nth weekday in it."""
    month = _number(parts, "BYMONTH")
    month = month if 1 <= month <= 12 else first.month
    length = monthrange(year, month)[1]
    days = [int(found) for found in _DAYS.findall(parts.get("BYMONTHDAY", "")[:200])]
    weekday = _BYDAY.match(parts.get("BYDAY", ""))
    if weekday is None:
        day = days[0] if days else first.day
        day = day + length + 1 if day < 0 else day
        return date(year, month, day) if 1 <= day <= length else None
    candidates = [
        date(year, month, day)
        for day in range(1, length + 1)
        if date(year, month, day).weekday() == _WEEKDAYS[weekday[2]] and (not days or day in days)
    ]
    nth = int(weekday[1] or 1)
    position = nth - 1 if nth > 0 else nth
    return candidates[position] if -len(candidates) <= position < len(candidates) else None


def _utc_offset(text: str) -> timedelta | None:
    found = _OFFSET.match(text)
    if found is None:
        return None
    offset = timedelta(hours=int(found[2]), minutes=int(found[3]), seconds=int(found[4] or 0))
    return -offset if found[1] == "-" else offset


def _duration(text: str) -> tuple[timedelta, timedelta] | None:
    """Return days and exact time of a duration, None when it is none."""
    found = _DURATION.match(text)
    if found is None or text[-1:].upper() in ("P", "T"):
        return None
    numbers = {name: int(number or 0) for name, number in found.groupdict().items() if name != "sign"}
    sign = -1 if found["sign"] == "-" else 1
    return (
        sign * timedelta(weeks=numbers["weeks"], days=numbers["days"]),
        sign * timedelta(hours=numbers["hours"], minutes=numbers["minutes"], seconds=numbers["seconds"]),
    )


def _after(start: Moment, duration: tuple[timedelta, timedelta], zones: Mapping[str, _Zone]) -> Moment | None:
    """Return the end of an event: days on the clock, and then exact time (RFC 5545 §3.3.6)."""
    days, exact = duration
    try:
        if not isinstance(start.value, datetime):
            return Moment(value=start.value + days)
        value = start.value + days
        before = _offset_at(start.zone, value, zones)
        value += exact
        after = _offset_at(start.zone, value, zones)
        if before is not None and after is not None:
            value += after - before
    except OverflowError:
        return None
    return replace(start, value=value, offset=after if start.offset is not None else None)


def _offset_at(zone: str, value: datetime, zones: Mapping[str, _Zone]) -> timedelta | None:
    if zone in zones and iana_zone(zone) != zone:
        return _offset(zones[zone], value)
    known = iana_zone(zone) if zone else ""
    return ZoneInfo(known).utcoffset(value) if known else None
