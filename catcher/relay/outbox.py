"""Delivery attempts: takes due jobs from the outbox in the database and retries them, so that a restart loses nothing.

New mail is matched against the rules after its commit, in order of arrival; the jobs and the position reached are
written in one transaction. A job ends only after the relay has accepted the message: a process that dies between the
relay's 250 and its own commit sends once more, which SMTP cannot avoid (RFC 1047).
"""

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from catcher.errors import NotFound, RelayError, StoreUnavailable
from catcher.relay.dispatcher import Dispatcher
from catcher.relay.first_reply import FirstReplies, Refusal
from catcher.relay.relays import Relays
from catcher.relay.rules import Rule
from catcher.relay.webhooks import PREFIX, WebhookSender
from catcher.store.events import StoreEvent
from catcher.store.records.outbox import FAILED, OutboxJob
from catcher.store.store import Store
from catcher.threads import Threads

if TYPE_CHECKING:
    from catcher.relay.transmission import RecipientReply

_log = logging.getLogger("catcher.relay")

MAX_ATTEMPTS = 8
"""Simultaneous delivery attempts."""

MAX_ATTEMPTS_PER_RELAY = 3
"""Simultaneous attempts at one relay or webhook: one that hangs leaves room for the others."""

FIRST_REPLY_SECONDS = 60.0
"""How long an SMTP client waits for the relay's reply before its message counts as queued."""

MAX_PAUSE = 30.0
"""Seconds until the outbox is read again in any case; other processes may have written to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """When a failed attempt is repeated. RFC 5321 §4.5.4.1.

    first_pause: after the first attempt; it doubles with each one, up to `max_pause`. give_up_after: counted from when
    the job was queued. lease: the time for one attempt; afterwards it counts as failed.
    """

    first_pause: timedelta = timedelta(seconds=30)
    max_pause: timedelta = timedelta(hours=1)
    give_up_after: timedelta = timedelta(days=4)
    lease: timedelta = timedelta(minutes=15)

    def pause(self, attempts: int) -> timedelta:
        """Return the pause after this number of attempts."""
        doubled: int = 2 ** min(max(0, attempts - 1), 30)
        return min(self.max_pause, self.first_pause * doubled)


class RelayOutbox:
    """Relay rules, webhooks and the outbox at work, on one event loop, from `start` to `stop`."""

    def __init__(
        self,
        relays: Relays,
        rules: Sequence[Rule],
        *,
        store: Store,
        threads: Threads,
        webhooks: WebhookSender | None = None,
        retries: RetryPolicy = RetryPolicy(),
    ) -> None:
        self._relays = relays
        self._dispatcher = Dispatcher(rules, webhooks, store=store)
        self._webhooks = webhooks
        self._store = store
        self._queue = store.outbox
        self._threads = threads
        self._retries = retries
        self._wake = asyncio.Event()
        self._first_replies = FirstReplies()
        self._replying = {rule.relay.name for rule in rules if rule.passes_errors}
        self._attempts: dict[asyncio.Task[None], str] = {}
        self._unsubscribe: Callable[[], None] = lambda: None
        self._running: asyncio.Task[None] | None = None
        self._is_stopping = False

    async def start(self) -> None:
        """Start to match mail that arrives from now on, and to work on the outbox. Raises StoreUnavailable."""
        await self._threads.run(self._queue.begin, has_rules=self._dispatcher.is_needed)
        loop = asyncio.get_running_loop()

        def notify(events: Sequence[StoreEvent]) -> None:
            if any(event.kind == "new" for event in events):
                with contextlib.suppress(RuntimeError):  # the loop is closed
                    loop.call_soon_threadsafe(self._wake.set)

        if self._dispatcher.is_needed:
            self._unsubscribe = self._store.events.subscribe(notify)
        if self._relays.all or self._dispatcher.is_needed:
            self._running = asyncio.create_task(self._run())

    async def first_reply(self, store_id: str) -> Refusal | None:
        """Return the relay's refusal of a message that has just arrived.

        None when the relay accepted it, when no rule passes errors on, and after FIRST_REPLY_SECONDS. A refused message
        is not retried: its sender knows.
        """
        if not self._replying:
            return None
        return await self._first_replies.wait_for(store_id, seconds=FIRST_REPLY_SECONDS)

    async def stop(self, *, grace: float) -> None:
        """Begin no further attempts, and wait `grace` seconds for running ones.

        What is cut off is retried after a restart. Safe to call twice.
        """
        self._unsubscribe()
        self._is_stopping = True
        self._wake.set()
        if self._running is not None:
            await asyncio.wait([self._running], timeout=grace)
            self._running.cancel()
        if self._attempts:
            await asyncio.wait(self._attempts, timeout=grace)
        for task in self._attempts:
            task.cancel()

    async def _run(self) -> None:
        while not self._is_stopping:
            self._wake.clear()
            try:
                await self._dispatch()
                await self._start_attempts()
                pause = await self._threads.run(self._pause)
            except StoreUnavailable as error:
                _log.warning("the outbox waits for the store: %s", error, extra={"detail": error.detail})
                pause = 1.0
            if not self._is_stopping:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), pause)

    def _pause(self) -> float:
        """Return the seconds until a job is due; a finished attempt ends the pause early."""
        due_at = self._queue.next_due(except_for=self._busy()) if len(self._attempts) < MAX_ATTEMPTS else None
        wait = MAX_PAUSE if due_at is None else (due_at - datetime.now(UTC)).total_seconds()
        return min(max(wait, 0.01), MAX_PAUSE)

    async def _dispatch(self) -> None:
        """Queue the jobs of new messages; clients whose message no rule with `passes_errors` matches stop waiting."""
        for batch in await self._threads.run(self._dispatcher.dispatch):
            if self._replying:
                awaited = {job.store_id for job in batch.jobs if job.relay in self._replying}
                for store_id in batch.store_ids:
                    if store_id not in awaited:
                        self._first_replies.settle(store_id, None)

    async def _start_attempts(self) -> None:
        while (free := MAX_ATTEMPTS - len(self._attempts)) > 0:
            now, busy = datetime.now(UTC), self._busy()
            due_at = await self._threads.run(self._queue.next_due, except_for=busy)
            if due_at is None or due_at > now:
                return
            claim = partial(self._queue.claim, now=now, lease=self._retries.lease, except_for=busy)
            for job in await self._threads.run(claim, limit=min(free, MAX_ATTEMPTS_PER_RELAY)):
                attempt = self._call_webhook if job.relay.startswith(PREFIX) else self._relay
                task = asyncio.create_task(attempt(job))
                self._attempts[task] = job.relay
                task.add_done_callback(self._attempt_done)

    def _busy(self) -> list[str]:
        """Return the relays and webhooks that have as many attempts as they may."""
        return [name for name, count in Counter(self._attempts.values()).items() if count >= MAX_ATTEMPTS_PER_RELAY]

    def _attempt_done(self, task: asyncio.Task[None]) -> None:
        del self._attempts[task]
        self._wake.set()
        if not task.cancelled() and (error := task.exception()):
            # Its lease expires, then it is retried.
            _log.error("a delivery attempt failed unexpectedly", exc_info=error)

    async def _call_webhook(self, job: OutboxJob) -> None:
        """Call a webhook once and record the result."""
        name = job.relay.removeprefix(PREFIX)
        try:
            status = await self._call(name, job)
        except NotFound:
            await self._finish(job, is_sent=False, text="the message was deleted before")
        except RelayError as error:
            facts = {"store_id": job.store_id, "webhook": name, "error": str(error)}
            _log.warning("webhook failed %(webhook)s store_id=%(store_id)s error=%(error)s", facts, extra=facts)
            if error.is_lasting or not await self._postpone(job, (), str(error)):
                await self._finish(job, is_sent=False, text=str(error))
        else:
            await self._finish(job, is_sent=True, text=status)

    async def _call(self, name: str, job: OutboxJob) -> str:
        """Return the status line of the webhook's answer. Raises RelayError and NotFound."""
        endpoint = self._webhooks.named(name) if self._webhooks is not None else None
        if self._webhooks is None or endpoint is None:
            raise RelayError("the webhook no longer exists", is_lasting=True)
        summary = await self._threads.run(self._store.summary, job.store_id)
        return await self._webhooks.call(endpoint, summary, number=job.number)

    async def _relay(self, job: OutboxJob) -> None:
        """Relay a message once and record the result."""
        is_first = job.attempts == 0 and job.relay in self._replying
        try:
            refused = await self._forward(job)
        except RelayError as error:
            if is_first:
                await self._refuse(job, Refusal(code=554 if error.is_lasting else 451, text=str(error)))
                return
            is_lost = error.is_lasting
            await self._settle(job, () if is_lost else job.recipients, f"{job.relay}: {error}", is_lost=is_lost)
            return
        if is_first and len(refused) == len(job.recipients):
            await self._refuse(job, Refusal(code=refused[0].code, text=refused[0].text))
            return
        self._first_replies.settle(job.store_id, None)
        text = "\n".join(f"{job.relay}: {each.recipient}: {each.code} {each.text}" for each in refused)
        remaining = [each.recipient for each in refused if each.code < 500]
        await self._settle(job, remaining, text, is_lost=len(remaining) < len(refused))

    async def _forward(self, job: OutboxJob) -> "tuple[RecipientReply, ...]":
        """Return the replies that refused the message. Raises RelayError."""
        host = self._relays.named(job.relay)
        if host is None:
            raise RelayError("the relay no longer exists", is_lasting=True)
        try:
            stored = await self._threads.run(self._store.get, job.store_id)
            return (await self._relays.forward(host, stored, job.recipients)).refused
        except NotFound:
            raise RelayError("the message was deleted before it could be sent", is_lasting=True) from None

    async def _refuse(self, job: OutboxJob, refusal: Refusal) -> None:
        """End the job and pass the refusal to the client that waits for it."""
        await self._finish(job, is_sent=False, text=f"{job.relay}: {refusal.code} {refusal.text}")
        self._first_replies.settle(job.store_id, refusal)

    async def _settle(self, job: OutboxJob, remaining: Sequence[str], text: str, *, is_lost: bool) -> None:
        """Postpone the job for the remaining recipients, or end it. is_lost: a recipient was refused for good."""
        if remaining and await self._postpone(job, remaining, text, is_lost=is_lost):
            return
        is_sent = not is_lost and not remaining and job.state != FAILED
        await self._finish(job, is_sent=is_sent, text=text)
        if not is_sent:
            facts = {"store_id": job.store_id, "relay": job.relay, "attempts": job.attempts + 1}
            _log.warning("not relayed store_id=%(store_id)s relay=%(relay)s", facts, extra=facts)

    async def _postpone(self, job: OutboxJob, recipients: Sequence[str], text: str, *, is_lost: bool = False) -> bool:
        """Schedule the next attempt; return False when the time for retries is over."""
        now = datetime.now(UTC)
        if now - job.created_at >= self._retries.give_up_after:
            return False
        due_at = now + self._retries.pause(job.attempts + 1)
        await self._threads.run(
            self._queue.postpone, job, recipients=recipients, due_at=due_at, text=text, is_lost=is_lost
        )
        return True

    async def _finish(self, job: OutboxJob, *, is_sent: bool, text: str) -> None:
        await self._threads.run(self._queue.finish, job, is_sent=is_sent, text=text)
