"""The workers as the first process has them: started, listened to, started anew when they die, and ended with it.

Each TCP address has one socket for every process, all bound by this one with SO_REUSEPORT, and the kernel spreads new
connections over them. A worker inherits its sockets. While it is not there, not yet or not any more, this process
serves them: so no connection waits for a worker, or is lost with one that had not accepted it.
"""

import asyncio
import contextlib
import logging
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from catcher.counters import Tally
from catcher.hooks import Gate
from catcher.smtp import SmtpServer
from catcher.smtp.server import Place
from catcher.threads import Threads
from catcher.workers.board import Board
from catcher.workers.channel import Answer, Channel, Leaving, Question, Ready
from catcher.workers.handover import Handover, Work

if TYPE_CHECKING:
    from catcher.store import Store  # imported after the listener has opened

log = logging.getLogger("catcher.workers")

COMMAND = (
    sys.executable,
    "-P",  # modules of the current directory are not ours
    "-c",
    "import sys; sys.path.append(sys.argv[1]); from catcher.cli.worker import main; main()",
    str(Path(__file__).parents[2]),
)

PAUSES = (0.1, 0.5, 2.0, 10.0, 60.0)
"""Seconds until a worker that died is started anew: the first time, the second, and so on."""

STEADY_SECONDS = 60.0
"""A worker that lived so long begins with the first pause again."""

LOOK_PAUSE = 0.02
"""Seconds between two looks for what workers have stored: each costs as much as taking a mail."""

END_SECONDS = 1.5
"""How long a worker may take to end, beyond the grace that its dialogues have, before it is killed."""


class Group:
    """So many workers. Made before the listeners open, started when all else is; belongs to one event loop."""

    def __init__(self, number: int) -> None:
        self._board = Board.make()
        self._threads = Threads(number, name="catcher-workers")
        self._workers: list[_Worker] = []
        self._looked_at = 0.0
        self._looking: asyncio.TimerHandle | None = None
        self.tallies: Sequence[Tally] = [self._board.tally(one) for one in range(number)]

    @property
    def turn(self) -> Callable[[], AbstractContextManager[None]]:
        """For the store, see `Store.open`: workers take turns by it."""
        return self._board.turn

    def arm(self, is_armed: bool) -> None:
        """Have the workers ask about faults from their next command on, or not any more."""
        self._board.is_armed = is_armed

    def start(self, work: Work, *, smtp: SmtpServer, store: "Store", gate: Gate) -> None:
        """Start them, which nobody has to wait for. Raises OSError when there is no socket for them.

        smtp: the server whose addresses they share. store: told of what they store. gate: judges for them.
        """
        bell = self._board.descriptors[1]
        asyncio.get_running_loop().add_reader(bell, self._hear, store)
        for number in range(len(self.tallies)):
            places = smtp.beside()
            handover = Handover.of(work, number=number, board=self._board.descriptors, places=places)
            self._workers.append(_Worker(handover, places, smtp=smtp, gate=gate, threads=self._threads))

    async def stop(self, *, grace: float) -> None:
        """Have all of them end; dialogues may go on for `grace` seconds. Safe to call twice."""
        await asyncio.gather(*(worker.stop(grace=grace) for worker in self._workers))
        self._workers = []

    def close(self) -> None:
        """Give back what they shared, when they have ended."""
        asyncio.get_running_loop().remove_reader(self._board.descriptors[1])
        if self._looking is not None:
            self._looking.cancel()
        self._board.close()
        self._threads.close()

    def _hear(self, store: "Store") -> None:
        """Have the store look for what a worker has committed: at once, but not again and again in a stream of mail.

        When nobody listens, what it does now and then by itself will do.
        """
        self._board.heard()
        if self._looking is None and store.events.is_heard:
            loop = asyncio.get_running_loop()
            self._looking = loop.call_at(self._looked_at + LOOK_PAUSE, self._look, store)

    def _look(self, store: "Store") -> None:
        self._looking = None
        self._looked_at = asyncio.get_running_loop().time()
        store.look()


class _Worker:
    """One place among the workers, and the process that fills it at the time. Begins when it is made."""

    def __init__(
        self, handover: Handover, places: list[Place], *, smtp: SmtpServer, gate: Gate, threads: Threads
    ) -> None:
        self._handover = handover
        self._places = places
        self._smtp = smtp
        self._gate = gate
        self._threads = threads
        self._channel: Channel | None = None
        self._leave: Callable[[], Awaitable[None]] | None = None
        self._over = asyncio.Event()
        self._grace = 0.0
        self._keeping = asyncio.create_task(self._keep())

    async def stop(self, *, grace: float) -> None:
        """Have the process end, and wait for that."""
        self._grace = grace
        self._over.set()
        if self._channel is not None:
            self._channel.close()
        await self._keeping
        for _, bound in self._places:
            bound.close()

    async def _keep(self) -> None:
        """See to it that there is a process, until it is over."""
        loop = asyncio.get_running_loop()
        deaths = 0
        while not self._over.is_set():
            began = loop.time()
            try:
                await self._stand_in()
                status = str(await self._live())
            except OSError as error:  # out of descriptors, of memory
                status = str(error)
            except Exception:
                log.exception("a worker could not be looked after")
                status = "unknown"
            if self._over.is_set():
                break
            deaths = 0 if loop.time() - began > STEADY_SECONDS else deaths
            pause = PAUSES[min(deaths, len(PAUSES) - 1)]
            deaths += 1
            log.warning("a worker ended and is started anew", extra={"status": status, "seconds": pause})
            with contextlib.suppress(OSError):
                await self._stand_in()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._over.wait(), pause)

    async def _live(self) -> int:
        """Start a process and listen to it until its end; the status that it ended with."""
        process, end = await self._threads.run(_start, self._handover.descriptors)
        self._channel = channel = await Channel.over(end)
        is_ready = False
        try:
            channel.send(self._handover.packed())
            while not self._over.is_set() and (said := await channel.heard()):
                if isinstance(said, Question):
                    channel.say(Answer(said.number, await self._gate.judge(said.occasion)))
                elif isinstance(said, Ready):
                    is_ready = True
                    await self._step_back()
                    log.info("worker ready", extra={"pid": process.pid})
                elif isinstance(said, Leaving):
                    await self._stand_in()
        finally:
            channel.close()
            if self._over.is_set() and not is_ready:
                process.kill()  # it has no mail yet, and may still be importing
            status = await self._threads.run(_ended, process, self._grace + END_SECONDS)
        return status

    async def _stand_in(self) -> None:
        """Serve the worker's sockets in its stead."""
        if self._leave is None and not self._over.is_set():
            self._leave = await self._smtp.serve(self._places)

    async def _step_back(self) -> None:
        leave, self._leave = self._leave, None
        if leave is not None:
            await leave()


def _start(descriptors: tuple[int, ...]) -> tuple["subprocess.Popen[bytes]", socket.socket]:
    """A process, and this process's end of the channel to it. Raises OSError.

    It has a session of its own, so that Ctrl-C at the terminal is for the first process alone.
    """
    end, other = socket.socketpair()
    with other:
        process = subprocess.Popen(  # noqa: S603 - ourselves
            COMMAND, stdin=other.fileno(), stdout=subprocess.DEVNULL, pass_fds=descriptors, start_new_session=True
        )
    return process, end


def _ended(process: "subprocess.Popen[bytes]", seconds: float) -> int:
    """Its status, after so many seconds at most; then it is killed."""
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        log.warning("a worker did not end and is killed", extra={"pid": process.pid})
        process.kill()
        return process.wait()
