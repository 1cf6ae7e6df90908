"""Tests of catcher.store.records.outbox. `tests/relay/test_outbox.py` has it at work."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from catcher.store import Store
from catcher.store.records import outbox
from catcher.store.records.outbox import NewJob
from tests.store.contract import MakeMessage

NOW = datetime(2026, 3, 1, tzinfo=UTC)
JOB = NewJob(store_id="x" * 22, relay="default", recipients=("a@b.test", "ü@b.test"))
LEASE = timedelta(minutes=5)


def test_jobs_and_position_are_written_together_by_one_process(store: Store, new: MakeMessage) -> None:
    """A process whose position is outdated queues nothing."""
    store.add([new()])
    queue = store.outbox
    assert queue.mark() is None
    assert not queue.add([JOB], after=0, upto=1, now=NOW)
    queue.begin(has_rules=True)
    assert queue.mark() == 1, "what was there before is not judged"
    message = new()
    store.add([message])
    assert queue.unprocessed(1, limit=5) == [(2, message.store_id)]
    assert queue.add([JOB], after=1, upto=2, now=NOW)
    assert not queue.add([JOB], after=1, upto=2, now=NOW)
    assert [job.recipients for job in queue.newest()] == [JOB.recipients]
    queue.begin(has_rules=True)
    assert queue.mark() == 2
    queue.begin(has_rules=False)
    assert queue.mark() is None


def test_a_claimed_job_is_exclusive_until_its_lease_ends(store: Store) -> None:
    """A postponed job is claimed again when it is due, in that order."""
    queue = store.outbox
    queue.begin(has_rules=True)
    queue.add([JOB, replace(JOB, relay="second")], after=0, upto=0, now=NOW)
    assert queue.claim(now=NOW - timedelta(seconds=1), lease=LEASE, limit=5) == []
    [first] = queue.claim(now=NOW, lease=LEASE, limit=1)
    [second] = queue.claim(now=NOW, lease=LEASE, limit=5)
    assert (first.relay, second.relay, first.attempts) == ("default", "second", 0)
    assert queue.claim(now=NOW, lease=LEASE, limit=5) == []
    assert queue.next_due() == NOW + LEASE
    queue.postpone(first, recipients=["ü@b.test"], due_at=NOW + timedelta(seconds=9), text="451 later", is_lost=False)
    queue.finish(second, is_sent=True, text="")
    assert queue.next_due() == NOW + timedelta(seconds=9)
    [again] = queue.claim(now=NOW + LEASE, lease=LEASE, limit=5)
    assert (again.recipients, again.attempts, again.state, again.text) == (("ü@b.test",), 1, "waiting", "451 later")
    queue.finish(again, is_sent=False, text="550 never")
    assert queue.next_due() is None
    assert [(job.state, job.text, job.due_at) for job in queue.newest()] == [
        ("sent", "", None), ("failed", "451 later\n550 never", None),
    ]  # fmt: skip


def test_the_number_of_finished_jobs_is_limited(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest remain, and all waiting ones."""
    queue = store.outbox
    queue.begin(has_rules=True)
    monkeypatch.setattr(outbox, "MAX_FINISHED", 3)
    queue.add([JOB] * 9, after=0, upto=0, now=NOW)
    jobs = queue.claim(now=NOW, lease=LEASE, limit=7)
    for job in jobs:
        queue.finish(job, is_sent=True, text="x" * 5000)
    kept = queue.newest()
    assert [job.number for job in kept] == [9, 8, 7, 6, 5]
    assert [job.state for job in kept] == ["waiting", "waiting", "sent", "sent", "sent"]
    assert len(kept[-1].text) == 2000
