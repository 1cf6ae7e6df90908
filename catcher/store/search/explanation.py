"""Explanation of why a message does not match a query: each failed condition with the message's value."""

from collections.abc import Mapping

from catcher.store.search import model
from catcher.store.search.filter import matches
from catcher.store.search.logic import simplify
from catcher.store.search.printer import render
from catcher.store.search.texts import ADDRESS_COLUMNS, CLIENT_LINES, line_bodies

LONGEST = 100
"""Characters shown of a message's value."""

Shown = Mapping[str, str]
"""Unfolded values of a message by column name; for other columns the folded text is shown."""


def failures(query: model.Query, subject: model.Subject, *, shown: Shown | None = None) -> tuple[str, ...]:
    """Return one sentence for each failed top-level condition, such as "subject:welcome did not match 'Goodbye'".

    () if the message matches. Never raises.
    """
    query = simplify(query)
    conditions = query.operands if isinstance(query, model.And) else (query,)
    return tuple(_sentence(each, subject, shown or {}) for each in conditions if not matches(each, subject))


def _sentence(query: model.Query, subject: model.Subject, shown: Shown) -> str:
    verb = "did not match" if not isinstance(query, model.Not) else "was not so:"
    has = _has(query.operand if isinstance(query, model.Not) else query, subject, shown)
    written = render(query)
    return f"{written} {verb} {has}" if has else f"{written} did not match"


def _has(query: model.Query, subject: model.Subject, shown: Shown) -> str:
    """Return the message's value for the condition, "" if there is no short one."""
    match query:
        case model.Contains(column=column) if column in CLIENT_LINES:
            return _quoted("; ".join(line_bodies(subject.texts.client, column)))
        case model.Contains(column=column):
            return _quoted(shown[column] if column in shown else _column(subject.texts, column))
        case model.HeaderHas(name=name):
            found = list(line_bodies(subject.texts.header, name))
            return _quoted("; ".join(found)) if found else "(no such field)"
        case model.HasTag():
            return _quoted(", ".join(subject.tags))
        case model.InInbox():
            return _quoted(", ".join(subject.inboxes))
        case model.Size():
            return f"{subject.size} octets"
        case model.Received():
            return subject.received_at.isoformat(timespec="seconds")
    return ""


def _column(texts: model.SearchTexts, column: str) -> str:
    names = {"any": ("subject", "text"), "addressed": ADDRESS_COLUMNS}.get(column, (column,))
    return " ".join(getattr(texts, name) for name in names)


def _quoted(text: str) -> str:
    words = " ".join(text[: 20 * LONGEST].split())
    return repr(words if len(words) <= LONGEST else words[: LONGEST - 1] + "…")
