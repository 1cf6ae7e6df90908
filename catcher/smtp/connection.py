"""The octets of one SMTP connection: lines and content in, replies out, with TLS, flow control and time limits.

aiosmtpd wakes a task for every command and every line of DATA. Here the dialogue gets each line in the callback that
brings its octets, and content is read in pieces as large as they come. Only what has to wait for something else (the
store, a thread, a TLS handshake) becomes a task; input that arrives meanwhile stays unread.
"""

import asyncio
import logging
import math
import ssl
from collections.abc import Awaitable, Callable
from typing import Any, Protocol, cast

from catcher.net.connections import Connections
from catcher.smtp.context import ServerContext
from catcher.smtp.options import MIB
from catcher.smtp.peer import describe_tls, peer_address
from catcher.smtp.receiver import Receiver
from catcher.smtp.replies import Reply

log = logging.getLogger("catcher.smtp")

MAX_PENDING = 65_536
"""Octets of unread input kept in memory while a task runs; the rest stays in the kernel's buffers."""

MAX_BURST = 200
"""Lines of a pipelined burst that are processed before other connections get the event loop."""

MAX_SKIPPED = MIB
"""Octets of a single line after which the connection is closed."""

HANDSHAKE_SECONDS = 30.0


class Dialogue(Protocol):
    """The commands and replies on a connection."""

    def open(self) -> None:
        """Greet the client."""

    def reject(self, reply: bytes) -> None:
        """Send this reply instead of the greeting and close the connection."""

    def line(self, line: bytes) -> None:
        """Process a line, given without its LF."""

    def line_too_long(self, *, is_final: bool) -> None:
        """Report a line over the limit. is_final: the connection has to be closed."""

    def content_received(self) -> None:
        """Process the content, or the chunk of it, that was read completely."""

    def content_too_large(self) -> None:
        """Close the connection: the client keeps sending content that was refused."""

    def time_out(self) -> None:
        """Close the connection: a time limit has passed."""

    def shut_down(self) -> None:
        """Close the connection: the server stops."""

    def fail(self) -> None:
        """Report an unexpected error; the connection goes on."""

    def end(self, reason: str) -> None:
        """Clean up: the connection is closed and all of its tasks are done."""


class SmtpConnection(asyncio.Protocol):
    """One connection. begin: creates its dialogue. source: the client's address and port, if a proxy announced them."""

    def __init__(
        self,
        begin: Callable[["SmtpConnection"], Dialogue],
        *,
        context: ServerContext,
        connections: Connections,
        source: tuple[str, int] | None = None,
    ) -> None:
        self._begin = begin
        self._dialogue: Dialogue
        self._options = context.options
        self._threads = context.threads
        self._loop = context.loop
        self._connections = connections
        self._source = source
        self._transport: asyncio.Transport | None = None
        self._task: asyncio.Task[None] | None = None
        self._content: Receiver | None = None

        self._pending = b""
        self._out: list[bytes] = []
        self._skipped = 0
        self._is_busy = False  # a task runs
        self._is_blocked = False  # the client does not read its replies
        self._is_paused = False  # not reading from the network
        self._has_input_ended = False
        self._is_stopping = False
        self._end_reason = ""
        self._last_input_at = self._loop.time()
        self._deadline = math.inf

        self.address = ""
        self.port = 0
        self.tls = ""

    # For the dialogue

    def write(self, octets: bytes) -> None:
        """Queue octets, which are sent once the input at hand is processed."""
        self._out.append(octets)

    def read_content(self, receiver: Receiver) -> None:
        """Feed the next octets to the receiver, up to the end of the content or chunk."""
        self._content = receiver

    def set_time_limit(self, seconds: float | None) -> None:
        """Close the connection after this time, however busy the client is; None removes the limit."""
        self._deadline = math.inf if seconds is None else self._loop.time() + seconds

    def wait_for(self, work: Awaitable[Any]) -> None:
        """Process no more input until the work is done."""
        self._is_busy = True
        self._task = self._loop.create_task(self._run(work))

    async def start_tls(self, context: ssl.SSLContext) -> bool:
        """Send what is queued and perform a TLS handshake; when that fails, return False and close the connection.

        Input received before is dropped: anybody could have injected it (RFC 3207 §4.2, §6).
        """
        transport = self._transport
        if transport is None:
            return False
        self._flush()
        # From here on only decrypted octets arrive, and they may come in one piece with the end of the handshake.
        self._pending = b""
        try:
            secure = await self._loop.start_tls(
                transport, self, context, server_side=True, ssl_handshake_timeout=HANDSHAKE_SECONDS
            )
        except (OSError, asyncio.InvalidStateError) as error:
            log.info("TLS handshake failed: %s", error, extra={"peer": self.address})
            secure = None
        if secure is None:
            transport.abort()
            self.connection_lost(None)
            return False
        if self._is_paused:  # because of that piece
            transport.resume_reading()
            self._is_paused = False
        self._transport = secure
        self.tls = describe_tls(secure)
        return True

    def close(self, reason: str) -> None:
        """Send what is queued and close the connection."""
        self._flush()
        self._end_reason = self._end_reason or reason
        if self._transport is not None:
            self._transport.close()

    def drop(self, reason: str) -> None:
        """Close the connection at once; queued replies are lost."""
        self._end_reason = self._end_reason or reason
        if self._transport is not None:
            self._transport.abort()

    # For the register of connections

    @property
    def waiting_since(self) -> None:
        """See `RegisteredConnection`: a dialogue gives way to no other; its time limits end it."""

    def expire(self, now: float) -> None:
        """End the connection if a time limit has passed. now: the loop's time."""
        if self._is_busy or self._transport is None:
            return
        if now < self._last_input_at + self._options.idle_seconds and now <= self._deadline:
            return
        if self._is_blocked or self._end_reason:
            self.drop("timeout")
        else:
            self._dialogue.time_out()

    def stop(self) -> None:
        """End the connection, but let a message in transfer finish first."""
        self._is_stopping = True
        if not (self._is_busy or self._end_reason or self._content is not None):
            self._dialogue.shut_down()

    def abort(self) -> None:
        """End the connection and its task at once."""
        if self._task is not None:
            # In the next iteration: a task that has not begun would end without its `finally`.
            self._loop.call_soon(self._task.cancel)
        self.drop("stopped")

    # For asyncio

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin the dialogue; with implicit TLS, after the handshake."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's transports are no subclasses of asyncio's
        self.address, self.port = self._source or peer_address(transport)
        self.tls = describe_tls(transport)
        self._dialogue = self._begin(self)
        if self._connections.enter(self, self.address):
            self._dialogue.open()
            self._flush()
        else:
            self._dialogue.reject(Reply.STOPPING if self._connections.is_closed else Reply.TOO_MANY_CONNECTIONS)

    def data_received(self, data: bytes) -> None:
        """Process input, split anywhere."""
        self._last_input_at = self._loop.time()
        if self._pending:
            data = self._pending + data
            self._pending = b""
        if self._is_busy or self._is_blocked:
            self._pending = data
            self._regulate()
        elif self._content is None and data.find(b"\n") == len(data) - 1:
            # One whole line: the usual case of a client that waits for each reply.
            self._take_line(data[:-1])
            self._flush()
        else:
            self._take(data)

    def eof_received(self) -> bool:
        """Keep the connection half open while earlier input waits for its replies; TLS cannot be half open."""
        self._has_input_ended = True
        return self._is_busy and not self.tls

    def connection_lost(self, error: Exception | None) -> None:
        """Forget unread input. A message that was received completely is still delivered."""
        if self._transport is None:
            return
        self._transport = None
        self._pending = b""
        self._end_reason = self._end_reason or "lost"
        if not self._is_busy:
            self._end()

    def pause_writing(self) -> None:
        """Stop processing input: the client does not read its replies."""
        self._is_blocked = True
        self._regulate()

    def resume_writing(self) -> None:
        """Process input again."""
        self._is_blocked = False
        if not self._is_busy:
            self._proceed()

    # Input

    def _take(self, data: bytes) -> None:
        """Process input until it is used up or a task has to be waited for."""
        position, size, lines = 0, len(data), 0
        while position < size and not (self._is_busy or self._end_reason):
            if self._content is not None:
                position = self._take_content(self._content, data, position)
                continue
            end = data.find(b"\n", position)
            if end < 0:
                break
            self._take_line(data[position:end])
            position = end + 1
            lines += 1
            if lines == MAX_BURST and not self._is_busy:
                self.wait_for(asyncio.sleep(0))
        if position < size and not self._end_reason:
            self._keep(data[position:] if position else data)
        self._flush()
        if self._is_stopping:
            self.stop()

    def _take_line(self, line: bytes) -> None:
        if self._skipped or len(line) > self._options.max_line:
            self._skipped = 0
            self._dialogue.line_too_long(is_final=False)
        else:
            self._dialogue.line(line)

    def _take_content(self, receiver: Receiver, data: bytes, position: int) -> int:
        """Feed the receiver; return the position of the first octet after the content."""
        rest = receiver.feed(data[position:] if position else data)
        if rest >= 0:
            self._content = None
            self._dialogue.content_received()
            return position + rest
        if receiver.is_over_tolerance:
            self._dialogue.content_too_large()
        elif receiver.spool.is_due:
            self.wait_for(self._threads.run(receiver.write))
            self._regulate()
        return len(data)

    def _keep(self, rest: bytes) -> None:
        """Keep the beginning of a line, or input that has to wait."""
        self._pending = rest
        if self._is_busy:
            self._regulate()
        elif len(rest) > self._options.max_line:
            self._skip()
        elif rest.startswith(b"\x16\x03"):  # a TLS handshake, which may contain no LF
            self._dialogue.line(rest)

    def _skip(self) -> None:
        """Drop the beginning of a line that is too long; the reply follows at its end."""
        self._skipped += len(self._pending)
        self._pending = b""
        if self._skipped > MAX_SKIPPED:
            self._dialogue.line_too_long(is_final=True)

    # Output and flow control

    def _flush(self) -> None:
        out = self._out
        if out:
            self._out = []
            if self._transport is not None and not self._end_reason:
                self._transport.write(out[0] if len(out) == 1 else b"".join(out))

    async def _run(self, work: Awaitable[Any]) -> None:
        task = self._task
        try:
            await work
        except Exception:
            log.exception("dialogue failed", extra={"peer": self.address})
            self._dialogue.fail()
        finally:
            if task is self._task:  # else the work itself has started the next
                self._task = None
                self._is_busy = False
                if self._transport is None:
                    self._end()
                else:
                    self._proceed()

    def _proceed(self) -> None:
        """Process the input that has arrived meanwhile."""
        self._flush()
        if self._pending and not (self._end_reason or self._is_blocked):
            pending, self._pending = self._pending, b""
            self._take(pending)
        if self._is_busy or self._transport is None or self._end_reason:
            return
        if self._is_paused:
            self._regulate()
        if self._is_stopping:
            self.stop()
        elif self._has_input_ended and not self._is_blocked:
            self.close("lost")

    def _regulate(self) -> None:
        """Pause or resume reading from the network, depending on how much is unprocessed."""
        is_full = len(self._pending) > MAX_PENDING or (self._content is not None and self._content.spool.is_due)
        should_pause = (self._is_busy or self._is_blocked) and is_full
        if self._transport is not None and should_pause is not self._is_paused and not self._end_reason:
            self._is_paused = should_pause
            if should_pause:
                self._transport.pause_reading()
            else:
                self._transport.resume_reading()

    def _end(self) -> None:
        self._connections.leave(self, self.address)
        self._dialogue.end(self._end_reason)
