"""What people read, made from values: sizes, spans of time, text that may hide something, text with links."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from catcher.mime.model import Address
from catcher.web.ui.site.languages import _, language, marked

_HIDING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\u2028\u2029]")
_URL = re.compile(r"""\b(?:https?://|mailto:|www\.)[^\s<>"'`{}|\\^\[\]]{1,2000}""", re.IGNORECASE)
_TRAILING = ".,;:!?…)*_~"

UNITS = (marked("kB"), marked("MB"), marked("GB"), marked("TB"))
DECIMAL_POINTS = {"fr": ","}
"""By the code of a language; "." in all others."""

TITLE_CHARACTERS = 1000
"""Of a subject, in the page of its message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A piece of text. href: where it leads, "" for plain text."""

    text: str
    href: str = ""


def shown(text: str) -> str:
    """The text with control and direction characters spelled out, so that no name or title can hide or turn anything.

    Source: Unicode Technical Report 36, section 2.5 (bidirectional text spoofing).
    """
    return _HIDING.sub(lambda found: " " if found[0] in "\r\n" else f"[U+{ord(found[0]):04X}]", text)


def shown_lines(text: str) -> str:
    """As `shown`, with its line breaks."""
    return "\n".join(shown(line) for line in text.replace("\r\n", "\n").split("\n"))


def title(subject: str) -> str:
    """A subject as a page's title and heading: as `shown`, and cut where nobody reads on; the headers view has more."""
    return shown(subject if len(subject) <= TITLE_CHARACTERS else subject[:TITLE_CHARACTERS] + "…")


def octets(count: int) -> str:
    """A size for people: "512 B", "1.6 kB", "3.4 MB", in powers of 1000; in French "1,6 ko"."""
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
    """A span of time for people, in its largest unit: "40 s", "12 min", "3 h", "2 d"."""
    seconds = max(0, int(span.total_seconds()))
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def mailbox_name(address: Address) -> str:
    """How a list names a mailbox: by its display name, else by its address."""
    return address.display_name or address.addr_spec


def linked(text: str, *, limit: int = 5000) -> Iterator[Run]:
    """The text in pieces, web and mail addresses with where they lead; at most `limit` of them, then plain text."""
    place = 0
    for number, found in enumerate(_URL.finditer(text)):
        if number >= limit:
            break
        url = _without_punctuation(found[0])
        if found.start() > place:
            yield Run(text=text[place : found.start()])
        yield Run(text=url, href=url if ":" in url[:8] else f"https://{url}")
        place = found.start() + len(url)
    if place < len(text):
        yield Run(text=text[place:])


def _without_punctuation(url: str) -> str:
    """A sentence's full stop, or the bracket around an address, is no part of it."""
    while url and url[-1] in _TRAILING:
        if url[-1] == ")" and url.count("(") >= url.count(")"):
            break
        url = url[:-1]
    return url or "www."
