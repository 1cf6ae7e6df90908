"""References from the HTML of a message to its other parts. Source: RFC 2392, RFC 2557 §5, §8."""

from urllib.parse import unquote, urljoin

from catcher.mime.model import ParsedMessage


class RelatedParts:
    """The parts of a message by the URLs that name them: `cid:` URLs, and those of Content-Location fields.

    Relative URLs are resolved against the Content-Location of the HTML, else of a multipart around it; without one they
    are compared as they are written. The first of several parts with one name is meant.
    """

    def __init__(self, message: ParsedMessage) -> None:
        self._by_id: dict[str, int] = {}
        self._by_location: dict[str, int] = {}
        self._base = ""
        if any(part.content_location for part in message.parts):
            self._base = _base(message)
        for index, part in enumerate(message.parts):
            if part.is_multipart or index in message.html_parts:
                continue
            if part.content_id:
                self._by_id.setdefault(part.content_id, index)
            if part.content_location:
                self._by_location.setdefault(_absolute(self._base, part.content_location), index)

    def index_of(self, url: str) -> int | None:
        """Return the index of the part that a URL of the HTML names, None when there is none."""
        if url[:4].lower() == "cid:":
            return self._by_id.get(unquote(url[4:]))
        return self._by_location.get(_absolute(self._base, url)) if self._by_location else None


def _base(message: ParsedMessage) -> str:
    index = message.html_parts[0] if message.html_parts else 0
    while index >= 0:
        part = message.parts[index]
        if part.content_location:
            return part.content_location
        index = part.parent
    return ""


def _absolute(base: str, url: str) -> str:
    try:
        return urljoin(base, url)
    except ValueError:  # an IPv6 host that is none
        return url
