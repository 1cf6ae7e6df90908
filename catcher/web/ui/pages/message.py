"""The page of one message: its head, and the pages that lead on from it."""

from datetime import datetime

from msgspec import Struct

from catcher.mime.model import Address
from catcher.store.model import StoredSummary
from catcher.web.ui.message.diff import Difference
from catcher.web.ui.pages.checks import ChecksView, FindingCount
from catcher.web.ui.pages.layout import Layout, NavLink
from catcher.web.ui.pages.lists import ListView
from catcher.web.ui.pages.views import (
    DeliveryView,
    HeaderRow,
    HtmlView,
    NamedValue,
    PartRow,
    SourceView,
    TextView,
)


class AttachmentItem(Struct, frozen=True, kw_only=True):
    """A file of the message."""

    name: str  # file name, or a name made from its type
    media_type: str  # "type/subtype"
    size: int  # octets, decoded
    open_href: str  # the file in a browser tab, "" when that is not safe
    save_href: str  # the file as a download
    thumb_href: str  # its thumbnail, "" without one


class Reason(Struct, frozen=True, kw_only=True):
    """A feature of a code or link that counts for or against it."""

    text: str  # the feature in words
    points: str  # with its sign


class CodeItem(Struct, frozen=True, kw_only=True):
    """A one-time code in the message."""

    value: str  # as it is typed
    shown: str  # the same with control characters spelled out
    kind: str  # its purpose, "" when unknown
    confidence: str  # in per cent
    reasons: tuple[Reason, ...]  # for the confidence


class LinkItem(Struct, frozen=True, kw_only=True):
    """A link in the message."""

    url: str  # as it is written
    shown: str  # the same with control characters spelled out
    text: str  # its label, "" without one
    kind: str  # its purpose, "" when unknown
    href: str  # the address for opening it, "" when that is not safe
    confidence: str = ""  # in per cent, "" when it was not rated
    reasons: tuple[Reason, ...] = ()  # for the confidence


class CodesAndLinks(Struct, frozen=True, kw_only=True):
    """Codes and links of the message."""

    codes: tuple[CodeItem, ...]  # the likely ones
    link: LinkItem | None  # the primary link
    unsure: tuple[CodeItem, ...]  # possible codes
    links: tuple[LinkItem, ...]  # the other links
    more: int  # number of links not listed


class ThreadLink(Struct, frozen=True, kw_only=True):
    """The thread of the message."""

    href: str  # its page
    is_broken: bool  # the subject is that of a reply, but no field names the message it answers


class CalendarEvent(Struct, frozen=True, kw_only=True):
    """One event of a calendar part."""

    kind: str  # what the message does with it
    title: str  # of the event
    facts: tuple[NamedValue, ...]  # time, place, people


class UnsubscribeInfo(Struct, frozen=True, kw_only=True):
    """The List-Unsubscribe fields of the message."""

    links: tuple[LinkItem, ...]  # their addresses
    is_one_click: bool  # whether one POST is enough (RFC 8058)
    errors: str  # of the fields, "" for none


class MessageViewPage(Struct, frozen=True, kw_only=True):
    """/view/{id} in each of its views."""

    layout: Layout  # of the page
    message_list: ListView  # the list beside it
    summary: StoredSummary  # the message
    title: str  # its subject with control characters spelled out, "" without one
    from_: tuple[Address, ...]  # the From field
    to: tuple[Address, ...]  # the To field
    cc: tuple[Address, ...]  # the Cc field
    bcc: tuple[Address, ...]  # the Bcc field, and recipients that no field names
    reply_to: tuple[Address, ...]  # the Reply-To field
    sent_at: datetime | None  # the Date field
    reverse_path: str  # from the envelope
    forward_paths: tuple[str, ...]  # from the envelope
    client: str  # the client that sent it
    is_signed: bool  # with S/MIME, opaquely
    defects: tuple[str, ...]  # of the dialogue and of the message
    view: str  # name of the current view
    views: tuple[NavLink, ...]  # the choice of views; href "" for one that this message does not have
    newer_href: str  # address of the next newer message of the list, "" at the end
    older_href: str  # address of the next older message
    position: int  # in the list, from 1; 0 when it is not in it
    attachments: tuple[AttachmentItem, ...]  # the first attachments
    more_attachments: tuple[AttachmentItem, ...]  # the next ones
    unlisted: int  # number of attachments not listed
    codes_and_links: CodesAndLinks  # found in the text
    thread: ThreadLink  # its thread
    events: tuple[CalendarEvent, ...]  # of calendar parts
    unsubscribe: UnsubscribeInfo | None  # None without a List-Unsubscribe field
    raw_href: str  # the message as sent
    print_href: str  # the message alone, for printing
    release_href: str  # the page that releases it to a relay
    previous_href: str  # the comparison with the previous message of the same subject
    bodies_href: str  # the comparison of its text and its HTML, "" without both
    back: str  # address of the list
    html: HtmlView | None  # in the HTML view
    text: TextView | None  # in the text view
    source: SourceView | None  # in the source and raw views
    parts: tuple[PartRow, ...]  # in the parts view
    fields: tuple[HeaderRow, ...]  # in the headers view
    groups: tuple[NavLink, ...]  # kinds of header fields to filter by
    filter: str  # text that the header fields contain
    checks: ChecksView | None  # in the checks view
    findings: FindingCount | None  # of the checks, None before they have run
    delivery: DeliveryView | None  # in the delivery view
    notice: str  # result of the last action, "" without one


class PrintPage(Struct, frozen=True, kw_only=True):
    """/view/{id}/print: the message alone."""

    title: str  # its subject
    summary: StoredSummary  # the message
    from_: tuple[Address, ...]  # the From field
    to: tuple[Address, ...]  # the To field
    text: str  # the text of a message without HTML


class ThreadRow(Struct, frozen=True, kw_only=True):
    """One message of a thread."""

    href: str  # its page
    title: str  # its subject
    sender: str  # its sender, "" without one
    received_at: datetime  # its arrival
    is_current: bool  # whether the page was opened from it


class ThreadPage(Struct, frozen=True, kw_only=True):
    """/thread/{id}."""

    layout: Layout  # of the page
    title: str  # subject of the message
    back: str  # its page
    rows: tuple[ThreadRow, ...]  # oldest first
    problems: tuple[str, ...]  # why mail clients split the thread, in sentences


class ComparedMessage(Struct, frozen=True, kw_only=True):
    """One of two messages that are compared."""

    title: str  # its subject
    sender: str  # its sender, "" without one
    received_at: datetime  # its arrival
    href: str  # its page
    src: str  # address of its frame, "" without HTML


class ComparePage(Struct, frozen=True, kw_only=True):
    """/compare/{left}/{right}."""

    layout: Layout  # of the page
    left: ComparedMessage  # the reference
    right: ComparedMessage  # the other one
    is_one: bool  # whether both are one message: its text against its HTML
    modes: tuple[NavLink, ...]  # the choice of contents to compare
    widths: tuple[NavLink, ...]  # the choice of widths, side by side
    width: str  # pixels, "" for the whole width
    is_masked: bool  # whether ids, dates and tokens count as equal
    mask_href: str  # address that toggles that
    difference: Difference | None  # None side by side


class ReleaseRecipient(Struct, frozen=True, kw_only=True):
    """A possible recipient of a released message."""

    address: str  # as it is sent to
    shown: str  # the same with control characters spelled out
    why_not: str  # why the relay's lists forbid it, "" when they allow it
    is_ticked: bool  # whether it is chosen


class ReleaseResult(Struct, frozen=True, kw_only=True):
    """The relay's answer for one recipient."""

    address: str  # the recipient
    is_accepted: bool  # whether the relay accepted it
    reply: str  # of the relay


class ReleasePage(Struct, frozen=True, kw_only=True):
    """/view/{id}/release."""

    layout: Layout  # of the page
    title: str  # subject of the message
    back: str  # its page
    relays: tuple[NavLink, ...]  # by their names
    allowed: str  # expression that addresses have to match, "" for none
    blocked: str  # expression that they must not match, "" for none
    recipients: tuple[ReleaseRecipient, ...]  # of the envelope and of the form
    more: int  # number of recipients not listed
    problem: str  # why nothing was sent, "" without a problem
    results: tuple[ReleaseResult, ...]  # of the last release
    accepted: int  # number of accepted recipients
