"""What can be set about the SMTP servers, as plain values. Checked where they are made."""

import re
import ssl
from collections.abc import Callable
from ipaddress import ip_network
from pathlib import Path

from msgspec import Struct, field

from catcher.errors import SettingError
from catcher.net.htpasswd import Htpasswd

MIB = 1024 * 1024


class Listener(Struct, frozen=True, kw_only=True):
    """One address to take mail on.

    host: name or IP address, "" or "::" for every address of both families. port: 0 is any free one. path: a Unix
    socket instead of both; mode: its permissions, None for the process's usual ones. lmtp: speak LMTP (RFC 2033).
    implicit_tls: TLS from the first octet on (RFC 8314 §3.3); otherwise STARTTLS is offered when there is a
    certificate. reuse_port: more sockets of this user's may be bound beside it, which share its connections
    (SO_REUSEPORT); when it is opened it wants the address for itself all the same.
    """

    host: str = "127.0.0.1"
    port: int = 1025
    path: str = ""
    mode: int | None = None
    lmtp: bool = False
    implicit_tls: bool = False
    reuse_port: bool = False


class AuthPolicy(Struct, frozen=True, kw_only=True):
    """Who may log in, and whether one must.

    passwords: None accepts and records any credentials. required: no mail without AUTH. needs_tls: AUTH is offered
    under TLS only. mechanisms: to offer, in order; empty for all that can work with these passwords.
    """

    passwords: Htpasswd | None = None
    required: bool = False
    needs_tls: bool = False
    mechanisms: tuple[str, ...] = ()


class SmtpOptions(Struct, frozen=True, kw_only=True):
    """Everything that can be set. A limit of 0 is no limit; times are seconds, sizes octets.

    hostname: what the server calls itself, "" for the machine's name. label: shown in the greeting.
    max_line: of one command. max_connections: in all; a part of the process's file descriptors is kept back whatever it
    says. max_errors: commands answered with a 5xx for syntax or sequence, per connection.
    idle_seconds: without an octet from the client. data_seconds: for the content of one message.
    spool_octets: content above goes to a file in spool_directory (None: the system's) as it arrives.
    tls: makes the server's TLS context, called once at start; None offers no TLS. require_tls: no mail without it.
    allowed_recipients: a pattern that recipients must match somewhere, None for all; others are refused, or, with
    drop_others, acknowledged and left out, and a message to nobody else is acknowledged and not kept.
    trusted_proxies: networks that must begin their connections with a PROXY header; nobody else may.
    """

    listeners: tuple[Listener, ...] = (Listener(),)
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
            raise SettingError("TLS is asked for without a certificate: expected certificate files or a generated one")

    @property
    def app_name(self) -> str:
        """How the server introduces itself."""
        return f"catcher ({self.label})" if self.label else "catcher"
