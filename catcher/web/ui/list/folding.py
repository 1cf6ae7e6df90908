"""Folding: several messages as one row of the list, the newest, with the others behind it.

They are equal and arrived one right after the other; or, by preference, they belong to one thread.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import timedelta

from msgspec.structs import replace

from catcher.store.model import StoredSummary
from catcher.store.search.folding import clean
from catcher.web.ui.pages.lists import MessageRow

MAX_INTERVAL = timedelta(seconds=60)
"""Longest time between two messages of one fold: it folds the messages of a loop, not the retries of a person."""


def equality_key(summary: StoredSummary) -> str:
    """Return a short key, the same for messages with the same subject, sender and recipients."""
    addresses = summary.addresses
    lists = (addresses.from_, addresses.to, addresses.cc, addresses.bcc)
    parts = [summary.subject, *("\n".join(each.addr_spec for each in mailboxes) for mailboxes in lists)]
    return _short("\0".join(parts))


def folded(rows: Sequence[MessageRow]) -> tuple[MessageRow, ...]:
    """Return the rows, newest first, each run of equal ones as its newest with the others folded."""
    runs: list[list[MessageRow]] = []
    for row in rows:
        if runs and _continues(runs[-1][-1], row):
            runs[-1].append(row)
        else:
            runs.append([row])
    return tuple(replace(run[0], folded=tuple(run[1:])) if run[1:] else run[0] for run in runs)


def by_thread(rows: Sequence[MessageRow], named: Mapping[str, Sequence[str]]) -> tuple[MessageRow, ...]:
    """Return the rows, newest first, those of each thread as its newest with the others folded.

    named: the message ids in the References and In-Reply-To fields, by store id.
    """
    roots: dict[str, str] = {}
    threads: dict[str, list[MessageRow]] = {}
    for row in reversed(rows):
        ids = [*named.get(row.summary.store_id, ()), *_own_id(row.summary)]
        root = next((roots[each] for each in ids if each in roots), ids[0])
        roots |= dict.fromkeys(ids, root)
        threads.setdefault(root, []).insert(0, replace(row, group=_short(root)))
    newest_first = sorted(threads.values(), key=lambda some: some[0].summary.arrival, reverse=True)
    return tuple(replace(some[0], folded=tuple(some[1:])) for some in newest_first)


def new_thread_key(summary: StoredSummary) -> str:
    """Return the `group` of a message that starts a thread."""
    return _short(_own_id(summary)[0])


def _own_id(summary: StoredSummary) -> Sequence[str]:
    """Return the message id that replies name; without one, something that no message names."""
    return clean(summary.message_id).split() or [summary.store_id]


def _short(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=6).hexdigest()


def _continues(newer: MessageRow, older: MessageRow) -> bool:
    return newer.group == older.group and newer.summary.received_at - older.summary.received_at <= MAX_INTERVAL
