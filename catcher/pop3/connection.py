"""The octets of one POP3 connection: lines in, responses out, with limits on both, and TLS."""

import asyncio
import ssl
from collections.abc import Callable
from typing import cast

_BUFFERED = 65_536
"""Octets that are read ahead of the session, from a pipelining client."""

_HANDSHAKE_SECONDS = 30.0
_CLOSING_SECONDS = 5.0


class LineTooLong(ValueError):
    """A line over the limit. It was dropped to its end, so that the next one can be read."""


class Pop3Connection(asyncio.Protocol):
    """One connection. begin: called with it once it is open."""

    def __init__(self, begin: Callable[["Pop3Connection"], None], *, is_secure: bool = False) -> None:
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
        """Whether the connection uses TLS."""
        return self._is_secure

    @property
    def address(self) -> str:
        """The client's IP address; "" on a Unix socket."""
        peer = self._transport.get_extra_info("peername") if self._transport is not None else None
        return str(peer[0]) if isinstance(peer, tuple) else ""

    @property
    def has_input(self) -> bool:
        """Whether octets beyond the last line have arrived."""
        return bool(self._buffer)

    async def line(self, *, limit: int, seconds: float) -> bytes | None:
        """Return the next line without its line end, LF or CRLF; None at the end of the input.

        limit: maximum size in octets, with the line end. Raises LineTooLong, and TimeoutError after `seconds`.
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
        self._resume()
        if is_dropping or len(line) > limit:
            raise LineTooLong
        return line[:-2] if line.endswith(b"\r\n") else line[:-1]

    async def send(self, octets: bytes, *, seconds: float) -> None:
        """Write, and wait while the client does not read. Raises ConnectionError, and TimeoutError after `seconds`."""
        if self._transport is None or self._lost.is_set():
            raise ConnectionResetError
        self._transport.write(octets)
        if not self._writable.is_set():
            async with asyncio.timeout(seconds):
                await self._writable.wait()

    async def start_tls(self, context: ssl.SSLContext, response: bytes) -> None:
        """Send the response to STLS and perform the handshake. Raises OSError when that fails.

        Input that follows STLS in the clear is dropped: anybody could have injected it (RFC 2595 §4).
        """
        transport = self._transport
        if transport is None or self._lost.is_set():
            raise ConnectionResetError
        transport.pause_reading()
        self._buffer.clear()
        transport.write(response)
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
        """Close after everything is sent; abort when the client does not read it within a few seconds."""
        transport = self._transport
        if transport is None:
            return
        transport.close()
        try:
            async with asyncio.timeout(_CLOSING_SECONDS):
                await self._lost.wait()
        except TimeoutError:
            transport.abort()

    def reject(self, octets: bytes) -> None:
        """Write and close, without waiting."""
        if self._transport is not None:
            self._transport.write(octets)
            self._transport.close()

    def abort(self) -> None:
        """Close immediately."""
        if self._transport is not None:
            self._transport.abort()

    # For asyncio

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Start the session."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's transports are no subclasses of asyncio's
        self._begin(self)

    def data_received(self, data: bytes) -> None:
        """Buffer the octets; pause reading when the buffer is full."""
        self._buffer += data
        if len(self._buffer) >= _BUFFERED and not self._is_paused and self._transport is not None:
            self._is_paused = True
            self._transport.pause_reading()
        self._wake()

    def eof_received(self) -> bool:
        """Return whether to keep the connection open for writing."""
        self._is_ended = True
        self._wake()
        return not self._is_secure  # the client can still read the responses to earlier commands

    def connection_lost(self, exc: Exception | None) -> None:
        """End reads and writes that wait."""
        self._is_ended = True
        self._lost.set()
        self._writable.set()
        self._wake()

    def pause_writing(self) -> None:
        """Make writers wait."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """Let writers continue."""
        self._writable.set()

    async def _wait_for_more(self) -> None:
        self._resume()
        self._more = asyncio.get_running_loop().create_future()
        try:
            await self._more
        finally:
            self._more = None

    def _wake(self) -> None:
        if self._more is not None and not self._more.done():
            self._more.set_result(None)

    def _resume(self) -> None:
        if self._is_paused and len(self._buffer) < _BUFFERED and self._transport is not None:
            self._is_paused = False
            self._transport.resume_reading()
