"""The SMTP backend for relaying: every session ends, whatever the server does.

The library's timeout applies to each octet; a server that sends one at a time, or an endless reply, would hold a thread
for days. Here the whole session is limited in time and in octets received, and it can be aborted.
"""

import contextlib
import io
import smtplib
import socket
import ssl
import time
from functools import cached_property
from typing import TYPE_CHECKING, Any

from catcher.mail.backends import smtp

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

SESSION_SECONDS = 300.0
"""RFC 5321 §4.5.3.2 allows ten minutes for the last reply alone, too long for mail released by hand."""

MAX_RECEIVED = 1024 * 1024


class BoundedEmailBackend(smtp.EmailBackend):
    """The library's backend with limits.

    session_seconds: limit of one session, from connecting to the last octet. verify: whether the server's certificate
    is checked; without, TLS protects from eavesdropping but not from impostors.
    """

    def __init__(
        self, *args: Any, session_seconds: float = SESSION_SECONDS, verify: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.session_seconds = session_seconds
        self.verify = verify
        self.session: _Limited | None = None

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        """The fitting class of smtplib, with this backend's limits."""
        return type("Session", (_Limited, super().connection_class), {"backend": self})

    @cached_property
    def ssl_context(self) -> ssl.SSLContext:
        """The library's context, which checks the certificate unless `verify` is off."""
        context = super().ssl_context
        if not self.verify:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context

    def abort(self) -> None:
        """Abort the session from any thread; blocked calls raise at once. Harmless without a session."""
        if self.session is not None:
            self.session.cut()


class _Limited(smtplib.SMTP):
    """A limited session; mixed into a class of smtplib."""

    backend: BoundedEmailBackend
    ends_at = 0.0
    received = 0

    def connect(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        self.ends_at = time.monotonic() + self.backend.session_seconds
        self.backend.session = self
        return super().connect(*args, **kwargs)

    def getreply(self) -> tuple[int, bytes]:
        # smtplib makes a file of the socket when it has none: after connecting and after STARTTLS.
        if self.file is None and self.sock is not None:
            self.file = io.BufferedReader(_Replies(self, self.sock))
        return super().getreply()

    def send(self, s: Any) -> None:
        if self.sock is not None:
            self.sock.settimeout(max(0.001, self.ends_at - time.monotonic()))
        super().send(s)

    def cut(self) -> None:
        if self.sock is None:
            return
        with contextlib.suppress(OSError):
            # Not SSLSocket's own method, which drops the TLS layer while another thread uses it.
            socket.socket.shutdown(self.sock, socket.SHUT_RDWR)


class _Replies(io.RawIOBase):
    """The server's replies as a file that raises when a limit of the session is reached."""

    def __init__(self, session: _Limited, sock: socket.socket) -> None:
        self._session = session
        self._sock = sock

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        session = self._session
        left = session.ends_at - time.monotonic()
        if left <= 0:
            raise TimeoutError("the session took too long")
        if session.received > MAX_RECEIVED:
            raise OSError("the server's replies are too long")
        timeout = session.backend.timeout
        self._sock.settimeout(left if timeout is None else min(left, timeout))
        count = self._sock.recv_into(buffer)
        session.received += count
        return count
