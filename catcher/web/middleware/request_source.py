"""The page that caused a request: one of this site, a foreign one, or none."""

from collections.abc import Mapping
from enum import Enum

from starlette.requests import HTTPConnection
from starlette.types import Scope

from catcher.web.middleware.hosts import is_listed_origin, is_same_origin

FIELDS = (b"host", b"origin", b"sec-fetch-site", b"referer", b"user-agent", b"accept-language")
"""The header fields that `request_source` reads."""

_KEY = "catcher.source"


class RequestSource(Enum):
    """What is known of the page that caused a request.

    OWN: a page of this site, a listed one, an address that was entered, or a program that is no browser. FOREIGN:
    another page, also of the same site (another port, a sister domain). UNKNOWN: a browser that does not tell, as on
    plain HTTP under a name other than localhost, where a page can suppress its Referer.
    """

    OWN = "own"
    FOREIGN = "foreign"
    UNKNOWN = "unknown"


def request_source(fields: Mapping[bytes, str | None], *, listed: tuple[str, ...]) -> RequestSource:
    """Return the source by the fields `FIELDS`. listed: foreign origins that count as own.

    The first that is present decides: Origin, Sec-Fetch-Site, which no page can set or suppress, Referer.
    """
    host, origin = fields[b"host"] or "", fields[b"origin"]
    if origin is not None:
        return _own(is_same_origin(origin, host) or is_listed_origin(origin, listed))
    if site := fields[b"sec-fetch-site"]:
        return _own(site in {"same-origin", "none"})
    if referer := fields[b"referer"]:
        return _own(is_same_origin(referer, host) or is_listed_origin(referer, listed))
    is_browser = fields[b"accept-language"] is not None and (fields[b"user-agent"] or "").startswith("Mozilla/")
    return RequestSource.UNKNOWN if is_browser else RequestSource.OWN


def with_source(scope: Scope, source: RequestSource) -> Scope:
    """Return the scope of a request with this source."""
    return {**scope, _KEY: source}


def source_of(request: HTTPConnection) -> RequestSource:
    """Return the source of a request that has passed the gate."""
    source: RequestSource = request.scope.get(_KEY, RequestSource.OWN)
    return source


def _own(is_own: bool) -> RequestSource:
    return RequestSource.OWN if is_own else RequestSource.FOREIGN
