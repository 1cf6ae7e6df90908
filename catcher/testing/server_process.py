"""The process of a shared catcher: `python -m catcher.testing.server_process DIRECTORY DESCRIPTOR SETTINGS`.

DESCRIPTOR is the inherited lock of `starting`; SETTINGS is a JSON object as `load` takes it.
"""

import asyncio
import contextlib
import fcntl
import json
import os
import sys
import threading
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from catcher.process import frozen_heap
from catcher.server import open_listeners, start_catcher
from catcher.testing.loopback import host_and_port, load_settings
from catcher.testing.shared_process import ADDRESS, USERS, SharedAddress, locked


async def _serve(directory: Path, starting: int, given: Mapping[str, Any]) -> None:
    """Run the catcher of the directory until no process uses it."""
    settings, origins = load_settings(given)
    async with contextlib.AsyncExitStack() as stack:
        with frozen_heap():
            listeners = await stack.enter_async_context(open_listeners(settings))
            host, port = host_and_port(listeners.addresses.smtp[0])
            address = SharedAddress(url=listeners.addresses.url, smtp_host=host, smtp_port=port)
            (directory / ADDRESS).write_text(json.dumps(asdict(address)), "utf-8")
            try:
                unused = _watch_users(directory)
                os.close(starting)
                await stack.enter_async_context(start_catcher(listeners, origins=origins))
            except BaseException:
                (directory / ADDRESS).unlink()
                raise
        try:
            await unused.wait()
        finally:
            (directory / ADDRESS).unlink(missing_ok=True)


def _watch_users(directory: Path) -> asyncio.Event:
    """Return an event that is set when no process holds the users' lock; this one holds it then, against latecomers."""
    loop, unused = asyncio.get_running_loop(), asyncio.Event()

    def wait() -> None:
        locked(directory / USERS, fcntl.LOCK_EX)
        loop.call_soon_threadsafe(unused.set)

    threading.Thread(target=wait, name="catcher-users", daemon=True).start()
    return unused


def main() -> None:
    """Run the process."""
    directory, starting, settings = sys.argv[1:]
    asyncio.run(_serve(Path(directory), int(starting), json.loads(settings)))


if __name__ == "__main__":
    main()
