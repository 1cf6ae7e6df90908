"""Mail that is to be sent onward: what waits, what was sent, what failed; and up to where the rules have judged.

One row is one message for one relay, with the recipients that still lack it. A row that is being worked on is not due
until its lease is over, so that several processes on one database never send it at the same time, and one that died
in the middle holds it up for that long only.
"""

import json
from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, insert, select, update

from catcher.store.db.codec import microseconds, moment
from catcher.store.db.tables import message, outgoing, outgoing_mark
from catcher.store.engines.base import Database
from catcher.store.engines.counters import read_counters
from catcher.store.read.search import matching
from catcher.store.search.model import Query
from catcher.store.write.updates import ChangeResult

WAITING, SENT, FAILED = "waiting", "sent", "failed"

KEPT = 1000
"""Rows of what is over that are kept, the newest."""

_LONGEST_TEXT = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class NewJob:
    """A message to be sent through a relay to recipients. delay: from now until it is due."""

    store_id: str
    relay: str
    recipients: tuple[str, ...]
    delay: timedelta = timedelta()


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxJob:
    """A row of the queue.

    recipients: who lacks the message still, while it waits; else who was tried last. attempts: how many were begun.
    due_at: when it is tried (again); None when it is over. state: WAITING, SENT, or FAILED as soon as one recipient
    will never get it. text: what the relays said, "" when there was nothing to tell.
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


class OutboxQueue:
    """The queue of one store, as its attribute; methods may be called from any thread and raise StoreUnavailable."""

    def __init__(
        self,
        database: Database,
        *,
        run: Callable[[Callable[[Connection], ChangeResult]], int],
        reading: Callable[[], AbstractContextManager[Connection]],
    ) -> None:
        self._database = database
        self._run = run
        self._reading = reading

    # The rules

    def begin(self, *, is_judged: bool) -> None:
        """Say at the start whether there are rules. Without, what comes in will not be judged by later rules either."""
        if self.mark() is None and not is_judged:
            return

        def change(connection: Connection) -> ChangeResult:
            if not is_judged:
                connection.execute(delete(outgoing_mark))
            elif connection.execute(select(outgoing_mark.c.upto)).first() is None:
                connection.execute(insert(outgoing_mark), {"id": 1, "upto": read_counters(connection).cursor})
            return ChangeResult(changed=0)

        self._run(change)

    def mark(self) -> int | None:
        """The arrival number up to which the rules have judged; None when there are none."""
        with self._reading() as connection:
            return connection.execute(select(outgoing_mark.c.upto)).scalar()

    def unjudged(self, after: int, *, limit: int) -> list[tuple[int, str]]:
        """Arrival number and store id of the next messages, in their order."""
        chosen = select(message.c.arrival, message.c.store_id).where(message.c.arrival > after)
        with self._reading() as connection:
            rows = connection.execute(chosen.order_by(message.c.arrival).limit(limit)).all()
        return [(row.arrival, row.store_id) for row in rows]

    def matching(self, query: Query, arrivals: Sequence[int]) -> set[int]:
        """Which of these arrivals a query matches."""
        chosen = select(message.c.arrival).where(message.c.arrival.in_(list(arrivals)))
        condition = matching(self._database, query)
        with self._reading() as connection:
            return set(connection.execute(chosen if condition is None else chosen.where(condition)).scalars())

    def add(self, jobs: Sequence[NewJob], *, after: int, upto: int, now: datetime) -> bool:
        """Queue what the rules made of the arrivals from after one number up to another, and move the mark.

        Both or nothing; False, with nothing done, when the mark is elsewhere, as another process was quicker.
        """

        def change(connection: Connection) -> ChangeResult:
            moved = update(outgoing_mark).where(outgoing_mark.c.upto == after).values(upto=upto)
            if not connection.execute(moved).rowcount:
                return ChangeResult(changed=0)
            if jobs:
                connection.execute(insert(outgoing), [_row(job, microseconds(now)) for job in jobs])
            return ChangeResult(changed=1)

        return bool(self._run(change))

    # The queue

    def claim(self, *, now: datetime, lease: timedelta, limit: int, but_for: Collection[str] = ()) -> list[OutboxJob]:
        """Take up to so many due rows to work on, those that wait longest first; nobody else gets them meanwhile.

        but_for: relays that have enough to do.
        """
        wanted = (outgoing.c.due_at <= microseconds(now), outgoing.c.relay.not_in(list(but_for)))
        due = select(outgoing).where(*wanted).order_by(outgoing.c.due_at).limit(limit)
        taken: list[OutboxJob] = []

        def change(connection: Connection) -> ChangeResult:
            taken[:] = [_job(row) for row in connection.execute(due).all()]
            for job in taken:
                values = {"due_at": microseconds(now + lease), "attempts": job.attempts + 1}
                connection.execute(update(outgoing).where(outgoing.c.number == job.number).values(values))
            return ChangeResult(changed=len(taken))

        self._run(change)
        return taken

    def postpone(
        self, job: OutboxJob, *, recipients: Sequence[str], due_at: datetime, text: str, is_lost: bool
    ) -> None:
        """Put a claimed row back, for the recipients that lack the message still. is_lost: others never will get it."""
        values: dict[str, object] = {"recipients": json.dumps(list(recipients)), "due_at": microseconds(due_at)}
        self._change(job, values | {"state": FAILED if is_lost else job.state, "text": _added(job, text)})

    def finish(self, job: OutboxJob, *, is_sent: bool, text: str) -> None:
        """A claimed row is over: everybody has the message, or somebody never will."""
        self._change(job, {"due_at": None, "state": SENT if is_sent else FAILED, "text": _added(job, text)})

    def next_due(self, *, but_for: Collection[str] = ()) -> datetime | None:
        """When the next row is due, those worked on included; None when nothing waits. but_for: as for `claim`."""
        next_one = select(func.min(outgoing.c.due_at)).where(outgoing.c.relay.not_in(list(but_for)))
        with self._reading() as connection:
            found = connection.execute(next_one).scalar()
        return None if found is None else moment(found)

    def count_waiting(self) -> int:
        """How many rows wait, those worked on included."""
        with self._reading() as connection:
            waiting = select(func.count()).select_from(outgoing).where(outgoing.c.due_at.is_not(None))
            return connection.execute(waiting).scalar_one()

    def newest(self, *, limit: int = 100, relay: str | None = None, store_id: str | None = None) -> list[OutboxJob]:
        """The newest rows, waiting or over, newest first; only those of a relay, of a message."""
        chosen = select(outgoing).order_by(outgoing.c.number.desc()).limit(limit)
        for column, wanted in ((outgoing.c.relay, relay), (outgoing.c.store_id, store_id)):
            chosen = chosen if wanted is None else chosen.where(column == wanted)
        with self._reading() as connection:
            rows = connection.execute(chosen).all()
        return [_job(row) for row in rows]

    def _change(self, job: OutboxJob, values: dict[str, object]) -> None:
        def change(connection: Connection) -> ChangeResult:
            connection.execute(update(outgoing).where(outgoing.c.number == job.number).values(values))
            over = select(outgoing.c.number).where(outgoing.c.due_at.is_(None)).order_by(outgoing.c.number.desc())
            connection.execute(delete(outgoing).where(outgoing.c.number.in_(over.offset(KEPT).limit(KEPT))))
            return ChangeResult(changed=1)

        self._run(change)


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
    due_at = values["due_at"]
    return OutboxJob(
        **values
        | {
            "recipients": tuple(json.loads(values["recipients"])),
            "created_at": moment(values["created_at"]),
            "due_at": None if due_at is None else moment(due_at),
        }
    )


def _added(job: OutboxJob, text: str) -> str:
    """What was said before and now, the newest kept when it grows long."""
    return "\n".join(each for each in (job.text, text) if each)[-_LONGEST_TEXT:]
