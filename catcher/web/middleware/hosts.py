"""Rules for Host and Origin header fields: DNS rebinding and foreign origins."""

import ipaddress
import re
from urllib.parse import urlsplit

_AUTHORITY = re.compile(
    r"\A(?:\[(?P<v6>[0-9A-Fa-f:.]+(?:%25[0-9A-Za-z.]+)?)\]|(?P<name>[0-9A-Za-z._-]+))(?::[0-9]{1,5})?\Z"
)
_PRIVATE_SUFFIXES = (".local", ".internal", ".localhost", ".test")


def host_name(authority: str) -> str | None:
    """Return the host of a Host field in lower case, without port, brackets and final dot; None when malformed."""
    found = _AUTHORITY.match(authority)
    if found is None:
        return None
    return (found["v6"] or found["name"]).lower().removesuffix(".") or None


def is_expected_host(authority: str, names: tuple[str, ...]) -> bool:
    """Return whether a request may have this Host field.

    DNS rebinding needs a name that the attacker controls in public DNS, so IP addresses, single-label names and names
    below .local, .internal, .localhost and .test pass (RFC 6761, RFC 6762, and ICANN's reservation of .internal);
    other names pass only when configured.

    names: "mail.example.com", "*.example.com" or ".example.com" for all below it, "*" for every name;
    ports do not count. A malformed authority does not pass.
    """
    host = host_name(authority)
    if host is None:
        return False
    if _is_address(host) or "." not in host or host.endswith(_PRIVATE_SUFFIXES):
        return True
    return any(_matches(pattern.lower().strip(), host) for pattern in names)


def is_same_origin(origin: str, authority: str) -> bool:
    """Return whether an Origin field names the host and port of the request. Source: RFC 6454 §5, §7.

    The scheme is not compared: behind a proxy that terminates TLS it is unknown. "null" is no origin.
    """
    netloc = _netloc(origin)
    return netloc != "" and netloc == authority.lower()


def is_listed_origin(origin: str, allowed: tuple[str, ...]) -> bool:
    """Return whether an origin is one of `allowed`: "host", "host:port", URL, or "*" for all but "null"."""
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


def _matches(pattern: str, host: str) -> bool:
    if pattern == "*":
        return True
    if pattern.startswith(("*.", ".")):
        return host.endswith("." + pattern.lstrip("*."))
    return host == (host_name(pattern) or pattern)
