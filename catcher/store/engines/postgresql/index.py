"""PostgreSQL's full-text index: trigrams (pg_trgm) of all the texts that a word is looked for in.

The database keeps it up with every commit, so it is never behind and nothing has to be taken out of it. Nothing comes
out of it in an order: a page of a common word is found by looking through the newest messages, and the index is asked
for the rest only.
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
from catcher.store.search import And, Contains, Or, Query, implied

INDEXED_COLUMNS = ("subject", "from_", "to", "cc", "bcc", "reply_to", "file_names", "client", "text")
"""Columns of `search` that the index holds."""

_DOCUMENT = " || '\n' || ".join(f'search."{name}"' for name in INDEXED_COLUMNS)
_document = literal_column(f"({_DOCUMENT})", Text)

_LONGEST = 100
"""Characters of a needle that the index is asked for."""


def index_ddl(schema: str) -> str:
    """How the index is made. schema: where the extension pg_trgm is, quoted."""
    return f"CREATE INDEX search_trigrams ON search USING gin (({_DOCUMENT}) {schema}.gin_trgm_ops)"


class TrigramIndex(TextIndex):
    """The index `search_trigrams`. It serves LIKE, which looks at each text that it finds."""

    is_kept_up = False
    counts = False
    walked = 500

    def add(self, connection: Connection, *, after: int, upto: int) -> None:
        """Nothing to do, as for the next two."""

    def forget(self, connection: Connection, arrivals: Sequence[int]) -> None:
        """Nothing to do."""

    def forget_all(self, connection: Connection) -> None:
        """Nothing to do."""

    def contains(self, haystack: ColumnElement[str], needle: str) -> ColumnElement[bool]:
        return func.strpos(haystack, needle) > 0

    def line_has(self, column: ColumnElement[str], start: str, text: str) -> ColumnElement[bool]:
        # Not by a regular expression: one with a long text in it takes more memory than the server grants.
        line = func.unnest(func.string_to_array(column, "\n")).column_valued("line")
        body = func.substr(line, len(start))
        return exists(select(line).where(func.starts_with(line, start.removeprefix("\n")), func.strpos(body, text) > 0))

    def expression(self, query: Query) -> Expression | None:
        needed = implied(query)  # two letters are in too many texts for the index to help
        return None if needed is None else _like(needed)

    def found(self, expression: Expression) -> tuple[FromClause, ColumnElement[bool]]:
        # Materialized, so that the planner asks the index, whatever it believes about how many there are.
        hits = select(search.c.arrival).where(_condition(expression)).cte("hits").prefix_with("MATERIALIZED")
        return message.join(hits, hits.c.arrival == message.c.arrival), message.c.arrival.is_not(None)

    @property
    def arrival_found(self) -> ColumnElement[int]:
        return message.c.arrival

    def number_found(self, expression: Expression) -> Select[int]:
        return select(func.count()).select_from(search).where(_condition(expression))

    def candidates(self, expression: Expression) -> ColumnElement[bool]:
        return message.c.arrival.in_(select(search.c.arrival).where(_condition(expression)))


def _like(needed: Query) -> ColumnElement[bool]:
    """The condition on `search` for what `implied` says."""
    match needed:
        case And(operands):
            return and_(*map(_like, operands))
        case Or(operands):
            return or_(*map(_like, operands))
        case Contains(text=needle):
            return _document.contains(needle[:_LONGEST], autoescape=True)
    raise TypeError(needed)


def _condition(expression: Expression) -> ColumnElement[bool]:
    """The expression as what it is to this module."""
    assert isinstance(expression, ColumnElement)  # noqa: S101
    return expression
