"""Conditional requests and byte ranges of immutable octets. Source: RFC 9110 §13, §14."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request

_RANGE = re.compile(r"\Abytes=([0-9]{0,18})-([0-9]{0,18})\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """An answer: status 200, 206, 304 or 416, the octets [start:end], and header fields."""

    status: int
    start: int
    end: int
    headers: Mapping[str, str]


def slice_of(request: Request, *, size: int, etag: str, is_immutable: bool) -> Slice:
    """Return the answer to a request for `size` octets whose validator is `etag` (without quotes).

    is_immutable: the address will always give these octets, so browsers may cache them without asking again.
    One range is served; several ranges, or a malformed one, give the whole (§14.2). `If-Range` must match.
    """
    mark = f'"{etag}"'
    headers = {
        "ETag": mark,
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, max-age=31536000, immutable" if is_immutable else "private, no-cache",
    }
    if _matches(request.headers.get("if-none-match", ""), mark):
        return Slice(status=304, start=0, end=0, headers=headers)
    wanted = request.headers.get("range", "")
    if not wanted or request.headers.get("if-range", mark) != mark:
        return Slice(status=200, start=0, end=size, headers=headers)
    bounds = _bounds(wanted, size)
    if bounds is None:
        return Slice(status=200, start=0, end=size, headers=headers)
    start, end = bounds
    if start >= end:
        return Slice(status=416, start=0, end=0, headers=headers | {"Content-Range": f"bytes */{size}"})
    content_range = f"bytes {start}-{end - 1}/{size}"
    return Slice(status=206, start=start, end=end, headers=headers | {"Content-Range": content_range})


def _matches(field: str, mark: str) -> bool:
    return field.strip() == "*" or mark in (each.strip().removeprefix("W/") for each in field.split(","))


def _bounds(field: str, size: int) -> tuple[int, int] | None:
    """Return start and end of a range, start >= end when it is not satisfiable; None when it is malformed."""
    found = _RANGE.match(field.strip())
    if found is None or found.group(1) == found.group(2) == "":
        return None
    first, last = found.groups()
    if first == "":
        return max(0, size - int(last)), size
    if last and int(last) < int(first):
        return None
    return int(first), min(size, int(last) + 1) if last else size
