"""Values for people: sizes, durations, safe text, text with links."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice

from catcher.mime.text.urls import urls_in_text
from catcher.store.model import StoredSummary
from catcher.web.ui.site.languages import _, language, marked

_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\u2028\u2029]")

UNITS = (marked("kB"), marked("MB"), marked("GB"), marked("TB"))
DECIMAL_POINTS = {"fr": ","}
"""By language code; "." in all others."""

TITLE_CHARACTERS = 1000
"""Length of a subject on the page of its message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextSpan:
    """A span of text. href: target of a link, "" for plain text."""

    text: str
    href: str = ""


def shown(text: str) -> str:
    """Return the text with control and direction characters spelled out, so that it can neither hide nor reorder text.

    Source: Unicode Technical Report 36, section 2.5 (bidirectional text spoofing).
    """
    return _INVISIBLE.sub(lambda found: " " if found[0] in "\r\n" else f"[U+{ord(found[0]):04X}]", text)


def shown_lines(text: str) -> str:
    """Return the same as `shown`, but keep line breaks."""
    return "\n".join(shown(line) for line in text.replace("\r\n", "\n").split("\n"))


def title(subject: str) -> str:
    """Return a subject as title and heading of a page, shortened; the headers view has all of it."""
    return shown(subject if len(subject) <= TITLE_CHARACTERS else subject[:TITLE_CHARACTERS] + "…")


def octets(count: int) -> str:
    """Return a size: "512 B", "1.6 kB", "3.4 MB", in powers of 1000; in French "1,6 ko"."""
    if count < 1000:
        return f"{count} {_('B')}"
    size = float(count)
    for unit in UNITS:
        size /= 1000
        if size < 999.95 or unit == UNITS[-1]:
            break
    number = f"{size:.1f}" if size < 99.95 else f"{size:.0f}"
    return f"{number.replace('.', DECIMAL_POINTS.get(language(), '.'))} {_(unit)}"


def duration(span: timedelta) -> str:
    """Return a duration in its largest unit: "40 s", "12 min", "3 h", "2 d"."""
    seconds = max(0, int(span.total_seconds()))
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def sender_name(summary: StoredSummary, *, limit: int = 200) -> str:
    """Return the display name or address of a message's first sender, "" without one."""
    addresses = summary.addresses.from_
    return shown((addresses[0].display_name or addresses[0].addr_spec)[:limit]) if addresses else ""


def linked(text: str, *, limit: int = 5000) -> Iterator[TextSpan]:
    """Yield the text in spans, web and mail addresses as links; at most `limit` of them, then plain text."""
    position = 0
    for start, end, url in islice(urls_in_text(text, linkable=True), limit):
        if start > position:
            yield TextSpan(text=text[position:start])
        yield TextSpan(text=text[start:end], href=url if ":" in url[:8] else f"https://{url}")
        position = end
    if position < len(text):
        yield TextSpan(text=text[position:])
