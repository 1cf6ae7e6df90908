"""Web addresses in plain text, and their parts."""

import re
from collections.abc import Iterator
from urllib.parse import SplitResult, urlsplit

# An address ends before punctuation that belongs to the sentence; <http://with spaces> is taken as a whole.
_IN_TEXT = re.compile(r"<(https?://[^<>\n]{1,2000})>|\b(https?://[^\s<>\"'\]]{1,2000})", re.IGNORECASE)
_TRAILING = ".,;:!?*_'\""


def urls_in_text(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield start and end of each web address in a plain text, including angle brackets, and the address.

    A closing parenthesis belongs to an address that contains the opening one.
    """
    for match in _IN_TEXT.finditer(text):
        url = match[1] or match[2].rstrip(_TRAILING)
        while url.endswith(")") and url.count(")") > url.count("("):
            url = url[:-1].rstrip(_TRAILING)
        yield match.start(), match.end() if match[1] else match.start() + len(url), url


def split(url: str) -> SplitResult | None:
    """Split an address into its parts; None if it is invalid."""
    try:
        parts = urlsplit(url)
        parts.port, parts.hostname  # noqa: B018 - both raise on nonsense
    except ValueError:
        return None
    return parts
