"""The process that a server runs in: garbage collection, event loop, limit on open files, signals."""

import asyncio
import contextlib
import gc
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

MAX_DESCRIPTORS = 65_536
"""Beyond it nothing is won; some systems have a hard limit of a thousand million, or refuse "infinity"."""


@contextmanager
def frozen_heap() -> Iterator[None]:
    """Disable cyclic GC during start-up, then freeze the heap and raise the thresholds.

    Start-up objects live as long as the process, and handling a message creates no cycles: collections cost a tenth
    of the time of ingest, and a twentieth of the start.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.set_threshold(10_000, 10, 10)
        gc.enable()


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Return uvloop's event loop when it is installed, else None for the standard one."""
    if sys.platform == "win32":
        return None
    try:
        import uvloop
    except ImportError:
        return None
    factory: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    return factory


def raise_descriptor_limit() -> None:
    """Raise the soft limit on open files to the hard one, where there are such limits.

    The soft limit is 1024 on many systems, for the sake of programs that call select().
    """
    try:
        import resource
    except ImportError:  # not a Unix system
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MAX_DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, MAX_DESCRIPTORS)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


async def until_stopped() -> None:
    """Return when the process is interrupted (Ctrl-C) or asked to terminate (SIGTERM)."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, stop.set)
        except NotImplementedError:  # Windows has no such handlers on its event loop
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))
    await stop.wait()
