"""Options of the POP3 server, validated on construction."""

import ssl
from collections.abc import Callable
from dataclasses import dataclass

from catcher.errors import SettingError
from catcher.net.htpasswd import Htpasswd


@dataclass(frozen=True, slots=True, kw_only=True)
class Pop3Options:
    """All options. Times are in seconds.

    host: name or IP address, "" or "::" for all addresses of both families. port: 0 for any free one. path: a Unix
    socket instead of host and port; mode: its permissions, None for the process's default.
    label: shown in the greeting. passwords: of the users who may log in, None for none. needs_login: without passwords,
    whether a login needs a token as its password or any credentials are accepted.
    tls: creates the TLS context, once at start; None offers no TLS. implicit_tls: TLS from the first octet on
    (RFC 8314 §3.3) instead of STLS.
    idle_seconds: without a command from the client, or with a response that it does not read; RFC 1939 §3 requires at
    least ten minutes.
    max_errors: commands per session with -ERR for their syntax, their sequence or a wrong password.
    """

    host: str = "127.0.0.1"
    port: int = 1110
    path: str = ""
    mode: int | None = None
    label: str = ""
    passwords: Htpasswd | None = None
    needs_login: bool = False
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
            raise SettingError("TLS is required without a certificate: expected certificate files or a generated one")

    @property
    def app_name(self) -> str:
        """The server's name in greetings."""
        return f"catcher ({self.label})" if self.label else "catcher"

    @property
    def has_apop(self) -> bool:
        """Whether APOP can be offered: it needs all passwords in plain text."""
        return self.passwords is not None and self.passwords.is_plain
