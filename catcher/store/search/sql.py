"""A query as a condition on the `message` table, for any engine. `filter` gives the same answers.

Text is judged on the message's row in `search`, looked up by its arrival number: so the database may walk `message` in
the order wanted and stop when a page is full, and reads texts of no more messages than it must. When the full-text
index knows few candidates, they are named in front, and the walk becomes a handful of look-ups. The index only
narrows; what decides is always the text itself.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol

from sqlalchemy import ColumnElement, Text, and_, exists, false, literal, literal_column, not_, or_, select, true

from catcher.store.db.tables import inbox, message, message_inbox, message_tag, search, tag
from catcher.store.search.candidates import implied
from catcher.store.search.logic import simplify
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
    Size,
)
from catcher.store.search.texts import ADDRESS_COLUMNS, CLIENT_LINES, ENTRY_COLUMNS, FREE_COLUMNS, label


class IndexCondition(Protocol):
    """What an engine's full-text index and text functions do for a search."""

    def contains(self, haystack: ColumnElement[str], needle: str) -> ColumnElement[bool]:
        """Whether the text holds the needle, character for character; no character is special."""
        ...

    def readable(self, column: ColumnElement[str]) -> ColumnElement[str]:
        """The column `search.text` as the text that it stands for."""
        ...

    def line_has(self, column: ColumnElement[str], start: str, text: str) -> ColumnElement[bool]:
        """Whether a line of the text begins with `start`, which begins with a line break, and has `text` later on."""
        ...

    def candidates(self, needle: str) -> ColumnElement[bool] | None:
        """A condition on `message.arrival` that every message fulfils of which any column in `INDEXED` holds the
        needle.

        None when the index cannot narrow enough to be worth asking, or the needle is too short for it.
        """
        ...


def condition(query: Query, index: IndexCondition) -> ColumnElement[bool]:
    """The condition on `message` that holds for the messages the query matches; `true()` for Anything."""
    query = simplify(query)
    candidates = _candidates(implied(query), index)
    exact = _on_message(query, index)
    return exact if candidates is None else and_(candidates, exact)


# Conditions on `message`


def _on_message(query: Query, index: IndexCondition) -> ColumnElement[bool]:
    if _is_textual(query):
        # One look-up for all that is asked of the texts side by side.
        return exists(select(search.c.arrival).where(search.c.arrival == message.c.arrival, _on_search(query, index)))
    match query:
        case And(operands):
            return and_(*(_on_message(operand, index) for operand in _cheap_first(operands, And)))
        case Or(operands):
            return or_(*(_on_message(operand, index) for operand in _cheap_first(operands, Or)))
        case Not(operand):
            return not_(_on_message(operand, index))
        case _:
            return _fact(query)


def _cheap_first(operands: Sequence[Query], kind: type[And] | type[Or]) -> list[Query]:
    """What the `message` row answers, and then the texts, all of them in one operand."""
    textual = tuple(operand for operand in operands if _is_textual(operand))
    others = [operand for operand in operands if not _is_textual(operand)]
    return others + ([kind(textual)] if len(textual) > 1 else list(textual))


def _fact(query: Query) -> ColumnElement[bool]:
    match query:
        case Anything():
            return true()
        case Nothing():
            return false()
        case HasTag(name=name):
            return message.c.arrival.in_(select(message_tag.c.arrival).join(tag).where(tag.c.folded == name))
        case InInbox(name=name):
            return message.c.arrival.in_(select(message_inbox.c.arrival).join(inbox).where(inbox.c.folded == name))
        case Is(state=state):
            return STATES[state]() if state in STATES else false()
        case Received(after=after, moment=moment):
            received = message.c.received_at
            return received >= _microseconds(moment) if after else received <= _microseconds(moment)
        case Size(larger=larger, octets=octets):
            return message.c.size > octets if larger else message.c.size < octets
        case HasId(store_id=store_id):
            return message.c.store_id == store_id
    raise TypeError(query)


STATES: Mapping[str, Callable[[], ColumnElement[bool]]] = {
    "read": lambda: message.c.is_read.is_(True),
    "unread": lambda: message.c.is_read.is_(False),
    "tagged": lambda: exists(select(message_tag.c.arrival).where(message_tag.c.arrival == message.c.arrival)),
    "pinned": lambda: message.c.is_pinned.is_(True),
    "attachment": lambda: message.c.attachments > 0,
    "inline": lambda: message.c.inlines > 0,
}
"""What each state of `Is` means; an unknown one holds for no message."""


def _microseconds(moment: datetime) -> int:
    """As `message.received_at` has it; whole numbers, since floats lose the last digits."""
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


# Conditions on `search`


def _is_textual(query: Query) -> bool:
    match query:
        case Contains() | HeaderHas():
            return True
        case Not(operand):
            return _is_textual(operand)
        case And(operands) | Or(operands):
            return all(map(_is_textual, operands))
        case _:
            return False


def _on_search(query: Query, index: IndexCondition) -> ColumnElement[bool]:
    match query:
        case Not(operand):
            return not_(_on_search(operand, index))
        case And(operands):
            return and_(*(_on_search(operand, index) for operand in operands))
        case Or(operands):
            return or_(*(_on_search(operand, index) for operand in operands))
        case HeaderHas(name=name, text=text, whole=whole):
            return _line_has(search.c.header, name, text, whole=whole, index=index)
        case Contains(column=column, text=text, whole=whole) if column in CLIENT_LINES:
            return _line_has(search.c.client, column, text, whole=whole, index=index)
        case Contains(column="any"):
            return or_(_has(_SHORT_COLUMNS, query, index), _has("text", query, index))
        case Contains(column="addressed"):
            return _has(_ADDRESS_COLUMNS, query, index)
        case Contains(column=column):
            return _has(column, query, index)
    raise TypeError(query)


def _one_text(*columns: str) -> ColumnElement[str]:
    """Columns as one text, with line breaks around each, which no text asked for can hold.

    Short columns are looked through together: that is quicker than a comparison each, and keeps the expression small.
    """
    names = " || '\n' || ".join(f'search."{column}"' for column in columns)
    return literal_column(f"('\n' || {names} || '\n')", Text)


_SHORT_COLUMNS = _one_text(*(column for column in FREE_COLUMNS if column != "text"))
_ADDRESS_COLUMNS = _one_text(*ADDRESS_COLUMNS)


def _has(haystack: str | ColumnElement[str], query: Contains, index: IndexCondition) -> ColumnElement[bool]:
    """Whether a column, or columns made one text, hold what is asked for."""
    if haystack == "text":
        text = index.readable(search.c.text)
        haystack = literal("\n") + text + literal("\n") if query.whole else text
    elif isinstance(haystack, str):
        haystack = search.c[haystack] if haystack in ENTRY_COLUMNS or not query.whole else _one_text(haystack)
    return index.contains(haystack, f"\n{query.text}\n" if query.whole else query.text)


def _line_has(
    column: ColumnElement[str], name: str, text: str, *, whole: bool, index: IndexCondition
) -> ColumnElement[bool]:
    """Whether a line "name: body" has the text in its body, or as its whole body."""
    start = label(name)
    if whole or not text:
        return index.contains(column, f"{start}{text}\n" if whole else start)
    # That name and text are on one line is slow to see, so the plain tests go first.
    return and_(index.contains(column, start), index.contains(column, text), index.line_has(column, start, text))


# Candidates from the full-text index


def _candidates(query: Query | None, index: IndexCondition) -> ColumnElement[bool] | None:
    match query:
        case Contains(text=text):
            return index.candidates(text)
        case And(operands):
            found = [found for operand in operands if (found := _candidates(operand, index)) is not None]
            return and_(*found) if found else None
        case Or(operands):
            sides = [_candidates(operand, index) for operand in operands]
            found = [side for side in sides if side is not None]
            return or_(*found) if len(found) == len(sides) else None
        case _:
            return None
