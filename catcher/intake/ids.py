"""Store ids: 22 characters [0-9A-Za-z] that rise with time and cannot be guessed."""

import os
import threading
from datetime import UTC, datetime, timedelta

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_PAIRS = [first + second for first in _ALPHABET for second in _ALPHABET]
_BASE = len(_PAIRS)
_DIGIT_OF = (_ALPHABET * 4).encode().ljust(256)
_NO_DIGIT = bytes(range(4 * len(_ALPHABET), 256))
"""Octets that are dropped, so that all digits are equally likely."""
_POOL = 4096
_TIME_DIGITS = 9
_TAIL_DIGITS = 13
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class StoreIds:
    """A generator of store ids, each greater than the one before, for any thread.

    Nine digits of microseconds since 1970 (until the year 2398), then thirteen random ones: 77 bits, so that the id in
    a link to a message is no easier to guess than a password.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0
        self._pool = ""
        self._used = 0

    def new(self, now: datetime) -> str:
        """Return the next id for this time (aware); ids rise even when the clock stops or goes back."""
        with self._lock:
            self._last = max((now - _EPOCH) // _MICROSECOND, self._last + 1)
            moment = self._last
            start, self._used = self._used, self._used + _TAIL_DIGITS
            if self._used > len(self._pool):
                self._pool = os.urandom(_POOL).translate(_DIGIT_OF, _NO_DIGIT).decode()
                start, self._used = 0, _TAIL_DIGITS
            tail = self._pool[start : start + _TAIL_DIGITS]
        pairs = ""
        for _ in range(0, _TIME_DIGITS, 2):  # most significant digits first
            moment, pair = divmod(moment, _BASE)
            pairs = _PAIRS[pair] + pairs
        return pairs[-_TIME_DIGITS:] + tail

    def forget(self) -> None:
        """Discard the random digits in stock, after a fork: parent and child have the same ones."""
        self._lock = threading.Lock()  # another thread may have held it
        self._pool = ""


_ids = StoreIds()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_ids.forget)


def new_store_id(now: datetime) -> str:
    """Return a store id: 22 characters [0-9A-Za-z], strictly rising within this process in ASCII order."""
    return _ids.new(now)
