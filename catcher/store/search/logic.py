"""Logic of queries: conjunction, disjunction and negation in simplest form."""

from collections.abc import Iterable

from catcher.store.search.folding import fold
from catcher.store.search.model import And, Anything, Contains, InInbox, Not, Nothing, Or, Query, Received, Size


def all_of(queries: Iterable[Query]) -> Query:
    """Return the conjunction in simplest form; Anything for no queries."""
    operands = _flat(queries, And)
    operands.pop(Anything(), None)
    if Nothing() in operands:
        return Nothing()
    return _joined(tuple(operands), And, Anything())


def any_of(queries: Iterable[Query]) -> Query:
    """Return the disjunction in simplest form; Nothing for no queries."""
    operands = _flat(queries, Or)
    operands.pop(Nothing(), None)
    if Anything() in operands:
        return Anything()
    return _joined(tuple(operands), Or, Nothing())


def none_of(query: Query) -> Query:
    """Return the negation in simplest form."""
    match query:
        case Anything():
            return Nothing()
        case Nothing():
            return Anything()
        case Not(operand):
            return operand
        case _:
            return Not(query)


def opposite(query: Query) -> Query:
    """Return the query of a term with `-` in front of it.

    Dates and sizes are reversed: `-before:` is `after:`, both including the bound, and `-larger:` is `smaller:`,
    both excluding it, as clients of other catchers expect. For all others it is `none_of`.
    """
    match query:
        case Received():
            return Received(after=not query.after, moment=query.moment)
        case Size():
            return Size(larger=not query.larger, octets=query.octets)
        case _:
            return none_of(query)


def columns(query: Query) -> frozenset[str]:
    """Return what a query asks for: columns, as in `Contains`, and the names of the other conditions in lower case."""
    match query:
        case And(operands) | Or(operands):
            return frozenset().union(*map(columns, operands))
        case Not(operand):
            return columns(operand)
        case Anything() | Nothing():
            return frozenset()
        case Contains(column=column):
            return frozenset({column})
        case _:
            return frozenset({type(query).__name__.lower()})


def simplify(query: Query) -> Query:
    """Return the query in the form of `parse`: AND and OR flattened, without duplicates and double negation.

    Anything and Nothing occur only as the whole query.
    """
    match query:
        case And(operands):
            return all_of(map(simplify, operands))
        case Or(operands):
            return any_of(map(simplify, operands))
        case Not(operand):
            return none_of(simplify(operand))
        case _:
            return query


def within(query: Query, inbox: str) -> Query:
    """Return the query within the inbox of this name, "" for all mail."""
    return all_of((InInbox(name=fold(inbox)), query)) if inbox else query


def has_condition(query: Query) -> bool:
    """Whether the query restricts its matches at all. Deletion refuses queries that do not."""
    return simplify(query) != Anything()


def _flat(queries: Iterable[Query], kind: type[And] | type[Or]) -> dict[Query, None]:
    """Return the operands in order, without duplicates, nested queries of the same kind expanded."""
    operands: dict[Query, None] = {}
    for query in queries:
        operands |= dict.fromkeys(query.operands if isinstance(query, kind) else (query,))
    return operands


def _joined(operands: tuple[Query, ...], kind: type[And] | type[Or], empty: Query) -> Query:
    if len(operands) > 1:
        return kind(operands)
    return operands[0] if operands else empty
