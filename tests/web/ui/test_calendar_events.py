"""What the page of a message says of its calendar part."""

import re

import httpx2
import pytest

from catcher.mime import parse
from catcher.mime.calendar import MAX_EVENTS
from catcher.web.ui.message.calendar_events import events_of
from tests.web.ui.conftest import Mailbox

PART = parse(b"Content-Type: text/calendar; method=CANCEL\r\n\r\nx").parts[0]


def calendar(*lines: str) -> bytes:
    event = "\r\n".join(("BEGIN:VEVENT", "UID:1", *lines, "END:VEVENT"))
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{event}\r\nEND:VCALENDAR\r\n".encode()


def facts(*lines: str) -> dict[str, str]:
    (found,) = events_of(calendar(*lines), PART)
    return {fact.name: fact.value for fact in found.facts}


def test_an_invitation_shows_title_time_and_place(reader: httpx2.Client, filled: Mailbox) -> None:
    """Title, time with zone, place."""
    text = reader.get(f"view/{filled.id_of('Invitation: planning')}").text
    shown = text[text.index('data-testid="event"') :].partition("</section>")[0]
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", shown))
    assert "Invitation: Planning" in words
    assert "When 2026-11-23 10:00 – 11:00 (Europe/Paris)" in words
    assert "Where Room 1, second floor" in words
    assert "Organizer ben@acme.example" in words


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (("DTSTART:20261123T100000Z", "DTEND:20261124T090000Z"), "2026-11-23 10:00 – 2026-11-24 09:00 (UTC)"),
        (("DTSTART:20261123T100000",), "2026-11-23 10:00 (recipient's local time)"),
        (("DTSTART;VALUE=DATE:20261123",), "2026-11-23, all day"),
        (("DTSTART;TZID=Nowhere/Else:20261123T100000",), "2026-11-23 10:00 (Nowhere/Else, unknown time zone)"),
        (("DTSTART;VALUE=DATE:20261123", "DTEND;VALUE=DATE:20261126"), "2026-11-23 – 2026-11-25, all day"),
        (("DTSTART;VALUE=DATE:20261123", "DTEND;VALUE=DATE:00010101"), "2026-11-23, all day"),
        (("DTSTART:20261123T100000Z", "DURATION:PT1H30M"), "2026-11-23 10:00 – 11:30 (UTC)"),
        (
            ("DTSTART;TZID=Europe/Paris:20261123T100000", "DTEND;TZID=Asia/Tokyo:20261123T200000"),
            "2026-11-23 10:00 (Europe/Paris) – 20:00 (Asia/Tokyo)",
        ),
    ],
)
def test_times_are_shown_as_written(lines: tuple[str, ...], said: str) -> None:
    """RFC 5545 §3.3.5: with a zone, in UTC, floating; and whole days."""
    assert facts(*lines)["When"] == said


def test_what_the_message_does_is_said() -> None:
    """RFC 5546: the method stands in the part's Content-Type when the calendar has none."""
    (found,) = events_of(calendar("SUMMARY:Lunch", "RRULE:FREQ=DAILY"), PART)
    assert (found.kind, found.title) == ("Cancellation", "Lunch")
    assert {fact.name: fact.value for fact in found.facts} == {"Repeats": "FREQ=DAILY"}


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"\xff\xfe\x00",
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n" * 20_000,
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:99999999T999999\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        calendar("DTSTART:20261123T100000Z", "DTSTART:20261124T100000Z", "SUMMARY:a", "SUMMARY:b"),
        calendar(*(["ATTENDEE:mailto:a@b.example"] * 5000)),
        b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\nEND:VEVENT\r\n" * 5000 + b"END:VCALENDAR\r\n",
    ],
)
def test_a_hostile_calendar_is_no_error(octets: bytes) -> None:
    """Whatever it is, there is something to show or nothing."""
    assert len(events_of(octets, PART)) <= MAX_EVENTS


def test_an_unreadable_time_is_shown_as_it_is() -> None:
    """The invitation stays, and its sender can see what is wrong."""
    assert facts("DTSTART:20261323T100000Z", "LOCATION:Room 1") == {
        "Unreadable time": "20261323T100000Z",
        "Where": "Room 1",
    }


def test_what_could_hide_is_spelled_out() -> None:
    """A title is a stranger's words."""
    (found,) = events_of(calendar("SUMMARY:a\u202eb"), PART)
    assert found.title == "a[U+202E]b"
