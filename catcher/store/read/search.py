"""Search runs: the full-text index names candidates where it helps, and the texts themselves decide.

The index lags behind the messages, so each search has two parts: the short tail of newest messages, which is scanned,
and the hits of the index among the others. They come newest first, so that a page of a word that is in every message
costs no more than a page of a rare one.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Connection, Row, Select, func, select

from catcher.store.db.tables import message
from catcher.store.engines.base import Database, Expression
from catcher.store.engines.cache import MatchCount
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

MAX_COUNTED = 2_500
"""Hits of the index that are counted exactly, one by one; beyond, its own count is taken."""

_MIN_OFFSET = 1_000
"""Offset from which the offset index pays."""

_WITHOUT_TEXTS = (HasTag, InInbox, Is, Received, Size)
"""Conditions that need no texts."""

_IS_UNREAD = message.c.is_read.is_(False)


class Search:
    """A query within one transaction.

    now: the counters as the transaction sees them. more: conditions on `message` beyond the query.
    """

    def __init__(
        self,
        connection: Connection,
        database: Database,
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
            [*more] if isinstance(self._query, Anything) else [*more, condition(self._query, _TextConditions(database))]
        )

    def newest(self, *, limit: int, start: int = 0, before: int | None = None) -> Sequence[AnyRow]:
        """Return rows of `message` with arrivals below `before`, newest first, after skipping `start`."""
        below = [] if before is None else [message.c.arrival < before]
        upto = self._index_upto(before)
        if not self._exact and before is None and start >= _MIN_OFFSET:
            arrival = self._database.offsets.arrival_at(start, connection=self._connection, now=self._now)
            if arrival is None:
                return []
            below, start = [message.c.arrival <= arrival], 0
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
            number = self._database.index.hit_arrival
            older = self._hits(select(message)).where(number <= upto)
            older = older if before is None else older.where(number < before)
            rows.extend(self._rows(older, number, limit=limit - len(rows), start=max(0, start - len(tail))))
        return rows

    def next_newer(self, arrival: int, *, limit: int = 1) -> Sequence[AnyRow]:
        """Return rows of the first matching messages after an arrival number, in order of arrival."""
        newer = select(message).where(*self._conditions(), message.c.arrival > arrival)
        return self._connection.execute(newer.order_by(message.c.arrival).limit(limit)).all()

    def number_newer(self, arrival: int) -> int:
        """Return the number of matching messages with greater arrival numbers."""
        newer = select(func.count()).select_from(message).where(*self._conditions(), message.c.arrival > arrival)
        return int(self._connection.execute(newer).scalar_one())

    def count(self) -> MatchCount:
        """Return the number of all matching messages."""
        counts = self._now.counts
        if not self._exact:
            return MatchCount(messages=counts.messages, unread=counts.unread)
        if self._is_restricted:
            return self._count_now()
        if _is_read_state(self._query):
            return _by_read_state(MatchCount(messages=counts.messages, unread=counts.unread), self._query)
        known = self._database.match_counts.get(self._query, connection=self._connection, now=self._now)
        if known is None or self._now.cursor - known[0] > MAX_COUNTED:
            matches = self._count_now()
        else:
            cursor, matches = known
            matches += self._counted(_COUNT.where(*self._exact, message.c.arrival > cursor))
        self._database.match_counts.put(self._query, matches, now=self._now)
        return matches

    @property
    def _operands(self) -> Sequence[Query]:
        """The conditions that all have to hold."""
        return self._query.operands if isinstance(self._query, And) else (self._query,)

    def _count_now(self) -> MatchCount:
        quickly = None if self._is_restricted else self._count_quickly()
        if quickly is not None:
            return quickly
        if self._expression is None:
            return self._counted(_COUNT.where(*self._exact))
        upto = self._complete_upto
        tail = self._counted(_COUNT.where(*self._exact, message.c.arrival > upto))
        older = self._counted(self._hits(_COUNT_FOUND).where(self._database.index.hit_arrival <= upto))
        return tail + older

    def _count_quickly(self) -> MatchCount | None:
        """Return the count where the index saves reading many texts; else None."""
        if self._expression is None:
            return self._count_by_difference()
        if not self._database.index.counts_quickly:
            return None
        found = self._connection.execute(self._database.index.hit_count(self._expression)).scalar_one()
        return self._count_by_index(self._expression, found) if found > MAX_COUNTED else None

    def _count_by_index(self, expression: Expression, found: int) -> MatchCount | None:
        """Return the count where the index knows every word of the query; None where texts have to be read."""
        others = [one for one in self._operands if not self._is_indexed_word(one)]
        if not others:
            return self._estimate(expression, found)
        if len(others) == 1 and _is_read_state(others[0]):
            words = tuple(one for one in self._operands if one != others[0])
            return _by_read_state(self._count_of(And(words)), others[0])
        if all(isinstance(one, _WITHOUT_TEXTS) for one in others):
            return self._estimate_where(expression, condition(And(tuple(others)), _TextConditions(self._database)))
        return self._count_by_difference()

    def _count_by_difference(self) -> MatchCount | None:
        """Return the count as a difference where the index finds what negations exclude; else None."""
        negated = [one.operand for one in self._operands if isinstance(one, Not)]
        others = [one for one in self._operands if not isinstance(one, Not)]
        if not negated:
            return None
        taken = simplify(And((*others, Or(tuple(negated)))))
        if self._database.index.expression(taken) is None:
            return None
        return self._count_of(And(tuple(others))) - self._count_of(taken)

    def _is_indexed_word(self, query: Query) -> bool:
        """Return whether it is a word anywhere in a message, which the index can find."""
        is_word = isinstance(query, Contains) and query.column == "any" and not query.whole
        return is_word and self._database.index.expression(query) is not None

    def _estimate(self, expression: Expression, found: int) -> MatchCount:
        counts = self._now.counts
        tail = self._counted(_COUNT.where(*self._exact, message.c.arrival > self._now.indexed))
        messages = min(found + tail.messages, counts.messages)
        # Most mailboxes are nearly all read or nearly all unread: the few others are counted quickly.
        if counts.unread <= MAX_COUNTED:
            unread = self._counted(_COUNT.where(_IS_UNREAD, *self._exact)).messages
        elif counts.messages - counts.unread <= MAX_COUNTED:
            unread = messages - self._counted(_COUNT.where(message.c.is_read.is_(True), *self._exact)).messages
        else:
            source, matches = self._database.index.hits(expression)
            of_unread = select(func.count()).select_from(source).where(matches, _IS_UNREAD)
            unread = tail.unread + int(self._connection.execute(of_unread).scalar_one())
        return MatchCount(messages=messages, unread=max(0, min(unread, messages)), is_exact=False)

    def _estimate_where(self, expression: Expression, others: ColumnElement[bool]) -> MatchCount:
        """Return the number of hits for which a condition without texts holds."""
        source, matches = self._database.index.hits(expression)
        older = self._counted(_COUNT_FOUND.select_from(source).where(matches, others))
        tail = self._counted(_COUNT.where(*self._exact, message.c.arrival > self._now.indexed))
        return replace(older + tail, is_exact=False)

    def _count_of(self, query: Query) -> MatchCount:
        return Search(self._connection, self._database, query, now=self._now).count()

    @property
    def _complete_upto(self) -> int:
        """The arrival number up to which the index has every message."""
        return self._now.indexed if self._database.index.needs_maintenance else self._now.cursor

    def _index_upto(self, before: int | None) -> int:
        """Return the arrival number up to which the index is used for a page; newer messages are scanned."""
        newest = self._now.cursor if before is None else before - 1
        return min(self._complete_upto, newest - self._database.index.scanned_first)

    def _conditions(self) -> list[ColumnElement[bool]]:
        if self._expression is None:
            return self._exact
        return [self._database.index.candidates(self._expression), *self._exact]

    def _hits(self, columns: AnySelect) -> AnySelect:
        assert self._expression is not None  # noqa: S101 - callers have checked
        source, matches = self._database.index.hits(self._expression)
        return columns.select_from(source).where(matches, *self._exact)

    def _rows(self, selected: AnySelect, number: ColumnElement[int], *, limit: int, start: int) -> Sequence[AnyRow]:
        return self._connection.execute(selected.order_by(number.desc()).limit(limit).offset(start)).all()

    def _counted(self, selected: AnySelect) -> MatchCount:
        messages, unread = self._connection.execute(selected).one()
        return MatchCount(messages=messages, unread=unread)


def matching(database: Database, query: Query) -> ColumnElement[bool] | None:
    """Return a query as one condition on `message`, for changes; None when it matches everything."""
    query = simplify(query)
    if isinstance(query, Anything):
        return None
    exact = condition(query, _TextConditions(database))
    expression = database.index.expression(query)
    return exact if expression is None else database.index.candidates(expression) & exact


def _is_read_state(query: Query) -> bool:
    return isinstance(query, Is) and query.state in ("read", "unread")


def _by_read_state(matches: MatchCount, query: Query) -> MatchCount:
    """Return the part of a count that a query for read or unread messages selects."""
    if query == Is(state="unread"):
        return replace(matches, messages=matches.unread)
    return replace(matches, messages=matches.messages - matches.unread, unread=0)


class _TextConditions:
    """The index as `search.condition` needs it to judge texts; candidates are named in `Search`."""

    def __init__(self, database: Database) -> None:
        self.contains = database.index.contains
        self.line_has = database.index.line_has
        self.readable = database.index.readable

    def candidates(self, needle: str) -> ColumnElement[bool] | None:
        return None


_UNREAD_NUMBER = func.count().filter(_IS_UNREAD)
_COUNT = select(func.count(), _UNREAD_NUMBER).select_from(message)
_COUNT_FOUND = select(func.count(), _UNREAD_NUMBER)
