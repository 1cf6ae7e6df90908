"""Notes the SMTP connections that brought no message, and has the store remember them, many at a time."""

import asyncio
import logging
from collections import deque
from typing import TYPE_CHECKING

from catcher.envelope import SmtpSession
from catcher.errors import StoreUnavailable

if TYPE_CHECKING:
    from catcher.store import AsyncStore  # imported after the listener has opened

log = logging.getLogger("catcher.smtp")

PAUSE = 1.0
"""Seconds between two writings: what scanners and health checks do must not keep the disk busy."""

MOST = 1000
"""Connections that wait to be remembered; of more, the oldest are forgotten."""


class Observer:
    """Made before the listener opens; `keep` runs once there is a store. Used on one event loop."""

    def __init__(self) -> None:
        self._noted: deque[SmtpSession] = deque(maxlen=MOST)
        self._is_noted = asyncio.Event()

    def note(self, session: SmtpSession) -> None:
        """Take note of a connection that is over; of those with a message, the message tells, and silent ones say
        nothing."""
        if not session.store_ids and "C: " in session.transcript:
            self._noted.append(session)
            self._is_noted.set()

    async def keep(self, store: "AsyncStore") -> None:
        """Hand on what is noted, until cancelled."""
        while True:
            await self._is_noted.wait()
            await self.flush(store)
            await asyncio.sleep(PAUSE)

    async def flush(self, store: "AsyncStore") -> None:
        """Hand on what is noted now. What the store cannot take is lost, with a line in the log."""
        self._is_noted.clear()
        noted = list(self._noted)
        self._noted.clear()
        try:
            await store.sessions.add(noted)
        except StoreUnavailable as error:
            log.warning("Connections without a message could not be remembered: %s", error)
