"""The outbox: jobs that wait, were sent or failed, and the position of the relay rules.

A job is one message for one relay, with its outstanding recipients. A claimed job is not due until its lease ends, so
that several processes on one database never send it at the same time, and a process that dies delays it only so long.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, insert, select, update

from catcher.store.db.codec import microseconds, moment, optional_moment
from catcher.store.db.tables import message, outgoing, outgoing_mark
from catcher.store.engines.counters import read_counters
from catcher.store.events import ChangeResult
from catcher.store.read.search import matching
from catcher.store.records.base import Records
from catcher.store.search.model import Query

WAITING, SENT, FAILED = "waiting", "sent", "failed"

MAX_FINISHED = 1000
"""Finished jobs that are kept, the newest."""

_MAX_TEXT = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class NewJob:
    """A message for a relay and recipients. delay: until it is due."""

    store_id: str
    relay: str
    recipients: tuple[str, ...]
    delay: timedelta = timedelta()


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxJob:
    """A job in the outbox.

    recipients: the outstanding ones of a waiting job, those of the last attempt of a finished one. attempts: how many
    were begun. due_at: of the next attempt; None when the job is finished. state: WAITING, SENT, or FAILED as soon as
    one recipient was given up. text: the relays' replies.
    """

    number: int
    store_id: str
    relay: str
    recipients: tuple[str, ...]
    attempts: int
    created_at: datetime
    due_at: datetime | None
    state: str
    text: str


class OutboxQueue(Records):
    """The outbox of one store."""

    # The rules

    def begin(self, *, has_rules: bool) -> None:
        """Start with or without rules. Messages that arrive without rules are not subject to later rules."""
        if self.mark() is None and not has_rules:
            return

        def change(connection: Connection) -> ChangeResult:
            if not has_rules:
                connection.execute(delete(outgoing_mark))
            elif connection.execute(select(outgoing_mark.c.upto)).first() is None:
                connection.execute(insert(outgoing_mark), {"id": 1, "upto": read_counters(connection).cursor})
            return ChangeResult(changed=0)

        self._writer.run(change)

    def mark(self) -> int | None:
        """Return the arrival number up to which the rules were applied; None without rules."""
        with self._database.reading() as connection:
            return connection.execute(select(outgoing_mark.c.upto)).scalar()

    def unprocessed(self, after: int, *, limit: int) -> list[tuple[int, str]]:
        """Return arrival numbers and store ids of the next messages, in order."""
        chosen = select(message.c.arrival, message.c.store_id).where(message.c.arrival > after)
        with self._database.reading() as connection:
            rows = connection.execute(chosen.order_by(message.c.arrival).limit(limit)).all()
        return [(row.arrival, row.store_id) for row in rows]

    def matching(self, query: Query, arrivals: Sequence[int]) -> set[int]:
        """Return those of the arrivals that a query matches."""
        chosen = select(message.c.arrival).where(message.c.arrival.in_(list(arrivals)))
        condition = matching(self._database, query)
        with self._database.reading() as connection:
            return set(connection.execute(chosen if condition is None else chosen.where(condition)).scalars())

    def add(self, jobs: Sequence[NewJob], *, after: int, upto: int, now: datetime) -> bool:
        """Add the jobs of a range of arrivals and advance the mark, in one transaction.

        Return False, without any effect, when another process has advanced the mark already.
        """

        def change(connection: Connection) -> ChangeResult:
            moved = update(outgoing_mark).where(outgoing_mark.c.upto == after).values(upto=upto)
            if not connection.execute(moved).rowcount:
                return ChangeResult(changed=0)
            if jobs:
                connection.execute(insert(outgoing), [_row(job, microseconds(now)) for job in jobs])
            return ChangeResult(changed=1)

        return bool(self._writer.run(change))

    # The queue

    def claim(
        self, *, now: datetime, lease: timedelta, limit: int, except_for: Collection[str] = ()
    ) -> list[OutboxJob]:
        """Claim due jobs, the longest due first; nobody else gets them during the lease. except_for: busy relays."""
        wanted = (outgoing.c.due_at <= microseconds(now), outgoing.c.relay.not_in(list(except_for)))
        due = select(outgoing).where(*wanted).order_by(outgoing.c.due_at).limit(limit)
        taken: list[OutboxJob] = []

        def change(connection: Connection) -> ChangeResult:
            taken[:] = [_job(row) for row in connection.execute(due).all()]
            for job in taken:
                values = {"due_at": microseconds(now + lease), "attempts": job.attempts + 1}
                connection.execute(update(outgoing).where(outgoing.c.number == job.number).values(values))
            return ChangeResult(changed=len(taken))

        self._writer.run(change)
        return taken

    def postpone(
        self, job: OutboxJob, *, recipients: Sequence[str], due_at: datetime, text: str, is_lost: bool
    ) -> None:
        """Put a claimed job back, with the outstanding recipients. is_lost: others were given up."""
        values: dict[str, object] = {"recipients": json.dumps(list(recipients)), "due_at": microseconds(due_at)}
        self._change(job, values | {"state": FAILED if is_lost else job.state, "text": _added(job, text)})

    def finish(self, job: OutboxJob, *, is_sent: bool, text: str) -> None:
        """Finish a claimed job."""
        self._change(job, {"due_at": None, "state": SENT if is_sent else FAILED, "text": _added(job, text)})

    def next_due(self, *, except_for: Collection[str] = ()) -> datetime | None:
        """Return when the next job is due, including claimed ones; None when no job waits."""
        next_one = select(func.min(outgoing.c.due_at)).where(outgoing.c.relay.not_in(list(except_for)))
        with self._database.reading() as connection:
            found = connection.execute(next_one).scalar()
        return optional_moment(found)

    def count_waiting(self) -> int:
        """Return the number of waiting jobs, including claimed ones."""
        with self._database.reading() as connection:
            waiting = select(func.count()).select_from(outgoing).where(outgoing.c.due_at.is_not(None))
            return connection.execute(waiting).scalar_one()

    def newest(self, *, limit: int = 100, relay: str | None = None, store_id: str | None = None) -> list[OutboxJob]:
        """Return the newest jobs, newest first; only those of a relay or a message, if given."""
        chosen = select(outgoing).order_by(outgoing.c.number.desc()).limit(limit)
        for column, wanted in ((outgoing.c.relay, relay), (outgoing.c.store_id, store_id)):
            chosen = chosen if wanted is None else chosen.where(column == wanted)
        with self._database.reading() as connection:
            rows = connection.execute(chosen).all()
        return [_job(row) for row in rows]

    def _change(self, job: OutboxJob, values: dict[str, object]) -> None:
        def change(connection: Connection) -> ChangeResult:
            connection.execute(update(outgoing).where(outgoing.c.number == job.number).values(values))
            over = select(outgoing.c.number).where(outgoing.c.due_at.is_(None)).order_by(outgoing.c.number.desc())
            connection.execute(
                delete(outgoing).where(outgoing.c.number.in_(over.offset(MAX_FINISHED).limit(MAX_FINISHED)))
            )
            return ChangeResult(changed=1)

        self._writer.run(change)


def _row(job: NewJob, now: int) -> dict[str, object]:
    return {
        "store_id": job.store_id,
        "relay": job.relay,
        "recipients": json.dumps(list(job.recipients)),
        "attempts": 0,
        "created_at": now,
        "due_at": now + job.delay // timedelta(microseconds=1),
        "state": WAITING,
        "text": "",
    }


def _job(row: object) -> OutboxJob:
    values = dict(row._mapping)  # type: ignore[attr-defined]  # noqa: SLF001 - SQLAlchemy's public name for it
    return OutboxJob(
        **values
        | {
            "recipients": tuple(json.loads(values["recipients"])),
            "created_at": moment(values["created_at"]),
            "due_at": optional_moment(values["due_at"]),
        }
    )


def _added(job: OutboxJob, text: str) -> str:
    """Return the job's text with a new one, cut at its start when it grows long."""
    return "\n".join(each for each in (job.text, text) if each)[-_MAX_TEXT:]
