"""Rules for Host and Origin header fields: DNS rebinding and foreign origins."""

import ipaddress
import re
from urllib.parse import urlsplit

_AUTHORITY = re.compile(
    r"(?:\[(?P<v6>[0-9A-Fa-f:.]+(?:%25[0-9A-Za-z.]+)?)\]|(?P<name>[0-9A-Za-z._-]+))(?::[0-9]{1,5})?"
)

SAFE_SUFFIXES = {
    "localhost": "loopback by definition (RFC 6761 §6.3)",
    "test": "never delegated in public DNS (RFC 6761 §6.2)",
    "local": "multicast DNS (RFC 6762), .cluster.local of Kubernetes",
    "home.arpa": "home networks (RFC 8375)",
    "internal": "reserved for private use by ICANN, 2024",
    "lan": "not delegated; home routers",
    "home": "not delegated, deferred by ICANN, 2018; home routers",
    "corp": "not delegated, deferred by ICANN, 2018; company networks",
    "intranet": "not delegated; company networks",
    "private": "not delegated; company networks",
    "localdomain": "not delegated; default domain of many systems",
    "svc": "not delegated; services of Kubernetes",
    "ddev.site": "always loopback; DDEV",
    "lndo.site": "always loopback; Lando",
    "localtest.me": "always loopback",
    "lvh.me": "always loopback",
    "docksal.site": "always the address of Docksal's machine",
    "nip.io": "the address that the name spells",
    "sslip.io": "the address that the name spells",
    "traefik.me": "the address that the name spells",
    "app.github.dev": "tunnels of GitHub Codespaces",
    "gitpod.io": "tunnels of Gitpod workspaces",
    "gitpod.dev": "tunnels of Gitpod environments",
    "devtunnels.ms": "tunnels of Visual Studio and VS Code",
    "csb.app": "tunnels of CodeSandbox",
    "ngrok.app": "tunnels of ngrok",
    "ngrok.dev": "tunnels of ngrok",
    "ngrok.io": "tunnels of ngrok",
    "ngrok-free.app": "tunnels of ngrok",
    "ngrok-free.dev": "tunnels of ngrok",
    "trycloudflare.com": "tunnels of Cloudflare",
    "ts.net": "machines of a Tailscale network",
}
"""Suffixes whose names cannot be made to resolve to another address by an attacker, each with the reason."""


def host_name(authority: str) -> str | None:
    """Return the host of a Host field in lower case, without port, brackets and final dot; None when malformed."""
    found = _AUTHORITY.fullmatch(authority)
    if found is None:
        return None
    return (found["v6"] or found["name"]).lower().removesuffix(".") or None


def is_expected_host(authority: str, names: tuple[str, ...]) -> bool:
    """Return whether a request may have this Host field.

    DNS rebinding needs a name whose address the attacker can change, so IP addresses, single-label names and names
    below `SAFE_SUFFIXES` pass; other names pass only when configured.

    names: "mail.example.com", "*.example.com" or ".example.com" for all below it, "*" for every name;
    ports do not count. A malformed authority does not pass.
    """
    host = host_name(authority)
    if host is None:
        return False
    if "." not in host or _is_address(host) or _has_safe_suffix(host):
        return True
    return any(_matches(pattern, host) for pattern in names)


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


def _has_safe_suffix(host: str) -> bool:
    labels = host.split(".")
    # sslip.io delegates _acme-challenge.* to the name server at the address in the name, which the attacker may own.
    if any(label.startswith("_") for label in labels):
        return False
    return any(".".join(labels[start:]) in SAFE_SUFFIXES for start in range(1, len(labels)))


def _matches(pattern: str, host: str) -> bool:
    if pattern == "*":
        return True
    is_parent = pattern.startswith(("*.", "."))
    authority = pattern.lstrip("*.") if is_parent else pattern
    name = host_name(authority) or authority
    return host.endswith(f".{name}") if is_parent else host == name
