"""What a connection tells about its client, as it becomes known: address, HELO, TLS, AUTH."""

import asyncio
from ipaddress import IPv6Address, ip_address
from typing import Any

from catcher.envelope import Client


class Peer:
    """The facts about one client; `client()` puts them into a value, which is made again only after a change."""

    __slots__ = ("_client", "address", "helo", "is_extended", "is_lmtp", "mechanism", "port", "tls", "user")

    def __init__(self, *, address: str, port: int, is_lmtp: bool, tls: str) -> None:
        self.address = address
        self.port = port
        self.is_lmtp = is_lmtp
        self.tls = tls
        self.forget()

    def forget(self) -> None:
        """Know no more than when the connection was opened, except TLS. RFC 3207 §4.2."""
        self.helo: str | None = None
        self.is_extended = False
        self.user = ""
        self.mechanism = ""
        self._client: dict[bool, Client] = {}

    def greeted(self, helo: str, *, is_extended: bool) -> None:
        """HELO, EHLO or LHLO was said."""
        self.helo = helo
        self.is_extended = is_extended
        self._client = {}

    def authenticated(self, user: str, mechanism: str) -> None:
        """AUTH was accepted."""
        self.user = user
        self.mechanism = mechanism
        self._client = {}

    def secured(self, tls: str) -> None:
        """STARTTLS was done: everything said before is void."""
        self.tls = tls
        self.forget()

    def client(self, *, is_internationalized: bool = False) -> Client:
        """The facts as a value. is_internationalized: whether MAIL said SMTPUTF8."""
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
        """The "with" protocol type. RFC 3848, RFC 6531 §4.3."""
        if not self.is_extended:
            return "SMTP"
        base = "LMTP" if self.is_lmtp else "SMTP" if is_internationalized else "ESMTP"
        name = f"UTF8{base}" if is_internationalized else base
        return name + ("S" if self.tls else "") + ("A" if self.mechanism else "")


def address_of(transport: asyncio.BaseTransport) -> tuple[str, int]:
    """The client's IP address and port, ("", 0) on a Unix socket. IPv4 within IPv6 is shown as IPv4."""
    name = transport.get_extra_info("peername")
    if not isinstance(name, tuple) or len(name) < 2:
        return "", 0
    return plain_address(name[0]), int(name[1])


def plain_address(address: str) -> str:
    """The address as text, ::ffff:192.0.2.1 as 192.0.2.1, without a zone."""
    if ":" not in address:
        return address
    parsed = ip_address(address.partition("%")[0])
    mapped = parsed.ipv4_mapped if isinstance(parsed, IPv6Address) else None
    return str(mapped or parsed)


def tls_facts(transport: asyncio.BaseTransport) -> str:
    """Protocol version and cipher, "" without TLS."""
    secure: Any = transport.get_extra_info("ssl_object")
    if secure is None:
        return ""
    cipher = secure.cipher()
    return f"{secure.version()} {cipher[0]}" if cipher else str(secure.version())
