"""Senders that wait for what the relay says: the first try's answer, handed from the queue to who waits for it."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass

KEPT = 1000
"""Answers that are kept for senders who have not asked yet: a relay may be quicker than the store's reply."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What the relay said no with. code: of SMTP, 400–599. text: its words, without line breaks."""

    code: int
    text: str


class FirstAnswers:
    """The answers of first tries by store id. Used on one event loop."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Refusal | None] = OrderedDict()
        self._waiting: dict[str, asyncio.Future[Refusal | None]] = {}

    def settle(self, store_id: str, refusal: Refusal | None) -> None:
        """The message was taken, or concerns no relay (None), or was refused by it. Only the first time counts."""
        if store_id in self._kept:
            return
        self._kept[store_id] = refusal
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        if waiting := self._waiting.pop(store_id, None):
            waiting.set_result(refusal)

    async def of(self, store_id: str, *, seconds: float) -> Refusal | None:
        """The answer, as soon as there is one; None when there is none in time: the queue goes on trying then."""
        if store_id in self._kept:
            return self._kept[store_id]
        waiting = self._waiting[store_id] = asyncio.get_running_loop().create_future()
        try:
            return await asyncio.wait_for(waiting, seconds)
        except TimeoutError:
            return None
        finally:
            self._waiting.pop(store_id, None)
