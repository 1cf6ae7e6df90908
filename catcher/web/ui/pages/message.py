"""The page of one message: what stands above its views, and what leads on from it."""

from dataclasses import dataclass
from datetime import datetime

from catcher.mime.model import Address
from catcher.store.model import StoredSummary
from catcher.web.ui.message.diff import Difference
from catcher.web.ui.pages.checks import FindingCount, Opinions
from catcher.web.ui.pages.chrome import Chrome, Link
from catcher.web.ui.pages.lists import Listing
from catcher.web.ui.pages.views import Delivery, Fact, Field, PartLine, Preview, Source, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that came with the message."""

    part_id: str  # its part
    name: str  # file name, or what it is
    media_type: str  # "type/subtype"
    size: int  # octets, decoded
    open_href: str  # where it can be looked at, "" when it cannot safely
    save_href: str  # where it can be saved
    thumb_href: str  # a small picture of it, "" when there is none


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundCode:
    """A code in the message."""

    value: str  # as it is typed
    shown: str  # the same, what could hide spelled out
    kind: str  # what it is for, "" when that is not known


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundLink:
    """A link in the message."""

    url: str  # as it is written
    shown: str  # the same, what could hide spelled out
    text: str  # what a reader sees of it, "" for nothing
    kind: str  # what it is for, "" when that is not known
    href: str  # where it may be opened, "" when it may not


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Codes and links."""

    codes: tuple[FoundCode, ...]  # the likely ones, for the top
    link: FoundLink | None  # the one the message asks to follow
    maybe: tuple[FoundCode, ...]  # what may be a code
    links: tuple[FoundLink, ...]  # the other ones
    more: int  # how many there are besides


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """What a message belongs to."""

    href: str  # page of the thread
    is_outside: bool  # it looks like an answer, but names nothing that it answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """One event of a calendar part."""

    kind: str  # what the message does about it
    title: str  # of the event
    facts: tuple[Fact, ...]  # when, where, who


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsubscribing:
    """How the message says its list can be left."""

    links: tuple[FoundLink, ...]  # where
    is_one_click: bool  # by one POST (RFC 8058)
    errors: str  # what is wrong with the fields, "" for nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagePage:
    """/view/{id} in each of its views."""

    chrome: Chrome  # what surrounds it
    listing: Listing  # the list beside it
    summary: StoredSummary  # the message
    title: str  # its subject, what could hide spelled out, "" when there is none
    from_: tuple[Address, ...]  # who it says it is from
    to: tuple[Address, ...]  # whom it says it is for
    cc: tuple[Address, ...]  # copies
    bcc: tuple[Address, ...]  # blind copies, and recipients that no field names
    reply_to: tuple[Address, ...]  # where answers go
    sent_at: datetime | None  # the Date field
    reverse_path: str  # from the envelope
    forward_paths: tuple[str, ...]  # from the envelope
    client: str  # who handed it in
    notes: tuple[str, ...]  # what was odd, in the dialogue and in the message
    view: str  # which of the views this is
    views: tuple[Link, ...]  # the choice; href "" for one this message does not have
    newer: str  # address of the next newer message of the list, "" at the end
    older: str  # address of the next older message
    position: int  # place in the list, from 1; 0 when it is not in it
    attachments: tuple[Attachment, ...]  # parts that are not the text itself, the first ones
    more_attachments: tuple[Attachment, ...]  # the next ones
    unlisted: int  # how many there are besides
    found: Found  # codes and links
    conversation: Conversation  # the thread it belongs to
    invitations: tuple[Invitation, ...]  # of calendar parts
    unsubscribing: Unsubscribing | None  # None when it names no list to leave
    raw_href: str  # the message as sent
    print_href: str  # the mail alone, for the printer
    release_href: str  # where it can be sent onward
    previous_href: str  # the message compared with the one before it of the same subject
    bodies_href: str  # its text compared with its HTML, "" when it has not both
    back: str  # address of the list
    preview: Preview | None  # in the HTML view
    text: Text | None  # in the text view
    source: Source | None  # in the source and raw views
    parts: tuple[PartLine, ...]  # in the parts view
    fields: tuple[Field, ...]  # in the headers view
    groups: tuple[Link, ...]  # kinds of fields it can be narrowed to
    filter: str  # what the headers view is filtered by
    opinions: Opinions | None  # in the checks view
    findings: FindingCount | None  # how many the checks have, None while they were not asked
    delivery: Delivery | None  # in the delivery view
    done: str  # what was just done, "" for nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintPage:
    """/view/{id}/print: the mail alone."""

    chrome: Chrome  # what surrounds it
    title: str  # its subject
    summary: StoredSummary  # the message
    from_: tuple[Address, ...]  # who it says it is from
    to: tuple[Address, ...]  # whom it says it is for
    text: str  # the text of a message without HTML


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationLine:
    """One message of a thread."""

    href: str  # its page
    title: str  # its subject
    sender: str  # who it is from, "" when it does not say
    received_at: datetime  # when it came
    is_current: bool  # whether the thread was asked for from it


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationPage:
    """/thread/{id}."""

    chrome: Chrome  # what surrounds it
    title: str  # subject of the message
    back: str  # its page
    lines: tuple[ConversationLine, ...]  # oldest first
    reasons: tuple[str, ...]  # what keeps messages apart, in sentences


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareSide:
    """One of two messages."""

    title: str  # its subject
    sender: str  # who it is from, "" when it does not say
    received_at: datetime  # when it came
    href: str  # its page
    src: str  # address of its frame, "" without HTML


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparePage:
    """/compare/{left}/{right}."""

    chrome: Chrome  # what surrounds it
    left: CompareSide  # the one that is measured against
    right: CompareSide  # the other one
    is_one: bool  # both are one message: its text against its HTML
    modes: tuple[Link, ...]  # what can be compared
    widths: tuple[Link, ...]  # how wide both are shown, side by side
    width: str  # pixels, "" for all there is
    is_masked: bool  # ids, dates and tokens count as equal
    mask_href: str  # address with that the other way
    difference: Difference | None  # None side by side


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseRecipient:
    """Somebody who may get a message."""

    address: str  # as it is sent to
    shown: str  # the same, what could hide spelled out
    why_not: str  # why the relay's lists forbid it, "" when they do not
    is_ticked: bool  # whether it was chosen


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseOutcome:
    """What became of one recipient."""

    address: str  # who
    is_accepted: bool  # whether the message is on its way there
    reply: str  # what the server said


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasePage:
    """/view/{id}/release."""

    chrome: Chrome  # what surrounds it
    title: str  # subject of the message
    back: str  # its page
    relays: tuple[Link, ...]  # the ways out, by their names
    allowed: str  # expression that an address has to match, "" for none
    blocked: str  # expression that it must not match, "" for none
    recipients: tuple[ReleaseRecipient, ...]  # those of the envelope and those that were named
    more: int  # how many there are besides
    problem: str  # why nothing was sent, "" for nothing
    outcomes: tuple[ReleaseOutcome, ...]  # of a release that was just made
    accepted: int  # how many of them have it now
