"""A query asked of one message in memory: rules, waiting and webhooks judge by it. `sql` gives the same answers."""

from collections.abc import Callable, Mapping

from catcher.store.search.folding import fold
from catcher.store.search.model import (
    And,
    Anything,
    Contains,
    HasId,
    HasTag,
    HeaderHas,
    InInbox,
    Is,
    Not,
    Nothing,
    Or,
    Query,
    Received,
    SearchTexts,
    Size,
    Subject,
)
from catcher.store.search.texts import ADDRESS_COLUMNS, CLIENT_LINES, ENTRY_COLUMNS, FREE_COLUMNS, label

STATES: Mapping[str, Callable[[Subject], bool]] = {
    "read": lambda subject: subject.is_read,
    "unread": lambda subject: not subject.is_read,
    "tagged": lambda subject: bool(subject.tags),
    "pinned": lambda subject: subject.is_pinned,
    "attachment": lambda subject: subject.attachments > 0,
    "inline": lambda subject: subject.inlines > 0,
}
"""What each state of `Is` means; an unknown one holds for no message."""


def matches(query: Query, subject: Subject) -> bool:
    """Whether the message is one that the query asks for. Never raises."""
    match query:
        case Anything():
            return True
        case Nothing():
            return False
        case Not(operand):
            return not matches(operand, subject)
        case And(operands):
            return all(matches(operand, subject) for operand in operands)
        case Or(operands):
            return any(matches(operand, subject) for operand in operands)
        case _:
            return _holds(query, subject)


def _holds(query: Query, subject: Subject) -> bool:
    match query:
        case Contains():
            return _contains(query, subject.texts)
        case HeaderHas(name=name, text=text, whole=whole):
            return _line_has(subject.texts.header, name, text, whole=whole)
        case HasTag(name=name):
            return any(fold(tag) == name for tag in subject.tags)
        case InInbox(name=name):
            return any(fold(inbox) == name for inbox in subject.inboxes)
        case Is(state=state):
            return state in STATES and STATES[state](subject)
        case Received(after=after, moment=moment):
            return subject.received_at >= moment if after else subject.received_at <= moment
        case Size(larger=larger, octets=octets):
            return subject.size > octets if larger else subject.size < octets
        case HasId(store_id=store_id):
            return subject.store_id == store_id
    raise TypeError(query)


def _contains(query: Contains, texts: SearchTexts) -> bool:
    if query.column in CLIENT_LINES:
        return _line_has(texts.client, query.column, query.text, whole=query.whole)
    columns = {"any": FREE_COLUMNS, "addressed": ADDRESS_COLUMNS}.get(query.column, (query.column,))
    return any(_column_has(texts, column, query) for column in columns)


def _column_has(texts: SearchTexts, column: str, query: Contains) -> bool:
    value: str = getattr(texts, column)
    if not query.whole:
        return query.text in value
    return f"\n{query.text}\n" in (value if column in ENTRY_COLUMNS else f"\n{value}\n")


def _line_has(lines: str, name: str, text: str, *, whole: bool) -> bool:
    """Whether a line "name: body" has the text in its body, or as its whole body."""
    start = label(name)
    if whole:
        return f"{start}{text}\n" in lines
    position = lines.find(start)
    while position >= 0:
        end = lines.index("\n", position + len(start))
        if lines.find(text, position + len(start), end) >= 0:
            return True
        position = lines.find(start, end)
    return False
