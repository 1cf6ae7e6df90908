"""The fault rules of an SMTP server, and the hook that applies them."""

import random
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from msgspec import structs

from catcher.errors import NotFound
from catcher.faults.model import ActiveRule, FaultRule
from catcher.hooks import HookAction, HookContext, Stage
from catcher.store.labels.inbox_names import fold_inbox
from catcher.store.labels.inbox_routing import InboxRouting
from catcher.store.search import Query, columns, envelope_texts, matches, parse, within
from catcher.store.search.model import Subject

MAX_RULES = 1000
MAX_PATHS = 1000

_PATH = re.compile(r"<([^<>]*)>")


class FaultRules:
    """Ordered fault rules; as a hook, the first matching rule of a stage applies.

    seed: of the random numbers behind `probability`, for repeatable runs; None for a different sequence each time.
    routing: finds the inboxes of a dialogue.
    Runs on the event loop and never blocks. Changes raise ValueError for too many rules and QueryError for an invalid
    query; the rules then stay as they were.
    """

    def __init__(
        self,
        rules: Sequence[FaultRule] = (),
        *,
        seed: int | None = None,
        routing: InboxRouting = InboxRouting(),  # noqa: B008 a value without state
    ) -> None:
        self._routing = routing
        self._random = random.Random(seed)  # noqa: S311 - not used for secrets
        self._last_number = 0
        self._active: dict[int, ActiveRule] = {}
        self._queries: dict[int, Query] = {}
        self.replace(rules)

    @property
    def is_armed(self) -> bool:
        """Whether there are any rules."""
        return bool(self._active)

    @property
    def active(self) -> tuple[ActiveRule, ...]:
        """All rules in order, spent ones included."""
        return tuple(self._active.values())

    def replace(self, rules: Sequence[FaultRule], *, seed: int | None = None) -> None:
        """Replace all rules. seed: restart the random numbers with it."""
        queries = [_query(rule) for rule in rules]
        if len(rules) > MAX_RULES:
            raise ValueError(f"expected at most {MAX_RULES} faults")
        self._active.clear()
        self._queries.clear()
        if seed is not None:
            self._random.seed(seed)
        for rule, query in zip(rules, queries, strict=True):
            self._append(rule, query)

    def add(self, rule: FaultRule) -> ActiveRule:
        """Append a rule."""
        if len(self._active) >= MAX_RULES:
            raise ValueError(f"expected at most {MAX_RULES} faults")
        return self._append(rule, _query(rule))

    def remove(self, number: int) -> None:
        """Remove a rule. Raises NotFound."""
        if self._active.pop(number, None) is None:
            raise NotFound(f"there is no fault {number}")
        del self._queries[number]

    def of_inbox(self, inbox: str) -> tuple[ActiveRule, ...]:
        """Return the rules that are limited to this inbox, in order."""
        return tuple(one for one in self._active.values() if fold_inbox(one.rule.inbox) == fold_inbox(inbox))

    def remove_inbox(self, inbox: str) -> None:
        """Remove the rules that are limited to this inbox."""
        for one in self.of_inbox(inbox):
            self.remove(one.number)

    def put_named(self, rules: Sequence[FaultRule]) -> None:
        """Remove all rules that have one of the names of these rules, then append these."""
        names = {rule.name for rule in rules}
        for one in self.active:
            if one.rule.name in names:
                self.remove(one.number)
        for rule in rules:
            self.add(rule)

    def act(self, context: HookContext) -> HookAction | None:
        """Count a hit of the first matching rule and return its action. See `catcher.hooks.Hook`."""
        subject: Subject | None = None
        for number, one in self._active.items():
            rule = one.rule
            if one.is_spent or not _applies_at(rule, context):
                continue
            if rule.query or rule.inbox:
                subject = subject or _subject(context, self._routing)
                if not matches(self._queries[number], subject):
                    continue
            if rule.probability < 100 and self._random.random() * 100 >= rule.probability:
                continue
            self._active[number] = replace(one, hits=one.hits + 1)
            return rule.action
        return None

    def _append(self, rule: FaultRule, query: Query) -> ActiveRule:
        self._last_number += 1
        active = self._active[self._last_number] = ActiveRule(number=self._last_number, rule=rule, hits=0)
        self._queries[self._last_number] = query
        return active


_BEFORE_RCPT = frozenset({Stage.CONNECT, Stage.HELO, Stage.AUTH, Stage.MAIL})
_AT_MAIL = frozenset({"ip", "helo", "user", "from_", "reverse_path", "any", "ininbox"})
_AT_RCPT = _AT_MAIL | {"to", "addressed"}
"""Columns of the envelope that a query can ask for."""


def _applies_at(rule: FaultRule, context: HookContext) -> bool:
    """Return whether a rule applies at this point; see `FaultRule` for MAIL before the inbox is known."""
    is_late = rule.stage is Stage.MAIL and rule.inbox and context.stage is Stage.RCPT and not context.client.user
    return rule.stage is context.stage or bool(is_late)


def _query(rule: FaultRule) -> Query:
    query = parse(rule.query, now=datetime.now(UTC), known_names=True)
    unknown = columns(query) - (_AT_MAIL if rule.stage in _BEFORE_RCPT else _AT_RCPT)
    if unknown:
        raise ValueError(
            f"query: {', '.join(sorted(unknown))} is not known at the stage {rule.stage.value}; a fault knows ip:, "
            "helo:, user:, from: and, from rcpt on, to:"
        )
    return within(query, rule.inbox)


def _subject(context: HookContext, routing: InboxRouting) -> Subject:
    """Return the envelope so far as something a query can match.

    At RCPT it has only the recipient of that command, so that `to:` rejects this one and no later one.
    """
    client = context.client
    reverse_path, recipients, user = context.reverse_path or "", context.recipients[:MAX_PATHS], client.user
    match context.stage:
        case Stage.MAIL:
            reverse_path = _path(context.value)
        case Stage.RCPT:
            recipients = (_path(context.value),)
        case Stage.AUTH:
            user = context.value
    helo = context.value if context.stage is Stage.HELO else client.helo
    return Subject(
        store_id="",
        received_at=datetime.now(UTC),
        size=0,
        attachments=0,
        inlines=0,
        is_read=False,
        tags=(),
        texts=envelope_texts(
            structs.replace(client, user=user, helo=helo), reverse_path=reverse_path, recipients=recipients
        ),
        inboxes=routing.inboxes(user, recipients),
    )


def _path(argument: str) -> str:
    """Return the path in the argument of MAIL or RCPT: the last one in angle brackets, as comments may precede it."""
    found = _PATH.findall(argument[:10_000])
    return found[-1] if found else argument.partition(":")[2].strip().partition(" ")[0]
