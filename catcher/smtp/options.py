"""Options of the SMTP server, validated on construction."""

import re
import ssl
from collections.abc import Callable
from ipaddress import ip_network
from pathlib import Path

from msgspec import Struct, field

from catcher.errors import SettingError
from catcher.net.htpasswd import Htpasswd

MIB = 1024 * 1024


class SmtpListener(Struct, frozen=True, kw_only=True):
    """One address to receive mail on.

    host: name or IP address, "" or "::" for all addresses of both families. port: 0 for any free one. path: a Unix
    socket instead of host and port; mode: its permissions, None for the process's default. lmtp: speak LMTP (RFC 2033).
    implicit_tls: TLS from the first octet on (RFC 8314 §3.3); otherwise STARTTLS is offered if there is a certificate.
    """

    host: str = "127.0.0.1"
    port: int = 1025
    path: str = ""
    mode: int | None = None
    lmtp: bool = False
    implicit_tls: bool = False


class AuthPolicy(Struct, frozen=True, kw_only=True):
    """The rules of AUTH.

    passwords: None accepts and records any credentials. required: refuse mail without AUTH. needs_tls: offer AUTH only
    under TLS. mechanisms: the ones to offer, in order; empty for all that work with these passwords.
    """

    passwords: Htpasswd | None = None
    required: bool = False
    needs_tls: bool = False
    mechanisms: tuple[str, ...] = ()


class SmtpOptions(Struct, frozen=True, kw_only=True):
    """All options. A limit of 0 is no limit; times are in seconds, sizes in octets.

    hostname: the server's name in greetings, "" for the machine's name. label: shown in the greeting.
    max_line: size of a command line. max_connections: in total; limited further by the process's file descriptors.
    max_errors: commands refused for syntax or sequence, per connection.
    idle_seconds: without input from the client. data_seconds: for the content of one message.
    spool_octets: larger content goes to a file in spool_directory (None: the system's) as it arrives.
    tls: creates the TLS context, once at start; None offers no TLS. require_tls: refuse mail without TLS.
    allowed_recipients: pattern to search for in recipients, None for all; others are refused or, with drop_others,
    acknowledged and dropped. A message without any other recipient is then acknowledged and not kept.
    trusted_proxies: networks whose connections must begin with a PROXY header, which is invalid on any other.
    """

    listeners: tuple[SmtpListener, ...] = (SmtpListener(),)
    hostname: str = ""
    label: str = ""
    max_message_octets: int = 50 * MIB
    max_recipients: int = 1000
    allowed_recipients: re.Pattern[str] | None = None
    drop_others: bool = False
    max_line: int = 16_384
    max_connections: int = 5_000
    max_connections_per_address: int = 0
    max_errors: int = 100
    idle_seconds: float = 300.0
    data_seconds: float = 1800.0
    spool_octets: int = MIB
    spool_directory: Path | None = None
    tls: Callable[[], ssl.SSLContext] | None = None
    require_tls: bool = False
    auth: AuthPolicy = field(default_factory=AuthPolicy)
    trusted_proxies: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("hostname", "label"):
            if not getattr(self, name).isprintable():
                raise SettingError(f"{name}={getattr(self, name)!r}: expected text without control characters")
        for name in ("idle_seconds", "data_seconds", "max_line"):
            if getattr(self, name) <= 0:
                raise SettingError(f"{name}={getattr(self, name)!r}: expected a number above 0")
        for network in self.trusted_proxies:
            try:
                ip_network(network, strict=False)
            except ValueError:
                raise SettingError(f"trusted proxy {network!r}: expected an IP address or network") from None
        if self.tls is None and (self.require_tls or any(listener.implicit_tls for listener in self.listeners)):
            raise SettingError("TLS is required without a certificate: expected certificate files or a generated one")

    @property
    def app_name(self) -> str:
        """The server's name in greetings."""
        return f"catcher ({self.label})" if self.label else "catcher"
