"""Messages that are one row of the list, the newest, with the others folded behind it.

They are equal and came one right after the other; or, for who wants it so, they belong to one conversation.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from catcher.store.model import StoredSummary
from catcher.store.search.folding import clean
from catcher.web.ui.pages import Row

APART = timedelta(seconds=60)
"""Longest time between two messages of one fold: what a loop sends is folded, what a person tries again is not."""


def kind_of(summary: StoredSummary) -> str:
    """A short text that is the same for messages with the same subject, sender and recipients."""
    addresses = summary.addresses
    lists = (addresses.from_, addresses.to, addresses.cc, addresses.bcc)
    parts = [summary.subject, *("\n".join(each.addr_spec for each in mailboxes) for mailboxes in lists)]
    return _short("\0".join(parts))


def folded(rows: Sequence[Row]) -> tuple[Row, ...]:
    """The rows, newest first, each run of equal ones as its newest with the others in `same`."""
    runs: list[list[Row]] = []
    for row in rows:
        if runs and _continues(runs[-1][-1], row):
            runs[-1].append(row)
        else:
            runs.append([row])
    return tuple(replace(run[0], same=tuple(run[1:])) if run[1:] else run[0] for run in runs)


def by_conversation(rows: Sequence[Row], named: Mapping[str, Sequence[str]]) -> tuple[Row, ...]:
    """The rows, newest first, those of each conversation as its newest with the others in `same`.

    named: the message ids that messages say to answer, by store id.
    """
    beginnings: dict[str, str] = {}
    conversations: dict[str, list[Row]] = {}
    for row in reversed(rows):
        ids = [*named.get(row.summary.store_id, ()), *_own_id(row.summary)]
        beginning = next((beginnings[each] for each in ids if each in beginnings), ids[0])
        beginnings |= dict.fromkeys(ids, beginning)
        conversations.setdefault(beginning, []).insert(0, replace(row, kind=_short(beginning)))
    newest_first = sorted(conversations.values(), key=lambda some: some[0].summary.arrival, reverse=True)
    return tuple(replace(some[0], same=tuple(some[1:])) for some in newest_first)


def conversation_begun(summary: StoredSummary) -> str:
    """The `kind` of a row of `by_conversation` that answers nothing."""
    return _short(_own_id(summary)[0])


def _own_id(summary: StoredSummary) -> Sequence[str]:
    """The id by which others name it; without one, something that nobody names."""
    return clean(summary.message_id).split() or [summary.store_id]


def _short(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=6).hexdigest()


def _continues(newer: Row, older: Row) -> bool:
    return newer.kind == older.kind and newer.summary.received_at - older.summary.received_at <= APART
