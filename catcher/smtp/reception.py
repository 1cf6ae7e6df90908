"""What the connections of one server share: who is here, how many may be, and a clock for those that fell silent."""

import asyncio
import contextlib
import logging
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from catcher.counters import Counters
from catcher.envelope import Envelope, SmtpSession
from catcher.hooks import Hook
from catcher.smtp.options import SmtpOptions
from catcher.threads import Threads

log = logging.getLogger("catcher.smtp")

RESERVED_DESCRIPTORS = 128
"""File descriptors that SMTP connections leave to the database, the pages and their connections."""

CUT_SECONDS = 1.0
"""How long a connection that was cut may take to notice."""


class Deliver(Protocol):
    """Takes a message over; answers with its store id after the commit. Raises MessageTooLarge, StoreUnavailable.

    A Path is deleted once the answer is there.
    """

    async def __call__(self, envelope: Envelope, content: bytes | Path) -> str:
        """Store the message."""


class OwnPassword(Protocol):
    """Tells the password that this user, and nobody else, has to show; "" when there is none of the kind.

    Raises StoreUnavailable.
    """

    async def __call__(self, user: str) -> str:
        """Look it up."""


class Connection(Protocol):
    """What the reception knows of a connection."""

    def expire(self, now: float) -> None:
        """End it when it has been silent, or in DATA, for too long. now: the loop's time."""

    def stop(self) -> None:
        """End it as soon as the message being received is through."""

    def abort(self) -> None:
        """End it now."""


class Reception:
    """The register of open connections, with what they need to do their work."""

    def __init__(
        self,
        deliver: Deliver,
        *,
        options: SmtpOptions,
        hostname: str,
        threads: Threads,
        observe: Callable[[SmtpSession], None] | None,
        hook: Hook | None,
        own_password: OwnPassword,
        counters: Counters,
    ) -> None:
        self.deliver = deliver
        self.options = options
        self.hostname = hostname
        self.threads = threads
        self.observe = observe
        self.hook = hook
        self.own_password = own_password
        self.counters = counters
        self.loop = asyncio.get_running_loop()
        self._connections: set[Connection] = set()
        self._addresses: dict[str, int] = {}
        self._limit = connection_limit(options.max_connections)
        self._interval = min(5.0, max(0.01, min(options.idle_seconds, options.data_seconds) / 4))
        self._sweeper: asyncio.TimerHandle | None = None
        self._is_empty = asyncio.Event()
        self._is_empty.set()
        self.is_closed = False

    def enter(self, connection: Connection, address: str) -> bool:
        """Register a connection; False when there are too many, in all or from this address ("": a Unix socket).

        False also once the reception `is_closed`.
        """
        if self.is_closed:
            return False
        count = self._addresses.get(address, 0)
        most = self.options.max_connections_per_address
        if len(self._connections) >= self._limit or (most and address and count >= most):
            log.warning("connection refused", extra={"peer": address, "open": len(self._connections)})
            return False
        self._connections.add(connection)
        self._addresses[address] = count + 1
        self._is_empty.clear()
        if self._sweeper is None:
            self._sweeper = self.loop.call_later(self._interval, self._sweep)
        return True

    def leave(self, connection: Connection, address: str) -> None:
        """Forget a connection; one that was never let in is ignored."""
        if connection not in self._connections:
            return
        self._connections.discard(connection)
        self._addresses[address] -= 1
        if not self._addresses[address]:
            del self._addresses[address]
        if not self._connections:
            self._is_empty.set()

    async def stop(self, *, grace: float) -> None:
        """End every connection: the idle ones now, those that are receiving a message within `grace` seconds."""
        self.is_closed = True
        for connection in tuple(self._connections):
            connection.stop()
        with contextlib.suppress(TimeoutError):
            if self._connections:
                await asyncio.wait_for(self._is_empty.wait(), grace)
        if self._connections:
            log.warning("connections cut at stop", extra={"open": len(self._connections)})
            for connection in tuple(self._connections):
                connection.abort()
            # A store that answers neither yes nor no must not keep the process.
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._is_empty.wait(), CUT_SECONDS)
        if self._sweeper is not None:
            self._sweeper.cancel()
            self._sweeper = None

    def _sweep(self) -> None:
        """One timer for all instead of one for each: a timer for each command costs more than reading the command."""
        now = self.loop.time()
        for connection in tuple(self._connections):
            connection.expire(now)
        self._sweeper = self.loop.call_later(self._interval, self._sweep) if self._connections else None


def connection_limit(wanted: int) -> int:
    """How many connections may be open: what is wanted (0: no limit), less when there are not enough descriptors."""
    most = wanted or sys.maxsize
    try:
        import resource
    except ImportError:  # not a Unix system
        return most
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return most
    return max(1, min(most, soft - min(RESERVED_DESCRIPTORS, soft // 2)))
