"""Notifications of other catchers' commits: LISTEN on a connection and in a thread of its own."""

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

_MAX_SILENCE = 5.0
"""Seconds after which news is assumed: a connection pooler in between may swallow notifications."""

_RETRY = 1.0
_CHECK = 30.0
"""Seconds without notifications after which the connection is tested."""


class NotificationMonitor:
    """Listens until `close`; while the database cannot be reached, it keeps reconnecting.

    connect: opens a connection in autocommit mode. is_own: whether a backend's process id is that of this store's
    writer. on_news: see `Database.monitor`.
    """

    def __init__(
        self, connect: Callable[[], psycopg.Connection], *, is_own: Callable[[int], bool], on_news: Callable[[], None]
    ) -> None:
        self._connect = connect
        self._is_own = is_own
        self._on_news = on_news
        self._is_listening = False
        self._is_closed = False
        self._has_news = True  # unknown before the first LISTEN
        self._checked_at = time.monotonic()
        self._stop_sender, self._stop_receiver = socket.socketpair()
        self._thread = threading.Thread(target=self._run, name="catcher-notifications", daemon=True)
        self._thread.start()

    def has_news(self) -> bool:
        """See `CommitMonitor.has_news`."""
        now = time.monotonic()
        if not self._has_news and self._is_listening and now < self._checked_at + _MAX_SILENCE:
            return False
        self._has_news = False
        self._checked_at = now
        return True

    def close(self) -> None:
        """See `CommitMonitor.close`."""
        self._is_closed = True
        with suppress(OSError):
            self._stop_sender.send(b"\0")
        self._thread.join()
        self._stop_sender.close()
        self._stop_receiver.close()

    def _run(self) -> None:
        while not self._is_closed:
            try:
                with self._connect() as connection:
                    connection.execute(f"LISTEN {CHANNEL}")
                    self._is_listening = True
                    self._announce()
                    self._listen(connection)
            except (psycopg.Error, OSError) as error:
                if self._is_listening:
                    _log.warning("Polling for changes by other catchers, because notifications failed: %s", error)
            finally:
                self._is_listening = False
            select.select([self._stop_receiver], [], [], _RETRY)

    def _listen(self, connection: psycopg.Connection) -> None:
        while True:
            readable, _, _ = select.select([connection.fileno(), self._stop_receiver.fileno()], [], [], _CHECK)
            if self._stop_receiver.fileno() in readable:
                return
            if not readable:
                connection.execute("SELECT 1")
            senders = {notify.pid for notify in connection.notifies(timeout=0)}
            if not all(map(self._is_own, senders)):
                self._announce()

    def _announce(self) -> None:
        self._has_news = True
        self._on_news()
