"""What runs in a worker of `catcher serve --workers`. The first process starts it; it is no command for people.

Its standard input is a socket to that process, and the first thing on it is what to do.
"""

import asyncio
import logging
import os
import signal
import socket

from catcher.cli.logs import configure_logging
from catcher.errors import CatcherError
from catcher.process import loop_factory
from catcher.workers.channel import read_frame
from catcher.workers.handover import Handover
from catcher.workers.working import work

log = logging.getLogger("catcher.workers")


def main() -> None:
    """Take mail until the first process says stop or is no more. Exits with 1 when that cannot even begin."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever interrupts them all means the first process
    end = socket.socket(fileno=os.dup(0))
    try:
        handover = Handover.unpacked(read_frame(end))
    except EOFError:
        return
    configure_logging(handover.work.settings)
    try:
        with asyncio.Runner(loop_factory=loop_factory()) as runner:
            runner.run(work(handover, end))
    except CatcherError as error:
        log.warning("a worker cannot take mail: %s", error)
        raise SystemExit(1) from None
