"""The full-text index of PostgreSQL: trigrams (pg_trgm) of all texts that words are searched in.

The database updates it with every commit. Its hits have no order: a page of a common word is found by scanning the
newest messages, and only the rest comes from the index.
"""

from collections.abc import Sequence

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    Text,
    and_,
    exists,
    func,
    literal_column,
    or_,
    select,
)

from catcher.store.db.tables import message, search
from catcher.store.engines.base import Expression, TextIndex
from catcher.store.search import INDEXED, And, Contains, Or, Query, implied

_DOCUMENT = " || '\n' || ".join(f'search."{name}"' for name in INDEXED)
_document = literal_column(f"({_DOCUMENT})", Text)

_MAX_NEEDLE = 100


def index_ddl(schema: str) -> str:
    """Return the statement that creates the index. schema: of the extension pg_trgm, quoted."""
    return f"CREATE INDEX search_trigrams ON search USING gin (({_DOCUMENT}) {schema}.gin_trgm_ops)"


class TrigramIndex(TextIndex):
    """The index `search_trigrams`. It serves LIKE, which rechecks each hit's text."""

    needs_maintenance = False
    counts_quickly = False
    scanned_first = 500

    def add(self, connection: Connection, *, after: int, upto: int) -> None:
        """Do nothing: the database does."""

    def remove(self, connection: Connection, arrivals: Sequence[int]) -> None:
        """Do nothing: the database does."""

    def clear(self, connection: Connection) -> None:
        """Do nothing: the database does."""

    def contains(self, haystack: ColumnElement[str], needle: str) -> ColumnElement[bool]:
        """See `TextIndex.contains`."""
        return func.strpos(haystack, needle) > 0

    def line_has(self, column: ColumnElement[str], start: str, text: str) -> ColumnElement[bool]:
        """See `TextIndex.line_has`."""
        # Not a regular expression: one that holds a long text takes more memory than the server grants.
        line = func.unnest(func.string_to_array(column, "\n")).column_valued("line")
        body = func.substr(line, len(start))
        return exists(select(line).where(func.starts_with(line, start.removeprefix("\n")), func.strpos(body, text) > 0))

    def expression(self, query: Query) -> Expression | None:
        """See `TextIndex.expression`."""
        needed = implied(query)  # pairs of letters are in too many texts for the index to help
        return None if needed is None else _like(needed)

    def hits(self, expression: Expression) -> tuple[FromClause, ColumnElement[bool]]:
        """See `TextIndex.hits`."""
        # Materialized, so that the planner uses the index, whatever number of hits it expects.
        hits = select(search.c.arrival).where(_condition(expression)).cte("hits").prefix_with("MATERIALIZED")
        return message.join(hits, hits.c.arrival == message.c.arrival), message.c.arrival.is_not(None)

    @property
    def hit_arrival(self) -> ColumnElement[int]:
        """See `TextIndex.hit_arrival`."""
        return message.c.arrival

    def hit_count(self, expression: Expression) -> Select[int]:
        """See `TextIndex.hit_count`."""
        return select(func.count()).select_from(search).where(_condition(expression))

    def candidates(self, expression: Expression) -> ColumnElement[bool]:
        """See `TextIndex.candidates`."""
        return message.c.arrival.in_(select(search.c.arrival).where(_condition(expression)))


def _like(needed: Query) -> ColumnElement[bool]:
    """Return the condition on `search` for the result of `implied`."""
    match needed:
        case And(operands):
            return and_(*map(_like, operands))
        case Or(operands):
            return or_(*map(_like, operands))
        case Contains(text=needle):
            return _document.contains(needle[:_MAX_NEEDLE], autoescape=True)
    raise TypeError(needed)


def _condition(expression: Expression) -> ColumnElement[bool]:
    assert isinstance(expression, ColumnElement)  # noqa: S101
    return expression
