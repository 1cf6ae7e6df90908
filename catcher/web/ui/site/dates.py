"""Dates and times for people, in the language and clock of the request. Scripts convert them to the browser's zone."""

from contextvars import ContextVar
from datetime import UTC, datetime, timedelta

from catcher.web.ui.site.languages import _, marked

DAYS = (
    marked("Mon"), marked("Tue"), marked("Wed"), marked("Thu"), marked("Fri"), marked("Sat"), marked("Sun"),
)  # fmt: skip
MONTHS = (
    marked("Jan"), marked("Feb"), marked("Mar"), marked("Apr"), marked("May"), marked("Jun"), marked("Jul"),
    marked("Aug"), marked("Sep"), marked("Oct"), marked("Nov"), marked("Dec"),
)  # fmt: skip

_has_12_hours: ContextVar[bool] = ContextVar("clock of the pages", default=False)


def set_clock(clock: str) -> None:
    """Set the clock of this request: "12" for twelve hours, anything else for twenty-four."""
    _has_12_hours.set(clock == "12")


def short_time(moment: datetime, now: datetime) -> str:
    """Return the time in UTC: "19:23" today, "Sat 19:23" within six days, "22 Nov" within the year, else a date."""
    moment, now = moment.astimezone(UTC), now.astimezone(UTC)
    if moment.date() == now.date():
        return _clock(moment)
    if timedelta(0) <= now - moment < timedelta(days=6):
        return f"{_(DAYS[moment.weekday()])} {_clock(moment)}"
    if moment.year == now.year:
        return f"{moment.day} {_(MONTHS[moment.month - 1])}"
    return f"{moment:%Y-%m-%d}"


def full_time(moment: datetime) -> str:
    """Return date, time with seconds, and zone: "2026-11-22 19:23:44 UTC"; other zones by their offset."""
    zone = "UTC" if not moment.utcoffset() else moment.isoformat()[-6:]
    if _has_12_hours.get():
        return f"{moment:%Y-%m-%d} {_twelve(moment, '%I:%M:%S %p')} {zone}"
    return f"{moment.replace(tzinfo=None).isoformat(' ', 'seconds')} {zone}"


def machine_time(moment: datetime) -> str:
    """Return the value of a `datetime` attribute: UTC to the second."""
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='seconds')}Z"


def _clock(moment: datetime) -> str:
    return _twelve(moment, "%I:%M %p") if _has_12_hours.get() else moment.strftime("%H:%M")


def _twelve(moment: datetime, form: str) -> str:
    """Format without a leading zero, which strftime cannot do on all platforms."""
    return moment.strftime(form).lstrip("0")
