"""The relay's reply to the first delivery attempt, passed to the SMTP client that waits for it."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass

MAX_KEPT = 1000
"""Replies that are kept for clients not yet waiting: a relay may reply before the store has answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A relay's refusal. code: SMTP reply code, 400–599. text: its text, without line breaks."""

    code: int
    text: str


class FirstReplies:
    """The outcomes of first delivery attempts by store id. Used on one event loop."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Refusal | None] = OrderedDict()
        self._waiting: dict[str, asyncio.Future[Refusal | None]] = {}

    def settle(self, store_id: str, refusal: Refusal | None) -> None:
        """Record the outcome; None when the relay accepted the message or no rule applies.

        Only the first call counts.
        """
        if store_id in self._kept:
            return
        self._kept[store_id] = refusal
        if len(self._kept) > MAX_KEPT:
            self._kept.popitem(last=False)
        if waiting := self._waiting.pop(store_id, None):
            waiting.set_result(refusal)

    async def wait_for(self, store_id: str, *, seconds: float) -> Refusal | None:
        """Return the outcome as soon as it is known; None after `seconds`, while the outbox keeps trying."""
        if store_id in self._kept:
            return self._kept[store_id]
        waiting = self._waiting[store_id] = asyncio.get_running_loop().create_future()
        try:
            return await asyncio.wait_for(waiting, seconds)
        except TimeoutError:
            return None
        finally:
            self._waiting.pop(store_id, None)
