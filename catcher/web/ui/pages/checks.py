"""The checks view of a message: findings, scores, and answers of links."""

from dataclasses import dataclass

from catcher.web.ui.pages.chrome import Link


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """One finding of a check."""

    severity: str  # "error", "warning" or "info"
    text: str  # what is so
    advice: str  # what to do, "" for nothing
    where: str  # part, line and column in words, "" for the whole message
    excerpt: str  # the source there
    show_href: str  # the mail with that element marked, "" when it is not one that is shown
    count: int  # at how many places
    clients: tuple[str, ...]  # the mail programs concerned
    source: str  # who says so
    source_href: str  # where that can be read, "" for a section of a document


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingCount:
    """How much the checks found wrong with a message."""

    errors: int  # findings of this severity
    warnings: int  # findings of this severity


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxRow:
    """The message in the list of a mail program."""

    device: str  # where
    sender: str  # as much as fits
    subject: str  # as much as fits
    preheader: str  # as much as fits


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """What one check says."""

    name: str  # of the check
    title: str  # for people
    score: str  # of 100, "" for none
    error: str  # why it could not be made, "" when it was
    is_cut: bool  # a limit ended it early
    counts: tuple[tuple[str, int], ...]  # findings by severity, the worst first
    shown: tuple[Opinion, ...]  # the findings that matter most
    folded: tuple[Opinion, ...]  # the next of them
    left: int  # how many there are besides
    details: tuple[tuple[str, str], ...]  # what it found out besides, each with its name
    scores: tuple[tuple[str, str], ...]  # of each mail program, the lowest first
    inbox_rows: tuple[InboxRow, ...]  # how lists show the message


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Something that is done on request only, because others see it."""

    label: str  # what the button says
    href: str  # this page with it done
    rows_href: str  # where a script gets the answers row by row, "" when there are none


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of asking one link."""

    status: str  # the last status code, "–" without an answer
    severity: str  # "error", "warning" or "info", "" when it is as it should be
    hops: tuple[Link, ...]  # every answer on the way: its status code as label, and the address
    url: str  # the address as the mail has it
    text: str  # what is so
    advice: str  # what to do, "" for nothing
    show_href: str  # the mail with that link marked, "" when it is not one that is shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinions:
    """The checks view."""

    score: str  # of 100, "" for none
    sections: tuple[Section, ...]  # those that were made
    asks: tuple[Ask, ...]  # what else can be asked for
    is_narrowed: bool  # whether findings about some mail programs are left out, as this browser wants
    is_asking: bool  # whether answers of links come while the page is sent
