"""Query for a full-text index, which knows pieces of text but neither columns nor lines.

For a page of a list, the engine walks the index, newest arrival first, and tests each candidate with `sql.condition`:
that stops early if many match and finds the few otherwise. `implied` derives the index query.
"""

from catcher.store.search.logic import all_of, any_of
from catcher.store.search.model import And, Contains, Or, Query
from catcher.store.search.texts import ADDRESS_COLUMNS, CLIENT_LINES

INDEXED = ("subject", *ADDRESS_COLUMNS, "file_names", "client", "text")
"""Columns of `search` in the full-text index, in the order of its definition."""

_ANSWERED = {*INDEXED, "any", "addressed", *CLIENT_LINES}


def implied(query: Query, *, shortest: int = 3) -> Query | None:
    """Return a query implied by `query` that consists of And, Or and Contains(column="any") only.

    Its texts may be in any column of `INDEXED` and have at least `shortest` characters. None if the query implies no
    such condition, so that the index cannot help.
    """
    match query:
        case Contains(column=column, text=text) if column in _ANSWERED and len(text) >= shortest:
            return Contains(column="any", text=text)
        case And(operands):
            found = [found for operand in operands if (found := implied(operand, shortest=shortest)) is not None]
            return all_of(found) if found else None
        case Or(operands):
            sides = [side for operand in operands if (side := implied(operand, shortest=shortest)) is not None]
            return any_of(sides) if len(sides) == len(operands) else None
        case _:
            return None
