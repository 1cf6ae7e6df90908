"""The full-text index of SQLite: FTS5 with trigrams, filled by the store's maintenance."""

import re
import sqlite3
from collections.abc import Sequence

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Function,
    Select,
    bindparam,
    case,
    column,
    func,
    literal_column,
    select,
    table,
    text,
    union_all,
)

from catcher.store.db.codec import pack_text, unpack_text
from catcher.store.db.tables import counter, message, search
from catcher.store.engines.base import Expression, TextIndex
from catcher.store.search import INDEXED, And, Contains, Or, Query, implied

_COLUMNS = ", ".join(f'"{name}"' for name in INDEXED)
_TEXTS = _COLUMNS.replace('"text"', "CASE typeof(text) WHEN 'blob' THEN unpack_text(text) ELSE text END")
_INDEX = table("search_index", column("rowid"), column("search_index"))

INDEX_DDL = (
    # Without positions and column sizes: the index only names candidates, `contains` decides.
    f"CREATE VIRTUAL TABLE search_index USING fts5({_COLUMNS}, content='search', content_rowid='arrival', "
    "tokenize='trigram case_sensitive 1', detail=none, columnsize=0)"
)

_MAX_TRIGRAMS = 4
_COMMON_LETTERS = "etaoinsrhldcumfpgwyb"
"""The most common letters, in order; all other characters are rarer."""
_MAX_NEEDLE = 240
_PACKING = 4
"""Characters per octet of a packed text, roughly."""


class Fts5Index(TextIndex):
    """The table `search_index`, whose rowids are arrival numbers."""

    needs_maintenance = True
    counts_quickly = True
    scanned_first = 0

    def add(self, connection: Connection, *, after: int, upto: int) -> None:
        """See `TextIndex.add`."""
        connection.execute(_INDEX_ROWS, {"after": after, "upto": upto})

    def remove(self, connection: Connection, arrivals: Sequence[int]) -> None:
        """See `TextIndex.remove`."""
        connection.execute(_REMOVE_ROWS, {"arrivals": list(arrivals)})

    def clear(self, connection: Connection) -> None:
        """See `TextIndex.clear`."""
        connection.execute(_CLEAR)

    def contains(self, haystack: ColumnElement[str], needle: str) -> ColumnElement[bool]:
        """See `TextIndex.contains`."""
        found: Function[int] = func.instr(haystack, needle)
        return found > 0

    def stored(self, text: str) -> str | bytes:
        """See `TextIndex.stored`."""
        return pack_text(text)

    def readable(self, column: ColumnElement[str]) -> ColumnElement[str]:
        """See `TextIndex.readable`."""
        return case((func.typeof(column) == "blob", func.unpack_text(column)), else_=column)

    def length(self, column: ColumnElement[str]) -> ColumnElement[int]:
        """See `TextIndex.length`."""
        packed: Function[int] = func.length(column)
        return case((func.typeof(column) == "blob", _PACKING * packed), else_=packed)

    def line_has(self, column: ColumnElement[str], start: str, text: str) -> ColumnElement[bool]:
        """See `TextIndex.line_has`."""
        return column.regexp_match(f"{re.escape(start)}[^\n]*{re.escape(text)}")

    def expression(self, query: Query) -> Expression | None:
        """See `TextIndex.expression`."""
        needed = implied(query)  # the index knows trigrams and no negation
        return None if needed is None else _match(needed)

    def hits(self, expression: Expression) -> tuple[FromClause, ColumnElement[bool]]:
        """See `TextIndex.hits`."""
        # Ordered by `hit_arrival`, rows come straight from the index, so that a page costs no more than its rows.
        # The plus keeps the planner from looking up each message in the index, which takes minutes.
        joined = _INDEX.join(message, message.c.arrival == literal_column("+search_index.rowid"))
        return joined, _INDEX.c.search_index.op("MATCH")(expression)

    @property
    def hit_arrival(self) -> ColumnElement[int]:
        """See `TextIndex.hit_arrival`."""
        return _INDEX.c.rowid

    def hit_count(self, expression: Expression) -> Select[int]:
        """See `TextIndex.hit_count`."""
        return select(func.count()).select_from(_INDEX).where(_INDEX.c.search_index.op("MATCH")(expression))

    def candidates(self, expression: Expression) -> ColumnElement[bool]:
        """See `TextIndex.candidates`."""
        match = _INDEX.c.search_index.op("MATCH")(expression)
        indexed = select(counter.c.indexed).scalar_subquery()
        tail = select(search.c.arrival).where(search.c.arrival > indexed)
        return message.c.arrival.in_(union_all(select(_INDEX.c.rowid).where(match), tail))


def add_functions(raw: sqlite3.Connection) -> None:
    """Add the SQL functions that the statements of the index call."""
    raw.create_function("unpack_text", 1, unpack_text, deterministic=True)


def _match(needed: Query) -> str:
    """Return the FTS5 query for the result of `implied`."""
    match needed:
        case And(operands):
            return " AND ".join(f"({_match(operand)})" for operand in operands)
        case Or(operands):
            return " OR ".join(f"({_match(operand)})" for operand in operands)
        case Contains(text=needle):
            return " AND ".join('"' + gram.replace('"', '""') + '"' for gram in trigrams(needle))
    raise TypeError(needed)


def trigrams(needle: str) -> list[str]:
    """Return the `_MAX_TRIGRAMS` rarest trigrams of the needle; none when it is shorter than three characters.

    Each narrows the result, but for each the index reads all messages that have it, which takes long for a common one
    such as "com".
    """
    runs = dict.fromkeys(needle[start : start + 3] for start in range(min(len(needle) - 2, _MAX_NEEDLE)))
    return sorted(runs, key=_rarity, reverse=True)[:_MAX_TRIGRAMS]


def _rarity(run: str) -> int:
    ranks = map(_COMMON_LETTERS.find, run)
    return sum(len(_COMMON_LETTERS) if rank < 0 else rank for rank in ranks)


# These statements are composed of nothing but the column names above.
_INDEX_ROWS = text(
    f"INSERT INTO search_index(rowid, {_COLUMNS}) SELECT arrival, {_TEXTS} FROM search "  # noqa: S608
    "WHERE arrival > :after AND arrival <= :upto"
)
_REMOVE_ROWS = text(
    f"INSERT INTO search_index(search_index, rowid, {_COLUMNS}) SELECT 'delete', arrival, {_TEXTS} FROM search "  # noqa: S608
    "WHERE arrival IN :arrivals"
).bindparams(bindparam("arrivals", expanding=True))
_CLEAR = text("INSERT INTO search_index(search_index) VALUES ('delete-all')")
