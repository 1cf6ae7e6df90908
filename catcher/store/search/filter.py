"""Evaluation of a query on one message in memory, for rules, waits and webhooks; equivalent to `sql`."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from catcher.store.search import model
from catcher.store.search.folding import fold
from catcher.store.search.texts import ADDRESS_COLUMNS, CLIENT_LINES, ENTRY_COLUMNS, FREE_COLUMNS, label, line_bodies

STATES: Mapping[str, Callable[[model.Subject], bool]] = {
    "read": lambda subject: subject.is_read,
    "unread": lambda subject: not subject.is_read,
    "tagged": lambda subject: bool(subject.tags),
    "pinned": lambda subject: subject.is_pinned,
    "attachment": lambda subject: subject.attachments > 0,
    "inline": lambda subject: subject.inlines > 0,
}
"""Predicates of the states of `Is`; an unknown state matches no message."""


def matches(query: model.Query, subject: model.Subject) -> bool:
    """Whether the query matches the message. Never raises."""
    return _JUDGES[type(query)](query, subject)


def _contains(query: model.Contains, subject: model.Subject) -> bool:
    column, texts = query.column, subject.texts
    if column in CLIENT_LINES:
        return _line_has(texts.client, column, query.text, whole=query.whole)
    if column in _SEVERAL:
        return any(_column_has(texts, each, query) for each in _SEVERAL[column])
    return _column_has(texts, column, query)


def _column_has(texts: model.SearchTexts, column: str, query: model.Contains) -> bool:
    value: str = getattr(texts, column)
    if not query.whole:
        return query.text in value
    return f"\n{query.text}\n" in (value if column in ENTRY_COLUMNS else f"\n{value}\n")


def _line_has(lines: str, name: str, text: str, *, whole: bool) -> bool:
    """Whether the body of a line "name: body" contains the text, or is the text if `whole`."""
    return f"{label(name)}{text}\n" in lines if whole else any(text in body for body in line_bodies(lines, name))


_SEVERAL: Mapping[str, Sequence[str]] = {"any": FREE_COLUMNS, "addressed": ADDRESS_COLUMNS}
_JUDGES: Mapping[type[model.Query], Callable[[Any, model.Subject], bool]] = {
    model.Anything: lambda query, subject: True,
    model.Nothing: lambda query, subject: False,
    model.Not: lambda query, subject: not matches(query.operand, subject),
    model.And: lambda query, subject: all(matches(operand, subject) for operand in query.operands),
    model.Or: lambda query, subject: any(matches(operand, subject) for operand in query.operands),
    model.Contains: _contains,
    model.HeaderHas: lambda query, subject: _line_has(subject.texts.header, query.name, query.text, whole=query.whole),
    model.HasTag: lambda query, subject: any(fold(tag) == query.name for tag in subject.tags),
    model.InInbox: lambda query, subject: any(fold(inbox) == query.name for inbox in subject.inboxes),
    model.Is: lambda query, subject: query.state in STATES and STATES[query.state](subject),
    model.Received: lambda query, subject: (
        subject.received_at >= query.moment if query.after else subject.received_at <= query.moment
    ),
    model.Size: lambda query, subject: subject.size > query.octets if query.larger else subject.size < query.octets,
    model.HasId: lambda query, subject: bool(subject.store_id == query.store_id),
}
"""Evaluators by query type; with hundreds of waits, a chain of isinstance tests would be noticeable."""
