"""Connections without a message in the store."""

from datetime import UTC, datetime

import pytest

from catcher.envelope import Client, SmtpSession
from catcher.store import Store
from catcher.store.records import sessions

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def one(number: int) -> SmtpSession:
    """Return a distinguishable connection."""
    return SmtpSession(
        client=Client(helo=str(number)), opened_at=NOW, closed_at=NOW, ended="quit", transcript="C: QUIT"
    )


def test_the_newest_are_kept(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Newest first, and no more than the limit, whatever clients do."""
    monkeypatch.setattr(sessions, "MAX_KEPT", 3)
    store.sessions.add([])
    store.sessions.add([one(1), one(2)])
    store.sessions.add([one(number) for number in range(3, 9)])
    assert store.sessions.newest() == [one(8), one(7), one(6)]
    assert store.sessions.newest(limit=1) == [one(8)]
