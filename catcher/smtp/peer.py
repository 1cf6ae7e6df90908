"""The client of one connection: address, HELO name, TLS and AUTH, as they become known."""

import asyncio
from ipaddress import IPv6Address, ip_address
from typing import Any

from catcher.envelope import Client


class Peer:
    """The properties of one client. `client()` returns them as a value, which is cached until the next change."""

    __slots__ = ("_client", "address", "helo", "is_extended", "is_lmtp", "mechanism", "port", "tls", "user")

    def __init__(self, *, address: str, port: int, is_lmtp: bool, tls: str) -> None:
        self.address = address
        self.port = port
        self.is_lmtp = is_lmtp
        self.set_tls(tls)

    def set_tls(self, tls: str) -> None:
        """Set the TLS version and cipher, and forget HELO and AUTH. RFC 3207 §4.2."""
        self.tls = tls
        self.helo: str | None = None
        self.is_extended = False
        self.user = ""
        self.mechanism = ""
        self._client: dict[bool, Client] = {}

    def set_helo(self, helo: str, *, is_extended: bool) -> None:
        """Set the name of HELO, or of EHLO or LHLO (`is_extended`)."""
        self.helo = helo
        self.is_extended = is_extended
        self._client = {}

    def set_user(self, user: str, mechanism: str) -> None:
        """Set the authenticated user."""
        self.user = user
        self.mechanism = mechanism
        self._client = {}

    def client(self, *, is_internationalized: bool = False) -> Client:
        """Return the properties as a value. is_internationalized: MAIL has the parameter SMTPUTF8."""
        known = self._client.get(is_internationalized)
        if known is None:
            known = self._client[is_internationalized] = Client(
                address=self.address,
                port=self.port,
                helo=self.helo or "",
                protocol=self._protocol(is_internationalized=is_internationalized),
                user=self.user,
                mechanism=self.mechanism,
                tls=self.tls,
            )
        return known

    def _protocol(self, *, is_internationalized: bool) -> str:
        """Return the "with" protocol type. RFC 3848, RFC 6531 §4.3."""
        if not self.is_extended:
            return "SMTP"
        base = "LMTP" if self.is_lmtp else "SMTP" if is_internationalized else "ESMTP"
        name = f"UTF8{base}" if is_internationalized else base
        return name + ("S" if self.tls else "") + ("A" if self.mechanism else "")


def peer_address(transport: asyncio.BaseTransport) -> tuple[str, int]:
    """Return the client's IP address and port, ("", 0) on a Unix socket."""
    name = transport.get_extra_info("peername")
    if not isinstance(name, tuple) or len(name) < 2:
        return "", 0
    return plain_address(name[0]), int(name[1])


def plain_address(address: str) -> str:
    """Return the address without a zone, and ::ffff:192.0.2.1 as 192.0.2.1."""
    if ":" not in address:
        return address
    parsed = ip_address(address.partition("%")[0])
    mapped = parsed.ipv4_mapped if isinstance(parsed, IPv6Address) else None
    return str(mapped or parsed)


def describe_tls(transport: asyncio.BaseTransport) -> str:
    """Return protocol version and cipher, "" without TLS."""
    secure: Any = transport.get_extra_info("ssl_object")
    if secure is None:
        return ""
    cipher = secure.cipher()
    return f"{secure.version()} {cipher[0]}" if cipher else str(secure.version())
