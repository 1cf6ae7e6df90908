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

from catcher.errors import NotFound, RelayError, StoreUnavailable
from catcher.relay.dispatch import Judge
from catcher.relay.first_reply import FirstAnswers, Refusal
from catcher.relay.relays import Relays
from catcher.relay.release import Outcome
from catcher.relay.rules import Rule
from catcher.relay.webhooks import PREFIX, Webhooks
from catcher.store.events import StoreEvent
from catcher.store.records.outbox import FAILED, OutboxJob
from catcher.store.store import Store
from catcher.threads import Threads

_log = logging.getLogger("catcher.relay")

AT_ONCE = 8
"""Messages being sent at once."""

AT_ONCE_TO_ONE = 3
"""Of these, messages to one relay or webhook: one that hangs leaves room for the others."""

ANSWER_SECONDS = 60.0
"""How long a sender waits for the relay's answer at most, before its message counts as queued."""

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
        self._judging = Judge(rules, webhooks, store=store)
        self._webhooks = webhooks
        self._store = store
        self._queue = store.outbox
        self._threads = threads
        self._patience = patience
        self._wake = asyncio.Event()
        self._answers = FirstAnswers()
        self._prompt = {rule.relay.name for rule in rules if rule.passes_errors}
        self._tries: dict[asyncio.Task[None], str] = {}
        self._unsubscribe: Callable[[], None] = lambda: None
        self._running: asyncio.Task[None] | None = None
        self._is_stopping = False

    async def start(self) -> None:
        """Begin to judge what comes in from now on, and to send what waits. Raises StoreUnavailable."""
        await self._threads.run(self._queue.begin, is_judged=self._judging.is_needed)
        loop = asyncio.get_running_loop()

        def hear(events: Sequence[StoreEvent]) -> None:
            if any(event.kind == "new" for event in events):
                with contextlib.suppress(RuntimeError):  # the loop is closed
                    loop.call_soon_threadsafe(self._wake.set)

        if self._judging.is_needed:
            self._unsubscribe = self._store.events.subscribe(hear)
        if self._relays.all or self._judging.is_needed:
            self._running = asyncio.create_task(self._run())

    async def first_answer(self, store_id: str) -> Refusal | None:
        """What the relay refused a message with that has just come in; None when it took it, when no rule passes
        refusals on, or when there is no answer in time. A refused message is not tried again: its sender knows.
        """
        return await self._answers.of(store_id, seconds=ANSWER_SECONDS) if self._prompt else None

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
                await self._judge()
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

    async def _judge(self) -> None:
        """Queue what is to be done about what came in; senders of what no prompt rule concerns wait for nothing."""
        for batch in await self._threads.run(self._judging.judge):
            if self._prompt:
                concerned = {job.store_id for job in batch.jobs if job.relay in self._prompt}
                for store_id in batch.store_ids:
                    if store_id not in concerned:
                        self._answers.settle(store_id, None)

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

    async def _call(self, job: OutboxJob) -> None:
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

    async def _told(self, job: OutboxJob) -> str:
        """What the webhook said. Raises RelayError and NotFound."""
        hook = self._webhooks.named(job.relay.removeprefix(PREFIX)) if self._webhooks is not None else None
        if self._webhooks is None or hook is None:
            raise RelayError("there is no such webhook any more", is_lasting=True)
        summary = await self._threads.run(self._store.summary, job.store_id)
        return await self._webhooks.call(hook, summary, number=job.number)

    async def _again(self, job: OutboxJob, error: RelayError) -> None:
        now, patience = datetime.now(UTC), self._patience
        if error.is_lasting or now - job.created_at >= patience.in_all:
            await self._threads.run(self._queue.finish, job, is_sent=False, text=str(error))
            return
        due_at = now + patience.pause(job.attempts + 1)
        await self._threads.run(self._queue.postpone, job, recipients=(), due_at=due_at, text=str(error), is_lost=False)

    async def _try(self, job: OutboxJob) -> None:
        """Send once, and write down what became of it."""
        is_first = job.attempts == 0 and job.relay in self._prompt
        try:
            refused = await self._send(job)
        except RelayError as error:
            if is_first:
                await self._refuse(job, Refusal(code=554 if error.is_lasting else 451, text=str(error)))
                return
            is_over = error.is_lasting
            await self._later(job, () if is_over else job.recipients, f"{job.relay}: {error}", is_lost=is_over)
            return
        if is_first and len(refused) == len(job.recipients):
            await self._refuse(job, Refusal(code=refused[0].code, text=refused[0].text))
            return
        self._answers.settle(job.store_id, None)
        text = "\n".join(f"{job.relay}: {each.recipient}: {each.code} {each.text}" for each in refused)
        later = [each.recipient for each in refused if each.code < 500]
        await self._later(job, later, text, is_lost=len(later) < len(refused))

    async def _refuse(self, job: OutboxJob, refusal: Refusal) -> None:
        """Pass a refusal on to the sender, who is waiting, and end the job."""
        await self._threads.run(
            self._queue.finish, job, is_sent=False, text=f"{job.relay}: {refusal.code} {refusal.text}"
        )
        self._answers.settle(job.store_id, refusal)

    async def _send(self, job: OutboxJob) -> tuple[Outcome, ...]:
        """Who refused the message. Raises RelayError."""
        relay = self._relays.named(job.relay)
        if relay is None:
            raise RelayError("there is no such relay any more", is_lasting=True)
        try:
            stored = await self._threads.run(self._store.get, job.store_id)
            return (await self._relays.forward(relay, stored, job.recipients)).refused
        except NotFound:
            raise RelayError("the message was deleted before it could be sent", is_lasting=True) from None

    async def _later(self, job: OutboxJob, recipients: Sequence[str], text: str, *, is_lost: bool) -> None:
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
