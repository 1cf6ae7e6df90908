"""`printer`, `logic` and `candidates`: printed, simplified and implied queries."""

import pytest
from hypothesis import given, settings

from catcher.store.search import (
    And,
    Anything,
    Contains,
    Is,
    Not,
    Nothing,
    Or,
    Query,
    Size,
    Subject,
    has_condition,
    implied,
    matches,
    parse,
    render,
    simplify,
)
from tests.depth import examples
from tests.store.search.strategies import ANY, MAILBOXES, QUERIES, START

A, B, C = (Contains(column="any", text=text) for text in "abc")


@pytest.mark.slow
@settings(max_examples=examples(200))
@given(query=QUERIES)
def test_a_printed_query_is_parsed_as_the_same_query(query: Query) -> None:
    """parse(render(q)) == q for every query in simplest form, with any characters in its texts."""
    assert parse(render(query), now=START) == simplify(query)


@given(text=ANY)
def test_a_query_parsed_and_printed_means_the_same(text: str) -> None:
    """Parsing and printing a printed query changes nothing."""
    query = parse(text, now=START, lenient=True)
    printed = render(query)
    assert parse(printed, now=START) == query
    assert render(parse(printed, now=START)) == printed


@pytest.mark.slow
@given(query=QUERIES, subjects=MAILBOXES)
def test_simplifying_changes_no_result(query: Query, subjects: list[Subject]) -> None:
    """The simplest form matches the same messages, and simplifying it again changes nothing."""
    simple = simplify(query)
    assert simplify(simple) == simple
    for subject in subjects:
        assert matches(simple, subject) == matches(query, subject)


@pytest.mark.slow
@given(query=QUERIES, subjects=MAILBOXES)
def test_an_implied_query_matches_all_results(query: Query, subjects: list[Subject]) -> None:
    """The index query loses no message: its texts are in an indexed column."""
    needed = implied(query, shortest=1)
    for subject in subjects:
        if needed is not None and matches(query, subject):
            assert _holds_anywhere(needed, subject)


def _holds_anywhere(query: Query, subject: Subject) -> bool:
    match query:
        case And(operands):
            return all(_holds_anywhere(operand, subject) for operand in operands)
        case Or(operands):
            return any(_holds_anywhere(operand, subject) for operand in operands)
        case Contains(column="any", text=text):
            return matches(query, subject) or text in subject.texts.client
    raise AssertionError(query)


def test_the_query_for_an_index() -> None:
    """AND needs one side that the index can answer, OR both; negation and short texts give none."""

    def asked(text: str) -> str | None:
        needed = implied(parse(text, now=START))
        return None if needed is None else render(needed)

    assert asked("alpha is:read ab") == "alpha"
    assert asked("alpha OR to:beta") == "alpha OR beta"
    assert asked("alpha (beta OR user:=gamma)") == "alpha (beta OR gamma)"
    assert asked("alpha OR is:read") is None
    assert asked("-alpha") is None
    assert asked("abc") == "abc"
    assert asked("ab") is None
    assert asked("type:alpha") is None
    assert asked("header:x=alpha") is None


def test_a_query_that_matches_everything_has_no_condition() -> None:
    """Deletion refuses such queries, in whatever form they are."""
    everything = Anything()
    both, either = And((everything, everything)), Or((A, everything))
    empty: list[Query] = [everything, both, either, Not(Nothing()), Not(Not(everything))]
    assert not any(map(has_condition, empty))
    conditions: list[Query] = [A, Nothing(), Not(everything), Or((A, Nothing())), Is(state="read")]
    assert all(map(has_condition, conditions))


def test_the_simplest_form_is_flat_and_without_duplicates() -> None:
    """So the same query is the same value, fit as a key."""
    assert simplify(And((A, And((B, A)), Anything()))) == And((A, B))
    assert simplify(Or((A, Or((B, Nothing())), A))) == Or((A, B))
    assert simplify(Not(Not(Or((C,))))) == C
    assert simplify(And((A, Nothing()))) == Nothing()
    assert simplify(Not(Size(larger=True, octets=1))) == Not(Size(larger=True, octets=1))


def test_a_printed_query_has_no_needless_signs() -> None:
    """Quotation marks, parentheses and backslashes are printed where they are needed."""
    for text in (
        "a b OR -c",
        'subject:"a b" -is:read',
        "a (b OR c)",
        "-(a b)",
        "to:=ann@example.com",
        "header:x-a=b",
        'header:x-a=="b c"',
        "tag:news larger:1024 has:attachment",
        "after:2024-01-31T12:00:00Z",
        r"\-5",
        r"subject\:x",
        "http://example.com",
    ):
        assert render(parse(text, now=START)) == text
