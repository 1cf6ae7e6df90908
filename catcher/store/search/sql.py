"""Queries as conditions on the `message` table, for any engine; equivalent to `filter`.

Text is tested on the message's row in `search`, looked up by its arrival number: so the database may walk `message` in
list order, stop when a page is full, and read as few texts as possible. If the full-text
index has few candidates, they are listed first, and the walk becomes a handful of look-ups. The index only
narrows; the text itself always decides.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol

from sqlalchemy import ColumnElement, Text, and_, exists, false, literal_column, not_, or_, select, true

from catcher.store.db.tables import inbox, message, message_inbox, message_tag, search, tag
from catcher.store.search import model
from catcher.store.search.candidates import implied
from catcher.store.search.texts import ADDRESS_COLUMNS, CLIENT_LINES, ENTRY_COLUMNS, FREE_COLUMNS, label


class IndexCondition(Protocol):
    """An engine's full-text index and text functions."""

    def contains(self, haystack: ColumnElement[str], needle: str) -> ColumnElement[bool]:
        """Return whether the text contains the needle, character for character, without wildcards."""
        ...

    def readable(self, column: ColumnElement[str]) -> ColumnElement[str]:
        """Return the column `search.text`, decompressed."""
        ...

    def line_has(self, column: ColumnElement[str], start: str, text: str) -> ColumnElement[bool]:
        """Return whether a line begins with `start`, which begins with a line break, and contains `text` after it."""
        ...

    def candidates(self, needle: str) -> ColumnElement[bool] | None:
        """Return a condition on `message.arrival` for messages with the needle in any column of `INDEXED`.

        None if the index would not narrow enough, or the needle is too short for it.
        """
        ...


def condition(query: model.Query, index: IndexCondition) -> ColumnElement[bool]:
    """Return the condition on `message` for the query; `true()` for Anything."""
    candidates = _candidates(implied(query), index)
    exact = _on_message(query, index)
    return exact if candidates is None else and_(candidates, exact)


# Conditions on `message`


def _on_message(query: model.Query, index: IndexCondition) -> ColumnElement[bool]:
    if _is_textual(query):
        # One look-up for all adjacent conditions on texts.
        return exists(select(search.c.arrival).where(search.c.arrival == message.c.arrival, _on_search(query, index)))
    match query:
        case model.And(operands):
            return and_(*(_on_message(operand, index) for operand in _cheap_first(operands, model.And)))
        case model.Or(operands):
            return or_(*(_on_message(operand, index) for operand in _cheap_first(operands, model.Or)))
        case model.Not(operand):
            return not_(_on_message(operand, index))
        case _:
            return _fact(query)


def _cheap_first(operands: Sequence[model.Query], kind: type[model.And] | type[model.Or]) -> list[model.Query]:
    """Return the conditions on `message` rows, followed by those on texts as one operand."""
    textual = tuple(operand for operand in operands if _is_textual(operand))
    others = [operand for operand in operands if not _is_textual(operand)]
    return others + ([kind(textual)] if len(textual) > 1 else list(textual))


def _fact(query: model.Query) -> ColumnElement[bool]:
    match query:
        case model.Anything():
            return true()
        case model.Nothing():
            return false()
        case model.HasTag(name=name):
            return message.c.arrival.in_(select(message_tag.c.arrival).join(tag).where(tag.c.folded == name))
        case model.InInbox(name=name):
            return message.c.arrival.in_(select(message_inbox.c.arrival).join(inbox).where(inbox.c.folded == name))
        case model.Is(state=state):
            return STATES[state]() if state in STATES else false()
        case model.Received(after=after, moment=moment):
            received = message.c.received_at
            return received >= _microseconds(moment) if after else received <= _microseconds(moment)
        case model.Size(larger=larger, octets=octets):
            return message.c.size > octets if larger else message.c.size < octets
        case model.HasId(store_id=store_id):
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
"""Conditions of the states of `Is`; an unknown state matches no message."""


def _microseconds(moment: datetime) -> int:
    """Return the value of `message.received_at`, an integer, since floats lose the last digits."""
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


# Conditions on `search`


def _is_textual(query: model.Query) -> bool:
    match query:
        case model.Contains() | model.HeaderHas():
            return True
        case model.Not(operand):
            return _is_textual(operand)
        case model.And(operands) | model.Or(operands):
            return all(map(_is_textual, operands))
        case _:
            return False


def _on_search(query: model.Query, index: IndexCondition) -> ColumnElement[bool]:
    match query:
        case model.Not(operand):
            return not_(_on_search(operand, index))
        case model.And(operands):
            return and_(*(_on_search(operand, index) for operand in operands))
        case model.Or(operands):
            return or_(*(_on_search(operand, index) for operand in operands))
        case model.HeaderHas(name=name, text=text, whole=whole):
            return _line_has(search.c.header, name, text, whole=whole, index=index)
        case model.Contains(column=column, text=text, whole=whole) if column in CLIENT_LINES:
            return _line_has(search.c.client, column, text, whole=whole, index=index)
        case model.Contains(column="any"):
            return or_(_has(_SHORT_COLUMNS, query, index), _has("text", query, index))
        case model.Contains(column="addressed"):
            return _has(_ADDRESS_COLUMNS, query, index)
        case model.Contains(column=column):
            return _has(column, query, index)
    raise TypeError(query)


def _one_text(*columns: str) -> ColumnElement[str]:
    """Join columns to one text, with line breaks around each, which no needle contains.

    One comparison of joined short columns is faster than one each, and keeps the expression small.
    """
    names = " || '\n' || ".join(f'search."{column}"' for column in columns)
    return literal_column(f"('\n' || {names} || '\n')", Text)


_SHORT_COLUMNS = _one_text(*(column for column in FREE_COLUMNS if column != "text"))
_ADDRESS_COLUMNS = _one_text(*ADDRESS_COLUMNS)


def _has(haystack: str | ColumnElement[str], query: model.Contains, index: IndexCondition) -> ColumnElement[bool]:
    """Return whether a column, or joined columns, match."""
    if haystack == "text":
        haystack = index.readable(search.c.text)
    elif isinstance(haystack, str):
        haystack = search.c[haystack] if haystack in ENTRY_COLUMNS or not query.whole else _one_text(haystack)
    return index.contains(haystack, f"\n{query.text}\n" if query.whole else query.text)


def _line_has(
    column: ColumnElement[str], name: str, text: str, *, whole: bool, index: IndexCondition
) -> ColumnElement[bool]:
    """Return whether the body of a line "name: body" contains the text, or is the text if `whole`."""
    start = label(name)
    if whole or not text:
        return index.contains(column, f"{start}{text}\n" if whole else start)
    # Matching name and text on one line is slow, so the plain tests come first.
    return and_(index.contains(column, start), index.contains(column, text), index.line_has(column, start, text))


# Candidates from the full-text index


def _candidates(query: model.Query | None, index: IndexCondition) -> ColumnElement[bool] | None:
    match query:
        case model.Contains(text=text):
            return index.candidates(text)
        case model.And(operands):
            found = [found for operand in operands if (found := _candidates(operand, index)) is not None]
            return and_(*found) if found else None
        case model.Or(operands):
            sides = [_candidates(operand, index) for operand in operands]
            found = [side for side in sides if side is not None]
            return or_(*found) if len(found) == len(sides) else None
        case _:
            return None
