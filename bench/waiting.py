"""Latency of waits for mail, and rate of new inboxes, for servers with these routes."""

import asyncio
import json
import statistics
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from bench.servers import Recipe, started
from bench.table import Options, Row, alternate

WAITERS = (1, 100, 500)
ROUNDS = 200
INBOXES = 500
AT_ONCE = 10


def waiting(options: Options) -> Iterator[Row]:
    """Yield ms from the 250 to the response by number of waits, the server's CPU time, and new inboxes per second."""
    yield from alternate([recipe for recipe in options.servers if recipe.checkout], 1, _waiting)


def _waiting(recipe: Recipe) -> Mapping[str, float]:
    figures: dict[str, float] = {}
    with started(recipe) as server:
        for number in WAITERS:
            before = server.cpu()
            seconds = asyncio.run(_woken(server.smtp, server.http, number))
            used = server.cpu() - before
            cuts = statistics.quantiles(seconds, n=100)
            figures[f"wake-up of 1 in {number}: p50 ms"] = statistics.median(seconds) * 1000
            figures[f"wake-up of 1 in {number}: p99 ms"] = cuts[98] * 1000
            figures[f"wake-up of 1 in {number}: CPU ms, asking included"] = used / (ROUNDS + number) * 1000
        for at_once in (1, AT_ONCE):
            figures[f"inboxes made, {at_once} at once: /s"] = asyncio.run(_made(server.http, at_once))
    return figures


async def _woken(smtp: tuple[str, int], http: tuple[str, int], number: int) -> list[float]:
    """Return the seconds of each round, in which one message answers one of the waits, which is then repeated."""
    sender = await _Sender.open(smtp)
    waiters = [await _Waiter.open(http, f"w{index}of{number}") for index in range(number)]
    seconds = []
    for turn in range(ROUNDS + 10):
        waiter = waiters[turn % number]
        answered = asyncio.create_task(waiter.answered())
        accepted_at = await sender.send(waiter.subject)
        seconds.append(max(0.0, await answered - accepted_at))
        await waiter.again()
    await sender.close()
    for waiter in waiters:
        waiter.close()
    return seconds[10:]  # the first ones pay for late imports


@dataclass(slots=True)
class _Sender:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @classmethod
    async def open(cls, address: tuple[str, int]) -> "_Sender":
        sender = cls(*await asyncio.open_connection(*address))
        await sender.reader.readline()
        await sender.say(b"HELO bench")
        return sender

    async def say(self, line: bytes) -> None:
        self.writer.write(line + b"\r\n")
        reply = await self.reader.readline()
        if reply[:1] not in b"23":
            raise RuntimeError(reply.decode())

    async def send(self, subject: str) -> float:
        """Send a message and return the time of its 250."""
        for line in (b"MAIL FROM:<a@example.com>", b"RCPT TO:<b@example.com>", b"DATA"):
            await self.say(line)
        await self.say(f"Subject: {subject}\r\n\r\nYour code is 493021.\r\n.".encode())
        return time.perf_counter()

    async def close(self) -> None:
        await self.say(b"QUIT")
        self.writer.close()


@dataclass(slots=True)
class _Waiter:
    subject: str
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    cursor: int = 0

    @classmethod
    async def open(cls, address: tuple[str, int], subject: str) -> "_Waiter":
        waiter = cls(subject, *await asyncio.open_connection(*address))
        await waiter.again()
        return waiter

    async def again(self) -> None:
        """Send a request and let the server start to wait."""
        asked = urlencode({"query": f"subject:={self.subject}", "since": self.cursor, "timeout": 600})
        self.writer.write(f"GET /api/v1/wait?{asked} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        await self.writer.drain()
        await asyncio.sleep(0.01)

    async def answered(self) -> float:
        """Return the time of the first octets of the response."""
        head = await self.reader.readuntil(b"\r\n\r\n")
        at = time.perf_counter()
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(head.decode())
        body = await self.reader.readexactly(_length(head))
        self.cursor = json.loads(body)["cursor"]
        return at

    def close(self) -> None:
        self.writer.close()


def _length(head: bytes) -> int:
    lines = head.decode().lower().split("\r\n")
    return next(int(line.partition(":")[2]) for line in lines if line.startswith("content-length:"))


async def _made(http: tuple[str, int], at_once: int) -> float:
    """Return new inboxes per second, over `at_once` persistent connections."""

    async def make(times: int) -> None:
        reader, writer = await asyncio.open_connection(*http)
        for _ in range(times):
            writer.write(b"POST /api/v1/inboxes HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n")
            head = await reader.readuntil(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 201"):
                raise RuntimeError(head.decode())
            await reader.readexactly(_length(head))
        writer.close()

    begun = time.perf_counter()
    await asyncio.gather(*(make(INBOXES // at_once) for _ in range(at_once)))
    return INBOXES / (time.perf_counter() - begun)
