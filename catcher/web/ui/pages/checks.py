"""The checks view of a message: findings, scores, link results."""

from msgspec import Struct

from catcher.web.ui.pages.layout import NavLink


class FindingItem(Struct, frozen=True, kw_only=True):
    """One finding of a check."""

    severity: str  # "error", "warning" or "info"
    text: str  # the finding
    advice: str  # what to do, "" for nothing
    where: str  # part, line and column in words, "" for the whole message
    excerpt: str  # the source there
    show_href: str  # the message with that element marked, "" when it cannot be shown
    count: int  # number of occurrences
    clients: tuple[str, ...]  # the mail clients concerned
    source: str  # the standard or site behind it
    source_href: str  # its address, "" without one


class FindingCount(Struct, frozen=True, kw_only=True):
    """Numbers of findings of one message."""

    errors: int  # findings of this severity
    warnings: int  # findings of this severity


class InboxPreview(Struct, frozen=True, kw_only=True):
    """The message in the list of a mail client."""

    device: str  # name and width of the device
    sender: str  # cut to the device
    subject: str  # cut to the device
    preheader: str  # cut to the device


class CheckSection(Struct, frozen=True, kw_only=True):
    """The report of one check."""

    name: str  # of the check
    title: str  # for people
    score: str  # of 100, "" without one
    error: str  # why the check failed, "" when it succeeded
    is_cut: bool  # whether a limit ended it early
    counts: tuple[tuple[str, int], ...]  # number of findings by severity, the worst first
    shown: tuple[FindingItem, ...]  # the most important findings
    folded: tuple[FindingItem, ...]  # the next ones
    left: int  # number of findings not listed
    details: tuple[tuple[str, str], ...]  # further facts, each with its name
    scores: tuple[tuple[str, str], ...]  # of each mail client, the lowest first
    inbox_rows: tuple[InboxPreview, ...]  # the message in lists of mail clients


class CheckRequest(Struct, frozen=True, kw_only=True):
    """A check that runs on request only, because it sends requests to other servers."""

    label: str  # of the button
    href: str  # this page with its results
    rows_href: str  # where a script gets the results row by row, "" without rows


class LinkResultRow(Struct, frozen=True, kw_only=True):
    """The result of requesting one link."""

    status: str  # the last status code, "–" without an answer
    severity: str  # "error", "warning" or "info", "" without a finding
    hops: tuple[NavLink, ...]  # every response on the way: status code and address
    url: str  # the address as it is in the message
    text: str  # the finding
    advice: str  # what to do, "" for nothing
    show_href: str  # the message with that link marked, "" when it cannot be shown


class ChecksView(Struct, frozen=True, kw_only=True):
    """The checks view."""

    score: str  # of 100, "" without one
    sections: tuple[CheckSection, ...]  # the reports
    requests: tuple[CheckRequest, ...]  # checks that can be requested
    is_filtered: bool  # whether findings about some mail clients are hidden by the preferences
    has_link_rows: bool  # whether link results are streamed into this page
