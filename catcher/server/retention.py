"""Retention: deletes the messages beyond the limits on number and age, and what lay too long in the bin."""

import asyncio
import contextlib
import logging
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from catcher.errors import StoreUnavailable

if TYPE_CHECKING:
    from catcher.store import AsyncStore

log = logging.getLogger("catcher")

MAX_DELAY = 5.0
"""Seconds that a message may outlive its limits."""

MIN_INTERVAL = 0.25
"""Seconds between two runs while mail pours in: each run keeps new mail waiting."""


async def enforce_limits(
    store: "AsyncStore", *, max_messages: int, max_age: timedelta | None, bin: timedelta | None
) -> None:
    """Delete what is beyond the limits, soon after new mail and every few seconds, until cancelled.

    bin: how long deleted messages can be restored, None for not at all.
    """
    loop = asyncio.get_running_loop()
    arrived = asyncio.Event()

    def notify() -> None:
        loop.call_soon_threadsafe(arrived.set)

    unsubscribe = store.events.on_commit(notify)
    try:
        while True:
            arrived.clear()
            started = loop.time()
            now = datetime.now(UTC)
            try:
                while await store.retain(max_messages=max_messages, max_age=max_age, now=now):
                    pass
                await store.empty_bin(before=now - bin if bin else None)
            except StoreUnavailable as error:
                log.warning("Old messages could not be deleted, retrying: %s", error)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(arrived.wait(), MAX_DELAY)
            await asyncio.sleep(started + MIN_INTERVAL - loop.time())
    finally:
        unsubscribe()
