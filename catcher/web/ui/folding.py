"""Equal messages that came one right after the other: one row of the list, with the others folded behind it."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from catcher.store.model import Summary
from catcher.web.ui.pages import Row

APART = timedelta(seconds=60)
"""Longest time between two messages of one fold: what a loop sends is folded, what a person tries again is not."""


def kind_of(summary: Summary) -> str:
    """A short text that is the same for messages with the same subject, sender and recipients."""
    addresses = summary.addresses
    lists = (addresses.from_, addresses.to, addresses.cc, addresses.bcc)
    parts = [summary.subject, *("\n".join(each.addr_spec for each in mailboxes) for mailboxes in lists)]
    return hashlib.blake2b("\0".join(parts).encode("utf-8", "replace"), digest_size=6).hexdigest()


def folded(rows: Sequence[Row]) -> tuple[Row, ...]:
    """The rows, newest first, each run of equal ones as its newest with the others in `same`."""
    runs: list[list[Row]] = []
    for row in rows:
        if runs and _continues(runs[-1][-1], row):
            runs[-1].append(row)
        else:
            runs.append([row])
    return tuple(replace(run[0], same=tuple(run[1:])) if run[1:] else run[0] for run in runs)


def _continues(newer: Row, older: Row) -> bool:
    return newer.kind == older.kind and newer.summary.received_at - older.summary.received_at <= APART
