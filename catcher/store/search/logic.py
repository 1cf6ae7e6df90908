"""Queries as logic: built in their simplest form, negated, and asked whether they hold a condition at all."""

from collections.abc import Iterable

from catcher.store.search.model import And, Anything, Not, Nothing, Or, Query, Received, Size


def all_of(queries: Iterable[Query]) -> Query:
    """What all of the queries match, in simplest form; Anything when there is none."""
    operands = _flat(queries, And)
    operands.pop(Anything(), None)
    if Nothing() in operands:
        return Nothing()
    return _joined(tuple(operands), And, Anything())


def any_of(queries: Iterable[Query]) -> Query:
    """What any of the queries matches, in simplest form; Nothing when there is none."""
    operands = _flat(queries, Or)
    operands.pop(Nothing(), None)
    if Anything() in operands:
        return Anything()
    return _joined(tuple(operands), Or, Nothing())


def none_of(query: Query) -> Query:
    """What the query does not match, in simplest form."""
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
    """What `-` in front of a single term means.

    Dates and sizes turn round: `-before:` is `after:`, bounds included on either side, and `-larger:` is `smaller:`,
    bounds excluded, as the clients of other catchers expect. Everything else is `none_of`.
    """
    match query:
        case Received():
            return Received(after=not query.after, moment=query.moment)
        case Size():
            return Size(larger=not query.larger, octets=query.octets)
        case _:
            return none_of(query)


def simplify(query: Query) -> Query:
    """The same query in the form `parse` gives: nested AND and OR flat, repeated operands once, no double negation, and
    Anything or Nothing only as the whole query.
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


def has_condition(query: Query) -> bool:
    """Whether the query asks for anything at all. What deletes by a query refuses those that do not."""
    return simplify(query) != Anything()


def _flat(queries: Iterable[Query], kind: type[And] | type[Or]) -> dict[Query, None]:
    """The operands in order, each once, those of nested queries of the same kind in their place."""
    operands: dict[Query, None] = {}
    for query in queries:
        operands |= dict.fromkeys(query.operands if isinstance(query, kind) else (query,))
    return operands


def _joined(operands: tuple[Query, ...], kind: type[And] | type[Or], empty: Query) -> Query:
    if len(operands) > 1:
        return kind(operands)
    return operands[0] if operands else empty
