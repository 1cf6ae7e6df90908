"""Parser of Date fields. Source: RFC 5322 §3.3, §4.3."""

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz

from catcher.mime.fields.parameters import without_comments

_MONTHS = dict(
    zip(("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), range(1, 13), strict=True)
)
_TIME = (
    r"(?P<hour>\d{1,2}):(?P<minute>\d{1,2})(?::(?P<second>\d{1,2})(?:[.,]\d{1,9})?)?\s*(?P<half>[AaPp][Mm]\b)?"
    r"\s*(?P<zone>(?:GMT|UTC?)?\s*(?P<sign>[+-]?)(?P<hours>\d{2}):?(?P<minutes>\d{2})\b|(?:GMT|UTC?|Z)\b)?"
)
_WEEKDAY = r"(?:[A-Za-z]{2,9}\.?\s*,?\s+|,\s*|[A-Za-z]{2,9},)?"
_FORMS = (
    # RFC 5322, with or without hyphens: Mon, 2 Jan 2023 15:04:05 +0000
    re.compile(
        rf"{_WEEKDAY}(?P<day>\d{{1,2}})[\s-]+(?P<month>[A-Za-z]{{3}})[A-Za-z]*\.?[\s-]+(?P<year>\d{{4}}),?\s+{_TIME}"
    ),
    # C and JavaScript: Mon Jan 02 2023 15:04:05 GMT+0000
    re.compile(
        rf"{_WEEKDAY}(?P<month>[A-Za-z]{{3}})[A-Za-z]*\.?\s+(?P<day>\d{{1,2}}),?\s+(?P<year>\d{{4}}),?\s+{_TIME}"
    ),
    # ISO 8601: 2023-01-02T15:04:05Z
    re.compile(rf"(?P<year>\d{{4}})-(?P<month>\d\d)-(?P<day>\d\d)(?:[Tt]|\s+){_TIME}$"),
)
# The form of nearly every program, which is cheap to parse: Mon, 02 Jan 2023 15:04:05 +0000
_USUAL = re.compile(
    r"(?:[A-Z][a-z]{2}, )?([0-9]{1,2}) ([A-Z][a-z]{2}) ([1-8][0-9]{3}) ([0-2][0-9]:[0-5][0-9]:[0-5][0-9])"
    r" ([+-][01][0-9][0-5][0-9])$"
)
_MAX_TEXT = 500


def parse_date(text: str) -> datetime | None:
    """Parse a Date field's body to an aware time with the stated offset; None if it is unreadable.

    Accepts two-digit years, missing seconds or weekdays, zone names (unknown ones are UTC, RFC 5322 §4.3), comments,
    ISO 8601 and the formats of C and JavaScript. None also for days that do not exist and for times outside the
    years 1–9999 in UTC. Never raises.
    """
    if usual := _USUAL.match(text):
        return _of_usual(usual)
    text = without_comments(text[:_MAX_TEXT]).strip().strip('"').strip()
    for form in _FORMS:
        found = form.match(text)
        if found and (found["zone"] or not text[found.end() :].strip()):
            return _of_match(found)
    return _by_library(text)


def _of_usual(found: re.Match[str]) -> datetime | None:
    day, month, year, time, zone = found.groups()
    try:
        return datetime.fromisoformat(f"{year}-{_MONTHS.get(month.lower(), 0):02}-{day:0>2}T{time}{zone}")
    except ValueError:
        return None


def _of_match(found: re.Match[str]) -> datetime | None:
    month = found["month"]
    hour = int(found["hour"])
    if found["half"]:
        hour = hour % 12 + (12 if found["half"] in ("PM", "pm") else 0)
    offset = timedelta(hours=int(found["hours"] or 0), minutes=int(found["minutes"] or 0))
    return _moment(
        (
            int(found["year"]),
            int(month) if month.isdecimal() else _MONTHS.get(month.lower(), 0),
            int(found["day"]),
            hour,
            int(found["minute"]),
            int(found["second"] or 0),
        ),
        -offset if found["sign"] == "-" else offset,
    )


def _by_library(text: str) -> datetime | None:
    try:
        parsed = parsedate_tz(text)
    except (ValueError, IndexError, TypeError, OverflowError):
        return None
    if parsed is None:
        return None
    year, month, day, hour, minute, second = parsed[:6]
    if 99 < year < 1000:
        year += 1900  # three digits count from 1900 (RFC 5322 §4.3)
    return _moment((year, month, day, hour, minute, second), timedelta(seconds=parsed[9] or 0))


def _moment(fields: tuple[int, int, int, int, int, int], offset: timedelta) -> datetime | None:
    year, month, day, hour, minute, second = fields
    try:
        if not offset:
            return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
        # a leap second becomes the last microsecond of its minute
        when = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
        moment = when - offset
        # no zone is a day away: keep the moment and drop the offset
        return when.replace(tzinfo=timezone(offset)) if abs(offset) < timedelta(days=1) else moment
    except (ValueError, OverflowError):
        return None
