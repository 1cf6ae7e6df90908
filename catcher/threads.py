"""Thread pools for blocking work. All threads come from here, except for the store's writer thread."""

import asyncio
import contextvars
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class Threads:
    """A thread pool for blocking work: large parses, database reads, smtplib.

    max_threads: number of threads; further work is queued in order.
    """

    def __init__(self, max_threads: int = 8, *, name: str = "catcher") -> None:
        self._pool = ThreadPoolExecutor(max_workers=max_threads, thread_name_prefix=name)

    async def run(self, function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Return the result of function(*args, **kwargs), run in a thread and in the caller's context."""
        context = contextvars.copy_context()
        return await asyncio.get_running_loop().run_in_executor(
            self._pool, lambda: context.run(function, *args, **kwargs)
        )

    def close(self) -> None:
        """Wait for running work, cancel queued work, and end the threads. Safe to call twice."""
        self._pool.shutdown(wait=True, cancel_futures=True)


class LazyValue(Generic[R]):
    """An expensive value that is created in a thread, once, when it is first needed.

    If that fails, all waiting callers get the exception, and the next call tries again.
    """

    def __init__(self, make: Callable[[], R], *, threads: Threads) -> None:
        self._make = make
        self._threads = threads
        self._made: asyncio.Future[R] | None = None

    async def __call__(self) -> R:
        """Return the value."""
        if self._made is None:
            self._made = asyncio.ensure_future(self._threads.run(self._make))
        making = self._made
        try:
            return await asyncio.shield(making)
        except Exception:
            if self._made is making:
                self._made = None
            raise
