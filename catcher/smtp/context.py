"""What all connections of one server share."""

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol

from catcher.counters import Counters
from catcher.envelope import Envelope, SmtpSession
from catcher.hooks import Hook
from catcher.net.password_verifier import FailedLogins
from catcher.smtp.aiosmtpd_commands import AiosmtpdCommands
from catcher.smtp.options import SmtpOptions
from catcher.threads import Threads


class Deliver(Protocol):
    """Stores a message and returns its store id, after the commit. Raises MessageTooLarge and StoreUnavailable.

    A content file is deleted after the call.
    """

    async def __call__(self, envelope: Envelope, content: bytes | Path) -> str:
        """Store the message."""


class UserPassword(Protocol):
    """Looks up the password that belongs to a single user, such as an inbox; "" when there is none.

    Raises StoreUnavailable.
    """

    async def __call__(self, user: str) -> str:
        """Return the password."""


@dataclass(frozen=True, kw_only=True)
class ServerContext:
    """Options and collaborators. tls: for STARTTLS and implicit TLS. observe: called with each ended session."""

    deliver: Deliver
    options: SmtpOptions
    hostname: str
    threads: Threads
    observe: Callable[[SmtpSession], None] | None
    hook: Hook | None
    user_password: UserPassword
    counters: Counters
    failed_logins: FailedLogins
    tls: ssl.SSLContext | None
    loop: asyncio.AbstractEventLoop

    @cached_property
    def aiosmtpd_commands(self) -> AiosmtpdCommands:
        """The commands that aiosmtpd answers."""
        return AiosmtpdCommands(hostname=self.hostname, tls=self.tls, loop=self.loop)
