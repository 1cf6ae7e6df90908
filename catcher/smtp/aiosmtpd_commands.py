"""HELP and EXPN, answered by aiosmtpd.

These two are all that is used of aiosmtpd's `SMTP`, on one instance for all connections. Its reader takes content line
by line and refuses lines over 1,001 octets, and it knows neither BDAT nor LMTP. Its MAIL, RCPT and VRFY refuse DSN
parameters, need 80 µs for an address and raise IndexError at "<"; its AUTH has no SCRAM, CRAM-MD5 or XOAUTH2.
"""

import asyncio
import contextlib
import ssl
from collections.abc import Coroutine
from typing import Any

from aiosmtpd.smtp import SMTP, Session

from catcher.smtp.replies import reply

_ENHANCED_CODES = {250: "2.0.0", 501: "5.5.4", 502: "5.5.1"}


class AiosmtpdCommands(SMTP):
    """An `SMTP` that is never connected: its replies are returned."""

    def __init__(self, *, hostname: str, tls: ssl.SSLContext | None, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(None, hostname=hostname, tls_context=tls, enable_SMTPUTF8=True, loop=loop)
        self._status = ""

    def help(self, argument: str, *, is_extended: bool) -> bytes:
        """Return the reply to HELP. is_extended: the client has said EHLO."""
        self.session = Session(self.loop)
        self.session.extended_smtp = is_extended
        return self._answer(self.smtp_HELP(argument))

    def expn(self, argument: str) -> bytes:
        """Return the reply to EXPN."""
        return self._answer(self.smtp_EXPN(argument))

    async def push(self, status: str | bytes) -> None:
        """Keep the reply instead of sending it."""
        self._status = status.decode() if isinstance(status, bytes) else status

    def _answer(self, command: Coroutine[Any, Any, None]) -> bytes:
        with contextlib.suppress(StopIteration):
            command.send(None)  # awaits nothing but `push`, so that one step is all of it
        code = int(self._status[:3])
        return reply(code, _ENHANCED_CODES[code], self._status[4:])
