"""The relays of a catcher at work: releases run in threads of their own, so that a slow relay delays nobody else."""

import asyncio
import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from catcher.errors import RelayError
from catcher.relay.header_edits import Rewriting
from catcher.relay.options import Relay
from catcher.relay.release import Report, release
from catcher.store.model import StoredMessage
from catcher.store.store import Store
from catcher.threads import Threads

_log = logging.getLogger("catcher.relay")

PASSED_ON = "by catcher id"
"""Begins the Received field of what was passed on, so that mail that goes in a circle is known."""

MOST_WAITING = 200
"""Releases under way and waiting; more are refused at once."""


class Relays:
    """All configured relays, the first of which is the default. Used on one event loop; `close` from any thread.

    workers: how many sessions there are at once, each with one message in memory.
    """

    def __init__(self, relays: Sequence[Relay], *, store: Store, workers: int = 4) -> None:
        self._relays = {relay.name: relay for relay in relays}
        self._store = store
        self._threads = Threads(workers, name="catcher-relay")
        self._waiting = 0
        self._lock = threading.Lock()
        self._open: set[Any] = set()
        self._closed = threading.Event()

    @property
    def all(self) -> tuple[Relay, ...]:
        """In the order of the settings."""
        return tuple(self._relays.values())

    @property
    def default(self) -> Relay | None:
        """The first one; None when there is none."""
        return next(iter(self._relays.values()), None)

    def named(self, name: str) -> Relay | None:
        """The relay of this name, the default for ""; None when there is none."""
        return self._relays.get(name) if name else self.default

    async def release(self, relay: Relay, stored: StoredMessage, recipients: Sequence[str], *, author: str) -> Report:
        """Release a stored message, rewritten as the relay wants. author: the reverse-path where the relay sets none.

        Raises RelayError, and NotFound when the message is gone.
        """
        return await self._send(relay, stored, recipients, author, relay.rewriting(datetime.now(UTC)))

    async def forward(self, relay: Relay, stored: StoredMessage, recipients: Sequence[str]) -> Report:
        """Pass a stored message on as it came, with its own reverse-path, but for what the relay sets. Raises the same.

        Date and Message-ID stay: it is the same message, on its way, with a Received field more (RFC 5321 §4.4).
        """
        rewriting = Rewriting(
            received=f"{PASSED_ON} {stored.summary.store_id}; {format_datetime(datetime.now(UTC))}",
            drop_bcc=True,
            return_path=relay.return_path,
            override_from=relay.override_from,
        )
        return await self._send(relay, stored, recipients, None, rewriting)

    async def _send(
        self,
        relay: Relay,
        stored: StoredMessage,
        recipients: Sequence[str],
        reverse_path: str | None,
        rewriting: Rewriting,
    ) -> Report:
        if self._closed.is_set():
            raise RelayError("the catcher is stopping")
        if self._waiting >= MOST_WAITING:
            raise RelayError("too many messages are being released, try again later")
        self._waiting += 1
        try:
            return await self._threads.run(self._send_now, relay, stored, recipients, reverse_path, rewriting)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if self._closed.is_set() and not (task and task.cancelling()):
                # It was still waiting for a thread when they were ended.
                raise RelayError("the catcher is stopping") from None
            raise
        finally:
            self._waiting -= 1

    def close(self) -> None:
        """Cut the sessions that can be cut, refuse what waits, and end the threads. Blocks; safe to call twice."""
        with self._lock:
            self._closed.set()
            for connection in self._open:
                if abort := getattr(connection, "abort", None):
                    abort()
        self._threads.close()

    def _send_now(
        self,
        relay: Relay,
        stored: StoredMessage,
        recipients: Sequence[str],
        reverse_path: str | None,
        rewriting: Rewriting,
    ) -> Report:
        store_id = stored.summary.store_id
        facts: dict[str, Any] = {"store_id": store_id, "relay": relay.name}
        octets = self._store.raw(store_id)
        try:
            with self._connected(relay) as connection:
                report = release(
                    stored,
                    octets,
                    recipients,
                    connection=connection,
                    rewriting=rewriting,
                    reverse_path=reverse_path,
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
    def _connected(self, relay: Relay) -> Iterator[Any]:
        """A backend that `close` knows of."""
        try:
            connection = relay.connect()
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
