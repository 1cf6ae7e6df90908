"""Errors of our own routes."""

from msgspec import Struct


class Problem(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An error. code: stable. message: a sentence for people. position: of a query's fault, in characters from 0."""

    code: str
    message: str
    position: int | None = None


class ProblemResponse(Struct, frozen=True, kw_only=True):
    """The body of every error of our own routes."""

    error: Problem
