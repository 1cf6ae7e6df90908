"""All relay hosts of a catcher; sending runs in their own threads, so that a slow relay delays nothing else."""

import asyncio
import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

from catcher import relay
from catcher.errors import RelayError
from catcher.store.model import StoredMessage
from catcher.store.store import Store
from catcher.threads import Threads

if TYPE_CHECKING:
    from catcher.relay.header_edits import HeaderEdits
    from catcher.relay.host import RelayHost
    from catcher.relay.transmission import TransmissionReport

_log = logging.getLogger("catcher.relay")

RECEIVED_PREFIX = "by catcher id"
"""Begins the Received field of relayed mail, by which a mail loop is recognised."""

MAX_WAITING = 200
"""Messages being sent or waiting for a thread; more are refused at once."""


class Relays:
    """All configured relay hosts, the first of which is the default. Used on one event loop; `close` from any thread.

    workers: the number of simultaneous sessions, each with one message in memory.
    """

    def __init__(self, hosts: "Sequence[RelayHost]", *, store: Store, workers: int = 4) -> None:
        self._hosts = {host.name: host for host in hosts}
        self._store = store
        self._threads = Threads(workers, name="catcher-relay")
        self._waiting = 0
        self._lock = threading.Lock()
        self._open: set[Any] = set()
        self._closed = threading.Event()

    @property
    def all(self) -> "tuple[RelayHost, ...]":
        """The relay hosts in the order of the settings."""
        return tuple(self._hosts.values())

    @property
    def default(self) -> "RelayHost | None":
        """The first relay host, if any."""
        return next(iter(self._hosts.values()), None)

    def named(self, name: str) -> "RelayHost | None":
        """Return the relay host of this name, the default for ""; None for an unknown one."""
        return self._hosts.get(name) if name else self.default

    async def release(
        self, host: "RelayHost", stored: StoredMessage, recipients: Sequence[str], *, author: str
    ) -> "TransmissionReport":
        """Send a stored message as a new submission. author: the reverse-path unless the relay host sets one.

        Raises RelayError, and NotFound for a deleted message.
        """
        return await self._send(host, stored, recipients, author, host.release_edits(datetime.now(UTC)))

    async def forward(
        self, host: "RelayHost", stored: StoredMessage, recipients: Sequence[str]
    ) -> "TransmissionReport":
        """Relay a stored message with its own reverse-path, date and Message-ID, and a Received field more.

        The relay host's return_path and override_from apply. Raises as `release`. Source: RFC 5321 §4.4.
        """
        edits = relay.HeaderEdits(
            received=f"{RECEIVED_PREFIX} {stored.summary.store_id}; {format_datetime(datetime.now(UTC))}",
            drop_bcc=True,
            return_path=host.return_path,
            override_from=host.override_from,
        )
        return await self._send(host, stored, recipients, None, edits)

    async def _send(
        self,
        host: "RelayHost",
        stored: StoredMessage,
        recipients: Sequence[str],
        reverse_path: str | None,
        edits: "HeaderEdits",
    ) -> "TransmissionReport":
        if self._closed.is_set():
            raise RelayError("the catcher is stopping")
        if self._waiting >= MAX_WAITING:
            raise RelayError("too many messages are being released, try again later")
        self._waiting += 1
        try:
            return await self._threads.run(self._send_now, host, stored, recipients, reverse_path, edits)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if self._closed.is_set() and not (task and task.cancelling()):
                # It was still waiting for a thread when the pool was shut down.
                raise RelayError("the catcher is stopping") from None
            raise
        finally:
            self._waiting -= 1

    def close(self) -> None:
        """Abort the sessions that can be aborted, refuse what waits, end the threads. Blocks; safe to call twice."""
        with self._lock:
            self._closed.set()
            for connection in self._open:
                if abort := getattr(connection, "abort", None):
                    abort()
        self._threads.close()

    def _send_now(
        self,
        host: "RelayHost",
        stored: StoredMessage,
        recipients: Sequence[str],
        reverse_path: str | None,
        edits: "HeaderEdits",
    ) -> "TransmissionReport":
        store_id = stored.summary.store_id
        facts: dict[str, Any] = {"store_id": store_id, "relay": host.name}
        octets = self._store.raw(store_id)
        try:
            with self._connected(host) as connection:
                report = relay.transmit(
                    stored, octets, recipients, connection=connection, edits=edits, reverse_path=reverse_path
                )
        except RelayError as error:
            facts |= {"error": str(error), "detail": error.detail}
            _log.warning("release failed store_id=%(store_id)s relay=%(relay)s error=%(error)s", facts, extra=facts)
            raise
        facts |= {"accepted": len(report.accepted), "refused": len(report.refused)}
        line = "released store_id=%(store_id)s relay=%(relay)s accepted=%(accepted)d refused=%(refused)d"
        _log.info(line, facts, extra=facts)
        return report

    @contextmanager
    def _connected(self, host: "RelayHost") -> Iterator[Any]:
        """Yield a backend that `close` can abort."""
        try:
            connection = host.connect()
        except Exception as error:  # it could be made at the start, but a class by dotted path may raise anything
            raise RelayError("the relay cannot be used", detail=f"{type(error).__name__}: {error}") from error
        with self._lock:
            if self._closed.is_set():
                raise RelayError("the catcher is stopping")
            self._open.add(connection)
        try:
            yield connection
        finally:
            with self._lock:
                self._open.discard(connection)
