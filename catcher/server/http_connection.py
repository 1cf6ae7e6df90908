"""HTTP connections with limits on their number, on slow requests and on responses that nobody reads."""

import asyncio
import logging
from dataclasses import dataclass
from typing import Any

from uvicorn.protocols.http.auto import AutoHTTPProtocol
from uvicorn.protocols.utils import get_remote_addr

from catcher.net.connections import Connections

log = logging.getLogger("catcher.web")

MIN_RATE = 500
"""Octets a second of a request body and of a response below which a connection is ended, after the time limit."""

MAX_HEAD = 65_536
"""Octets of a request line and header section."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpLimits:
    """Limits of a server's connections, times in seconds.

    head_seconds: for the request line and header section, from the start of the connection or its first octet.
    body_seconds: for a request body, and one more for every `MIN_RATE` octets. write_seconds: for the client to take
    some of a response that waits. max_connections: in all, 0 for no limit but that of the process's file descriptors.
    """

    head_seconds: float = 20.0
    body_seconds: float = 60.0
    write_seconds: float = 60.0
    max_connections: int = 0

    @property
    def shortest(self) -> float:
        """The shortest of the times."""
        return min(self.head_seconds, self.body_seconds, self.write_seconds)


class WriteWatch:
    """Tells when the client of a transport reads nothing, or next to nothing, of what waits for it."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._began: tuple[float, int] | None = None

    def reset(self) -> None:
        """Begin again: the client has read."""
        self._began = None

    def is_stuck(self, transport: asyncio.WriteTransport, now: float) -> bool:
        """Return whether less than `MIN_RATE` was taken throughout the time limit. now: the loop's time."""
        size = transport.get_write_buffer_size()
        if not size:
            self._began = None
            return False
        since, before = self._began or (now, size)
        if now - since < self._seconds:
            self._began = since, before
            return False
        self._began = now, size
        return before - size < min(before, MIN_RATE * self._seconds)


class HttpConnection(AutoHTTPProtocol):  # type: ignore[misc, valid-type]
    """uvicorn's protocol, whichever parser it has, with limits."""

    def __init__(self, *, register: Connections, limits: HttpLimits, **given: Any) -> None:
        super().__init__(**given)
        self._register = register
        self._limits = limits
        self._loop = asyncio.get_running_loop()
        self._address = ""
        self._head_since: float | None = None
        self._head_octets = 0
        self._heard_at = self._body_since = self._loop.time()
        self._body_octets = 0
        self._body_of: Any = None
        self._writes = WriteWatch(limits.write_seconds)

    @property
    def waiting_since(self) -> float | None:
        """See `RegisteredConnection`: it gives way between requests and during one that is not complete."""
        is_waiting = not self._is_responding or (self.cycle.more_body and not self.flow.read_paused)
        return self._heard_at if is_waiting else None

    def expire(self, now: float) -> None:
        """End the connection if its client is too slow."""
        if self._writes.is_stuck(self.transport, now):
            self._give_up("response not read")
            return
        if self._head_since is not None and now - self._head_since > self._limits.head_seconds:
            self._give_up("request not complete", status=b"408 Request Timeout")
        elif self._is_responding and self.cycle.more_body:
            if self.flow.read_paused:  # it is the server that lets the client wait
                self._body_since, self._body_octets = now, 0
            elif now - self._body_since > self._limits.body_seconds + self._body_octets / MIN_RATE:
                self._give_up("request body not complete")

    def stop(self) -> None:
        """Do nothing: uvicorn lets requests finish."""

    def abort(self) -> None:
        """See `RegisteredConnection`."""
        if self.transport is not None:
            self.transport.abort()

    # For asyncio

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Accept the connection, or answer 503 when there are too many."""
        super().connection_made(transport)
        self._address = (get_remote_addr(transport) or ("",))[0]
        self._head_since = self._heard_at = self._loop.time()
        if not self._register.enter(self, self._address):
            transport.write(b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
            transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Leave the register."""
        self._register.leave(self, self._address)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse, and note what the client has still to send."""
        if self.transport.is_closing():
            return
        self._heard_at = self._loop.time()
        super().data_received(data)
        if self._is_responding:
            self._head_since, self._head_octets = None, 0
            if self._body_of is not self.cycle:
                self._body_of, self._body_since, self._body_octets = self.cycle, self._heard_at, 0
            self._body_octets += len(data)
            return
        if self._head_since is None:
            self._head_since = self._heard_at
        self._head_octets += len(data)
        if self._head_octets > MAX_HEAD and not self.transport.is_closing():
            self._give_up("header section too large", status=b"431 Request Header Fields Too Large")

    def resume_writing(self) -> None:
        """Note that the client has read."""
        self._writes.reset()
        super().resume_writing()

    def handle_websocket_upgrade(self, *given: Any) -> None:
        """Hand the connection over; the WebSocket registers itself."""
        self._register.leave(self, self._address)
        super().handle_websocket_upgrade(*given)

    @property
    def _is_responding(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _give_up(self, reason: str, *, status: bytes = b"") -> None:
        """End the connection; with a status it says why."""
        log.info("connection ended: %s", reason, extra={"peer": self._address})
        if status and not self.transport.get_write_buffer_size():
            self.transport.write(b"HTTP/1.1 %b\r\nConnection: close\r\nContent-Length: 0\r\n\r\n" % status)
            self.transport.close()
        else:
            self.transport.abort()
