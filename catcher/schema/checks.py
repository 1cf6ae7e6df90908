"""Reports of the checks."""

from typing import Any, Literal

from msgspec import Struct

from catcher.schema.base import Count


class FindingPosition(Struct, frozen=True, kw_only=True):
    """Where a finding points. part_id: empty for the header section. line, column: from 1, 0 for the whole part.

    element: number of the HTML element in document order, -1 for none. sent_line: line of the message as sent; for a
    whole part the line of the field concerned or of its beginning; 0 if unknown.
    """

    part_id: str
    line: Count
    column: Count
    element: int
    tag: str
    sent_line: Count
    excerpt: str


class CheckFinding(Struct, frozen=True, kw_only=True):
    """A finding of a check. count: number of occurrences. clients: names of the mail programs affected."""

    rule: str
    severity: Literal["error", "warning", "info"]
    text: str
    advice: str
    source: str
    place: FindingPosition | None
    others: tuple[FindingPosition, ...]
    count: Count
    clients: tuple[str, ...]


class CheckReport(Struct, frozen=True, kw_only=True):
    """The report of one check. score: 0 to 100, or null. error: why the check failed, empty if it did not.

    is_cut: whether a limit ended the examination early. facts: results besides the findings, with keys of the check's
    own; null unless requested.
    """

    check: str
    title: str
    score: float | None
    error: str
    is_cut: bool
    findings: tuple[CheckFinding, ...]
    facts: dict[str, Any] | None


class ChecksResponse(Struct, frozen=True, kw_only=True):
    """All reports on a message. score: the lowest of them, null if no check gave one."""

    id: str
    score: float | None
    reports: tuple[CheckReport, ...]


class LinkHop(Struct, frozen=True, kw_only=True):
    """One request on the way to a link's target, and its response."""

    url: str
    method: str
    status: int
    reason: str
    location: str
    address: str


class LinkResult(Struct, frozen=True, kw_only=True):
    """The response of a link. status: 0 without a response, for the reason in `reason`.

    is_refused: not requested, because it leads to an internal address. is_skipped: not requested, because it looks like
    a link that works only once.
    """

    url: str
    status: int
    reason: str
    media_type: str
    hops: tuple[LinkHop, ...]
    is_refused: bool
    is_skipped: bool
