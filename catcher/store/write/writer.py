"""The only thread that writes: groups of deliveries, changes, and maintenance when idle; it publishes the events."""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeAlias

from sqlalchemy import Connection, exc

from catcher.errors import CatcherError, StoreFull, StoreUnavailable
from catcher.store.engines.base import Database
from catcher.store.engines.counters import advance, read_counters
from catcher.store.events import ChangeResult, Events, StoreEvent
from catcher.store.read import queries
from catcher.store.write import recycle_bin, updates
from catcher.store.write.inserts import insert_all
from catcher.store.write.maintenance import Maintenance
from catcher.store.write.queue import Delivery, Queue, QueuedChange

if TYPE_CHECKING:
    import asyncio

P = ParamSpec("P")

_log = logging.getLogger(__name__)

QUIET = 0.05
"""Seconds without work after which maintenance begins."""

MAX_BACKLOG = 10_000
"""Messages that may wait for the index under steady load before maintenance no longer waits for a quiet moment."""

_WAIT_SHARE = 0.5
"""Share of the last group's writing time that is spent waiting for the next group to reach its expected size: with many
clients at once, a commit costs more than waiting for some more of them.
"""

_MAX_WAIT = 0.01
"""Seconds of that wait."""

_RETRY = 5.0
"""Seconds before failed maintenance is retried."""

_EVENT_BATCH = 500
"""Events of other processes that are read and published at once."""

_FREEING: frozenset[object] = frozenset({updates.remove, updates.remove_everything, recycle_bin.discard})
"""Changes that may use the space set aside for a full disk."""

_Answer: TypeAlias = "tuple[Future[Sequence[int]] | asyncio.Future[Sequence[int]], Sequence[int] | BaseException]"


class Writer:
    """Starts its thread when created. poll_interval: see `Store.open`."""

    def __init__(self, database: Database, events: Events, queue: Queue, *, poll_interval: float) -> None:
        self._database = database
        self._events = events
        self._queue = queue
        self._poll_interval = poll_interval
        self._connection = database.connect_writer()
        self._maintenance = Maintenance(database)
        self._maintenance_at: float | None = time.monotonic()
        self._backlog = 0
        self._is_woken = False
        self._has_news = False
        self._monitor = database.monitor(self._connection, self._wake) if poll_interval else None
        self._expected = 1
        self._max_wait = 0.0
        self._last_failure: BaseException | None = None
        self._published = self._last_cursor()
        self._polled_at = time.monotonic()
        # A daemon, so that an unclosed store does not keep the process alive; nothing is confirmed before its commit.
        self._thread = threading.Thread(target=self._run, name="catcher-writer", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Write what is queued, then end the thread; safe to call twice."""
        self._queue.close()
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def run(
        self, change: Callable[Concatenate[Connection, P], ChangeResult], /, *args: P.args, **kwargs: P.kwargs
    ) -> int:
        """Run change(connection, …) in a transaction; return the number of changed messages after the commit.

        Raises what the change raises, and StoreUnavailable.
        """
        queued = QueuedChange(
            change=lambda connection: change(connection, *args, **kwargs),
            frees_space=getattr(change, "func", change) in _FREEING,
        )
        self._queue.put_change(queued)
        return queued.future.result()

    def check(self) -> None:
        """Write something if the last write has failed. Raises StoreUnavailable when that fails, too."""
        self._database.check_soundness()
        failure = self._last_failure
        if failure is None:
            return
        if isinstance(failure, StoreFull) and not self._database.has_room():
            raise StoreFull(str(failure), detail=failure.detail)
        self.run(_write_nothing_new)
        self._last_failure = None

    def _run(self) -> None:
        while True:
            work = self._queue.take(self._pause(), wanted=self._expected, max_wait=self._max_wait)
            if isinstance(work, QueuedChange):
                self._change(work)
            elif work:
                self._store(work)
            elif self._queue.is_closed:
                break
            elif self._maintenance_at is not None and time.monotonic() >= self._maintenance_at:
                self._maintain()
            self._poll()
        if self._monitor is not None:
            self._monitor.close()
        with suppress(exc.SQLAlchemyError):
            self._connection.close()

    def _pause(self) -> float:
        now = time.monotonic()
        until_poll = self._polled_at + self._poll_interval - now if self._poll_interval else 60.0
        until_maintenance = self._maintenance_at - now if self._maintenance_at is not None else 60.0
        return max(0.0, min(until_poll, until_maintenance))

    # Deliveries

    def _store(self, group: Sequence[Delivery]) -> None:
        started = time.monotonic()
        self._write(group)
        # The clients just answered, and those that arrived meanwhile, may well send their next message soon.
        self._expected = self._queue.messages + len(group)
        self._max_wait = min(_MAX_WAIT, _WAIT_SHARE * (time.monotonic() - started))

    def _write(self, group: Sequence[Delivery]) -> None:
        """Write deliveries in one transaction, or one by one when one of them spoils it; resolve their futures."""
        rows = [one for delivery in group for one in delivery.messages]
        try:
            with self._database.begin(self._connection):
                summaries = insert_all(self._database, self._connection, rows)
                self._database.notify(self._connection)
                self._database.check_identity()
                self._database.check_soundness()
        except Exception as error:
            if len(group) > 1 and not isinstance(error, exc.OperationalError | StoreUnavailable):
                for delivery in group:
                    self._write([delivery])
            else:
                self._last_failure = failure = self._failure(error)
                _resolve((delivery.future, failure) for delivery in group)
            return
        self._last_failure = None
        arrivals = iter(summaries)
        _resolve((one.future, [next(arrivals).arrival for _ in one.messages]) for one in group)
        self._backlog += len(summaries)
        if self._events.has_subscribers:
            self._publish([queries.new_event(one) for one in summaries])
        elif summaries:
            self._published = summaries[-1].arrival
            self._events.notify_commit()
        self._schedule_maintenance()

    # Changes

    def _change(self, queued: QueuedChange) -> None:
        try:
            with self._database.begin(self._connection):
                result = queued.change(self._connection)
                if result.events:
                    self._database.notify(self._connection)
                self._database.check_identity()
                self._database.check_soundness()
        except Exception as error:
            failure = self._failure(error)
            if queued.frees_space and isinstance(failure, StoreFull) and self._database.make_room():
                self._change(queued)  # at most twice, as there is no more room to make
            else:
                self._last_failure = failure
                queued.future.set_exception(failure)
            return
        queued.future.set_result(result.changed)
        self._publish(result.events)
        self._schedule_maintenance()

    def _failure(self, error: Exception) -> BaseException:
        if isinstance(error, CatcherError):
            return error
        if not isinstance(error, exc.OperationalError):
            _log.error("A message could not be stored", exc_info=error)
        return self._database.failure(error)

    # Events

    def _publish(self, events: Sequence[StoreEvent]) -> None:
        """Publish own events, after those of other processes with lower numbers."""
        if not events:
            return
        if events[0].cursor > self._published + 1:
            self._publish_foreign(upto=events[0].cursor - 1)
        self._published = events[-1].cursor
        self._events.publish(events)
        self._events.notify_commit()

    def _publish_foreign(self, *, upto: int) -> None:
        self._backlog += max(0, upto - self._published)
        while self._events.has_subscribers and self._published < upto:
            try:
                events = self._database.read(queries.changes, self._published, upto=upto, limit=_EVENT_BATCH)
            except StoreUnavailable:
                _log.exception("Changes by other processes could not be read")
                return
            if not events:
                break
            self._published = events[-1].cursor
            self._events.publish(events)
        self._published = max(self._published, upto)
        self._events.notify_commit()

    def _wake(self) -> None:
        self._is_woken = True
        self._queue.wake()

    def _poll(self) -> None:
        now = time.monotonic()
        if self._monitor is None or (now < self._polled_at + self._poll_interval and not self._is_woken):
            return
        self._polled_at = now
        self._is_woken = False
        with suppress(exc.SQLAlchemyError, StoreUnavailable, OSError):
            self._has_news = self._monitor.has_news() or self._has_news
            if self._has_news:
                self._publish_foreign(upto=self._last_cursor())
                self._has_news = False
                self._schedule_maintenance()

    def _last_cursor(self) -> int:
        return self._database.read(read_counters).cursor

    # Maintenance

    def _schedule_maintenance(self) -> None:
        self._maintenance_at = time.monotonic() + QUIET
        while self._backlog > MAX_BACKLOG and self._maintain():
            self._backlog -= 100

    def _maintain(self) -> bool:
        """Run one step; return whether there was work. Without, maintenance rests until the next write."""
        try:
            if self._maintenance.step(self._connection):
                self._maintenance_at = time.monotonic()
                return True
            self._maintenance_at = None
            self._backlog = 0
            self._database.keep_room()
        except (exc.SQLAlchemyError, StoreUnavailable) as error:
            reason = error if isinstance(error, StoreUnavailable) else self._database.failure(error)
            _log.warning("Maintenance of the mail store failed and will be retried: %s", reason)
            self._maintenance_at = time.monotonic() + _RETRY
        return False


def _write_nothing_new(connection: Connection) -> ChangeResult:
    advance(connection, numbers=0)
    return ChangeResult(changed=0)


def _resolve(answers: Iterable[_Answer]) -> None:
    """Resolve the futures of threads here, those of an event loop there: one wake-up for the whole group."""
    by_loop: dict[asyncio.AbstractEventLoop, list[_Answer]] = {}
    for future, outcome in answers:
        if isinstance(future, Future):
            _settle([(future, outcome)])
        else:
            by_loop.setdefault(future.get_loop(), []).append((future, outcome))
    for loop, waiting in by_loop.items():
        with suppress(RuntimeError):  # the loop is closed, nothing waits
            loop.call_soon_threadsafe(_settle, waiting)


def _settle(answers: Iterable[_Answer]) -> None:
    for future, outcome in answers:
        if future.done():  # its task was cancelled
            continue
        if isinstance(outcome, BaseException):
            future.set_exception(outcome)
        else:
            future.set_result(outcome)
