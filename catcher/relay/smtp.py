"""The SMTP backend that the server relays with: a session has an end, whatever the other side does.

The library's backend waits so many seconds for each octet; a server that sends one at a time, or a reply without end,
would hold a thread for days. Here the whole session has a limit in time and in octets received, and it can be cut.
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
"""RFC 5321 §4.5.3.2 allows ten minutes for the last reply alone; nobody who releases mail by hand waits that long."""

MOST_RECEIVED = 1024 * 1024


class EmailBackend(smtp.EmailBackend):
    """The library's backend with limits. Further parameters:

    session_seconds: how long one session may last in all, from connecting to the last octet. verify: whether the
    server's certificate is checked; without, TLS keeps listeners out but not impostors.
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
        """The class from smtplib that fits, with this backend's limits."""
        return type("Session", (_Limited, super().connection_class), {"backend": self})

    @cached_property
    def ssl_context(self) -> ssl.SSLContext:
        """The library's, which checks the certificate unless `verify` is off."""
        context = super().ssl_context
        if not self.verify:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context

    def abort(self) -> None:
        """Cut the session, from any thread: whoever waits in it gets an error at once. Harmless without a session."""
        if self.session is not None:
            self.session.cut()


class _Limited(smtplib.SMTP):
    """A session with an end; mixed into the class from smtplib that is wanted."""

    backend: EmailBackend
    ends_at = 0.0
    received = 0

    def connect(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        self.ends_at = time.monotonic() + self.backend.session_seconds
        self.backend.session = self
        return super().connect(*args, **kwargs)

    def getreply(self) -> tuple[int, bytes]:
        # smtplib makes a file of the socket when it has none: after connecting, and after STARTTLS.
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
            # Not SSLSocket's own method, which takes the TLS layer away from under the thread that uses it.
            socket.socket.shutdown(self.sock, socket.SHUT_RDWR)


class _Replies(io.RawIOBase):
    """What the server says, as a file that ends with an error when the session's limits are reached."""

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
        if session.received > MOST_RECEIVED:
            raise OSError("the server's replies are too long")
        timeout = session.backend.timeout
        self._sock.settimeout(left if timeout is None else min(left, timeout))
        count = self._sock.recv_into(buffer)
        session.received += count
        return count
