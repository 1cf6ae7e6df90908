"""Matches new messages against relay rules and webhooks, and queues what they ask for."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from catcher.errors import NotFound, QueryError
from catcher.relay.relays import RECEIVED_PREFIX
from catcher.relay.rules import Rule
from catcher.relay.webhooks import WebhookEndpoint, WebhookSender
from catcher.store.model import StoredMessage
from catcher.store.records.outbox import NewJob
from catcher.store.store import Store

_log = logging.getLogger("catcher.relay")

BATCH = 100
"""Messages matched at once."""

MAX_HOPS = 5
"""How often catchers may have relayed a message before it counts as a mail loop. RFC 5321 §6.3."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchedBatch:
    """One batch of new messages. store_ids: all of them. jobs: what was queued for them."""

    store_ids: tuple[str, ...]
    jobs: tuple[NewJob, ...]


class Dispatcher:
    """Rules and webhooks over one store. Its methods block."""

    def __init__(self, rules: Sequence[Rule], webhooks: WebhookSender | None, *, store: Store) -> None:
        self._rules = rules
        self._webhooks = webhooks
        self._endpoints = webhooks.all if webhooks is not None else ()
        self._store = store
        self._queue = store.outbox

    @property
    def is_needed(self) -> bool:
        """Whether there are any rules or webhooks."""
        return bool(self._rules or self._endpoints)

    def dispatch(self) -> list[DispatchedBatch]:
        """Queue the jobs of all new messages; return the batches that this process, not another one, queued."""
        batches: list[DispatchedBatch] = []
        while self.is_needed and (mark := self._queue.mark()) is not None:
            messages = self._queue.unprocessed(mark, limit=BATCH)
            if not messages:
                break
            jobs = self._jobs(messages)
            if self._queue.add(jobs, after=mark, upto=messages[-1][0], now=datetime.now(UTC)):
                batches.append(DispatchedBatch(store_ids=tuple(store_id for _, store_id in messages), jobs=tuple(jobs)))
        return batches

    def _jobs(self, messages: Sequence[tuple[int, str]]) -> list[NewJob]:
        """Return jobs in the order of the messages, each message's webhooks before its rules."""
        now = datetime.now().astimezone()
        arrivals = [arrival for arrival, _ in messages]
        endpoints = [(endpoint, self._matching(endpoint, arrivals, now)) for endpoint in self._endpoints]
        rules = [(rule, self._matching(rule, arrivals, now)) for rule in self._rules]
        jobs: list[NewJob] = []
        for arrival, store_id in messages:
            if self._webhooks is not None:
                called = (endpoint for endpoint, matches in endpoints if arrival in matches)
                jobs.extend(self._webhooks.job(endpoint, store_id, now=now) for endpoint in called)
            jobs.extend(self._relay_jobs(store_id, [rule for rule, matches in rules if arrival in matches]))
        return jobs

    def _relay_jobs(self, store_id: str, rules: Sequence[Rule]) -> list[NewJob]:
        """Return one job a rule; none for a deleted message and for one in a mail loop."""
        if not rules:
            return []
        try:
            stored = self._store.get(store_id)
        except NotFound:
            return []
        if _hops(stored) >= MAX_HOPS:
            _log.warning("mail loop, not relayed again store_id=%s", store_id)
            return []
        return [job for rule in rules if (job := rule.job(store_id, stored.envelope.recipients))]

    def _matching(self, rule: Rule | WebhookEndpoint, arrivals: Sequence[int], now: datetime) -> set[int]:
        if not rule.query and not (isinstance(rule, WebhookEndpoint) and rule.inbox):
            return set(arrivals)
        try:
            return self._queue.matching(rule.query_at(now), arrivals)
        except QueryError as error:  # it was valid at start-up, but dates in it are relative
            _log.error("a rule's query cannot be read: %s", error)
            return set()


def _hops(stored: StoredMessage) -> int:
    """Return how often catchers have relayed it, by its Received fields."""
    fields = (field for field in stored.message.header if field.name.lower() == "received")
    return sum(field.body.startswith(RECEIVED_PREFIX) for field in fields)
