"""How a running command learns that it should stop."""

import asyncio
import signal


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
