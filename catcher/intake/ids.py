"""Store ids: 22 characters [0-9A-Za-z] that rise with time and cannot be guessed."""

import os
import threading
from datetime import UTC, datetime, timedelta

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_PAIRS = [first + second for first in _ALPHABET for second in _ALPHABET]
_BASE = len(_PAIRS)
_TIME_DIGITS = 9
_TAIL_DIGITS = 13
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class StoreIds:
    """Makes ids, each greater than the one before, from any thread.

    Nine digits of microseconds since 1970 (until the year 2398), then thirteen random ones: 77 bits, so that the id in
    a link to a message is no easier to guess than a password.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0

    def new(self, now: datetime) -> str:
        """The next id for this moment (aware). A clock that stands still or goes back does not make ids go back."""
        with self._lock:
            self._last = max((now - _EPOCH) // _MICROSECOND, self._last + 1)
            moment = self._last
        return _digits(moment, _TIME_DIGITS) + _digits(int.from_bytes(os.urandom(10), "big"), _TAIL_DIGITS)


_ids = StoreIds()


def new_store_id(now: datetime) -> str:
    """22 characters [0-9A-Za-z]; within this process strictly rising, in ASCII order, whatever the clock does."""
    return _ids.new(now)


def _digits(number: int, length: int) -> str:
    """The number's last digits, most significant first."""
    pairs = []
    for _ in range(0, length, 2):
        number, pair = divmod(number, _BASE)
        pairs.append(_PAIRS[pair])
    return "".join(reversed(pairs))[-length:]
