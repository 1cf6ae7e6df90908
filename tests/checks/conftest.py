"""Fixtures for tests of the checks: options, and small servers on loopback that count what reaches them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager

import pytest

from catcher.checks import CheckOptions
from catcher.threads import Threads


@pytest.fixture(scope="session")
def threads() -> Iterator[Threads]:
    """The threads that checks may use."""
    pool = Threads(2, name="checks")
    yield pool
    pool.close()


@pytest.fixture
def options(threads: Threads) -> CheckOptions:
    """Options without network: what a catcher has when nothing is set."""
    return CheckOptions(threads=threads)


Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def serving(handler: Handler, *, unix: str = "") -> AsyncIterator[int]:
    """A server on loopback while the block runs; gives its port, 0 for a Unix socket."""

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await handler(reader, writer)
        finally:
            writer.close()

    if unix:
        server = await asyncio.start_unix_server(one, unix)
    else:
        server = await asyncio.start_server(one, "127.0.0.1", 0)
    try:
        yield 0 if unix else server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()
