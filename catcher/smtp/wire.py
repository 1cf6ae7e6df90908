"""The wire side of one connection, on aiosmtpd's `SMTP`: octets in, lines and content out of them, replies back.

Stock aiosmtpd wakes a task for every command and every line of DATA. Here commands are answered in the callback that
brings their octets, and content is read in pieces as large as they come; only what has to wait for something else (the
store, a thread, a TLS handshake) becomes a task, and while it runs what the client sends waits unread.
"""

import asyncio
import logging
from collections.abc import Awaitable
from datetime import UTC, datetime
from typing import Any, cast

from aiosmtpd.smtp import SMTP

from catcher.envelope import SmtpSession
from catcher.smtp.auth import Exchange
from catcher.smtp.incoming import Receiver
from catcher.smtp.options import MIB, Listener
from catcher.smtp.peer import Peer, address_of, tls_facts
from catcher.smtp.reception import Reception
from catcher.smtp.replies import Reply, reply
from catcher.smtp.transcript import Transcript

log = logging.getLogger("catcher.smtp")

MAX_PENDING = 65_536
"""Octets that wait in memory while something else is being waited for; more wait in the network."""

MAX_TURN = 200
"""Commands of one pipelined burst that are answered before other connections have their turn."""

MAX_SKIPPED = MIB
"""Octets of a single command line after which the connection is given up."""


class Wire(SMTP):
    """One connection, whatever is said on it. Subclasses say it: `_opened`, `_answer`, `_respond`, `_end_content`.

    peer: the client's address and port, when the connection itself does not tell them (PROXY protocol).
    """

    def __init__(self, reception: Reception, listener: Listener, *, peer: tuple[str, int] | None = None) -> None:
        # SMTP.__init__ is left out on purpose: for each connection it inspects every attribute of itself and of a
        # handler (0.3 ms) to find hooks that are the same each time and not used here.
        self._reception = reception
        self._options = reception.options
        self._given_address = peer
        self._peer = Peer(address="", port=0, is_lmtp=listener.lmtp, tls="")
        self._wire: asyncio.Transport | None = None
        self._task: asyncio.Task[None] | None = None
        self._receiver: Receiver | None = None
        self._exchange: Exchange | None = None

        self._pending = b""
        self._out: list[bytes] = []
        self._skipped = 0
        self._errors = 0
        self._notes: tuple[str, ...] = ()
        self._is_busy = False  # waiting for a task
        self._is_blocked = False  # the client does not read its replies
        self._is_paused = False  # not reading from the network
        self._is_deaf = False  # what comes in is thrown away
        self._has_input_ended = False
        self._is_stopping = False
        self._ended = ""

        self._opened_at = datetime.now(UTC)
        self._store_ids: list[str] = []
        self._transcript = Transcript()
        self._is_verbose = log.isEnabledFor(logging.DEBUG)
        self._clock = reception.loop.time
        self._seen_at = self._clock()
        self._data_until = 0.0

    # What subclasses do

    def _opened(self) -> None:
        """The connection is open, and welcome."""
        raise NotImplementedError

    def _answer(self, line: bytes) -> bytes | None:
        """The reply to a command line, given without its line end; None when it comes later or was given."""
        raise NotImplementedError

    def _respond(self, line: bytes) -> bytes | None:
        """The same for a line of a running exchange (AUTH)."""
        raise NotImplementedError

    def _end_content(self, receiver: Receiver) -> None:
        """Content, or one chunk of it, is here to its last octet."""
        raise NotImplementedError

    # What asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection is open, under implicit TLS after the handshake."""
        self._wire = cast("asyncio.Transport", transport)  # uvloop's transports are none of asyncio's
        address, port = self._given_address or address_of(transport)
        self._peer = Peer(address=address, port=port, is_lmtp=self._peer.is_lmtp, tls=tls_facts(transport))
        if self._reception.enter(self, address):
            self._opened()
        else:
            self._reply(Reply.STOPPING if self._reception.is_closed else Reply.TOO_MANY_CONNECTIONS)
            self._close("refused")

    def data_received(self, data: bytes) -> None:
        """Octets from the client, cut anywhere."""
        self._seen_at = self._clock()
        if self._pending:
            data = self._pending + data
            self._pending = b""
        if self._is_busy or self._is_blocked:
            self._pending = b"" if self._is_deaf else data
            self._regulate()
        elif self._receiver is None and data.find(b"\n") == len(data) - 1 and not self._is_stopping:
            # One whole command, the everyday case of a client that waits for each reply.
            self._take_line(data[:-1])
            self._flush()
        else:
            self._take(data)

    def eof_received(self) -> bool:
        """The client sends no more. What it sent before still gets its replies; TLS cannot be half open."""
        self._has_input_ended = True
        return self._is_busy and not self._peer.tls

    def connection_lost(self, error: Exception | None) -> None:
        """The connection is gone. A message that came whole is still delivered; one that did not leaves nothing."""
        if self._wire is None:
            return
        self._wire = None
        self._pending = b""
        self._ended = self._ended or "lost"
        if not self._is_busy:
            self._depart()

    def pause_writing(self) -> None:
        """The client does not read its replies: take no more commands."""
        self._is_blocked = True
        self._regulate()

    def resume_writing(self) -> None:
        """The client has read its replies."""
        self._is_blocked = False
        if not self._is_busy:
            self._proceed()

    # What the reception calls

    def expire(self, now: float) -> None:
        """End the connection when the client has been silent, or in DATA, for too long."""
        if self._is_busy or self._wire is None:
            return
        if self._seen_at + self._options.idle_seconds > now and not 0.0 < self._data_until < now:
            return
        if self._is_blocked or self._ended:
            self.abort("timeout")
            return
        self._reply(reply(421, "4.4.2", f"{self._introduction} closing transmission channel after timeout exceeded"))
        self._close("timeout")

    def stop(self) -> None:
        """End the connection as soon as the message being received is through."""
        self._is_stopping = True
        if not (self._is_busy or self._ended or self._is_receiving):
            self._reply(Reply.STOPPING)
            self._close("stopped")

    def abort(self, ended: str = "stopped") -> None:
        """End the connection, and what it is waiting for, now."""
        self._ended = self._ended or ended
        if self._task is not None:
            # Not at once: a task that has not begun would end without its `finally`.
            self._reception.loop.call_soon(self._task.cancel)
        if self._wire is not None:
            self._wire.abort()

    # Octets in

    @property
    def _is_receiving(self) -> bool:
        return self._receiver is not None and self._receiver.is_reading

    def _take(self, data: bytes) -> None:
        """Work through octets until they are used up, or something has to be waited for."""
        position, size, turn = 0, len(data), 0
        while position < size and not (self._is_busy or self._ended):
            if self._receiver is not None and self._receiver.is_reading:
                position = self._take_content(self._receiver, data, position)
                continue
            end = data.find(b"\n", position)
            if end < 0:
                break
            self._take_line(data[position:end])
            position = end + 1
            turn += 1
            if turn == MAX_TURN and not self._is_busy:
                self._start(asyncio.sleep(0))
        if position < size:
            self._put_off(data[position:] if position else data)
        self._flush()
        if self._is_stopping:
            self.stop()

    def _put_off(self, rest: bytes) -> None:
        """Keep what cannot be used yet: the beginning of a line, or what has to wait its turn."""
        if self._is_deaf or self._ended:
            return
        self._pending = rest
        if self._is_busy:
            self._regulate()
        elif len(rest) > self._options.max_line:
            self._skip()
        elif rest.startswith(b"\x16\x03"):
            self._refuse_handshake()

    def _take_content(self, receiver: Receiver, data: bytes, position: int) -> int:
        """Feed the receiver; returns the place of the first octet that it did not use."""
        rest = receiver.feed(data[position:] if position else data)
        if rest >= 0:
            self._end_content(receiver)
            return position + rest
        if receiver.is_beyond_patience:
            self._reply(receiver.refusal)
            self._close("refused")
        elif receiver.is_due:
            self._start(self._reception.threads.run(receiver.write))
            self._regulate()
        return len(data)

    def _take_line(self, line: bytes) -> None:
        """Answer one line, given without its LF."""
        if self._skipped or len(line) > self._options.max_line:
            self._skipped = 0
            self._transcript.client(b"(a line that is too long)")
            self._reply(Reply.LINE_TOO_LONG)
            return
        if line[-1:] == b"\r":
            line = line[:-1]
        else:
            self._note("a command line ended with LF alone")
        answer = self._respond(line) if self._exchange is not None else self._answer(line)
        if answer is not None:
            self._reply(answer)

    def _skip(self) -> None:
        """Throw away a line that is too long, as far as it is here; it is answered when its end comes."""
        self._skipped += len(self._pending)
        self._pending = b""
        if self._skipped > MAX_SKIPPED:
            self._reply(Reply.LINE_TOO_LONG)
            self._close("refused")

    def _refuse_handshake(self) -> None:
        log.warning("a client speaks TLS where the connection begins without", extra={"peer": self._peer.address})
        self._said(b"(a TLS handshake)")
        self._close("refused")

    def _said(self, line: bytes) -> None:
        """Keep a command for people to read. The caller has masked what is secret."""
        self._transcript.client(line)
        if self._is_verbose:
            log.debug("C: %s", line.decode("utf-8", "backslashreplace"), extra={"peer": self._peer.address})

    def _note(self, note: str) -> None:
        if note not in self._notes:
            self._notes = (*self._notes, note)

    # Replies out

    @property
    def _introduction(self) -> str:
        kind = "LMTP" if self._peer.is_lmtp else "ESMTP"
        return f"{self._reception.hostname} {self._options.app_name} {kind} Service"

    def _reply(self, answer: bytes) -> None:
        """Give a reply; it leaves with the next `_flush`."""
        self._transcript.server(answer)
        self._out.append(answer)
        if self._is_verbose:
            log.debug("S: %s", answer.decode().rstrip(), extra={"peer": self._peer.address})
        if answer[0] == 0x35 and answer.startswith((b"50", b"535")):
            self._errors += 1
            if self._errors == self._options.max_errors:
                self._reply(Reply.TOO_MANY_ERRORS)
                self._close("refused")

    def _flush(self) -> None:
        out = self._out
        if out:
            self._out = []
            if self._wire is not None and not self._ended:
                self._wire.write(out[0] if len(out) == 1 else b"".join(out))

    def _close(self, ended: str) -> None:
        """End the connection after what was replied."""
        self._flush()
        self._ended = self._ended or ended
        if self._wire is not None:
            self._wire.close()

    # Waiting for something else

    def _start(self, work: Awaitable[Any]) -> None:
        """Wait for the work; what the client sends meanwhile waits too."""
        self._is_busy = True
        self._task = self._reception.loop.create_task(self._run(work))

    async def _run(self, work: Awaitable[Any]) -> None:
        task = self._task
        try:
            await work
        except Exception:
            log.exception("dialogue failed", extra={"peer": self._peer.address})
            self._reply(Reply.LOCAL_ERROR)
        finally:
            if task is self._task:  # else the work itself has started the next
                self._task = None
                self._is_busy = False
                if self._wire is None:
                    self._depart()
                else:
                    self._proceed()

    def _proceed(self) -> None:
        """Go on with what has come in meanwhile."""
        self._flush()
        if self._pending and not (self._ended or self._is_blocked):
            pending, self._pending = self._pending, b""
            self._take(pending)
        if self._is_busy or self._wire is None or self._ended:
            return
        if self._is_paused:
            self._regulate()
        if self._is_stopping:
            self.stop()
        elif self._has_input_ended and not self._is_blocked:
            self._close("lost")

    def _regulate(self) -> None:
        """Stop reading from the network while enough is waiting, and start again."""
        is_full = len(self._pending) > MAX_PENDING or (self._receiver is not None and self._receiver.is_due)
        should_pause = (self._is_busy or self._is_blocked) and is_full
        if self._wire is not None and should_pause is not self._is_paused and not self._ended:
            self._is_paused = should_pause
            if should_pause:
                self._wire.pause_reading()
            else:
                self._wire.resume_reading()

    def _depart(self) -> None:
        """The connection is over, and everything it waited for."""
        if self._receiver is not None:
            self._receiver.discard()
            self._receiver = None
        self._reception.leave(self, self._peer.address)
        if self._reception.observe is None:
            return
        session = SmtpSession(
            client=self._peer.client(),
            opened_at=self._opened_at,
            closed_at=datetime.now(UTC),
            ended=self._ended,
            store_ids=tuple(self._store_ids),
            transcript=self._transcript.whole(),
        )
        try:
            self._reception.observe(session)
        except Exception:
            log.exception("a session could not be recorded", extra={"peer": self._peer.address})
