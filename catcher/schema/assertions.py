"""Outcomes of assertions. The assertions themselves are the types of `catcher.assertions`, which also evaluate them."""

from msgspec import Struct


class AssertionOutcome(Struct, frozen=True, kw_only=True, rename={"assertion": "assert"}):
    """The outcome of one assertion. message: a sentence that says why it failed, empty if it passed."""

    assertion: str
    passed: bool
    message: str


class AssertionsResponse(Struct, frozen=True, kw_only=True):
    """All outcomes, in the order of the assertions. passed: whether all of them passed."""

    id: str
    passed: bool
    outcomes: tuple[AssertionOutcome, ...]
