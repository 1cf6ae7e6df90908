"""Finding what a query matches: through the full-text index where it helps, and always judged on the texts themselves.

The index follows the messages with some delay, so each search has two parts: the short tail of newest messages, which
is read whole, and what the index finds among the others, which comes out of it newest first, so that a page of a word
that is in every message costs no more than a page of a rare one.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Connection, Row, Select, func, select

from catcher.store.db.tables import message
from catcher.store.engines.base import Database, Expression
from catcher.store.engines.cache import Matches
from catcher.store.engines.counters import CounterRow
from catcher.store.search import (
    And,
    Anything,
    Contains,
    HasTag,
    InInbox,
    Is,
    Not,
    Or,
    Query,
    Received,
    Size,
    condition,
    simplify,
)

AnySelect: TypeAlias = Select[*tuple[Any, ...]]
AnyRow: TypeAlias = Row[*tuple[Any, ...]]

COUNTED = 2_500
"""So many messages that the index finds are judged one by one, to count exactly; of more, its own count is taken."""

_DEEP = 1_000
"""Messages to leave out from which on it pays to find the place of the first that is wanted."""

_WITHOUT_TEXTS = (HasTag, InInbox, Is, Received, Size)
"""What is asked of a message without reading its texts."""

_IS_UNREAD = message.c.is_read.is_(False)


class Search:
    """One query within one transaction.

    now: the counters as the transaction sees them. more: conditions on `message` beyond the query.
    """

    def __init__(
        self,
        database: Database,
        connection: Connection,
        query: Query,
        *,
        now: CounterRow,
        more: Sequence[ColumnElement[bool]] = (),
    ) -> None:
        self._database = database
        self._connection = connection
        self._now = now
        self._query = simplify(query)
        self._expression = database.index.expression(self._query)
        self._is_restricted = bool(more)
        self._exact = (
            [*more] if isinstance(self._query, Anything) else [*more, condition(self._query, _Exactly(database))]
        )

    def newest(self, *, limit: int, start: int = 0, before: int | None = None) -> Sequence[AnyRow]:
        """Rows of `message`, newest first, after leaving out `start`, with numbers below `before`."""
        below = [] if before is None else [message.c.arrival < before]
        upto = self._asked_upto(before)
        if not self._exact and before is None and start >= _DEEP:
            place = self._database.places.arrival_at(start, connection=self._connection, now=self._now)
            if place is None:
                return []
            below, start = [message.c.arrival <= place], 0
        if self._expression is None:
            return self._rows(select(message).where(*self._exact, *below), message.c.arrival, limit=limit, start=start)
        tail = self._rows(
            select(message).where(*self._exact, *below, message.c.arrival > upto),
            message.c.arrival,
            limit=start + limit,
            start=0,
        )
        rows = list(tail[start:])
        if len(rows) < limit:
            number = self._database.index.arrival_found
            older = self._found(select(message)).where(number <= upto)
            older = older if before is None else older.where(number < before)
            rows.extend(self._rows(older, number, limit=limit - len(rows), start=max(0, start - len(tail))))
        return rows

    def next_newer(self, arrival: int, *, limit: int = 1) -> Sequence[AnyRow]:
        """The rows of the matching messages that came next after this number, in the order of their arrival."""
        newer = select(message).where(*self._conditions(), message.c.arrival > arrival)
        return self._connection.execute(newer.order_by(message.c.arrival).limit(limit)).all()

    def number_newer(self, arrival: int) -> int:
        """How many matching messages have greater numbers."""
        newer = select(func.count()).select_from(message).where(*self._conditions(), message.c.arrival > arrival)
        return int(self._connection.execute(newer).scalar_one())

    def count(self) -> Matches:
        """How many messages match in all."""
        counts = self._now.counts
        if not self._exact:
            return Matches(messages=counts.messages, unread=counts.unread)
        if self._is_restricted:
            return self._count_anew()
        if _is_of_reading(self._query):
            return _read_or_not(Matches(messages=counts.messages, unread=counts.unread), self._query)
        known = self._database.counted.get(self._query, connection=self._connection, now=self._now)
        if known is None or self._now.cursor - known[0] > COUNTED:
            matches = self._count_anew()
        else:
            cursor, matches = known
            matches += self._counted(_COUNT.where(*self._exact, message.c.arrival > cursor))
        self._database.counted.put(self._query, matches, now=self._now)
        return matches

    @property
    def _operands(self) -> Sequence[Query]:
        """What all has to hold."""
        return self._query.operands if isinstance(self._query, And) else (self._query,)

    def _count_anew(self) -> Matches:
        quickly = None if self._is_restricted else self._count_quickly()
        if quickly is not None:
            return quickly
        if self._expression is None:
            return self._counted(_COUNT.where(*self._exact))
        upto = self._complete_upto
        tail = self._counted(_COUNT.where(*self._exact, message.c.arrival > upto))
        older = self._counted(self._found(_COUNT_FOUND).where(self._database.index.arrival_found <= upto))
        return tail + older

    def _count_quickly(self) -> Matches | None:
        """The count where the index saves reading many texts; None where it does not."""
        if self._expression is None:
            return self._without_negated()
        if not self._database.index.counts:
            return None
        found = self._connection.execute(self._database.index.number_found(self._expression)).scalar_one()
        return self._without_judging(self._expression, found) if found > COUNTED else None

    def _without_judging(self, expression: Expression, found: int) -> Matches | None:
        """The count where the index knows of every word that is asked for; None where texts have to be read."""
        others = [one for one in self._operands if not self._is_known(one)]
        if not others:
            return self._estimated(expression, found)
        if len(others) == 1 and _is_of_reading(others[0]):
            words = tuple(one for one in self._operands if one != others[0])
            return _read_or_not(self._count_of(And(words)), others[0])
        if all(isinstance(one, _WITHOUT_TEXTS) for one in others):
            return self._estimated_of(expression, condition(And(tuple(others)), _Exactly(self._database)))
        return self._without_negated()

    def _without_negated(self) -> Matches | None:
        """The count as a difference, where the index finds what negations take away: else every text is read."""
        negated = [one.operand for one in self._operands if isinstance(one, Not)]
        others = [one for one in self._operands if not isinstance(one, Not)]
        if not negated:
            return None
        taken = simplify(And((*others, Or(tuple(negated)))))
        if self._database.index.expression(taken) is None:
            return None
        return self._count_of(And(tuple(others))) - self._count_of(taken)

    def _is_known(self, query: Query) -> bool:
        """Whether it asks for a word that may stand anywhere."""
        is_word = isinstance(query, Contains) and query.column == "any" and not query.whole
        return is_word and self._database.index.expression(query) is not None

    def _estimated(self, expression: Expression, found: int) -> Matches:
        counts = self._now.counts
        tail = self._counted(_COUNT.where(*self._exact, message.c.arrival > self._now.indexed))
        messages = min(found + tail.messages, counts.messages)
        # Most mailboxes are nearly all read or nearly all unread: the few others are quickly looked at.
        if counts.unread <= COUNTED:
            unread = self._counted(_COUNT.where(_IS_UNREAD, *self._exact)).messages
        elif counts.messages - counts.unread <= COUNTED:
            unread = messages - self._counted(_COUNT.where(message.c.is_read.is_(True), *self._exact)).messages
        else:
            source, matches = self._database.index.found(expression)
            of_unread = select(func.count()).select_from(source).where(matches, _IS_UNREAD)
            unread = tail.unread + int(self._connection.execute(of_unread).scalar_one())
        return Matches(messages=messages, unread=max(0, min(unread, messages)), is_exact=False)

    def _estimated_of(self, expression: Expression, others: ColumnElement[bool]) -> Matches:
        """Of what the index finds, those for which a condition without texts holds."""
        source, matches = self._database.index.found(expression)
        older = self._counted(_COUNT_FOUND.select_from(source).where(matches, others))
        tail = self._counted(_COUNT.where(*self._exact, message.c.arrival > self._now.indexed))
        return replace(older + tail, is_exact=False)

    def _count_of(self, query: Query) -> Matches:
        return Search(self._database, self._connection, query, now=self._now).count()

    @property
    def _complete_upto(self) -> int:
        """The number up to which the index has every message."""
        return self._now.indexed if self._database.index.is_kept_up else self._now.cursor

    def _asked_upto(self, before: int | None) -> int:
        """The number up to which the index is asked for a page; what is newer is looked through."""
        newest = self._now.cursor if before is None else before - 1
        return min(self._complete_upto, newest - self._database.index.walked)

    def _conditions(self) -> list[ColumnElement[bool]]:
        if self._expression is None:
            return self._exact
        return [self._database.index.candidates(self._expression), *self._exact]

    def _found(self, columns: AnySelect) -> AnySelect:
        assert self._expression is not None  # noqa: S101 - callers have looked
        source, matches = self._database.index.found(self._expression)
        return columns.select_from(source).where(matches, *self._exact)

    def _rows(self, selected: AnySelect, number: ColumnElement[int], *, limit: int, start: int) -> Sequence[AnyRow]:
        return self._connection.execute(selected.order_by(number.desc()).limit(limit).offset(start)).all()

    def _counted(self, selected: AnySelect) -> Matches:
        messages, unread = self._connection.execute(selected).one()
        return Matches(messages=messages, unread=unread)


def matching(database: Database, query: Query) -> ColumnElement[bool] | None:
    """What a query matches as one condition on `message`, for changing all of it; None when it matches everything."""
    query = simplify(query)
    if isinstance(query, Anything):
        return None
    exact = condition(query, _Exactly(database))
    expression = database.index.expression(query)
    return exact if expression is None else database.index.candidates(expression) & exact


def _is_of_reading(query: Query) -> bool:
    return isinstance(query, Is) and query.state in ("read", "unread")


def _read_or_not(matches: Matches, query: Query) -> Matches:
    """Of these, those that the query, one for what is read or unread, selects."""
    if query == Is(state="unread"):
        return replace(matches, messages=matches.unread)
    return replace(matches, messages=matches.messages - matches.unread, unread=0)


class _Exactly:
    """The index as `search.condition` wants it: only for judging texts; candidates are named here."""

    def __init__(self, database: Database) -> None:
        self.contains = database.index.contains
        self.line_has = database.index.line_has
        self.readable = database.index.readable

    def candidates(self, needle: str) -> ColumnElement[bool] | None:
        return None


_UNREAD_NUMBER = func.count().filter(_IS_UNREAD)
_COUNT = select(func.count(), _UNREAD_NUMBER).select_from(message)
_COUNT_FOUND = select(func.count(), _UNREAD_NUMBER)
