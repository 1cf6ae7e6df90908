"""Dates in queries: many notations, Unix times, and relative ones such as `7d`.

Each notation is a regular expression over the upper-case text with named groups, tried in turn. An ambiguous
notation is read with the month first, as clients of other catchers expect; if that is
not a date (`31.01.2024`), it is refused rather than read with the day first.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, timezone, tzinfo

_UNITS = {"S": 1, "M": 60, "H": 3_600, "D": 86_400, "W": 604_800}
_UNIT_NAMES = {"SEC": "S", "MIN": "M", "HOUR": "H", "DAY": "D", "WEEK": "W"}
_RELATIVE = re.compile(r"(\d{1,9})\s?(S|M|H|D|W|(?:SEC|MIN|HOUR|DAY|WEEK)S?)", re.ASCII)
_DAYS = {"TODAY": 0, "YESTERDAY": 1}

_UNIX = {10: 1_000_000, 13: 1_000, 16: 1, 19: 0.001}
"""Microseconds in the unit of a Unix time, by its number of digits: seconds, milli-, micro- and nanoseconds."""

_MONTHS = ["JAN(?:UARY)?", "FEB(?:RUARY)?", "MAR(?:CH)?", "APR(?:IL)?", "MAY", "JUNE?", "JULY?", "AUG(?:UST)?"]
_MONTHS += ["SEPT?(?:EMBER)?", "OCT(?:OBER)?", "NOV(?:EMBER)?", "DEC(?:EMBER)?"]
_MONTH_STARTS = [month[:3] for month in _MONTHS]

_ZONES = {"Z": 0, "UT": 0, "UTC": 0, "GMT": 0}
_ZONES |= {"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7}
"""Zone names in hours. Source: RFC 5322 §4.3; other abbreviations differ by country."""

_TIME = r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,](?P<fraction>\d{1,9}))?)?(?:\s?(?P<half>AM|PM))?"
_ZONE = r"(?P<zone>Z|[A-Z]{2,4}|[+-]\d\d(?::?\d\d)?)(?:\s\(?[A-Z]{2,4}\)?)?"
_AT = rf"(?:(?:\s?T\s?|,?\s|:){_TIME}(?:\s?{_ZONE})?)?"
_WEEKDAY = r"(?:(?:MON|TUE|WED|THU|FRI|SAT|SUN)[A-Z]*,?\s)?"
_NAME = rf"(?P<name>{'|'.join(_MONTHS)})\.?"
_DAY = r"(?P<day>\d{1,2})"
_YEAR = r"(?P<year>\d{4})"
_ANY_YEAR = r"(?P<year>\d{4}|\d\d)"

_SHAPES = (
    # 2024-01-31T10:00Z, 2024/1/31, 2024.01.31 10:00
    rf"{_YEAR}(?P<mark>[-/:.])(?P<month>\d{{1,2}})(?P=mark){_DAY}{_AT}",
    # 20240131, 20240131100000
    rf"{_YEAR}(?P<month>\d\d)(?P<day>\d\d)(?:T?(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)?(?:{_ZONE})?)?",
    # 2024, 2024-01
    rf"{_YEAR}(?:[-/.](?P<month>\d{{1,2}}))?",
    # 1/31/2024, 01.31.2024, 01/31/24
    rf"(?P<month>\d{{1,2}})(?P<mark>[/.]){_DAY}(?P=mark){_ANY_YEAR}{_AT}",
    # Wed, 31 Jan 2024 10:00 +0100, Wednesday, 31-Jan-24 10:00:00 GMT, 31/Jan/2024:10:00:00 +0100
    rf"{_WEEKDAY}{_DAY}(?P<mark>[-/\s]){_NAME}(?P=mark){_ANY_YEAR}{_AT}",
    # Jan 31, 2024, January 31st 2024 10:00 PM
    rf"{_WEEKDAY}{_NAME}\s{_DAY}(?:ST|ND|RD|TH)?,?\s{_YEAR}{_AT}",
    # Wed Jan 31 10:00:00 2024, Wed Jan 31 10:00:00 +0100 2024, Wed Jan 31 10:00:00 GMT 2024
    rf"{_WEEKDAY}{_NAME}\s{_DAY}\s{_TIME}(?:\s{_ZONE})?\s{_YEAR}",
)


def read_moment(text: str, *, now: datetime, zone: tzinfo) -> datetime | None:
    """Parse a moment to aware UTC; None if it is unreadable or does not exist.

    Words and relative times count from `now` (aware); times without a zone are in `zone`. A date without time is
    the start of that day, a month or year the start of its first day.
    """
    words = " ".join(text.upper().split())
    for reader in (_read_word, _read_relative, _read_unix, _read_shape):
        try:
            moment = reader(words, now, zone)
            if moment is not None:
                return moment.astimezone(UTC)
        except (ValueError, OverflowError):  # 30 February, 25:00, before year 1 or after 9999
            continue
    return None


def _read_word(words: str, now: datetime, zone: tzinfo) -> datetime | None:
    if words == "NOW":
        return now
    if words not in _DAYS:
        return None
    day = now.astimezone(zone).date() - timedelta(days=_DAYS[words])
    return datetime(day.year, day.month, day.day, tzinfo=zone)


def _read_relative(words: str, now: datetime, zone: tzinfo) -> datetime | None:
    found = _RELATIVE.fullmatch(words)
    if found is None:
        return None
    unit = found[2] if len(found[2]) == 1 else _UNIT_NAMES[found[2].removesuffix("S")]
    return now - timedelta(seconds=int(found[1]) * _UNITS[unit])


def _read_unix(words: str, now: datetime, zone: tzinfo) -> datetime | None:
    if len(words) not in _UNIX or not (words.isascii() and words.isdigit()):
        return None
    factor = _UNIX[len(words)]
    microseconds = int(words) // 1_000 if factor < 1 else int(words) * int(factor)
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)


def _read_shape(words: str, now: datetime, zone: tzinfo) -> datetime | None:
    for shape in _SHAPES:
        found = re.fullmatch(shape, words, re.ASCII)  # compiled at first use rather than at start
        if found is not None:
            return _moment({name: value for name, value in found.groupdict().items() if value}, zone)
    return None


def _moment(given: Mapping[str, str], zone: tzinfo) -> datetime:
    number: Callable[[str, int], int] = lambda name, default: int(given.get(name, default))  # noqa: E731
    month = _MONTH_STARTS.index(given["name"][:3]) + 1 if "name" in given else number("month", 1)
    return datetime(
        _year(given["year"]),
        month,
        number("day", 1),
        _hour(number("hour", 0), given.get("half", "")),
        number("minute", 0),
        number("second", 0),
        int(given.get("fraction", "").ljust(6, "0")[:6]),
        tzinfo=_zone(given["zone"]) if "zone" in given else zone,
    )


def _year(digits: str) -> int:
    """Return the year; two digits are 1969 to 2068, as in POSIX strptime."""
    year = int(digits)
    if len(digits) == 2:
        year += 1900 if year >= 69 else 2000
    return year


def _hour(hour: int, half: str) -> int:
    if not half:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError(hour)
    return hour % 12 + (12 if half == "PM" else 0)


def _zone(name: str) -> tzinfo:
    if name[0] not in "+-":
        if name not in _ZONES:
            raise ValueError(name)
        return timezone(timedelta(hours=_ZONES[name]))
    digits = name[1:].replace(":", "").ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if name[0] == "-" else offset)
