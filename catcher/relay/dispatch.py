"""What is to be done about messages that have come in: which rules and webhooks they concern, as jobs for the queue."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from catcher.errors import NotFound, QueryError
from catcher.relay.relays import PASSED_ON
from catcher.relay.rules import Rule
from catcher.relay.webhooks import Webhook, Webhooks
from catcher.store.model import StoredMessage
from catcher.store.records.outbox import NewJob
from catcher.store.store import Store

_log = logging.getLogger("catcher.relay")

BATCH = 100
"""Messages judged at once."""

MOST_PASSES = 5
"""How often a message may have been passed on: a relay that leads back here would else never end. RFC 5321 §6.3."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One batch. store_ids: of all its messages. jobs: what was queued for them."""

    store_ids: tuple[str, ...]
    jobs: tuple[NewJob, ...]


class Judge:
    """Rules and webhooks over one store. Its methods block."""

    def __init__(self, rules: Sequence[Rule], webhooks: Webhooks | None, *, store: Store) -> None:
        self._rules = rules
        self._webhooks = webhooks
        self._hooks = webhooks.all if webhooks is not None else ()
        self._store = store
        self._queue = store.outbox

    @property
    def is_needed(self) -> bool:
        """Whether there is anything to judge by."""
        return bool(self._rules or self._hooks)

    def judge(self) -> list[Judged]:
        """Queue what is to be done about all messages that are not judged yet; what this process judged of them."""
        judged: list[Judged] = []
        while self.is_needed and (mark := self._queue.mark()) is not None:
            messages = self._queue.unjudged(mark, limit=BATCH)
            if not messages:
                break
            jobs = self._jobs(messages)
            if self._queue.add(jobs, after=mark, upto=messages[-1][0], now=datetime.now(UTC)):
                judged.append(Judged(store_ids=tuple(store_id for _, store_id in messages), jobs=tuple(jobs)))
        return judged

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
        if not rule.query and not (isinstance(rule, Webhook) and rule.inbox):
            return set(arrivals)
        try:
            return self._queue.matching(rule.query_at(now), arrivals)
        except QueryError as error:  # it could be read at the start
            _log.error("a rule's query cannot be read: %s", error)
            return set()


def _passes(stored: StoredMessage) -> int:
    """How often catchers have passed it on."""
    fields = (field for field in stored.message.header if field.name.lower() == "received")
    return sum(field.body.startswith(PASSED_ON) for field in fields)
