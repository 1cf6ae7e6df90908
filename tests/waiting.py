"""Waits for conditions that no event announces."""

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


def wait_until(
    find: Callable[[], Found | None],
    *,
    seconds: float = 60,
    said: Callable[[], object] = lambda: "the condition was never true",
) -> Found:
    """Return the first true value of `find`, which is called repeatedly. Fail with the value of `said` after `seconds`.

    The limit only ends a test that hangs; nothing is concluded from the time. If there is an event, wait for that.
    """
    end = time.monotonic() + seconds
    pause = 0.002
    while not (found := find()):
        assert time.monotonic() < end, said()
        time.sleep(pause)
        pause = min(2 * pause, 0.05)
    return found
