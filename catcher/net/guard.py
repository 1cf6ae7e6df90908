"""Guard against server-side request forgery: the IP addresses that must not be connected to.

`ipaddress.is_global` is not enough: it ignores IPv4 addresses embedded in IPv6 addresses, which a gateway for NAT64,
6to4 or ISATAP turns into connections to the IPv4 host.
Source: the IANA special-purpose address registries; RFC 6890, RFC 6052, RFC 3056, RFC 4380, RFC 5214.
"""

import ipaddress
import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import TypeAlias

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

_SPECIAL: tuple[tuple[str, str], ...] = (
    ("0.0.0.0/8", "this network"),
    ("10.0.0.0/8", "private"),
    ("100.64.0.0/10", "carrier-grade NAT"),
    ("127.0.0.0/8", "loopback"),
    ("169.254.0.0/16", "link-local"),
    ("172.16.0.0/12", "private"),
    ("192.0.0.0/24", "protocol assignments"),
    ("192.0.2.0/24", "documentation"),
    ("192.31.196.0/24", "AS112"),
    ("192.52.193.0/24", "AMT"),
    ("192.88.99.0/24", "6to4 relay"),
    ("192.168.0.0/16", "private"),
    ("192.175.48.0/24", "AS112"),
    ("198.18.0.0/15", "benchmarking"),
    ("198.51.100.0/24", "documentation"),
    ("203.0.113.0/24", "documentation"),
    ("224.0.0.0/4", "multicast"),
    ("240.0.0.0/4", "reserved"),
    ("::/128", "unspecified"),
    ("::1/128", "loopback"),
    ("64:ff9b:1::/48", "local NAT64"),
    ("100::/64", "discard"),
    ("100:0:0:1::/64", "dummy prefix"),
    ("2001::/23", "protocol assignments"),
    ("2001:db8::/32", "documentation"),
    ("2620:4f:8000::/48", "AS112"),
    ("3fff::/20", "documentation"),
    ("5f00::/16", "segment routing"),
    ("fc00::/7", "private"),
    ("fe80::/10", "link-local"),
    ("fec0::/10", "site-local"),
    ("ff00::/8", "multicast"),
)
_TABLE: tuple[tuple[Network, str], ...] = tuple((ipaddress.ip_network(net), name) for net, name in _SPECIAL)
_UNICAST_V6 = ipaddress.IPv6Network("2000::/3")

# prefix, name, and the offset of the embedded IPv4 address from the right, in bits
_EMBEDDINGS: tuple[tuple[str, str, int], ...] = (
    ("::ffff:0:0/96", "mapped", 0),
    ("::/96", "compatible", 0),
    ("::ffff:0:0:0/96", "translated", 0),
    ("64:ff9b::/96", "NAT64", 0),
    ("2002::/16", "6to4", 80),
    ("2001::/32", "Teredo server", 64),
)
_EMBEDDING_TABLE = tuple((ipaddress.IPv6Network(prefix), name, shift) for prefix, name, shift in _EMBEDDINGS)
_TEREDO = ipaddress.IPv6Network("2001::/32")
_LOW_32 = 0xFFFF_FFFF
_ISATAP = (0x0000_5EFE, 0x0200_5EFE)

_NUMBER = re.compile(r"0[xX][0-9a-fA-F]*|[0-9]+")


def reason_against(address: Address, *, allowed: Iterable[Network] = ()) -> str:
    """Return why this address must not be connected to, "" when it may be.

    allowed: internal networks to permit nevertheless. An IPv4 address embedded in an IPv6 one is checked by itself.
    """
    permitted = tuple(allowed)
    if any(address in network for network in permitted):
        return ""
    if isinstance(address, ipaddress.IPv6Address):
        embedded = tuple(embedded_addresses(address))
        for name, inner in embedded:
            if (reason := reason_against(inner, allowed=permitted)) != "":
                return f"{name} {inner}: {reason}"
        if embedded and embedded[0][0] in ("mapped", "NAT64"):
            return ""
    special = next((name for network, name in _TABLE if address in network), "")
    return special if special or address.version == 4 or address in _UNICAST_V6 else "reserved"


def embedded_addresses(address: ipaddress.IPv6Address) -> Iterator[tuple[str, ipaddress.IPv4Address]]:
    """Yield the IPv4 addresses embedded in an IPv6 address, each with the name of the embedding."""
    value = int(address)
    for network, name, shift in _EMBEDDING_TABLE:
        if address in network and value > 1:
            yield name, ipaddress.IPv4Address((value >> shift) & _LOW_32)
    if address in _TEREDO:
        yield "Teredo client", ipaddress.IPv4Address(~value & _LOW_32)
    if (value >> 32) & _LOW_32 in _ISATAP:
        yield "ISATAP", ipaddress.IPv4Address(value & _LOW_32)


def literal_address(host: str) -> Address | None:
    """Return the address of an IP literal in any form that browsers or `inet_aton` accept; None for a host name.

    That includes one to four decimal, octal or hexadecimal numbers, full-width digits and a final dot.
    Source: WHATWG URL §3.5 (IPv4 parser). Numbers out of range give 255.255.255.255, which is never allowed.
    """
    plain = unicodedata.normalize("NFKC", host).replace("。", ".").strip().split("%", 1)[0]
    if ":" in plain:
        try:
            return ipaddress.IPv6Address(plain)
        except ValueError:
            return None
    pieces = plain.removesuffix(".").split(".")
    if len(pieces) > 4 or not all(_NUMBER.fullmatch(piece) for piece in pieces):
        return None
    numbers = [_number(piece) for piece in pieces]
    *leading, last = numbers
    if any(number > 255 for number in leading) or last >= 256 ** (5 - len(numbers)):
        return ipaddress.IPv4Address("255.255.255.255")
    value = last + sum(number << (8 * (3 - place)) for place, number in enumerate(leading))
    return ipaddress.IPv4Address(value)


def _number(piece: str) -> int:
    if len(piece) > 20:
        return 1 << 40
    if piece[:2].lower() == "0x":
        return int(piece[2:] or "0", 16)
    if len(piece) > 1 and piece.startswith("0"):
        return int(piece, 8) if set(piece) <= set("01234567") else 1 << 40
    return int(piece)
