"""Request bodies: limited in size, and large ones spooled to a file."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from catcher.threads import Threads

SPOOL_FROM = 1024 * 1024


class BodyLimit:
    """Middleware that limits request bodies; reading more raises HTTPException 413 in the handler.

    A body whose declared length is over the limit is refused before its first octet is read, any other at the octet
    that exceeds it. Starlette's own limit answers with a body that the clients of this API do not know.
    """

    def __init__(self, app: ASGIApp, *, limit: int) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request with a body that is limited."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        declared = Headers(scope=scope).get("content-length", "")
        is_too_long = declared.isdigit() and (len(declared) > 18 or int(declared) > self._limit)
        received = 0

        async def receive_within_limit() -> Message:
            nonlocal received
            if is_too_long:
                raise HTTPException(status_code=413)
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._limit:
                raise HTTPException(status_code=413)
            return message

        await self._app(scope, receive_within_limit, send)


@asynccontextmanager
async def spooled(request: Request, threads: Threads, *, spool_from: int = SPOOL_FROM) -> AsyncIterator[bytes | Path]:
    """Yield the body as octets or, from `spool_from` octets on, as a file that is removed at the end of the block.

    Raises ClientDisconnect when the client disconnects before the end, and HTTPException 413 over the limit.
    """
    head = bytearray()
    stream = request.stream()
    async for piece in stream:
        head += piece
        if len(head) >= spool_from:
            break
    else:
        yield bytes(head)
        return
    with tempfile.TemporaryDirectory(prefix="catcher-") as directory:
        path = Path(directory, "body")
        with path.open("wb") as file:  # noqa: ASYNC230 - written through the threads
            await threads.run(file.write, bytes(head))
            async for piece in stream:
                await threads.run(file.write, piece)
        yield path
