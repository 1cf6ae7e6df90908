"""Hearing of what other catchers commit: LISTEN on a connection of its own, in a thread of its own."""

import logging
import select
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress

import psycopg

_log = logging.getLogger(__name__)

CHANNEL = "catcher"
"""Where every commit that is worth telling is announced."""

_LOOK = 5.0
"""Seconds after which there may be news all the same: a pooler in between may keep announcements to itself."""

_RETRY = 1.0
_CHECK = 30.0
"""Seconds without news after which the connection is tried."""


class NotificationMonitor:
    """Listens from its making to `close`; while the database cannot be reached, it tries again.

    connect: opens a connection, in autocommit mode. is_own: whether a backend's process id is that of this store's own
    writer. wake: see `Database.watch`.
    """

    def __init__(
        self, connect: Callable[[], psycopg.Connection], *, is_own: Callable[[int], bool], wake: Callable[[], None]
    ) -> None:
        self._connect = connect
        self._is_own = is_own
        self._wake = wake
        self._is_listening = False
        self._is_closed = False
        self._news = True  # until the first listening, nobody knows
        self._looked_at = time.monotonic()
        self._ending, self._ended = socket.socketpair()
        self._thread = threading.Thread(target=self._run, name="catcher-listener", daemon=True)
        self._thread.start()

    def has_news(self) -> bool:
        """See `Watch.has_news`."""
        now = time.monotonic()
        if not self._news and self._is_listening and now < self._looked_at + _LOOK:
            return False
        self._news = False
        self._looked_at = now
        return True

    def close(self) -> None:
        """See `Watch.close`."""
        self._is_closed = True
        with suppress(OSError):
            self._ending.send(b"\0")
        self._thread.join()
        self._ending.close()
        self._ended.close()

    def _run(self) -> None:
        while not self._is_closed:
            try:
                with self._connect() as connection:
                    connection.execute(f"LISTEN {CHANNEL}")
                    self._is_listening = True
                    self._tell()
                    self._listen(connection)
            except (psycopg.Error, OSError) as error:
                if self._is_listening:
                    _log.warning("News of other catchers is asked for, as the database tells of none: %s", error)
            finally:
                self._is_listening = False
            select.select([self._ended], [], [], _RETRY)

    def _listen(self, connection: psycopg.Connection) -> None:
        while True:
            readable, _, _ = select.select([connection.fileno(), self._ended.fileno()], [], [], _CHECK)
            if self._ended.fileno() in readable:
                return
            if not readable:
                connection.execute("SELECT 1")
            senders = {notify.pid for notify in connection.notifies(timeout=0)}
            if not all(map(self._is_own, senders)):
                self._tell()

    def _tell(self) -> None:
        self._news = True
        self._wake()
