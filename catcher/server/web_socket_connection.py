"""WebSocket connections that count as connections of the server and end when nobody reads them."""

import asyncio
import logging
from typing import Any

from uvicorn.protocols.utils import get_remote_addr
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from catcher.net.connections import Connections
from catcher.server.http_connection import HttpLimits, WriteWatch

log = logging.getLogger("catcher.web")


class WebSocketConnection(WebSocketsSansIOProtocol):
    """uvicorn's protocol, ended when its client reads nothing. It gives way to no other connection."""

    waiting_since = None

    def __init__(self, *, register: Connections, limits: HttpLimits, **given: Any) -> None:
        super().__init__(**given)
        self._register = register
        self._writes = WriteWatch(limits.write_seconds)
        self._address = ""

    def expire(self, now: float) -> None:
        """End the connection if its client does not read."""
        if self._writes.is_stuck(self.transport, now):
            log.info("WebSocket ended: messages not read", extra={"peer": self._address})
            self.transport.abort()

    def stop(self) -> None:
        """Do nothing: uvicorn closes WebSockets."""

    def abort(self) -> None:
        """See `RegisteredConnection`."""
        self.transport.abort()

    # For asyncio

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Register the connection, which uvicorn hands over from HTTP."""
        super().connection_made(transport)
        self._address = (get_remote_addr(self.transport) or ("",))[0]
        if not self._register.enter(self, self._address):
            self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Leave the register."""
        self._register.leave(self, self._address)
        super().connection_lost(exc)

    def resume_writing(self) -> None:
        """Note that the client has read."""
        self._writes.reset()
        super().resume_writing()
