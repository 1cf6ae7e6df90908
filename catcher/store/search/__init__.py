"""Search language: one grammar for API, pages, waits and rules."""

from catcher.store.search.candidates import INDEXED, implied
from catcher.store.search.explanation import failures
from catcher.store.search.filter import matches
from catcher.store.search.folding import clean, entries, fold
from catcher.store.search.logic import columns, has_condition, simplify, within
from catcher.store.search.model import (
    And,
    Anything,
    Contains,
    HasId,
    HasTag,
    HeaderHas,
    InInbox,
    Is,
    Not,
    Nothing,
    Or,
    Query,
    Received,
    SearchTexts,
    Size,
    Subject,
)
from catcher.store.search.parser import parse, unknown_names
from catcher.store.search.printer import render
from catcher.store.search.sql import condition
from catcher.store.search.terms import TERMS, Term
from catcher.store.search.texts import envelope_texts, search_texts
from catcher.store.search.tokens import tokens

__all__ = [
    "INDEXED",
    "TERMS",
    "And",
    "Anything",
    "Contains",
    "HasId",
    "HasTag",
    "HeaderHas",
    "InInbox",
    "Is",
    "Not",
    "Nothing",
    "Or",
    "Query",
    "Received",
    "SearchTexts",
    "Size",
    "Subject",
    "Term",
    "clean",
    "columns",
    "condition",
    "entries",
    "envelope_texts",
    "failures",
    "fold",
    "has_condition",
    "implied",
    "matches",
    "parse",
    "render",
    "search_texts",
    "simplify",
    "tokens",
    "unknown_names",
    "within",
]
