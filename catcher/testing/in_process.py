"""A whole catcher on free loopback ports, in a thread of this process, for the length of a `with` block."""

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from catcher.conf import load
from catcher.server.catcher import Catcher
from catcher.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningCatcher:
    """Where it is found. smtp_host, smtp_port: for `smtplib`. url: of the pages, ends with a slash.

    store: the store itself, for questions that a test asks without HTTP.
    """

    smtp_host: str
    smtp_port: int
    url: str
    store: Store


@contextlib.contextmanager
def running_catcher(**settings: Any) -> Iterator[RunningCatcher]:
    """Start a catcher and stop it at the end of the block.

    settings: by name as in `catcher.conf.settings`, as text or TOML values; `smtp` and `listen` are free ports on
    loopback unless given, and nothing is kept unless `database` is. Raises SettingError and StartError.
    """
    given = {"smtp": "127.0.0.1:0", "listen": "127.0.0.1:0", **settings}
    if "database" not in given:
        given.setdefault("ephemeral", True)
    loaded, origins = load(flags=given)
    catcher = Catcher(loaded, origins=origins)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="catcher-test", daemon=True)
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(catcher.start(), loop).result(timeout=30)
        where = catcher.whereabouts
        host, _, port = where.smtp[0].rpartition(":")
        yield RunningCatcher(smtp_host=host.strip("[]"), smtp_port=int(port), url=where.url, store=catcher.store)
    finally:
        asyncio.run_coroutine_threadsafe(catcher.stop(), loop).result(timeout=30)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
