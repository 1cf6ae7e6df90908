"""Open stores that all users in one process share, closed a moment after their last use."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from catcher.store import Store

_FORK_PATIENCE = 1.0
"""Seconds that a fork waits for other threads to finish writing."""

_TIMER_PATIENCE = 0.2
"""Seconds that a fork waits for the timer, which may itself be waiting for the fork."""


@dataclass(slots=True, eq=False)
class _Shared:
    store: Store
    file: tuple[int, int] | None
    users: int = 0
    used_at: float = 0.0


class SharedStores:
    """One open store for each database, closed after `linger` seconds without use.

    Opening and closing a database takes longer than storing a message, and callers that send single messages open a
    mailbox for each. Any thread may use it. A process that forks has to call `before_fork`, `after_fork_in_parent` and
    `after_fork_in_child` around it: SQLite's locks belong to a process, so nothing may be open then.
    """

    def __init__(self, *, linger: float = 1.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._linger = linger
        self._clock = clock
        self._changed = threading.Condition()
        self._shared: dict[str, _Shared] = {}
        self._inherited: list[_Shared] = []
        self._timer: threading.Timer | None = None

    @contextmanager
    def using(self, url: str) -> Iterator[Store]:
        """Yield the store at this database URL, opened if necessary. Raises as `Store.open`."""
        with self._changed:
            shared = self._current(url) or self._opened(url)
            shared.users += 1
        try:
            yield shared.store
        finally:
            self._give_back(url, shared)

    def close(self, url: str) -> None:
        """Close the store at this URL now, unless it is in use."""
        with self._changed:
            shared = self._shared.get(url)
            if shared is not None and not shared.users:
                del self._shared[url]
                shared.store.close()

    def close_all(self) -> None:
        """Close every store that is not in use."""
        with self._changed:
            for url in list(self._shared):
                self.close(url)

    def before_fork(self) -> None:
        """Close all stores, and block their use until the fork is over."""
        # Held through the fork: a child that believes it holds an SQLite lock, and does not, would let the parent
        # remove the write-ahead log that the child writes to.
        self._changed.acquire()
        self._changed.wait_for(lambda: not any(shared.users for shared in self._shared.values()), _FORK_PATIENCE)
        self.close_all()
        timer, self._timer = self._timer, None
        if timer is not None:  # else Python would warn of a fork beside a thread
            timer.cancel()
            timer.join(_TIMER_PATIENCE)

    def after_fork_in_parent(self) -> None:
        """Allow use again."""
        self._changed.release()

    def after_fork_in_child(self) -> None:
        """Reset: of the parent's threads, only the one that forked exists here."""
        self._changed = threading.Condition()
        # Kept alive: garbage collection would close files that the parent still writes to.
        self._inherited += self._shared.values()
        self._shared = {}
        self._timer = None

    def _current(self, url: str) -> _Shared | None:
        """Return the open store of this URL; None if its file was removed or replaced, as its mail would be lost."""
        shared = self._shared.get(url)
        if shared is not None and shared.file != _file(url):
            del self._shared[url]
            if not shared.users:
                shared.store.close()
            return None
        return shared

    def _opened(self, url: str) -> _Shared:
        # Only a server has others to tell what other processes wrote: no polling.
        store = Store.open(url, readers=2, poll_interval=0)
        self._shared[url] = shared = _Shared(store=store, file=_file(url))
        return shared

    def _give_back(self, url: str, shared: _Shared) -> None:
        with self._changed:
            shared.users -= 1
            shared.used_at = self._clock()
            if self._shared.get(url) is not shared and not shared.users:
                shared.store.close()
            self._changed.notify_all()
            if self._timer is None:
                self._start_timer(self._linger)

    def _start_timer(self, seconds: float) -> None:
        self._timer = threading.Timer(seconds, self._close_idle)
        self._timer.daemon = True
        self._timer.start()

    def _close_idle(self) -> None:
        with self._changed:
            self._timer = None
            now = self._clock()
            for url, shared in list(self._shared.items()):
                if now - shared.used_at >= self._linger:
                    self.close(url)
            idle_until = [shared.used_at + self._linger for shared in self._shared.values() if not shared.users]
            if idle_until:
                self._start_timer(max(0.05, min(idle_until) - now))


def _file(url: str) -> tuple[int, int] | None:
    """Return the file of an SQLite URL as (device, inode); None if there is none."""
    try:
        found = Path(url.removeprefix("sqlite:///").partition("?")[0]).stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
