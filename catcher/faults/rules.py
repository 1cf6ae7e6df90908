"""The faults that are set up, in their order, and the hook that asks them."""

import random
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from msgspec import structs

from catcher.errors import NotFound
from catcher.faults.model import Fault, Standing
from catcher.hooks import HookAction, HookContext, Stage
from catcher.store.labels.inbox_names import fold_inbox
from catcher.store.labels.inbox_routing import InboxRouting
from catcher.store.search import InInbox, Query, all_of, envelope_texts, matches, parse
from catcher.store.search.model import Subject

MAX_FAULTS = 1000
MAX_PATHS = 1000

_PATH = re.compile(r"<([^<>]*)>")


class FaultRules:
    """The hook of an SMTP server: the first fault that fits a stage strikes, unless chance spares the client.

    faults: in their order. seed: of the chance, so that a run can be repeated; None: another one each time.
    sorting: what tells the inboxes of a dialogue.
    Used on one event loop; nothing here waits. Changing the rules raises ValueError for too many of them and QueryError
    for a query that cannot be read, and then changes nothing.
    """

    def __init__(
        self,
        faults: Sequence[Fault] = (),
        *,
        seed: int | None = None,
        sorting: InboxRouting = InboxRouting(),  # noqa: B008 a value without state
    ) -> None:
        self._sorting = sorting
        self._random = random.Random(seed)  # noqa: S311 - chance for tests, not for secrets
        self._number = 0
        self._standing: dict[int, Standing] = {}
        self._queries: dict[int, Query] = {}
        self.replace(faults)

    @property
    def is_armed(self) -> bool:
        """Whether any fault could still strike."""
        return bool(self._standing)

    @property
    def standing(self) -> tuple[Standing, ...]:
        """All faults in their order, those that are spent included."""
        return tuple(self._standing.values())

    def replace(self, faults: Sequence[Fault], *, seed: int | None = None) -> None:
        """Have these faults instead of all that there are."""
        queries = [self._read(fault) for fault in faults]
        if len(faults) > MAX_FAULTS:
            raise ValueError(f"expected at most {MAX_FAULTS} faults")
        self._standing.clear()
        self._queries.clear()
        if seed is not None:
            self._random.seed(seed)
        for fault, query in zip(faults, queries, strict=True):
            self._put(fault, query)

    def add(self, fault: Fault) -> Standing:
        """Have one more, after the others."""
        if len(self._standing) >= MAX_FAULTS:
            raise ValueError(f"expected at most {MAX_FAULTS} faults")
        return self._put(fault, self._read(fault))

    def remove(self, number: int) -> None:
        """Forget one. Raises NotFound."""
        if self._standing.pop(number, None) is None:
            raise NotFound(f"there is no fault {number}")
        del self._queries[number]

    def of_inbox(self, inbox: str) -> tuple[Standing, ...]:
        """Those set up for an inbox, in their order."""
        return tuple(one for one in self._standing.values() if fold_inbox(one.fault.inbox) == fold_inbox(inbox))

    def forget_inbox(self, inbox: str) -> None:
        """Forget those set up for an inbox; the others stay."""
        for one in self.of_inbox(inbox):
            self.remove(one.number)

    def put_named(self, faults: Sequence[Fault]) -> None:
        """Have these faults in place of those of the same names, and drop of those names what is not given.

        All faults must have names; the order of the others stays.
        """
        names = {fault.name for fault in faults}
        kept = [one.number for one in self._standing.values() if one.fault.name in names]
        for number in kept:
            self.remove(number)
        for fault in faults:
            self.add(fault)

    def act(self, context: HookContext) -> HookAction | None:
        """What the first fault says that fits, None when none does. See `catcher.hooks`."""
        subject: Subject | None = None
        for number, one in self._standing.items():
            fault = one.fault
            if fault.stage is not context.stage or one.is_spent:
                continue
            if fault.query or fault.inbox:
                subject = subject or _subject(context, self._sorting)
                if not matches(self._queries[number], subject):
                    continue
            if fault.probability < 100 and self._random.random() * 100 >= fault.probability:
                continue
            self._standing[number] = replace(one, hits=one.hits + 1)
            return fault.action
        return None

    def _read(self, fault: Fault) -> Query:
        query = parse(fault.query, now=datetime.now(UTC))
        return all_of((InInbox(name=fold_inbox(fault.inbox)), query)) if fault.inbox else query

    def _put(self, fault: Fault, query: Query) -> Standing:
        self._number += 1
        standing = self._standing[self._number] = Standing(number=self._number, fault=fault, hits=0)
        self._queries[self._number] = query
        return standing


def _subject(context: HookContext, sorting: InboxRouting) -> Subject:
    """What a query can ask of a dialogue that has no message yet: its envelope so far.

    At RCPT only the recipient in question counts, so that `to:` refuses that one and no later one.
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
        inboxes=sorting.of_envelope(user, recipients),
    )


def _path(argument: str) -> str:
    """The path in what followed MAIL or RCPT: the last in angle brackets, for what stands before may be a comment."""
    found = _PATH.findall(argument[:10_000])
    return found[-1] if found else argument.partition(":")[2].strip().partition(" ")[0]
