"""Moments as people read them, in the language and by the clock of who asked; scripts know the browser's zone."""

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


def tell_by(clock: str) -> None:
    """Answer this request by a clock: "12" for twelve hours, any other for twenty-four; a script may know better."""
    _has_12_hours.set(clock == "12")


def short_time(moment: datetime, now: datetime) -> str:
    """As a list shows it, in UTC: "19:23" today, "Sat 19:23" within six days, "22 Nov" within the year, else a date."""
    moment, now = moment.astimezone(UTC), now.astimezone(UTC)
    if moment.date() == now.date():
        return _clock(moment)
    if timedelta(0) <= now - moment < timedelta(days=6):
        return f"{_(DAYS[moment.weekday()])} {_clock(moment)}"
    if moment.year == now.year:
        return f"{moment.day} {_(MONTHS[moment.month - 1])}"
    return f"{moment:%Y-%m-%d}"


def full_time(moment: datetime) -> str:
    """Date, time with seconds, zone: "2026-11-22 19:23:44 UTC"; other zones by their offset."""
    zone = "UTC" if not moment.utcoffset() else moment.isoformat()[-6:]
    if _has_12_hours.get():
        return f"{moment:%Y-%m-%d} {_twelve(moment, '%I:%M:%S %p')} {zone}"
    return f"{moment.replace(tzinfo=None).isoformat(' ', 'seconds')} {zone}"


def machine_time(moment: datetime) -> str:
    """For the `datetime` attribute: UTC to the second."""
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='seconds')}Z"


def _clock(moment: datetime) -> str:
    return _twelve(moment, "%I:%M %p") if _has_12_hours.get() else moment.strftime("%H:%M")


def _twelve(moment: datetime, form: str) -> str:
    """Without the zero before a single hour, which the forms of the standard library have."""
    return moment.strftime(form).lstrip("0")
