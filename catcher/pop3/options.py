"""What can be set about the POP3 server, as plain values. Checked where they are made."""

import ssl
from collections.abc import Callable
from dataclasses import dataclass

from catcher.errors import SettingError
from catcher.net.htpasswd import Htpasswd


@dataclass(frozen=True, slots=True, kw_only=True)
class Pop3Options:
    """Everything that can be set. Times are seconds.

    host: name or IP address, "" for every interface. port: 0 is any free one. path: a Unix socket instead of both;
    mode: its permissions, None for the process's usual ones. label: shown in the greeting.
    passwords: who may log in. None takes any user with any password: this is a catcher for development, and its one
    mailbox is everybody's.
    tls: makes the server's TLS context, called once at start; None offers no TLS. implicit_tls: TLS from the first
    octet on (RFC 8314 §3.3) instead of STLS.
    idle_seconds: without a command from the client; RFC 1939 §3 asks for ten minutes at least. It is also how long a
    client may leave an answer unread.
    max_errors: commands per session that are answered with -ERR for their form, their place or a wrong password.
    """

    host: str = "127.0.0.1"
    port: int = 1110
    path: str = ""
    mode: int | None = None
    label: str = ""
    passwords: Htpasswd | None = None
    tls: Callable[[], ssl.SSLContext] | None = None
    implicit_tls: bool = False
    idle_seconds: float = 600.0
    max_connections: int = 200
    max_errors: int = 50

    def __post_init__(self) -> None:
        if not self.label.isprintable():
            raise SettingError(f"label={self.label!r}: expected text without control characters")
        for name in ("idle_seconds", "max_connections", "max_errors"):
            if getattr(self, name) <= 0:
                raise SettingError(f"{name}={getattr(self, name)!r}: expected a number above 0")
        if self.implicit_tls and self.tls is None:
            raise SettingError("TLS is asked for without a certificate: expected certificate files or a generated one")

    @property
    def app_name(self) -> str:
        """How the server introduces itself."""
        return f"catcher ({self.label})" if self.label else "catcher"

    @property
    def has_apop(self) -> bool:
        """Whether APOP can be offered: it needs every password in plain text."""
        return self.passwords is not None and self.passwords.is_plain
