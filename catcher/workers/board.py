"""What the processes of one catcher see at the same time: a page of memory, and a bell to wake the first one."""

import fcntl
import mmap
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from catcher.counters import NUMBERS, Tally
from catcher.errors import StoreUnavailable

_OCTETS = mmap.PAGESIZE
_ROW = NUMBERS * 8
_FIRST_ROW = 64

PATIENCE = 5.0
"""Seconds that a turn is waited for, as long as SQLite waits for a lock."""

_PAUSE = 0.0005
"""Seconds between two tries."""

MOST_WORKERS = 64
"""Rows that fit on the page beside the flag."""


class Board:
    """The page, by its file descriptor, and the bell, by another one; both are inherited by the workers.

    The first process alone sets `is_armed`, and each worker counts on a tally of its own. A number is read and written
    whole, so nobody waits for anybody.
    """

    def __init__(self, page: int, bell: int, *, patience: float = PATIENCE) -> None:
        self.descriptors = (page, bell)
        self._patience = patience
        self._memory = mmap.mmap(page, _OCTETS)

    @classmethod
    def make(cls) -> "Board":
        """A new one, for the first process."""
        page = os.memfd_create("catcher-workers")
        os.ftruncate(page, _OCTETS)
        return cls(page, os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC))

    @property
    def is_armed(self) -> bool:
        """Whether the first process has faults for dialogues."""
        return self._memory[0] != 0

    @is_armed.setter
    def is_armed(self, value: bool) -> None:
        self._memory[0] = value

    def tally(self, number: int) -> Tally:
        """What the worker of this number, from 0, counts on; what it held when a worker died goes on."""
        start = _FIRST_ROW + number * _ROW
        return Tally(memoryview(self._memory)[start : start + _ROW].cast("Q"))

    def ring(self) -> None:
        """Wake the first process. Never blocks; any thread may."""
        os.eventfd_write(self.descriptors[1], 1)

    def heard(self) -> None:
        """Take the rings that have come until now."""
        os.eventfd_read(self.descriptors[1])

    @contextmanager
    def turn(self) -> Iterator[None]:
        """For the length of the block, nobody else of these processes is in such a block; of a process that dies it is
        over. One thread of each process may use it. Raises StoreUnavailable when a turn takes longer than `PATIENCE`.
        """
        until = time.monotonic() + self._patience
        while not self._took_turn():
            if time.monotonic() > until:
                raise StoreUnavailable("The mail store is locked by another process")
            time.sleep(_PAUSE)  # a lock that is waited for cannot be given up
        try:
            yield
        finally:
            fcntl.lockf(self.descriptors[0], fcntl.LOCK_UN)

    def _took_turn(self) -> bool:
        try:
            fcntl.lockf(self.descriptors[0], fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def close(self) -> None:
        """For the first process, when the workers have ended. The page goes when its last tally does."""
        for descriptor in self.descriptors:
            os.close(descriptor)
