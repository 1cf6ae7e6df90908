"""Web addresses: found in plain text, and taken apart."""

import re
from collections.abc import Iterator
from urllib.parse import SplitResult, urlsplit

# an address in plain text ends before punctuation that belongs to the sentence; <http://with spaces> is taken whole
_IN_TEXT = re.compile(r"<(https?://[^<>\n]{1,2000})>|\b(https?://[^\s<>\"'\]]{1,2000})", re.IGNORECASE)
_TRAILING = ".,;:!?*_'\""


def urls_in_text(text: str) -> Iterator[tuple[int, int, str]]:
    """Start and end of each web address in a plain text, angle brackets around it included, and the address.

    A closing bracket that was opened inside the address belongs to it.
    """
    for match in _IN_TEXT.finditer(text):
        url = match[1] or match[2].rstrip(_TRAILING)
        while url.endswith(")") and url.count(")") > url.count("("):
            url = url[:-1].rstrip(_TRAILING)
        yield match.start(), match.end() if match[1] else match.start() + len(url), url


def split(url: str) -> SplitResult | None:
    """The address in its parts, None when it cannot be taken apart."""
    try:
        parts = urlsplit(url)
        parts.port, parts.hostname  # noqa: B018 - both raise on nonsense
    except ValueError:
        return None
    return parts
