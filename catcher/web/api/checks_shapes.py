"""The JSON of the checks: our own reports, and the three answers with Mailpit's names."""

from typing import Any, Literal

from msgspec import Struct

from catcher.schema.messages import Camel, Count, camel


class PlaceShape(Struct, frozen=True, kw_only=True):
    """Where a finding points. part_id: "" for the header section. line, column: from 1, 0 for the whole part.

    element: number of the HTML element in document order, -1 for none. sent_line: the line of the message as sent, of a
    whole part that of the field concerned or of its beginning; 0 when it is not known.
    """

    part_id: str
    line: Count
    column: Count
    element: int
    tag: str
    sent_line: Count
    excerpt: str


class FindingShape(Struct, frozen=True, kw_only=True):
    """One thing a check has to say. count: how often it is so. clients: names of the mail programs concerned."""

    rule: str
    severity: Literal["error", "warning", "info"]
    text: str
    advice: str
    source: str
    place: PlaceShape | None
    others: tuple[PlaceShape, ...]
    count: Count
    clients: tuple[str, ...]


class ReportShape(Struct, frozen=True, kw_only=True):
    """What one check says. score: 0 to 100, null when it gives none. error: why it could not be made, else "".

    is_cut: a limit ended the examination early. facts: what it found out besides findings; its keys are the check's.
    """

    check: str
    title: str
    score: float | None
    error: str
    is_cut: bool
    findings: tuple[FindingShape, ...]
    facts: dict[str, Any] | None


class ChecksAnswer(Struct, frozen=True, kw_only=True):
    """All reports on a message. score: the lowest, null when no check gave one."""

    id: str
    score: float | None
    reports: tuple[ReportShape, ...]


class HopShape(Struct, frozen=True, kw_only=True):
    """One answer on the way of a link: what was asked, what it said, where it sends to."""

    url: str
    method: str
    status: int
    reason: str
    location: str
    address: str


class LinkAnswerShape(Struct, frozen=True, kw_only=True):
    """What a link answered. status: 0 without an answer; `reason` then says why.

    is_refused: it leads to an internal address. is_skipped: it looks as if it worked once only.
    """

    url: str
    status: int
    reason: str
    media_type: str
    hops: tuple[HopShape, ...]
    is_refused: bool
    is_skipped: bool


def _capital(name: str) -> str:
    return "URL" if name == "url" else camel(name)


class Foreign(Struct, frozen=True, kw_only=True, rename=_capital):
    """Base of the shapes with Mailpit's names."""


class HtmlCheckResult(Foreign, frozen=True, kw_only=True):
    """One version of a mail program."""

    name: str
    platform: str
    family: str
    version: str
    support: str
    note_number: str


class HtmlCheckScore(Foreign, frozen=True, kw_only=True):
    """found: uses in the mail. The others are shares of the versions that were tested, 0 to 100."""

    found: Count
    supported: float
    partial: float
    unsupported: float


class HtmlCheckWarning(Foreign, frozen=True, kw_only=True):
    """One feature that some program does not support fully."""

    slug: str
    title: str
    description: str
    url: str
    category: str
    tags: tuple[str, ...]
    keywords: str
    results: tuple[HtmlCheckResult, ...]
    notes_by_number: dict[str, str]
    score: HtmlCheckScore


class HtmlCheckTotal(Foreign, frozen=True, kw_only=True):
    """The mail as a whole; the shares add up to 100."""

    tests: Count
    nodes: Count
    supported: float
    partial: float
    unsupported: float


class HtmlCheckResponse(Foreign, frozen=True, kw_only=True):
    """What mail programs do not support of a message's HTML."""

    warnings: tuple[HtmlCheckWarning, ...]
    platforms: dict[str, tuple[str, ...]]
    total: HtmlCheckTotal


class LinkCheckLink(Foreign, frozen=True, kw_only=True):
    """One link. status_code: 0 without an answer, 451 for an internal address."""

    url: str
    status_code: int
    status: str


class LinkCheckResponse(Camel, frozen=True, kw_only=True):
    """Every link. errors: those without an answer or with a status from 400."""

    errors: Count
    links: tuple[LinkCheckLink, ...]


class SpamCheckRule(Camel, frozen=True, kw_only=True):
    """One rule that matched."""

    score: float
    name: str
    description: str


class SpamCheckResponse(Camel, frozen=True, kw_only=True):
    """The verdict. error: why there is none; rules are null then."""

    is_spam: bool
    error: str
    score: float
    rules: tuple[SpamCheckRule, ...] | None
