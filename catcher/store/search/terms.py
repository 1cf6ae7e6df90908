"""Table of the terms of the search language: name, example, help and reader.

A new term is one row here; a new kind of condition also needs an evaluation in `filter` and in `sql`. The
help of the pages, the documentation and the error texts are generated from this table.
"""

from dataclasses import dataclass

from catcher.store.search.model import Query
from catcher.store.search.readers import (
    Clock,
    Reader,
    UnreadableValue,
    Value,
    check_length,
    header,
    inbox,
    received,
    size,
    state,
    store_id,
    tag,
    text_in,
)


@dataclass(frozen=True, slots=True)
class Term:
    """One row of the table.

    name: without colon, lower case; aliases: synonyms. example: a whole, readable term.
    help: one sentence. takes_whole: whether `name:=value` matches a whole entry.
    """

    name: str
    example: str
    help: str
    read: Reader
    aliases: tuple[str, ...] = ()
    takes_whole: bool = False


def _text(name: str, column: str, example: str, explanation: str, *, aliases: tuple[str, ...] = ()) -> Term:
    return Term(name, example, explanation, text_in(column), aliases=aliases, takes_whole=True)


TERMS = (
    _text("from", "from_", "from:ann@example.com", "A name or address of From."),
    _text("to", "to", 'to:="ann@example.com"', "A name or address of To; with = the whole of it, as for all of these."),
    _text("cc", "cc", "cc:example.com", "A name or address of Cc."),
    _text("bcc", "bcc", "bcc:bob", "A name or address of Bcc, and recipients that only the envelope names."),
    _text("reply-to", "reply_to", "reply-to:support", "A name or address of Reply-To."),
    _text("addressed", "addressed", "addressed:ann@example.com", "Any of from, to, cc, bcc and reply-to."),
    _text("subject", "subject", 'subject:"your order"', "The subject."),
    _text("message-id", "message_id", "message-id:42@example.com", "The Message-ID, with or without angle brackets."),
    Term(
        "header",
        "header:x-mailer=php",
        "A header field by its name, with a text after = that it contains, or after == that is all of it.",
        header,
    ),
    _text("filename", "file_names", "filename:invoice.pdf", "The file name of an attachment or inline part."),
    _text("type", "media_types", "type:application/pdf", "The media type of any part."),
    Term("tag", 'tag:"sign up"', "A tag, by its whole name.", tag, takes_whole=True),
    Term("inbox", "inbox:ann@example.com", "An inbox, by its whole name.", inbox, takes_whole=True),
    Term("is", "is:unread", "read, unread, pinned or tagged.", state("is")),
    Term("has", "has:attachment", "attachment, inline or tag; html or text: a part of that kind.", state("has")),
    Term(
        "after",
        "after:2024-01-31",
        "Received then or later: a date (its start), a date and time, a Unix time, today, yesterday, now, or how"
        " long ago: 15m, 2h, 7d, 2w.",
        received(after=True),
    ),
    Term(
        "before", 'before:"2024-01-31 10:00"', "Received then or earlier, written as for after.", received(after=False)
    ),
    Term("larger", "larger:1.5M", "More octets than this; k, M and G count in 1,024.", size(larger=True)),
    Term("smaller", "smaller:20k", "Fewer octets than this.", size(larger=False)),
    _text("user", "user", "user:staging", "The user name the sending program logged in with."),
    _text("ip", "ip", "ip:=127.0.0.1", "The IP address it connected from."),
    _text("helo", "helo", "helo:web-1", "The name it gave in HELO or EHLO."),
    _text(
        "reverse-path",
        "reverse_path",
        "reverse-path:bounces",
        "The envelope's sender, to whom bounces go.",
        aliases=("return-path",),
    ),
    Term("id", "id:2Qx7hT0aB3dE5fG7hJ9kLm", "The message with this store id.", store_id),
)
"""All terms, in the order of the help."""

BY_NAME = {name: term for term in TERMS for name in (term.name, *term.aliases)}


def read_term(term: Term, value: Value, *, clock: Clock) -> Query:
    """Return the query of a term and its value. Raises UnreadableValue."""
    check_length(value.text)
    if value.whole and not term.takes_whole:
        raise UnreadableValue("expected a value without = in front")
    return term.read(value, clock)
