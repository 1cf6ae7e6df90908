"""`dates`: absolute notations, those of clients of other catchers among them, and relative ones."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catcher.store.search.dates import read_moment

NOW = datetime(2024, 3, 10, 15, 30, 20, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def read(text: str) -> str | None:
    moment = read_moment(text, now=NOW, zone=UTC)
    return None if moment is None else moment.isoformat().removesuffix("+00:00")


@pytest.mark.parametrize(
    "text",
    [
        "2024-01-31",
        "2024-1-31",
        "2024/01/31",
        "2024:01:31",
        "2024.01.31",
        "20240131",
        "20240131000000",
        "1706659200",
        "1706659200000",
        "1706659200000000",
        "1706659200000000000",
        "2024-01-31 00:00",
        "2024-01-31 12:00 AM",
        "2024-01-31 00:00:00.000",
        "2024-01-31T00:00",
        "2024-01-31t00:00:00z",
        "2024-01-31T02:00+02:00",
        "2024-01-31T02:00:00.0+0200",
        "2024-01-31 02:00 +02",
        "2024-01-30 18:30 -05:30",
        "2024-01-31 00:00:00 +0000 UTC",
        "01/31/2024",
        "1/31/24",
        "01.31.2024",
        "31 Jan 2024",
        "31-Jan-2024",
        "Jan 31, 2024",
        "jan 31st 2024",
        "January 31 2024",
        "Wed, 31 Jan 2024 00:00:00 +0000",
        "Wed, 31 Jan 2024 00:00:00 GMT",
        "31 Jan 24 00:00 UTC",
        "Wednesday, 31-Jan-24 00:00:00 UTC",
        "Tue, 30 Jan 2024 19:00:00 EST",
        "Wed Jan 31 00:00:00 2024",
        "Wed Jan 31 00:00:00 UTC 2024",
        "Wed Jan 31 01:00:00 +0100 2024",
        "31/Jan/2024:01:00:00 +0100",
        "  2024-01-31   00:00 ",
    ],
)
def test_one_moment_in_every_notation(text: str) -> None:
    """Mailpit compatibility: Search dates."""
    assert read(text) == "2024-01-31T00:00:00"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024", "2024-01-01T00:00:00"),
        ("2024-05", "2024-05-01T00:00:00"),
        ("2024-01-02 9:05:07.123456789 pm", "2024-01-02T21:05:07.123456"),
        ("20240102030405", "2024-01-02T03:04:05"),
        ("Jan 2nd 2024 10:00", "2024-01-02T10:00:00"),
        ("02/03/2024", "2024-02-03T00:00:00"),
        ("02/03/68", "2068-02-03T00:00:00"),
        ("02/03/69", "1969-02-03T00:00:00"),
        ("2024-01-02 12:05 PM", "2024-01-02T12:05:00"),
        ("1706659200123", "2024-01-31T00:00:00.123000"),
        ("1706659200123456789", "2024-01-31T00:00:00.123456"),
        ("now", "2024-03-10T15:30:20"),
        ("today", "2024-03-10T00:00:00"),
        ("Yesterday", "2024-03-09T00:00:00"),
        ("15m", "2024-03-10T15:15:20"),
        ("2h", "2024-03-10T13:30:20"),
        ("7d", "2024-03-03T15:30:20"),
        ("2w", "2024-02-25T15:30:20"),
        ("20s", "2024-03-10T15:30:00"),
        ("30 minutes".replace("minutes", "mins"), "2024-03-10T15:00:20"),
        ("3 days", "2024-03-07T15:30:20"),
    ],
)
def test_incomplete_dates_and_relative_times(text: str, expected: str) -> None:
    """A date without time is its start; relative times count from now."""
    assert read(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "garbage",
        "29-06-2016",
        "31.01.2024",
        "2024-02-30",
        "2024-13-01",
        "2024-01-31 25:00",
        "2024-01-31 13:00 PM",
        "2024-01-31 0:00 AM",
        "2024-01-31 10:00 XYZ",
        "0000-01-01",
        "0001-01-01T00:00+23:00",
        "99999999999d",
        "999999999w",
        "٢٠٢٤-01-31",
        "²024",
        "-7d",
        "7y",
        "janx 1 2024",
        "2024-01-31/",
    ],
)
def test_a_text_that_names_no_moment_gives_none(text: str) -> None:
    """Ambiguous texts and moments that do not exist are not guessed."""
    assert read(text) is None


def test_dates_without_zone_are_in_the_zone_given() -> None:
    """`tz` of the search routes; an offset in the text wins, summer time counts.

    Mailpit compatibility: Search dates.
    """
    assert read_moment("2024-07-01", now=NOW, zone=BERLIN) == datetime(2024, 6, 30, 22, tzinfo=UTC)
    assert read_moment("2024-01-31 10:00", now=NOW, zone=BERLIN) == datetime(2024, 1, 31, 9, tzinfo=UTC)
    assert read_moment("2024-01-31T10:00Z", now=NOW, zone=BERLIN) == datetime(2024, 1, 31, 10, tzinfo=UTC)
    late = datetime(2024, 3, 10, 23, 30, tzinfo=UTC)
    assert read_moment("today", now=late, zone=BERLIN) == datetime(2024, 3, 10, 23, tzinfo=UTC)


@given(st.text(max_size=40))
def test_any_text_is_a_moment_or_none(text: str) -> None:
    """Nothing raises."""
    moment = read_moment(text, now=NOW, zone=BERLIN)
    assert moment is None or moment.utcoffset() == timedelta(0)


@given(st.datetimes(timezones=st.just(UTC)))
def test_iso_dates_lose_nothing(moment: datetime) -> None:
    """Each microsecond from year 1 to 9999 can be expressed."""
    assert read_moment(moment.isoformat(), now=NOW, zone=BERLIN) == moment
