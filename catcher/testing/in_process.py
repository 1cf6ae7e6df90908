"""A whole catcher on free loopback ports, in a thread of this process, for the length of a `with` block."""

import asyncio
import contextlib
import threading
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from catcher import server
from catcher.store import Store
from catcher.testing.loopback import host_and_port, load_settings

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningCatcher:
    """The addresses of a running catcher. smtp_host, smtp_port: for `smtplib`. url: of the pages, ends with a slash.

    store: the store itself, to look into it without HTTP.
    """

    smtp_host: str
    smtp_port: int
    url: str
    store: Store


@contextlib.contextmanager
def running_catcher(**settings: Any) -> Iterator[RunningCatcher]:
    """Start a catcher and stop it at the end of the block.

    settings: by name as in `catcher.conf.settings`, as text or TOML values; `smtp` and `listen` are free ports on
    loopback unless given, and the database is ephemeral unless `database` is given. Raises SettingError and StartError.
    """
    loaded, origins = load_settings(settings)
    with _loop_in_thread() as loop:
        stack = contextlib.AsyncExitStack()

        def run(work: Coroutine[Any, Any, T]) -> T:
            return asyncio.run_coroutine_threadsafe(work, loop).result(timeout=30)

        try:
            started = run(stack.enter_async_context(server.run_catcher(loaded, origins=origins)))
            host, port = host_and_port(started.addresses.smtp[0])
            yield RunningCatcher(smtp_host=host, smtp_port=port, url=started.addresses.url, store=started.store)
        finally:
            run(stack.aclose())


@contextlib.contextmanager
def _loop_in_thread() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="catcher-test", daemon=True)
    thread.start()
    try:
        yield loop
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
