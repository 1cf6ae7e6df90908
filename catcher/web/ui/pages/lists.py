"""The lists of messages: rows, pages of the list, the bin, the setup guide of an empty mailbox."""

from msgspec import Struct

from catcher.store.model import StoredSummary
from catcher.web.ui.pages.layout import Layout, NavLink


class MessageRow(Struct, frozen=True, kw_only=True):
    """One message in the list."""

    summary: StoredSummary  # the message
    href: str  # its page, which keeps the list
    subject: str  # its subject with control characters spelled out, "" without one
    sender: str  # its sender, "" without one
    recipient: str  # its first recipient, "" without one
    more_recipients: int  # number of further recipients
    snippet: str  # its first words
    time: str  # short, in UTC
    iso_time: str  # for the datetime attribute
    full_time: str  # to the second, with zone
    group: str  # the same for rows that are folded into one
    is_current: bool = False  # whether its page is open
    folded: tuple["MessageRow", ...] = ()  # rows folded behind it, newest first: equal ones, or those of its thread


class ListView(Struct, frozen=True, kw_only=True):
    """One page of a list of messages."""

    title: str  # of the list
    rows: tuple[MessageRow, ...]  # newest first
    groups_threads: bool  # whether rows are folded by thread
    is_complete: bool  # whether this page has all messages of the list
    matching: int  # number of messages in the whole list
    unread: int  # number of unread messages in the whole list
    is_exact: bool  # whether these two numbers are exact; of very many matches they are estimates
    query: str  # search of the list, "" for all mail
    inbox: str  # inbox of the list, "" for all inboxes
    error: str  # syntax error of the search, "" without one
    error_parts: tuple[str, str]  # the search before and after the position of the error
    unknown_names: tuple[tuple[str, str], ...]  # unknown names of terms, each with a similar one or ""
    suggestions: tuple[NavLink, ...]  # of empty results: the search without each of its terms, with its count
    search_terms: tuple[tuple[str, str], ...]  # of empty results: an example of each search term, and its meaning
    cursor: int  # of the store at the moment of reading; the event stream starts after it
    newest_href: str  # address of the first page, "" on the first page
    older_href: str  # address of the next page, "" on the last page
    before: str  # arrival number below which this page starts, "" on the first page
    is_live: bool  # whether new messages are inserted on top of this page
    href: str  # address of this page
    has_bin: bool  # whether deleted messages can be restored
    can_delete_all: bool  # whether the menu offers to delete the whole list


class SetupSnippet(Struct, frozen=True, kw_only=True):
    """The settings of one framework."""

    name: str  # for people
    text: str  # with host and port filled in


class SetupGuide(Struct, frozen=True, kw_only=True):
    """How to send an application's mail to this instance."""

    address: str  # "host:port" of the SMTP listener
    inbox: str  # inbox of the guide, "" for all mail
    user: str  # login whose mail is routed to the inbox, "" when there is none
    password: str  # of that login, "" when any is accepted
    addresses: tuple[str, ...]  # patterns of recipient addresses that lead to the inbox
    frameworks: tuple[NavLink, ...]  # the choice of frameworks
    snippets: tuple[SetupSnippet, ...]  # of the chosen framework
    last_refusal: str  # client, age and reply of the last refused connection, "" without one
    is_container: bool  # whether host names are those inside a container network
    samples: tuple[NavLink, ...]  # sample messages to send; href is their key


class ListPage(Struct, frozen=True, kw_only=True):
    """/ and /search."""

    layout: Layout  # of the page
    message_list: ListView  # the list
    setup: SetupGuide | None  # of an empty mailbox or inbox
    notice: str  # result of the last action, "" without one
    undo: str  # moment of the last deletion, for undoing it, "" without one


class NoticePage(Struct, frozen=True, kw_only=True):
    """A missing page or a refused action, with the list beside it."""

    layout: Layout  # of the page
    message_list: ListView  # the list beside it
    title: str  # what happened
    text: str  # what to do next, or the subject of the deleted message
    restore: str  # id of the message that can be restored, "" without one


class BinRow(Struct, frozen=True, kw_only=True):
    """One deleted message."""

    row: MessageRow  # the message
    time_left: str  # until it is deleted for good


class BinPage(Struct, frozen=True, kw_only=True):
    """/bin."""

    layout: Layout  # of the page
    rows: tuple[BinRow, ...]  # last deleted first
    newer_href: str  # address of the previous page, "" on the first page
    older_href: str  # address of the next page, "" on the last page
    retention: str  # how long deleted messages are kept, "" without a bin
    notice: str  # result of the last action, "" without one
