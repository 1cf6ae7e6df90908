"""The only place that hands work to a thread, so that there is one bound and one place to look.

The store's writer thread is the exception: it belongs to the store.
"""

import asyncio
import contextvars
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class Threads:
    """A bounded pool for blocking work: large parses, database reads, smtplib.

    workers: how many run at once; more wait in order. `close` waits for what runs and is safe to call twice.
    """

    def __init__(self, workers: int = 8, *, name: str = "catcher") -> None:
        self._pool = ThreadPoolExecutor(max_workers=workers, thread_name_prefix=name)

    async def run(self, function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """The result of function(*args, **kwargs), which runs in a thread and in the caller's context.

        Its exception is raised here.
        """
        context = contextvars.copy_context()
        return await asyncio.get_running_loop().run_in_executor(
            self._pool, lambda: context.run(function, *args, **kwargs)
        )

    def close(self) -> None:
        """Wait for running work and end the threads."""
        self._pool.shutdown(wait=True, cancel_futures=True)


def parsers() -> Threads:
    """Two threads for parsing large mail, so that a list never waits for ten mails of 20 MB to be through."""
    return Threads(2, name="catcher-parse")


class OnDemand(Generic[R]):
    """A value that costs too much to be made before somebody asks for it: made in a thread, once.

    When making it fails, who asks gets the exception and the next one tries again.
    """

    def __init__(self, make: Callable[[], R], *, threads: Threads) -> None:
        self._make = make
        self._threads = threads
        self._made: asyncio.Future[R] | None = None

    async def __call__(self) -> R:
        """The value."""
        if self._made is None:
            self._made = asyncio.ensure_future(self._threads.run(self._make))
        making = self._made
        try:
            return await asyncio.shield(making)
        except Exception:
            if self._made is making:
                self._made = None
            raise
