"""What a query asks of a full-text index that knows pieces of text, but neither columns nor lines nor letters in order.

For a page of a list the index is best walked itself, newest arrival first, with `sql.condition` as the judge of each
candidate: that stops early when many match and finds the few otherwise. `implied` says what to ask it for.
"""

from catcher.store.search.logic import all_of, any_of
from catcher.store.search.model import And, Contains, Or, Query
from catcher.store.search.texts import CLIENT_LINES, FREE_COLUMNS

INDEXED = frozenset((*FREE_COLUMNS, "client"))
"""Columns of `search` that the full-text index has to hold."""

_ANSWERED = INDEXED | {"any", "addressed", *CLIENT_LINES}


def implied(query: Query, *, shortest: int = 3) -> Query | None:
    """A query that holds for every message for which `query` does, made of And, Or and Contains(column="any") alone.

    Its texts may be in any column of `INDEXED` and have at least `shortest` characters. None when nothing of the kind
    follows from the query, so that the index cannot help.
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
