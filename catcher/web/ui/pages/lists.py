"""The lists of messages: rows, pieces of the list, the bin, and what stands beside a list without a message."""

from dataclasses import dataclass

from catcher.store.model import StoredSummary
from catcher.web.ui.pages.chrome import Chrome, Link


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One message in the list."""

    summary: StoredSummary  # the message
    href: str  # its page, with the list it is in
    subject: str  # its subject, what could hide spelled out, "" when there is none
    sender: str  # who it is from, "" when it does not say
    recipient: str  # the first it is for, "" when nobody
    more: int  # how many recipients there are besides
    snippet: str  # its first words
    time: str  # short, in UTC
    stamp: str  # for the datetime attribute
    full_time: str  # to the second, with zone
    kind: str  # the same for messages with the same subject, sender and recipients
    is_current: bool = False  # whether its page is open
    same: tuple["Row", ...] = ()  # those folded behind it, newest first: equal ones, or of its conversation


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One piece of the list of messages."""

    name: str  # what is listed
    rows: tuple[Row, ...]  # newest first
    has_conversations: bool  # whether what is folded behind a row belongs to its conversation
    is_whole: bool  # whether all there are is on this page
    matching: int  # how many there are in all, on other pages too
    unread: int  # how many of all these are unread
    is_exact: bool  # whether these two numbers are; of very many matches they may be wrong by a few
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
    inbox: str  # the inbox that it is about, "" for all mail
    user: str  # to log in by so that mail goes there, "" when nobody can
    password: str  # what the server asks of that user, "" when any will do
    addresses: tuple[str, ...]  # patterns of addresses whose mail goes there
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
