"""One POP3 connection as lines in and octets out, with bounds on both; knows TLS but no command."""

import asyncio
import ssl
from collections.abc import Callable
from typing import cast

_BUFFERED = 65_536
"""Octets read ahead of the session, as a pipelining client sends them; then the client has to wait."""

_HANDSHAKE_SECONDS = 30.0
_CLOSING_SECONDS = 5.0


class LineTooLong(ValueError):
    """A line was longer than allowed. It was read to its end and dropped, so that the next one can be read."""


class Connection(asyncio.Protocol):
    """The connection; `begin` is called with it as soon as it stands."""

    def __init__(self, begin: Callable[["Connection"], None], *, is_secure: bool = False) -> None:
        self._begin = begin
        self._is_secure = is_secure
        self._transport: asyncio.Transport | None = None
        self._buffer = bytearray()
        self._more: asyncio.Future[None] | None = None
        self._writable = asyncio.Event()
        self._writable.set()
        self._lost = asyncio.Event()
        self._is_ended = False
        self._is_paused = False

    @property
    def is_secure(self) -> bool:
        """Whether TLS protects it."""
        return self._is_secure

    async def line(self, *, limit: int, seconds: float) -> bytes | None:
        """The next line without its line end, LF or CRLF; None when the client will send no more.

        limit: octets it may have, the line end included. Raises LineTooLong, and TimeoutError when the line is not
        whole after these seconds.
        """
        searched, is_dropping = 0, False
        async with asyncio.timeout(seconds):
            while (end := self._buffer.find(b"\n", searched)) < 0:
                if len(self._buffer) > limit:
                    is_dropping = True
                    self._buffer.clear()
                searched = len(self._buffer)
                if self._is_ended:
                    return None
                await self._wait_for_more()
        line = bytes(self._buffer[: end + 1])
        del self._buffer[: end + 1]
        self._read_on()
        if is_dropping or len(line) > limit:
            raise LineTooLong
        return line[:-2] if line.endswith(b"\r\n") else line[:-1]

    async def send(self, octets: bytes, *, seconds: float) -> None:
        """Write, and wait while too much is unread. Raises ConnectionError, and TimeoutError after these seconds."""
        if self._transport is None or self._lost.is_set():
            raise ConnectionResetError
        self._transport.write(octets)
        if not self._writable.is_set():
            async with asyncio.timeout(seconds):
                await self._writable.wait()

    async def secure(self, context: ssl.SSLContext, answer: bytes) -> None:
        """Send the answer to STLS and begin TLS. Raises OSError when the handshake fails.

        What the client sent in the clear after STLS is dropped: it may have been put there by somebody else, and must
        not count as said under TLS (RFC 2595 §4).
        """
        transport = self._transport
        if transport is None or self._lost.is_set():
            raise ConnectionResetError
        transport.pause_reading()
        self._buffer.clear()
        transport.write(answer)
        loop = asyncio.get_running_loop()
        secured = await loop.start_tls(
            transport, self, context, server_side=True, ssl_handshake_timeout=_HANDSHAKE_SECONDS
        )
        if secured is None:
            raise ConnectionResetError
        self._transport = secured
        self._is_secure = True
        self._is_paused = False

    async def close(self) -> None:
        """Send what is written, then close; a client that does not take it is cut off after a few seconds."""
        transport = self._transport
        if transport is None:
            return
        transport.close()
        try:
            async with asyncio.timeout(_CLOSING_SECONDS):
                await self._lost.wait()
        except TimeoutError:
            transport.abort()

    def turn_away(self, octets: bytes) -> None:
        """Write this and close, without waiting for anything; for a client that nobody has time for."""
        if self._transport is not None:
            self._transport.write(octets)
            self._transport.close()

    def abort(self) -> None:
        """Close at once."""
        if self._transport is not None:
            self._transport.abort()

    # What the event loop calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's for Unix sockets is none by name
        self._begin(self)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if len(self._buffer) >= _BUFFERED and not self._is_paused and self._transport is not None:
            self._is_paused = True
            self._transport.pause_reading()
        self._wake()

    def eof_received(self) -> bool:
        self._is_ended = True
        self._wake()
        return not self._is_secure  # the answers to what was said before can still be read

    def connection_lost(self, exc: Exception | None) -> None:
        self._is_ended = True
        self._lost.set()
        self._writable.set()
        self._wake()

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    # Private

    async def _wait_for_more(self) -> None:
        self._read_on()
        self._more = asyncio.get_running_loop().create_future()
        try:
            await self._more
        finally:
            self._more = None

    def _wake(self) -> None:
        if self._more is not None and not self._more.done():
            self._more.set_result(None)

    def _read_on(self) -> None:
        if self._is_paused and len(self._buffer) < _BUFFERED and self._transport is not None:
            self._is_paused = False
            self._transport.resume_reading()
