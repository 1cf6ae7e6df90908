"""DNS records for authentication, from name servers or offline from a zone file.

dnspython is imported at the first lookup.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from catcher.errors import CatcherError, SettingError

if TYPE_CHECKING:
    import dns.resolver

_MAX_ALIASES = 8


class LookupFailed(CatcherError, OSError):
    """The name servers did not answer."""


class Lookup(Protocol):
    """Source of DNS records. Returns () for a name without records; raises LookupFailed when no server answers."""

    @property
    def is_offline(self) -> bool:
        """Whether lookups cause no network traffic."""
        ...

    def txt(self, name: str) -> tuple[bytes, ...]:
        """Return the TXT records, the strings of each joined."""
        ...

    def addresses(self, name: str, *, version: int) -> tuple[str, ...]:
        """Return the A records for version 4, AAAA for 6."""
        ...

    def mail_hosts(self, name: str) -> tuple[str, ...]:
        """Return the hosts of the MX records by preference, without final dot; "" is the null MX."""
        ...

    def names(self, address: str) -> tuple[str, ...]:
        """Return the names of an IP address (PTR), without final dot."""
        ...


class _Records:
    """The lookups, by means of `_query`."""

    is_offline = False

    def _query(self, name: str, kind: str) -> Sequence[Any]:
        raise NotImplementedError

    def txt(self, name: str) -> tuple[bytes, ...]:
        """See `Lookup.txt`."""
        return tuple(b"".join(record.strings) for record in self._query(name, "TXT"))

    def addresses(self, name: str, *, version: int) -> tuple[str, ...]:
        """See `Lookup.addresses`."""
        return tuple(str(record.address) for record in self._query(name, "AAAA" if version == 6 else "A"))

    def mail_hosts(self, name: str) -> tuple[str, ...]:
        """See `Lookup.mail_hosts`."""
        records = sorted((record.preference, _plain(record.exchange)) for record in self._query(name, "MX"))
        return tuple(host for _, host in records)

    def names(self, address: str) -> tuple[str, ...]:
        """See `Lookup.names`."""
        import dns.reversename

        pointer = dns.reversename.from_address(address)
        return tuple(_plain(record.target) for record in self._query(pointer.to_text(), "PTR"))


class ZoneLookup(_Records):
    """Records from a zone file (RFC 1035 §5). Names may be of any domain; relative ones need $ORIGIN.

    Raises SettingError for an invalid zone file.
    """

    is_offline = True

    def __init__(self, text: str) -> None:
        import dns.exception
        import dns.zone

        try:
            self._zone = dns.zone.from_text(
                _with_ttl(text), origin=".", relativize=False, check_origin=False, allow_include=False
            )
        except (dns.exception.DNSException, ValueError, KeyError) as error:
            raise SettingError(f"the zone file cannot be read: {error}") from error

    @classmethod
    def from_file(cls, path: Path) -> ZoneLookup:
        """Read the zone file at `path`. Raises SettingError when it cannot be read."""
        try:
            return cls(path.read_text("utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise SettingError(f"the zone file cannot be read: {error}") from error

    def _query(self, name: str, kind: str) -> Sequence[Any]:
        import dns.exception
        import dns.name

        try:
            wanted = dns.name.from_text(name)
        except (dns.exception.DNSException, UnicodeError):
            return ()
        for _ in range(_MAX_ALIASES):
            found = self._zone.get_rdataset(wanted, kind)
            if found is not None:
                return tuple(found)
            alias = self._zone.get_rdataset(wanted, "CNAME")
            if alias is None:
                return ()
            wanted = alias[0].target
        return ()


class DnsLookup(_Records):
    """Records from name servers. servers: their addresses, () for those of the system. timeout: seconds per query.

    Answers are cached without expiry: make one object for each message.
    """

    def __init__(self, servers: Sequence[str] = (), *, port: int = 53, timeout: float = 5.0) -> None:
        self._servers = tuple(servers)
        self._port = port
        self._timeout = timeout
        self._known: dict[tuple[str, str], Sequence[Any]] = {}
        self._resolver: dns.resolver.Resolver | None = None

    def _query(self, name: str, kind: str) -> Sequence[Any]:
        key = (name.lower().rstrip("."), kind)
        if key not in self._known:
            self._known[key] = self._ask(name, kind)
        return self._known[key]

    def _ask(self, name: str, kind: str) -> Sequence[Any]:
        import dns.exception
        import dns.name
        import dns.resolver

        if self._resolver is None:
            self._resolver = dns.resolver.Resolver(configure=not self._servers)
            if self._servers:
                self._resolver.nameservers = list(self._servers)
                self._resolver.port = self._port
            self._resolver.lifetime = self._timeout
        try:
            wanted = dns.name.from_text(name)
        except (dns.exception.DNSException, UnicodeError):
            return ()
        try:
            return tuple(self._resolver.resolve(wanted, kind, search=False))
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer, dns.resolver.YXDOMAIN):
            return ()
        except (dns.exception.DNSException, OSError) as error:
            raise LookupFailed(f"the name servers do not answer for {name}", detail=str(error)) from error


def _plain(name: Any) -> str:
    return str(name.to_text(omit_final_dot=True)) if str(name) != "." else ""


def _with_ttl(text: str) -> str:
    """Return the zone file with a default TTL, which the parser requires and zone files for tests seldom have."""
    return text if "$TTL" in text else f"$TTL 300\n{text}"
