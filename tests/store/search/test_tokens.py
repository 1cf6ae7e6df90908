"""`tokens`: the conditions of a query that a page shows one by one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catcher.errors import QueryError
from catcher.store.search import parse, tokens
from tests.store.search.strategies import START


@pytest.mark.parametrize(
    ("query", "texts"),
    [
        ("", []),
        ("  a  b ", ["a", "b"]),
        ('a subject:"x y" -to:z', ["a", 'subject:"x y"', "-to:z"]),
        ("a (b OR (c d)) -(e f)", ["a", "(b OR (c d))", "-(e f)"]),
        ("from:(a b) c", ["from:(a b)", "c"]),
        (" a OR b c ", ["a OR b c"]),
        ('"OR" "a', ['"OR"', '"a']),
        ("a (b c", ["a", "(b c"]),
        ("f(x) :)", ["f(x)", ":)"]),
    ],
)
def test_each_condition_is_one_token(query: str, texts: list[str]) -> None:
    """Groups stay whole, and so does a query whose outermost level is an OR."""
    found = tokens(query)
    assert [token.text for token in found] == texts
    assert all(query[token.start : token.end] == token.text for token in found)


@given(st.text(st.sampled_from('ab "\\-():=OR'), max_size=25))
def test_a_query_without_one_of_its_conditions_is_readable(query: str) -> None:
    """The button beside each condition removes it."""
    try:
        parse(query, now=START)
    except QueryError:
        return
    for token in tokens(query):
        parse(query[: token.start] + query[token.end :], now=START)
