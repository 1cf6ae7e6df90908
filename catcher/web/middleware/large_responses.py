"""Large response bodies, which do not wait in memory until their client has read them."""

import tempfile
from contextlib import ExitStack
from typing import IO

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from catcher.threads import Threads

SPOOL_FROM = 256 * 1024
"""Octets of a body from which it is spooled."""

PIECE = 64 * 1024
"""Octets that are sent at a time. The server waits with the next piece while the client does not read."""


class LargeResponses:
    """Middleware that spools bodies which a handler gives as a whole to a file, and sends them from there in pieces.

    The handler has ended before the first piece is sent, so that its memory is free however slowly the client reads.
    Streamed responses pass as they are. When the file cannot be written, the body is sent from memory.
    """

    def __init__(self, app: ASGIApp, *, threads: Threads) -> None:
        self._app = app
        self._threads = threads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request, then send a spooled body."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        spool: IO[bytes] | None = None
        with ExitStack() as stack:

            async def send_or_spool(message: Message) -> None:
                nonlocal spool
                body = message.get("body", b"")
                if len(body) >= SPOOL_FROM and not message.get("more_body", False):
                    spool = await self._threads.run(_spooled, stack, body)
                    if spool is not None:
                        return
                await send(message)

            await self._app(scope, receive, send_or_spool)
            while spool is not None:
                piece = await self._threads.run(spool.read, PIECE)
                await send({"type": "http.response.body", "body": piece, "more_body": bool(piece)})
                spool = spool if piece else None


def _spooled(stack: ExitStack, body: bytes) -> IO[bytes] | None:
    """Return a file with the body, which the stack closes and removes; None when it cannot be written."""
    try:
        file = stack.enter_context(tempfile.TemporaryFile(prefix="catcher-"))  # noqa: SIM115 it is one
        file.write(body)
        file.seek(0)
    except OSError:
        return None
    return file
