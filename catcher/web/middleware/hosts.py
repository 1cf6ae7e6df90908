"""Judging Host and Origin header fields: which could only come from DNS rebinding, and which are foreign."""

import ipaddress
import re
from urllib.parse import urlsplit

_AUTHORITY = re.compile(
    r"\A(?:\[(?P<v6>[0-9A-Fa-f:.]+(?:%25[0-9A-Za-z.]+)?)\]|(?P<name>[0-9A-Za-z._-]+))(?::[0-9]{1,5})?\Z"
)
_PRIVATE_SUFFIXES = (".local", ".internal", ".localhost", ".test")


def host_name(authority: str) -> str | None:
    """The host of a Host header field in lower case, without port, brackets and trailing dot; None when malformed."""
    found = _AUTHORITY.match(authority)
    if found is None:
        return None
    return (found["v6"] or found["name"]).lower().removesuffix(".") or None


def is_expected_host(authority: str, names: tuple[str, ...]) -> bool:
    """Whether a request may carry this Host.

    DNS rebinding needs a name that the attacker controls in public DNS, so IP addresses, single-label names and names
    below .local, .internal, .localhost and .test pass (RFC 6761, RFC 6762, and ICANN's reservation of .internal);
    other names only when configured. names: "mail.example.com", "*.example.com" or ".example.com" for all below it,
    "*" for every name; a port is not considered. A malformed authority does not pass.
    """
    host = host_name(authority)
    if host is None:
        return False
    if _is_address(host) or "." not in host or host.endswith(_PRIVATE_SUFFIXES):
        return True
    return any(_names(pattern.lower().strip(), host) for pattern in names)


def is_same_origin(origin: str, authority: str) -> bool:
    """Whether an Origin header field names the host and port the request came to. Source: RFC 6454 §5, §7.

    The scheme is not compared: behind a proxy that ends TLS this server does not know it. "null" is no origin.
    """
    netloc = _netloc(origin)
    return netloc != "" and netloc == authority.lower()


def is_listed_origin(origin: str, allowed: tuple[str, ...]) -> bool:
    """Whether an origin is one of `allowed`: "host", "host:port", a URL, or "*" for all but "null"; the port counts."""
    netloc = _netloc(origin)
    if not netloc:
        return False
    return any(entry == "*" or netloc == (_netloc(entry) or entry.lower()) for entry in allowed)


def _netloc(origin: str) -> str:
    try:
        parts = urlsplit(origin)
    except ValueError:
        return ""
    return parts.netloc.lower() if parts.scheme and host_name(parts.netloc) else ""


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.split("%", 1)[0])
    except ValueError:
        return False
    return True


def _names(pattern: str, host: str) -> bool:
    if pattern == "*":
        return True
    if pattern.startswith(("*.", ".")):
        return host.endswith("." + pattern.lstrip("*."))
    return host == (host_name(pattern) or pattern)
