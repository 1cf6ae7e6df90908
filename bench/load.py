"""Load generator: SMTP sessions that send one command at a time and wait for each reply, as real clients do.

It runs in separate processes, so that its cost is not the server's, and prepares its messages before the clock starts.
"""

import asyncio
import multiprocessing
import time
from dataclasses import dataclass
from functools import partial
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from typing import cast

from bench.mails import mail

Address = tuple[str, int]

VARIANTS = {"1.5 kB": 200, "25 kB": 50, "1 MB": 4, "15 MB": 1, "20 MB": 1}
"""Number of different messages of a kind, which are sent in turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """A load. sessions: concurrent ones. per_connection: messages in one connection, 0 for all of a session."""

    kind: str
    messages: int
    sessions: int
    per_connection: int = 0
    first: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """Result of a load. seconds: from the first connection to the last reply. failures: messages without a 250."""

    messages: int
    failures: int
    seconds: float

    @property
    def rate(self) -> float:
        """Messages per second."""
        return self.messages / self.seconds


def send(address: Address, load: Load, *, processes: int = 2) -> Sent:
    """Send the load from several processes that start at the same time."""
    processes = min(processes, load.sessions)
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(processes + 1)
    results: multiprocessing.Queue[tuple[int, int]] = context.Queue()
    workers = [
        context.Process(
            target=_work,
            args=(
                address,
                load,
                _share(load.sessions, processes, n),
                _share(load.messages, processes, n),
                n,
                barrier,
                results,
            ),
        )
        for n in range(processes)
    ]
    for worker in workers:
        worker.start()
    barrier.wait(120)
    started = time.perf_counter()
    outcomes = [results.get(timeout=600) for _ in workers]
    seconds = time.perf_counter() - started
    for worker in workers:
        worker.join()
    return Sent(
        messages=sum(sent for sent, _ in outcomes), failures=sum(failed for _, failed in outcomes), seconds=seconds
    )


def _share(total: int, parts: int, number: int) -> int:
    return total // parts + (number < total % parts)


def _work(
    address: Address,
    load: Load,
    sessions: int,
    messages: int,
    number: int,
    barrier: Barrier,
    results: "Queue[tuple[int, int]]",  # not subscriptable when it runs
) -> None:
    octets = [
        mail(load.kind, load.first + number + index * 16).replace(b"\r\n.", b"\r\n..") + b".\r\n"
        for index in range(VARIANTS[load.kind])
    ]
    try:
        import uvloop

        runner = asyncio.Runner(loop_factory=uvloop.new_event_loop)
    except ImportError:
        runner = asyncio.Runner()
    with runner:
        results.put(runner.run(_sessions(address, load, sessions, messages, octets, barrier)))


async def _sessions(
    address: Address, load: Load, sessions: int, messages: int, octets: list[bytes], barrier: Barrier
) -> tuple[int, int]:
    barrier.wait(120)
    shares = [_share(messages, sessions, number) for number in range(sessions)]
    outcomes = await asyncio.gather(*(_session(address, octets, share, load.per_connection) for share in shares))
    return sum(sent for sent, _ in outcomes), sum(failed for _, failed in outcomes)


async def _session(address: Address, octets: list[bytes], messages: int, per_connection: int) -> tuple[int, int]:
    sent = failed = 0
    while sent + failed < messages:
        batch = min(per_connection or messages, messages - sent - failed)
        _, dialogue = await asyncio.get_running_loop().create_connection(
            partial(_Dialogue, octets, sent, batch), *address
        )
        accepted = await dialogue.finished
        sent += accepted
        failed += batch - accepted
    return sent, failed


_COMMANDS = {
    "ehlo": b"EHLO bench.example\r\n",
    "mail": b"MAIL FROM:<shop@example.com>\r\n",
    "rcpt": b"RCPT TO:<ann@example.com>\r\n",
    "data": b"DATA\r\n",
    "quit": b"QUIT\r\n",
}
_AFTER = {"greeting": "ehlo", "ehlo": "mail", "mail": "rcpt", "rcpt": "data", "data": "octets", "octets": "mail"}


class _Dialogue(asyncio.Protocol):
    """One connection: greeting, EHLO, then MAIL, RCPT, DATA and content of each message, QUIT."""

    def __init__(self, octets: list[bytes], first: int, messages: int) -> None:
        self.finished: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._octets = octets
        self._next = first
        self._left = messages
        self._accepted = 0
        self._waiting_for = "greeting"
        self._reply = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._reply += data
        last = self._reply.rstrip().rpartition(b"\n")[2]
        if self._reply.endswith(b"\n") and last[3:4] != b"-":
            self._reply = b""
            self._answer(last)

    def _answer(self, reply: bytes) -> None:
        if self._waiting_for == "octets":
            self._accepted += reply.startswith(b"250")
            self._left -= 1
            self._next += 1
        step = _AFTER[self._waiting_for]
        if reply[:1] not in b"23" or (step == "mail" and not self._left):
            self._transport.write(_COMMANDS["quit"])
            self._transport.close()
            return
        self._waiting_for = step
        self._transport.write(_COMMANDS.get(step) or self._octets[self._next % len(self._octets)])

    def connection_lost(self, error: Exception | None) -> None:
        if not self.finished.done():
            self.finished.set_result(self._accepted)
