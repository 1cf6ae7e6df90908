"""Sends onward what the rules say and keeps trying: the queue is in the database, so a restart loses nothing.

New mail is judged after its commit, in the order of its arrival. What was judged and what is queued are written in one
transaction; a message is taken from the queue only after the relay has it. A process that dies between the relay's
"250" and its own commit sends once more, which SMTP cannot avoid (RFC 1047).
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from catcher.errors import NotFound, QueryError, RelayError, StoreUnavailable
from catcher.relay.relays import PASSED_ON, Relays
from catcher.relay.release import Outcome
from catcher.relay.rules import Rule
from catcher.store.events import Event
from catcher.store.model import StoredMessage
from catcher.store.outgoing import FAILED, Job, NewJob
from catcher.store.store import Store
from catcher.threads import Threads

_log = logging.getLogger("catcher.relay")

BATCH = 100
"""Messages judged at once."""

MOST_PASSES = 5
"""How often a message may have been passed on: a relay that leads back here would else never end. RFC 5321 §6.3."""

AT_ONCE = 4
"""Messages being sent at once."""

LONGEST_PAUSE = 30.0
"""Seconds after which the queue is looked at in any case; other processes may have written to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """When a failed try is repeated. RFC 5321 §4.5.4.1.

    first: the pause after the first try; each further one is twice as long, up to `longest`. in_all: how long a message
    is tried, counted from when it was queued. lease: how long one try may take; afterwards it counts as failed.
    """

    first: timedelta = timedelta(seconds=30)
    longest: timedelta = timedelta(hours=1)
    in_all: timedelta = timedelta(days=4)
    lease: timedelta = timedelta(minutes=15)

    def pause(self, tries: int) -> timedelta:
        """After so many tries."""
        doubled: int = 2 ** min(max(0, tries - 1), 30)
        return min(self.longest, self.first * doubled)


class Outbox:
    """The rules and the queue at work, on one event loop, from `start` to `stop`."""

    def __init__(
        self,
        relays: Relays,
        rules: Sequence[Rule],
        *,
        store: Store,
        threads: Threads,
        patience: Patience = Patience(),
    ) -> None:
        self._relays = relays
        self._rules = rules
        self._store = store
        self._queue = store.outgoing
        self._threads = threads
        self._patience = patience
        self._wake = asyncio.Event()
        self._tries: set[asyncio.Task[None]] = set()
        self._unsubscribe: Callable[[], None] = lambda: None
        self._running: asyncio.Task[None] | None = None
        self._is_stopping = False

    async def start(self) -> None:
        """Begin to judge what comes in from now on, and to send what waits. Raises StoreUnavailable."""
        await self._threads.run(self._queue.begin, is_judged=bool(self._rules))
        loop = asyncio.get_running_loop()

        def hear(events: Sequence[Event]) -> None:
            if any(event.kind == "new" for event in events):
                with contextlib.suppress(RuntimeError):  # the loop is closed
                    loop.call_soon_threadsafe(self._wake.set)

        if self._rules:
            self._unsubscribe = self._store.events.subscribe(hear)
        if self._relays.all:
            self._running = asyncio.create_task(self._run())

    async def stop(self, *, grace: float) -> None:
        """Take up nothing more and wait so many seconds for what is being sent; what is cut off is sent later.

        Safe to call twice.
        """
        self._unsubscribe()
        self._is_stopping = True
        self._wake.set()
        if self._running is not None:
            await asyncio.wait([self._running], timeout=grace)
            self._running.cancel()
        if self._tries:
            await asyncio.wait(self._tries, timeout=grace)
        for task in self._tries:
            task.cancel()

    async def _run(self) -> None:
        while not self._is_stopping:
            self._wake.clear()
            try:
                await self._threads.run(self._judge)
                await self._take_up()
                pause = await self._threads.run(self._pause)
            except StoreUnavailable as error:
                _log.warning("the outgoing queue waits for the store: %s", error, extra={"detail": error.detail})
                pause = 1.0
            if not self._is_stopping:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), pause)

    def _pause(self) -> float:
        """Seconds until something is due; when all hands are busy, somebody will wake us."""
        due_at = self._queue.next_due() if len(self._tries) < AT_ONCE else None
        wait = LONGEST_PAUSE if due_at is None else (due_at - datetime.now(UTC)).total_seconds()
        return min(max(wait, 0.01), LONGEST_PAUSE)

    # The rules

    def _judge(self) -> None:
        """Queue what the rules say of all messages that are not judged yet. Blocks."""
        while self._rules and (mark := self._queue.mark()) is not None:
            messages = self._queue.unjudged(mark, limit=BATCH)
            if not messages:
                return
            jobs = self._jobs(messages)
            self._queue.add(jobs, after=mark, upto=messages[-1][0], now=datetime.now(UTC))

    def _jobs(self, messages: Sequence[tuple[int, str]]) -> list[NewJob]:
        """In the order of the messages, and for each of the rules. A message that is gone by now makes none."""
        now = datetime.now().astimezone()
        chosen = [self._chosen(rule, [arrival for arrival, _ in messages], now) for rule in self._rules]
        jobs: list[NewJob] = []
        for arrival, store_id in messages:
            rules = [rule for rule, arrivals in zip(self._rules, chosen, strict=True) if arrival in arrivals]
            if not rules:
                continue
            try:
                stored = self._store.get(store_id)
            except NotFound:
                continue
            if _passes(stored) >= MOST_PASSES:
                _log.warning("mail goes in a circle store_id=%s: it is not sent onward again", store_id)
                continue
            jobs.extend(job for rule in rules if (job := rule.job(store_id, stored.envelope.recipients)))
        return jobs

    def _chosen(self, rule: Rule, arrivals: Sequence[int], now: datetime) -> set[int]:
        if not rule.query:
            return set(arrivals)
        try:
            return self._queue.matching(rule.query_at(now), arrivals)
        except QueryError as error:  # it could be read at the start
            _log.error("a rule's query cannot be read: %s", error)
            return set()

    # The queue

    async def _take_up(self) -> None:
        free = AT_ONCE - len(self._tries)
        if free <= 0:
            return
        now = datetime.now(UTC)
        due_at = await self._threads.run(self._queue.next_due)
        if due_at is None or due_at > now:
            return
        jobs = await self._threads.run(self._queue.claim, now=now, lease=self._patience.lease, limit=free)
        for job in jobs:
            task = asyncio.create_task(self._try(job))
            self._tries.add(task)
            task.add_done_callback(self._tried)

    def _tried(self, task: asyncio.Task[None]) -> None:
        self._tries.discard(task)
        self._wake.set()
        if not task.cancelled() and (error := task.exception()):
            # Its lease runs out, then it is tried again.
            _log.error("a message could not be sent onward", exc_info=error)

    async def _try(self, job: Job) -> None:
        """Send once, and write down what became of it."""
        try:
            refused = await self._send(job)
        except RelayError as error:
            is_over = error.is_lasting
            await self._later(job, () if is_over else job.recipients, f"{job.relay}: {error}", is_lost=is_over)
            return
        text = "\n".join(f"{job.relay}: {each.recipient}: {each.code} {each.text}" for each in refused)
        later = [each.recipient for each in refused if each.code < 500]
        await self._later(job, later, text, is_lost=len(later) < len(refused))

    async def _send(self, job: Job) -> tuple[Outcome, ...]:
        """Who refused the message. Raises RelayError."""
        relay = self._relays.named(job.relay)
        if relay is None:
            raise RelayError("there is no such relay any more", is_lasting=True)
        try:
            stored = await self._threads.run(self._store.get, job.store_id)
            return (await self._relays.forward(relay, stored, job.recipients)).refused
        except NotFound:
            raise RelayError("the message was deleted before it could be sent", is_lasting=True) from None

    async def _later(self, job: Job, recipients: Sequence[str], text: str, *, is_lost: bool) -> None:
        """Put the job back for those who may still get the message, or end it. is_lost: somebody never will."""
        now, patience = datetime.now(UTC), self._patience
        if recipients and now - job.created_at < patience.in_all:
            due_at = now + patience.pause(job.attempts + 1)
            await self._threads.run(
                self._queue.postpone, job, recipients=recipients, due_at=due_at, text=text, is_lost=is_lost
            )
            return
        is_sent = not is_lost and not recipients and job.state != FAILED
        await self._threads.run(self._queue.finish, job, is_sent=is_sent, text=text)
        if not is_sent:
            facts = {"store_id": job.store_id, "relay": job.relay, "attempts": job.attempts + 1}
            _log.warning("not sent onward store_id=%(store_id)s relay=%(relay)s", facts, extra=facts)


def _passes(stored: StoredMessage) -> int:
    """How often catchers have passed it on."""
    fields = (field for field in stored.message.header if field.name.lower() == "received")
    return sum(field.body.startswith(PASSED_ON) for field in fields)
