"""Waits for what nobody tells of."""

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


def wait_until(
    find: Callable[[], Found | None], *, seconds: float = 60, said: Callable[[], object] = lambda: "it never came to be"
) -> Found:
    """What `find` gives as soon as it is true; asked again and again. AssertionError with what is said at last."""
    end = time.monotonic() + seconds
    pause = 0.002
    while not (found := find()):
        assert time.monotonic() < end, said()
        time.sleep(pause)
        pause = min(2 * pause, 0.05)
    return found
