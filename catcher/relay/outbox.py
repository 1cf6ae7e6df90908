"""Sends onward what the rules say and keeps trying: the queue is in the database, so a restart loses nothing.

New mail is judged after its commit, in the order of its arrival. What was judged and what is queued are written in one
transaction; a message is taken from the queue only after the relay has it. A process that dies between the relay's
"250" and its own commit sends once more, which SMTP cannot avoid (RFC 1047).
"""

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from catcher.errors import NotFound, QueryError, RelayError, StoreUnavailable
from catcher.relay.relays import PASSED_ON, Relays
from catcher.relay.release import Outcome
from catcher.relay.rules import Rule
from catcher.relay.webhooks import PREFIX, Webhook, Webhooks
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

AT_ONCE = 8
"""Messages being sent at once."""

AT_ONCE_TO_ONE = 3
"""Of these, messages to one relay or webhook: one that hangs leaves room for the others."""

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
        webhooks: Webhooks | None = None,
        patience: Patience = Patience(),
    ) -> None:
        self._relays = relays
        self._rules = rules
        self._webhooks = webhooks
        self._hooks = webhooks.all if webhooks is not None else ()
        self._store = store
        self._queue = store.outgoing
        self._threads = threads
        self._patience = patience
        self._wake = asyncio.Event()
        self._tries: dict[asyncio.Task[None], str] = {}
        self._unsubscribe: Callable[[], None] = lambda: None
        self._running: asyncio.Task[None] | None = None
        self._is_stopping = False

    async def start(self) -> None:
        """Begin to judge what comes in from now on, and to send what waits. Raises StoreUnavailable."""
        await self._threads.run(self._queue.begin, is_judged=self._is_judging)
        loop = asyncio.get_running_loop()

        def hear(events: Sequence[Event]) -> None:
            if any(event.kind == "new" for event in events):
                with contextlib.suppress(RuntimeError):  # the loop is closed
                    loop.call_soon_threadsafe(self._wake.set)

        if self._is_judging:
            self._unsubscribe = self._store.events.subscribe(hear)
        if self._relays.all or self._hooks:
            self._running = asyncio.create_task(self._run())

    @property
    def _is_judging(self) -> bool:
        return bool(self._rules or self._hooks)

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
        due_at = self._queue.next_due(but_for=self._busy()) if len(self._tries) < AT_ONCE else None
        wait = LONGEST_PAUSE if due_at is None else (due_at - datetime.now(UTC)).total_seconds()
        return min(max(wait, 0.01), LONGEST_PAUSE)

    # The rules

    def _judge(self) -> None:
        """Queue what the rules say of all messages that are not judged yet. Blocks."""
        while self._is_judging and (mark := self._queue.mark()) is not None:
            messages = self._queue.unjudged(mark, limit=BATCH)
            if not messages:
                return
            jobs = self._jobs(messages)
            self._queue.add(jobs, after=mark, upto=messages[-1][0], now=datetime.now(UTC))

    def _jobs(self, messages: Sequence[tuple[int, str]]) -> list[NewJob]:
        """In the order of the messages, for each of webhooks and rules. A message that is gone by now makes none."""
        now = datetime.now().astimezone()
        arrivals = [arrival for arrival, _ in messages]
        wanted = [(hook, self._chosen(hook, arrivals, now)) for hook in self._hooks]
        chosen = [(rule, self._chosen(rule, arrivals, now)) for rule in self._rules]
        jobs: list[NewJob] = []
        for arrival, store_id in messages:
            if self._webhooks is not None:
                hooks = (hook for hook, found in wanted if arrival in found)
                jobs.extend(self._webhooks.job(hook, store_id, now=now) for hook in hooks)
            jobs.extend(self._onward(store_id, [rule for rule, found in chosen if arrival in found]))
        return jobs

    def _onward(self, store_id: str, rules: Sequence[Rule]) -> list[NewJob]:
        if not rules:
            return []
        try:
            stored = self._store.get(store_id)
        except NotFound:
            return []
        if _passes(stored) >= MOST_PASSES:
            _log.warning("mail goes in a circle store_id=%s: it is not sent onward again", store_id)
            return []
        return [job for rule in rules if (job := rule.job(store_id, stored.envelope.recipients))]

    def _chosen(self, rule: Rule | Webhook, arrivals: Sequence[int], now: datetime) -> set[int]:
        if not rule.query:
            return set(arrivals)
        try:
            return self._queue.matching(rule.query_at(now), arrivals)
        except QueryError as error:  # it could be read at the start
            _log.error("a rule's query cannot be read: %s", error)
            return set()

    # The queue

    async def _take_up(self) -> None:
        while (free := AT_ONCE - len(self._tries)) > 0:
            now, busy = datetime.now(UTC), self._busy()
            due_at = await self._threads.run(self._queue.next_due, but_for=busy)
            if due_at is None or due_at > now:
                return
            claim = partial(self._queue.claim, now=now, lease=self._patience.lease, but_for=busy)
            for job in await self._threads.run(claim, limit=min(free, AT_ONCE_TO_ONE)):
                task = asyncio.create_task(self._call(job) if job.relay.startswith(PREFIX) else self._try(job))
                self._tries[task] = job.relay
                task.add_done_callback(self._tried)

    def _busy(self) -> list[str]:
        """Relays and webhooks that have enough to do."""
        return [name for name, count in Counter(self._tries.values()).items() if count >= AT_ONCE_TO_ONE]

    def _tried(self, task: asyncio.Task[None]) -> None:
        del self._tries[task]
        self._wake.set()
        if not task.cancelled() and (error := task.exception()):
            # Its lease runs out, then it is tried again.
            _log.error("a message could not be sent onward", exc_info=error)

    async def _call(self, job: Job) -> None:
        """Call a webhook once, and write down what became of it."""
        try:
            said = await self._told(job)
            await self._threads.run(self._queue.finish, job, is_sent=True, text=said)
        except NotFound:
            await self._threads.run(self._queue.finish, job, is_sent=False, text="the message was deleted before")
        except RelayError as error:
            facts = {"store_id": job.store_id, "webhook": job.relay.removeprefix(PREFIX), "error": str(error)}
            _log.warning("webhook failed %(webhook)s store_id=%(store_id)s error=%(error)s", facts, extra=facts)
            await self._again(job, error)

    async def _told(self, job: Job) -> str:
        """What the webhook said. Raises RelayError and NotFound."""
        hook = self._webhooks.named(job.relay.removeprefix(PREFIX)) if self._webhooks is not None else None
        if self._webhooks is None or hook is None:
            raise RelayError("there is no such webhook any more", is_lasting=True)
        summary = await self._threads.run(self._store.summary, job.store_id)
        return await self._webhooks.call(hook, summary, number=job.number)

    async def _again(self, job: Job, error: RelayError) -> None:
        now, patience = datetime.now(UTC), self._patience
        if error.is_lasting or now - job.created_at >= patience.in_all:
            await self._threads.run(self._queue.finish, job, is_sent=False, text=str(error))
            return
        due_at = now + patience.pause(job.attempts + 1)
        await self._threads.run(self._queue.postpone, job, recipients=(), due_at=due_at, text=str(error), is_lost=False)

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
