"""What each page is given: one frozen value a page, each field said once. Templates read these and decide nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from catcher.mime.model import Address
from catcher.store.model import Summary
from catcher.web.frame import Frame
from catcher.web.services import SettingFact
from catcher.web.ui.differences import Difference
from catcher.web.ui.source import Piece
from catcher.web.ui.texts import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How this browser wants the pages, from its cookie."""

    theme: str = "auto"  # "auto", "light" or "dark"
    is_dense: bool = False  # one line a message instead of three
    is_below: bool = False  # the message under the list instead of beside it
    times: str = "local"  # "local" for the browser's zone, "utc", or "ago" for how long ago
    has_keys: bool = True  # whether single keys do something
    language: str = ""  # code of the wanted language, "" for what the browser says


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link of a navigation."""

    label: str  # as shown
    href: str  # where it leads
    name: str = ""  # for programs, the same in every language
    is_current: bool = False  # whether this page is it
    count: int | None = None  # a number behind the label, None for none


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """A search that was kept."""

    number: int  # to name it by
    link: Link  # the list of what it finds


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """The lists of the sidebar."""

    root: str  # path of the site
    folders: tuple[Link, ...]  # the lists everybody has
    inboxes: tuple[Link, ...]  # the fullest ones, by name
    more_inboxes: int  # how many there are besides
    tags: tuple[Link, ...]  # the first ones, by name
    more_tags: int  # how many there are besides
    saved: tuple[Saved, ...]  # searches that were kept
    here: Saved | None  # the one of them that this page shows


@dataclass(frozen=True, slots=True, kw_only=True)
class Chrome:
    """What surrounds every page."""

    root: str  # path of the site, with a slash at both ends
    css: str  # path of the style sheet
    js: str  # path of the script
    icons: str  # path of the sprite
    favicon: str  # path of the icon of the tab
    look: Look  # how this browser wants it
    language: str  # code of the language of the page
    label: str  # what this instance was named, "" for nothing
    version: str  # of catcher
    smtp: str  # where mail is taken, "host:port", "" when nowhere
    keys: Mapping[str, str]  # what each key does, for the script
    is_public: bool  # reachable by others without a password
    here: str  # path and query of this page, for coming back to it
    is_following: bool  # whether it shows what comes by itself
    unread: int  # how many messages nobody has read
    side: Side  # the lists of the sidebar
    query: str  # what the search field holds
    inbox: str  # the inbox it searches, "" for all mail


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One message in the list."""

    summary: Summary  # the message
    href: str  # its page, with the list it is in
    subject: str  # its subject, what could hide spelled out, "" when there is none
    sender: str  # who it is from, "" when it does not say
    recipient: str  # the first it is for, "" when nobody
    more: int  # how many recipients there are besides
    snippet: str  # its first words
    time: str  # short, in UTC
    stamp: str  # for the datetime attribute
    full_time: str  # to the second, with zone
    is_current: bool = False  # whether its page is open


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One piece of the list of messages."""

    name: str  # what is listed
    rows: tuple[Row, ...]  # newest first
    matching: int  # how many there are in all, on other pages too
    unread: int  # how many of all these are unread
    query: str  # the search that selects them, "" for all mail
    inbox: str  # the inbox they are in, "" for all of them
    error: str  # why the search could not be read, "" when it could
    error_parts: tuple[str, str]  # the search before the place that could not be read, and from it on
    without: tuple[Link, ...]  # when nothing matches: the search without each of its terms, and how many that finds
    help: tuple[tuple[str, str], ...]  # when nothing matches: an example of each search term, and what it means
    cursor: int  # the store's number at the moment of reading; live news start behind it
    newest: str  # address of the newest page, "" when this is it
    older: str  # address of the next page, "" when this is the last
    before: str  # arrival number this page starts below, "" on the newest
    is_live: bool  # whether new mail belongs on top of this piece
    here: str  # address of this piece
    has_bin: bool  # whether what is deleted can be brought back
    can_delete_all: bool  # whether one button deletes all of the list


@dataclass(frozen=True, slots=True, kw_only=True)
class Snippet:
    """How one framework is told where to send."""

    key: str  # for the address of its page
    name: str  # for people
    text: str  # with host and port filled in


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """How to point an application here."""

    address: str  # where mail is taken, "host:port"
    frameworks: tuple[Link, ...]  # the choice
    snippets: tuple[Snippet, ...]  # of the framework that is chosen
    refused: str  # who was last told no, and how long ago, "" when nobody was
    is_container: bool  # whether host names are the ones inside a container network
    tests: tuple[Link, ...]  # test messages that can be sent; href is their key


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage:
    """/ and /search."""

    chrome: Chrome  # what surrounds it
    listing: Listing  # the list it is about
    setup: Setup | None  # when the mailbox is empty
    done: str  # what was just done, "" for nothing
    undo: str  # what takes that back, "" when nothing can


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something known, by its name."""

    name: str  # what it is
    value: str  # what it is worth


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One header field."""

    name: str  # as sent
    body: str  # decoded
    encoded: str  # as sent, when that differs, else ""
    group: str  # "who", "routing", "list", "authentication", "content" or "other"
    search_href: str  # messages with the same, "" when it cannot be searched for


@dataclass(frozen=True, slots=True, kw_only=True)
class PartContent:
    """What is in one part."""

    choices: tuple[Link, ...]  # decoded, as sent
    src: str  # address of an image to show, "" for another kind
    text: str  # the text to show, "" for another kind
    is_cut: bool  # too long to be shown whole


@dataclass(frozen=True, slots=True, kw_only=True)
class PartLine:
    """One part in the tree."""

    part_id: str  # its number
    depth: int  # 0 for the message itself
    media_type: str  # "type/subtype"
    name: str  # file name, "" when there is none
    size: int  # octets, decoded; 0 for a container
    facts: tuple[str, ...]  # charset, encoding, disposition, content id
    digests: tuple[Fact, ...]  # of the decoded octets, as far as they are kept
    href: str  # this view with the part's content shown, "" for a container
    content: PartContent | None  # of the part that is looked at
    open_href: str  # where it can be looked at, "" when it cannot safely
    save_href: str  # where it can be saved
    headers: tuple[Field, ...]  # its own header fields
    defects: tuple[str, ...]  # what is wrong with it
    is_container: bool  # whether it only holds others


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
class Preview:
    """The HTML view."""

    frame: Frame  # the document, for what was found in it
    src: str  # address of the frame
    is_too_large: bool  # not shown before somebody asks
    size: int  # octets of the HTML part
    is_clipped: bool  # whether a mail program cuts it
    fixed_width: int  # pixels of its widest box, 0 when that fits
    anyway: str  # address that shows it although it is large
    widths: tuple[Link, ...]  # the choice of widths
    width: str  # pixels, "" for all there is
    least_width: int  # pixels that can be chosen
    most_width: int  # pixels that can be chosen
    kept: tuple[tuple[str, str], ...]  # parameters that a form has to send along
    schemes: tuple[Link, ...]  # the choice of colour schemes
    scheme: str  # "light", "dark" or "forced"
    images_href: str  # address with images the other way
    has_images: bool  # whether images are shown
    remote_href: str  # address with remote images the other way
    has_remote: bool  # whether remote images are shown
    is_trusted: bool  # whether this browser always shows them for the inbox
    inbox: str  # address of the inbox, "" when nobody is named
    trust_action: str  # where a form changes that
    hidden_remote: int  # how many remote items are kept away


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """The text view."""

    runs: Sequence[Run]  # the text, addresses apart
    is_made: bool  # taken from the HTML, because the message has no text
    is_cut: bool  # too long to be shown whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The source of the HTML, or the message as sent."""

    pieces: Sequence[Piece]  # in colours
    size: int  # octets of the whole
    is_cut: bool  # too long to be shown whole
    save_href: str  # where the whole is


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
    is_asking: bool  # whether answers of links come while the page is sent


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientLine:
    """One recipient as the client named it."""

    address: str  # addr-spec
    parameters: str  # what was asked for besides, "" for nothing
    reply: str  # what the server answered, "" when that is not kept
    is_refused: bool  # whether it was turned away


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that happened to the message."""

    text: str  # what
    detail: str  # more of it, "" for nothing
    is_bad: bool  # whether it went wrong
    at: datetime | None  # when, None when that is not kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """The delivery view."""

    client: tuple[Fact, ...]  # who handed it in
    reverse_path: str  # of MAIL
    parameters: str  # of MAIL, "" for none
    recipients: tuple[RecipientLine, ...]  # of RCPT, in order, those that were refused last
    more_recipients: int  # how many there are besides
    steps: tuple[Step, ...]  # what happened, in order
    transcript: str  # what client and server said, "" when there was no dialogue


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
    summary: Summary  # the message
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
    attachments: tuple[Attachment, ...]  # every part that is not the text itself
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
    delivery: Delivery | None  # in the delivery view
    done: str  # what was just done, "" for nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintPage:
    """/view/{id}/print: the mail alone."""

    chrome: Chrome  # what surrounds it
    title: str  # its subject
    summary: Summary  # the message
    from_: tuple[Address, ...]  # who it says it is from
    to: tuple[Address, ...]  # whom it says it is for
    text: str  # the text of a message without HTML


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


@dataclass(frozen=True, slots=True, kw_only=True)
class GonePage:
    """An address that nothing is found at, or something that cannot be done now."""

    chrome: Chrome  # what surrounds it
    listing: Listing  # the list beside it
    title: str  # what happened
    text: str  # what to do, or which message it was
    restore: str  # the message that can be brought back, "" for none


@dataclass(frozen=True, slots=True, kw_only=True)
class BinRow:
    """One deleted message."""

    row: Row  # the message
    left: str  # how long it stays, in words


@dataclass(frozen=True, slots=True, kw_only=True)
class BinPage:
    """/bin."""

    chrome: Chrome  # what surrounds it
    rows: tuple[BinRow, ...]  # what was deleted last first
    newer: str  # address of the piece before this one, "" when this is the first
    older: str  # address of the next piece, "" when this is the last
    kept: str  # how long what is deleted stays, in words, "" when it does not
    done: str  # what was just done, "" for nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupPage:
    """/setup."""

    chrome: Chrome  # what surrounds it
    setup: Setup  # what to tell applications
    done: str  # what was just done, "" for nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsPage:
    """/settings: what this browser wants, and what this instance is."""

    chrome: Chrome  # what surrounds it
    listening: tuple[str, ...]  # where mail is taken
    database: str  # where it is kept, "" when it is not
    limits: tuple[str, ...]  # in sentences
    started_at: datetime  # since when it runs
    settings: tuple[tuple[str, tuple[SettingFact, ...]], ...]  # what it was started with, by section
    languages: tuple[tuple[str, str], ...]  # code and name of each that can be chosen
    done: str  # what was just done, "" for nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupsPage:
    """/inboxes and /tags: all of what the sidebar shows the first of."""

    chrome: Chrome  # what surrounds it
    name: str  # "inboxes" or "tags"
    title: str  # what is listed
    links: tuple[Link, ...]  # a piece of them, by name
    wanted: str  # the text that names were asked to have
    more: str  # address of the next piece, "" when this is the last
    hint: str  # how they come about


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One line of the list of keys."""

    does: str  # what it does, for the script
    keys: tuple[str, ...]  # any of them does it
    action: str  # what it does


@dataclass(frozen=True, slots=True, kw_only=True)
class KeysPage:
    """/keys."""

    chrome: Chrome  # what surrounds it
    keys: tuple[Key, ...]  # in the order of their use


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionLine:
    """One SMTP connection that brought no message."""

    closed_at: datetime  # when it was over
    client: str  # address, name and user, as far as they are known
    ended: str  # how it came to its end, a clause
    refusal: str  # the last reply that said no, "" when none did
    transcript: str  # what client and server said


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionsPage:
    """/connections."""

    chrome: Chrome  # what surrounds it
    connections: tuple[ConnectionLine, ...]  # newest first


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiRoute:
    """One route of the API."""

    method: str  # of HTTP
    path: str  # below the site's root, with names in braces
    summary: str  # what it does
    parameters: tuple[str, ...]  # of the query


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiGroup:
    """Routes that belong together."""

    name: str  # what they are about
    routes: tuple[ApiRoute, ...]  # in the order of the document


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiPage:
    """/api/v1/."""

    chrome: Chrome  # what surrounds it
    groups: tuple[ApiGroup, ...]  # all routes
