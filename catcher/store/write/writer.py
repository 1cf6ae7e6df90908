"""The one thread that writes: groups of deliveries, commands and, when nobody waits, upkeep; then it tells of it."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

from sqlalchemy import Connection, exc

from catcher.errors import CatcherError, StoreUnavailable
from catcher.store.engines.base import Database
from catcher.store.engines.counters import read_counters
from catcher.store.events import Events, StoreEvent
from catcher.store.read import queries
from catcher.store.write.inserts import insert_all
from catcher.store.write.maintenance import Upkeep
from catcher.store.write.queue import Delivery, Queue, Transaction
from catcher.store.write.updates import ChangeResult

_log = logging.getLogger(__name__)

QUIET = 0.05
"""Seconds without work after which upkeep begins."""

BEHIND = 10_000
"""Messages that may wait for the index under steady load, before upkeep no longer waits for a quiet moment."""

PATIENCE = 0.5
"""Of the time that the last group took to write, this share at most is spent waiting for the next group to be as large
as can be expected: with many clients at once, a commit costs more than the wait for some more of them.
"""

_LONGEST_WAIT = 0.01
"""Seconds of such a wait at most."""

_RETRY = 5.0
"""Seconds before upkeep that failed is tried again."""

_BATCH = 500
"""Events of other processes that are read and told at once."""


class Writer:
    """Starts its thread when made.

    poll_interval: see `Store.open`.
    """

    def __init__(self, database: Database, events: Events, queue: Queue, *, poll_interval: float) -> None:
        self._database = database
        self._events = events
        self._queue = queue
        self._poll_interval = poll_interval
        self._connection = database.connect_writer()
        self._upkeep = Upkeep(database)
        self._upkeep_at: float | None = time.monotonic()
        self._behind = 0
        self._is_woken = False
        self._has_news = False
        self._watch = database.watch(self._connection, self.look) if poll_interval else None
        self._expected = 1
        self._patience = 0.0
        self._told = self._last_number()
        self._looked_at = time.monotonic()
        self._after_answers: tuple[Callable[[], None], ...] = ()
        # A daemon: whoever forgets to close the store can still leave; callers hold no promise before their commit.
        self._thread = threading.Thread(target=self._run, name="catcher-writer", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Write what is queued, then end the thread; safe to call twice."""
        self._queue.close()
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def after_answers(self, call: Callable[[], None]) -> None:
        """See `Store.after_answers`."""
        self._after_answers = (*self._after_answers, call)

    def look(self) -> None:
        """Look for other processes' commits soon; from any thread."""
        self._is_woken = True
        self._queue.wake()

    def run(self, change: Callable[[Connection], ChangeResult]) -> int:
        """Have the thread make a change and wait for its commit; how many messages changed. Raises what it raised."""
        command = Transaction(run=change)
        self._queue.command(command)
        return command.future.result()

    def _run(self) -> None:
        while True:
            work = self._queue.take(self._pause(), wanted=self._expected, patience=self._patience)
            if isinstance(work, Transaction):
                self._obey(work)
            elif work:
                self._store(work)
            elif self._queue.is_closed:
                break
            else:
                self._keep_up()
            self._look_for_others()
        if self._watch is not None:
            self._watch.close()
        with suppress(exc.SQLAlchemyError):
            self._connection.close()

    def _pause(self) -> float:
        now = time.monotonic()
        look = self._looked_at + self._poll_interval - now if self._poll_interval else 60.0
        keep_up = self._upkeep_at - now if self._upkeep_at is not None else 60.0
        return max(0.0, min(look, keep_up))

    # Deliveries

    def _store(self, group: Sequence[Delivery]) -> None:
        started = time.monotonic()
        self._write_all(group)
        # Whoever got an answer now, and whoever came in meanwhile, may well have the next message ready soon.
        self._expected = self._queue.messages + len(group)
        self._patience = min(_LONGEST_WAIT, PATIENCE * (time.monotonic() - started))

    def _write_all(self, group: Sequence[Delivery]) -> None:
        if not self._write(group) and len(group) > 1:
            # One of them spoils the transaction: each gets one of its own, so that the others do not suffer.
            for delivery in group:
                self._write([delivery], is_last_try=True)

    def _write(self, group: Sequence[Delivery], *, is_last_try: bool = False) -> bool:
        """Write deliveries in one transaction and answer; False when another try, one by one, makes sense."""
        prepared = [one for delivery in group for one in delivery.messages]
        try:
            with self._database.begin(self._connection):
                summaries = insert_all(self._database, self._connection, prepared)
                self._database.announce(self._connection)
                self._database.check_place()
        except Exception as error:
            is_common = isinstance(error, exc.OperationalError | StoreUnavailable)
            if len(group) > 1 and not is_common and not is_last_try:
                return False
            failure = self._failure(error)
            for delivery in group:
                _answer(delivery, failure)
            self._end_answers()
            return True
        numbers = iter(summaries)
        for delivery in group:
            _answer(delivery, [next(numbers).arrival for _ in delivery.messages])
        self._end_answers()
        self._behind += len(summaries)
        if self._events.has_subscribers:
            self._tell([queries.new_event(one) for one in summaries])
        elif summaries:
            self._told = summaries[-1].arrival
            self._events.committed()
        self._after_work()
        return True

    def _end_answers(self) -> None:
        for call in self._after_answers:
            try:
                call()
            except Exception:
                _log.exception("Whoever collects answers failed")

    # Commands

    def _obey(self, command: Transaction) -> None:
        if not command.future.set_running_or_notify_cancel():
            return
        try:
            with self._database.begin(self._connection):
                outcome = command.run(self._connection)
                if outcome.events:
                    self._database.announce(self._connection)
                self._database.check_place()
        except CatcherError as error:
            command.future.set_exception(error)
            return
        except Exception as error:
            command.future.set_exception(self._failure(error))
            return
        command.future.set_result(outcome.changed)
        self._tell(outcome.events)
        self._after_work()

    # News

    def _tell(self, events: Sequence[StoreEvent]) -> None:
        """Publish own events, after those of other processes that have lower numbers."""
        if not events:
            return
        if events[0].cursor > self._told + 1:
            self._tell_foreign(upto=events[0].cursor - 1)
        self._told = events[-1].cursor
        self._events.publish(events)
        self._events.committed()

    def _tell_foreign(self, *, upto: int) -> None:
        self._behind += max(0, upto - self._told)
        while self._events.has_subscribers and self._told < upto:
            try:
                with self._database.reading() as connection:
                    found = queries.changes(connection, self._told, upto=upto, limit=_BATCH)
            except StoreUnavailable:
                _log.exception("Other processes' changes could not be read")
                return
            if not found:
                break
            self._told = found[-1].cursor
            self._events.publish(found)
        self._told = max(self._told, upto)
        self._events.committed()

    def _look_for_others(self) -> None:
        now = time.monotonic()
        if self._watch is None or (now < self._looked_at + self._poll_interval and not self._is_woken):
            return
        self._looked_at = now
        self._is_woken = False
        with suppress(exc.SQLAlchemyError, StoreUnavailable, OSError):
            self._has_news = self._watch.has_news() or self._has_news
            if self._has_news:
                self._tell_foreign(upto=self._last_number())
                self._has_news = False
                self._after_work()

    def _last_number(self) -> int:
        with self._database.reading() as connection:
            return read_counters(connection).cursor

    # Upkeep

    def _after_work(self) -> None:
        self._upkeep_at = time.monotonic() + QUIET
        while self._behind > BEHIND and self._try_upkeep():
            self._behind -= 100

    def _keep_up(self) -> None:
        if self._upkeep_at is not None and time.monotonic() >= self._upkeep_at:
            self._try_upkeep()

    def _try_upkeep(self) -> bool:
        """One step; when nothing is left, upkeep rests until something is written again."""
        try:
            if self._upkeep.step(self._connection):
                self._upkeep_at = time.monotonic()
                return True
            self._upkeep_at = None
            self._behind = 0
        except (exc.SQLAlchemyError, StoreUnavailable) as error:
            _log.warning("Upkeep of the mail store failed and is tried again: %s", error)
            self._upkeep_at = time.monotonic() + _RETRY
        return False

    def _failure(self, error: Exception) -> BaseException:
        if isinstance(error, CatcherError):
            return error
        if not isinstance(error, exc.OperationalError):
            _log.error("A message could not be stored", exc_info=error)
        return self._database.failure(error)


def _answer(delivery: Delivery, outcome: Sequence[int] | BaseException) -> None:
    try:
        delivery.done(outcome)
    except Exception:
        _log.exception("Whoever delivered could not be told")
