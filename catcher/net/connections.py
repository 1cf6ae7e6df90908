"""The register of a server's open connections: limits on their number, time limits, shutdown."""

import asyncio
import contextlib
import logging
import sys
from ipaddress import ip_address
from operator import itemgetter
from typing import Protocol

RESERVED_DESCRIPTORS = 128
"""File descriptors that connections leave for the database and files."""

LOOPBACK_SHARE = 8
"""One of this many connections can be opened by this machine only."""

ABORT_SECONDS = 1.0
"""How long aborted connections may take to end."""


class RegisteredConnection(Protocol):
    """A connection as the register uses it.

    waiting_since: the loop's time since which it has only waited for its client, so that it may give way to another
    connection; None when it may not.
    """

    @property
    def waiting_since(self) -> float | None:
        """See above."""

    def expire(self, now: float) -> None:
        """End the connection if a time limit has passed. now: the loop's time."""

    def stop(self) -> None:
        """End the connection, but let a message in transfer finish first."""

    def abort(self) -> None:
        """End the connection at once."""


class Connections:
    """The open connections of one server.

    max_open, max_per_address: 0 for no limit but that of the process's file descriptors. shortest: the shortest of the
    time limits, in seconds. log: for refused connections.
    """

    def __init__(self, *, max_open: int, max_per_address: int, shortest: float, log: logging.Logger) -> None:
        self._loop = asyncio.get_running_loop()
        self._max = connection_limit(max_open)
        self._max_per_address = max_per_address
        self._interval = min(5.0, max(0.01, shortest / 4))
        self._log = log
        self._open: dict[RegisteredConnection, str] = {}
        self._per_address: dict[str, int] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._is_empty = asyncio.Event()
        self._is_empty.set()
        self.is_closed = False

    def enter(self, connection: RegisteredConnection, address: str) -> bool:
        """Register a connection; False when the register is closed or a limit is reached.

        At a limit the connection that has waited longest for its client, if there is one, is ended in favour of the new
        one. address: "" for a Unix socket, which has no limit per address.
        """
        if self.is_closed:
            return False
        limit = self._max if is_local(address) else self._max - self._max // LOOPBACK_SHARE
        is_crowded = bool(self._max_per_address and address) and self.count(address) >= self._max_per_address
        if (len(self._open) >= limit or is_crowded) and not self._displace(address if is_crowded else None):
            self._log.warning("connection refused", extra={"peer": address, "open": len(self._open)})
            return False
        self._open[connection] = address
        self._per_address[address] = self.count(address) + 1
        self._is_empty.clear()
        if self._timer is None:
            self._timer = self._loop.call_later(self._interval, self._expire)
        return True

    def leave(self, connection: RegisteredConnection, address: str) -> None:
        """Remove a connection, if it is registered."""
        if self._open.pop(connection, None) is None:
            return
        self._per_address[address] -= 1
        if not self._per_address[address]:
            del self._per_address[address]
        if not self._open:
            self._is_empty.set()

    def count(self, address: str) -> int:
        """Return the number of connections from an address."""
        return self._per_address.get(address, 0)

    def _displace(self, address: str | None) -> bool:
        """End the connection, of this address or of any, that has waited longest; False when none may be ended."""
        waiting = (
            (since, each)
            for each, its_address in self._open.items()
            if (address is None or address == its_address) and (since := each.waiting_since) is not None
        )
        oldest = min(waiting, key=itemgetter(0), default=None)
        if oldest is None:
            return False
        self.leave(oldest[1], self._open[oldest[1]])
        oldest[1].abort()
        return True

    async def close(self, *, grace: float) -> None:
        """End all connections: idle ones at once, those receiving a message within `grace` seconds."""
        self.is_closed = True
        for connection in tuple(self._open):
            connection.stop()
        with contextlib.suppress(TimeoutError):
            if self._open:
                await asyncio.wait_for(self._is_empty.wait(), grace)
        if self._open:
            self._log.warning("connections cut at stop", extra={"open": len(self._open)})
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


def is_local(address: str) -> bool:
    """Return whether an address is of this machine: of its loopback network, or "" for a Unix socket."""
    try:
        return not address or ip_address(address).is_loopback
    except ValueError:
        return False


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
