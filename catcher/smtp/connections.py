"""The register of a server's open connections: limits on their number, time limits, shutdown."""

import asyncio
import contextlib
import logging
import sys
from typing import Protocol

from catcher.smtp.options import SmtpOptions

log = logging.getLogger("catcher.smtp")

RESERVED_DESCRIPTORS = 128
"""File descriptors that SMTP connections leave for the database and HTTP."""

ABORT_SECONDS = 1.0
"""How long aborted connections may take to end."""


class RegisteredConnection(Protocol):
    """A connection as the register uses it."""

    def expire(self, now: float) -> None:
        """End the connection if a time limit has passed. now: the loop's time."""

    def stop(self) -> None:
        """End the connection, but let a message in transfer finish first."""

    def abort(self) -> None:
        """End the connection at once."""


class Connections:
    """The open connections of one server."""

    def __init__(self, options: SmtpOptions) -> None:
        self._loop = asyncio.get_running_loop()
        self._max = connection_limit(options.max_connections)
        self._max_per_address = options.max_connections_per_address
        self._interval = min(5.0, max(0.01, min(options.idle_seconds, options.data_seconds) / 4))
        self._open: set[RegisteredConnection] = set()
        self._per_address: dict[str, int] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._is_empty = asyncio.Event()
        self._is_empty.set()
        self.is_closed = False

    def enter(self, connection: RegisteredConnection, address: str) -> bool:
        """Register a connection; False when the register is closed or a limit is reached.

        address: "" for a Unix socket, which has no limit per address.
        """
        if self.is_closed:
            return False
        count = self._per_address.get(address, 0)
        if len(self._open) >= self._max or (self._max_per_address and address and count >= self._max_per_address):
            log.warning("connection refused", extra={"peer": address, "open": len(self._open)})
            return False
        self._open.add(connection)
        self._per_address[address] = count + 1
        self._is_empty.clear()
        if self._timer is None:
            self._timer = self._loop.call_later(self._interval, self._expire)
        return True

    def leave(self, connection: RegisteredConnection, address: str) -> None:
        """Remove a connection, if it is registered."""
        if connection not in self._open:
            return
        self._open.discard(connection)
        self._per_address[address] -= 1
        if not self._per_address[address]:
            del self._per_address[address]
        if not self._open:
            self._is_empty.set()

    async def close(self, *, grace: float) -> None:
        """End all connections: idle ones at once, those receiving a message within `grace` seconds."""
        self.is_closed = True
        for connection in tuple(self._open):
            connection.stop()
        with contextlib.suppress(TimeoutError):
            if self._open:
                await asyncio.wait_for(self._is_empty.wait(), grace)
        if self._open:
            log.warning("connections cut at stop", extra={"open": len(self._open)})
            for connection in tuple(self._open):
                connection.abort()
            # A store that never answers must not keep the process alive.
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._is_empty.wait(), ABORT_SECONDS)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _expire(self) -> None:
        """Check all connections. A timer for each command would cost more than reading the command."""
        now = self._loop.time()
        for connection in tuple(self._open):
            connection.expire(now)
        self._timer = self._loop.call_later(self._interval, self._expire) if self._open else None


def connection_limit(wanted: int) -> int:
    """Return the maximum number of connections: `wanted` (0: no limit), or less if file descriptors are short."""
    limit = wanted or sys.maxsize
    try:
        import resource
    except ImportError:  # not a Unix system
        return limit
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return limit
    return max(1, min(limit, soft - min(RESERVED_DESCRIPTORS, soft // 2)))
