"""Dates in every form that mail has them."""

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catcher import mime


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mon, 02 Jan 2023 15:04:05 -0700", "2023-01-02T15:04:05-07:00"),
        ("2 Jan 23 15:04 GMT", "2023-01-02T15:04:00+00:00"),
        ("Mon, 2 Jan 2023 15:04:05 EST", "2023-01-02T15:04:05-05:00"),
        ("Mon, 2 Jan 2023 15:04:05 +0000 (UTC)", "2023-01-02T15:04:05+00:00"),
        ("Mon,2 Jan 2023 15:04:05", "2023-01-02T15:04:05+00:00"),
        ("Mon, 02-Jan-2023 15:04:05 -0000", "2023-01-02T15:04:05+00:00"),
        ("Thu, 13 Feb 1969 23:32:54 -0330 (Newfoundland (Time))", "1969-02-13T23:32:54-03:30"),
        ("2023-01-02T15:04:05Z", "2023-01-02T15:04:05+00:00"),
        ("2023-01-02 15:04:05.123 +01:00", "2023-01-02T15:04:05+01:00"),
        ("Mon Jan  2 15:04:05 2023", "2023-01-02T15:04:05+00:00"),
        ("Mon Jan 02 2023 15:04:05 GMT+0200 (CEST)", "2023-01-02T15:04:05+02:00"),
        ("Monday, January 2, 2023 3:04 PM", "2023-01-02T15:04:00+00:00"),
        ("Mon, 02 Jan 2023 12:04:05 AM +0000", "2023-01-02T00:04:05+00:00"),
        ("Tue, 17 Jul 2012 22:23:35.882 0000", "2012-07-17T22:23:35+00:00"),
        ("Mon, 02 Jan 2023 23:59:60 +0000", "2023-01-02T23:59:59+00:00"),
        ("Mon, 02 Jan 123 15:04:05 +0000", "2023-01-02T15:04:05+00:00"),
        ("Mon, 02 Jan 2023 15:04:05 +9999", "2022-12-29T10:25:05+00:00"),
    ],
)
def test_dates_are_read(text: str, expected: str) -> None:
    """The stated offset is kept; two- and three-digit years and named zones are old but legal. RFC 5322 §3.3, §4.3."""
    found = mime.parse_date(text)
    assert found is not None
    assert found.isoformat() == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not a date at all",
        "Fri, 31 Feb 2023 10:00:00 +0000",
        "Mon, 02 Jan 2023 25:00:00 +0000",
        "Sat, 01 Jan 0001 00:00:00 +1400",
        "Fri, 31 Dec 9999 23:59:59 -1200",
        "Mon, 02 Jan 99999 15:04:05 +0000",
        "1 " * 5000,
        "(" * 5000,
    ],
)
def test_an_unreadable_date_is_none(text: str) -> None:
    """Days that do not exist and times outside the calendar give None; nothing raises."""
    assert mime.parse_date(text) is None


@given(st.integers(-62_000_000_000, 253_000_000_000), st.integers(-1199, 1199))
def test_a_date_written_by_a_program_is_read_as_it_was_written(seconds: int, minutes: int) -> None:
    """A comment after it or a missing weekday makes no difference. RFC 5322 §3.3."""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    written = moment.astimezone(timezone(timedelta(minutes=minutes)))
    text = format_datetime(written)
    for form in (text, f"{text} (comment)", text.partition(", ")[2]):
        found = mime.parse_date(form)
        assert found == written
        assert found is not None
        assert found.utcoffset() == written.utcoffset()
