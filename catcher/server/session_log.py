"""The log of SMTP sessions that brought no message, written to the store in batches."""

import asyncio
import logging
from collections import deque
from typing import TYPE_CHECKING

from catcher.envelope import SmtpSession
from catcher.errors import StoreUnavailable

if TYPE_CHECKING:
    from catcher.store import AsyncStore

log = logging.getLogger("catcher.smtp")

INTERVAL = 1.0
"""Seconds between two writes: scanners and health checks must not keep the disk busy."""

MAX_PENDING = 1000
"""Sessions not yet written; beyond it the oldest are dropped."""


class SessionLog:
    """Collects sessions from before the store is open. Used on one event loop."""

    def __init__(self) -> None:
        self._pending: deque[SmtpSession] = deque(maxlen=MAX_PENDING)
        self._is_pending = asyncio.Event()

    def add(self, session: SmtpSession) -> None:
        """Add a finished session, unless it brought a message or the client sent no command."""
        if not session.store_ids and "C: " in session.transcript:
            self._pending.append(session)
            self._is_pending.set()

    async def write_all(self, store: "AsyncStore") -> None:
        """Write sessions as they come, until cancelled."""
        while True:
            await self._is_pending.wait()
            await self.flush(store)
            await asyncio.sleep(INTERVAL)

    async def flush(self, store: "AsyncStore") -> None:
        """Write the pending sessions. When the store is unavailable they are lost, with a line in the log."""
        self._is_pending.clear()
        pending = list(self._pending)
        self._pending.clear()
        try:
            await store.sessions.add(pending)
        except StoreUnavailable as error:
            log.warning("SMTP sessions without a message could not be stored: %s", error)
