"""Events of calendars and their times."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from catcher.mime.calendar import MAX_EVENTS, Event, Moment, read_calendar

CENTRAL = """BEGIN:VTIMEZONE
TZID:Central Standard Time
BEGIN:STANDARD
DTSTART:16010101T020000
TZOFFSETFROM:-0500
TZOFFSETTO:-0600
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=1SU;BYMONTH=11
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:-0600
TZOFFSETTO:-0500
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=2SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
"""
OFFICE = """BEGIN:VTIMEZONE
TZID:Our office
BEGIN:STANDARD
DTSTART:20201025T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:20210328T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=25,26,27,28,29,30,31;BYDAY=SU
END:DAYLIGHT
END:VTIMEZONE
"""

LAST_SUNDAY = "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU"


def event(*lines: str, zones: str = "") -> Event:
    text = "\n".join(("BEGIN:VCALENDAR", zones, "BEGIN:VEVENT", *lines, "END:VEVENT", "END:VCALENDAR"))
    calendar = read_calendar(text.replace("\n", "\r\n").encode())
    assert calendar is not None
    (found,) = calendar.events
    return found


def at(*numbers: int) -> datetime:
    return datetime(*numbers)  # type: ignore[arg-type]  # noqa: DTZ001


@pytest.mark.parametrize(
    ("zones", "zone", "time", "hours"),
    [
        (CENTRAL, "Central Standard Time", "20261123T100000", -6),
        (CENTRAL, "Central Standard Time", "20260723T100000", -5),
        (CENTRAL, "Central Standard Time", "20261101T030000", -6),
        (CENTRAL, "Central Standard Time", "20261101T010000", -5),
        (CENTRAL, "Central Standard Time", "16000101T000000", -5),
        (OFFICE, "Our office", "20260115T100000", 1),
        (OFFICE, "Our office", "20260329T100000", 2),
        (OFFICE, "Our office", "20260328T100000", 1),
        (OFFICE, "Our office", "20261025T100000", 1),
        (OFFICE, "Our office", "20190101T000000", 2),
        (OFFICE.replace("BYDAY=-1SU", "BYDAY=-1SU;UNTIL=20221031T010000Z"), "Our office", "20261225T100000", 2),
        (OFFICE.replace("BYDAY=-1SU", "BYDAY=-1SU;COUNT=2"), "Our office", "20261225T100000", 2),
        (OFFICE.replace("RRULE:", "RRULE:UNTIL=20221231T000000Z;"), "Our office", "20260725T100000", 1),
        (OFFICE.replace("RRULE:", "RRULE:UNTIL=99991231T230000Z;"), "Our office", "20260725T100000", 2),
        (OFFICE.replace("RRULE:", "RRULE:INTERVAL=3;"), "Our office", "20260725T100000", 2),
        (OFFICE.replace(LAST_SUNDAY, "RDATE:20261025T030000"), "Our office", "20261225T100000", 1),
    ],
)  # fmt: skip
def test_the_calendar_s_own_zone_gives_the_offset(zones: str, zone: str, time: str, hours: int) -> None:
    """The observance with the latest onset counts. RFC 5545 §3.6.5."""
    start = event(f"DTSTART;TZID={zone}:{time}", zones=zones).start
    assert start is not None
    assert (start.zone, start.offset, start.is_known) == (zone, timedelta(hours=hours), True)


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("Europe/Paris", "Europe/Paris"),
        ("Central Standard Time", "America/Chicago"),
        ("W. Europe Standard Time", "Europe/Berlin"),
        ("/freeassociation.sourceforge.net/Europe/Berlin", "Europe/Berlin"),
        ("/mozilla.org/20050126_1/America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"),
    ],
)
def test_other_zones_are_those_of_iana_and_windows(name: str, zone: str) -> None:
    """By CLDR's table of Windows zones; a globally unique name ends in IANA's. RFC 5545 §3.2.19."""
    assert event(f'DTSTART;TZID="{name}":20261123T100000').start == Moment(value=at(2026, 11, 23, 10), zone=zone)


@pytest.mark.parametrize("name", ["Nowhere/Else", "..", "../../etc/passwd", "Europe", "x" * 5000, "Mars Standard Time"])
def test_an_unknown_zone_keeps_its_name(name: str) -> None:
    """And its times are those on its clocks."""
    start = event(f'DTSTART;TZID="{name}":20261123T100000').start
    assert start is not None
    assert (start.value, start.is_known) == (at(2026, 11, 23, 10), False)


def test_no_calendar_changes_how_another_is_read() -> None:
    """A zone is known to the calendar that defines it."""
    lines = ("DTSTART;TZID=Our office:20260115T100000",)
    alone = event(*lines)
    assert event(*lines, zones=OFFICE) != alone
    assert event(*lines) == alone
    other = OFFICE.replace("+0100", "+0700")
    first, second = event(*lines, zones=other).start, event(*lines, zones=OFFICE).start
    assert first is not None
    assert second is not None
    assert (first.offset, second.offset) == (timedelta(hours=7), timedelta(hours=1))


@pytest.mark.parametrize(
    ("start", "duration", "end"),
    [
        ("DTSTART:20261123T100000Z", "PT1H30M", at(2026, 11, 23, 11, 30)),
        ("DTSTART:20261123T100000", "P1W", at(2026, 11, 30, 10)),
        ("DTSTART;VALUE=DATE:20261123", "P2D", date(2026, 11, 25)),
        ("DTSTART;TZID=Europe/Paris:20261024T120000", "P1D", at(2026, 10, 25, 12)),
        ("DTSTART;TZID=Europe/Paris:20261024T120000", "PT24H", at(2026, 10, 25, 11)),
        ("DTSTART;TZID=Our office:20261024T120000", "PT24H", at(2026, 10, 25, 11)),
        ("DTSTART:20261123T100000Z", "-PT1H", at(2026, 11, 23, 9)),
        ("DTSTART:99991231T100000Z", "P9999D", None),
        ("DTSTART:20261123T100000Z", "P", None),
        ("DTSTART:20261123T100000Z", "soon", None),
    ],
)
def test_a_duration_gives_the_end(start: str, duration: str, end: date | None) -> None:
    """Days are those of the clock, hours are exact. RFC 5545 §3.3.6."""
    found = event(start, f"DURATION:{duration}", zones=OFFICE)
    assert (found.end and found.end.value) == end
    assert found.unreadable == ((duration,) if duration in ("P", "soon") else ())


def test_a_time_that_is_none_is_kept_as_written() -> None:
    """The rest of the event is read."""
    found = event("DTSTART:20261323T100000Z", "DTEND:tomorrow", "SUMMARY:Lunch\\, at\\nnoon")
    assert (found.start, found.end, found.unreadable) == (None, None, ("20261323T100000Z", "tomorrow"))
    assert found.summary == "Lunch, at\nnoon"
    both = event("DTSTART:20261123T100000Z", "DTEND:tomorrow", "DURATION:PT1H")
    assert (both.end and both.end.value, both.unreadable) == (at(2026, 11, 23, 11), ("tomorrow",))


def test_other_components_are_not_the_event() -> None:
    """An alarm has a duration and a text of its own."""
    alarm = ("BEGIN:VALARM", "SUMMARY:Alarm", "DURATION:PT5M", "TRIGGER:-PT15M", "END:VALARM")
    found = event(*alarm, "SUMMARY:Lunch", "DTSTART:20261123T100000Z")
    assert (found.summary, found.end) == ("Lunch", None)


SECONDLY = "".join(
    f"BEGIN:{name}\nDTSTART:19700101T000000\nTZOFFSETFROM:+0000\nTZOFFSETTO:+0100\nRRULE:FREQ=SECONDLY\nEND:{name}\n"
    for name in ("STANDARD", "STANDARD")
)


@pytest.mark.parametrize(
    "zones",
    [
        f"BEGIN:VTIMEZONE\nTZID:X\n{SECONDLY}END:VTIMEZONE\n",
        f"BEGIN:VTIMEZONE\nTZID:X\n{SECONDLY.replace('SECONDLY', 'YEARLY;INTERVAL=0;COUNT=9999999999')}END:VTIMEZONE\n",
        f"BEGIN:VTIMEZONE\nTZID:X\n{SECONDLY * 1000}END:VTIMEZONE\n",
        "BEGIN:VTIMEZONE\n" * 20_000,
        "BEGIN:VTIMEZONE\nBEGIN:STANDARD\n" + "RDATE:" + "20261025T030000," * 12_000,
    ],
)
def test_a_zone_costs_no_more_than_its_text(zones: str) -> None:
    """Rules are not expanded: only the onsets beside the shown time are computed."""
    calendar = read_calendar(
        f"BEGIN:VCALENDAR\n{zones}\nBEGIN:VEVENT\nDTSTART;TZID=X:20261123T100000\nRRULE:FREQ=SECONDLY\nEND:VEVENT\n".encode()
    )
    assert calendar is not None


@given(octets=st.binary(max_size=300).map(lambda octets: b"BEGIN:VCALENDAR\nBEGIN:VEVENT\n" + octets))
@example(octets=b"")
@example(octets=b"BEGIN:VCALENDAR\n" + b"BEGIN:VEVENT\nEND:VEVENT\n" * 5000)
@example(octets=b'BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;TZID="a:20261123T100000')
@example(octets=b"\xff\xfe\x00")
def test_any_octets_are_read(octets: bytes) -> None:
    """Nothing is raised, and the number of events is bounded."""
    calendar = read_calendar(octets)
    assert calendar is None or len(calendar.events) <= MAX_EVENTS


def test_an_offset_of_days_is_none() -> None:
    """RFC 5545 §3.3.14: hours, minutes and seconds."""
    start = event("DTSTART;TZID=Our office:20260115T100000", zones=OFFICE.replace("+0100", "+9959")).start
    assert start is not None
    assert start.offset == timedelta(hours=2)
