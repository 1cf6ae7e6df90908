"""SPF: whether a domain authorizes a client to send. Source: RFC 7208 §4 to §6."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

from catcher.checks.auth.canonical import same_or_below
from catcher.checks.auth.lookup import Lookup, LookupFailed
from catcher.checks.auth.model import AuthResult
from catcher.checks.auth.spf_record import Mechanism, Record, RecordFault, check_macros, expand, is_spf, parse_record

MAX_LOOKUPS = 10
"""Terms that cause DNS queries (RFC 7208 §4.6.4)."""
MAX_VOID = 2
"""Void lookups: queries without records (RFC 7208 §4.6.4)."""
MAX_NAMES = 10
"""Names in one MX or PTR answer (RFC 7208 §4.6.4)."""

_LABEL = re.compile(r"[^.\s]{1,63}\Z")
_MATCHES = {
    AuthResult.PASS: True,
    AuthResult.FAIL: False,
    AuthResult.SOFTFAIL: False,
    AuthResult.NEUTRAL: False,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SpfResult:
    """The result for one domain.

    reason: one sentence. term: the mechanism that matched, "" for none. record: that of the domain, "" when there is
    none. explanation: of a fail, as the domain publishes it. lookups: terms that caused DNS queries.
    """

    result: AuthResult
    reason: str
    domain: str
    term: str = ""
    record: str = ""
    explanation: str = ""
    lookups: int = 0


class _PermError(Exception):
    """The records cannot be evaluated."""


def check_host(address: str, domain: str, *, sender: str, helo: str, lookup: Lookup) -> SpfResult:
    """Return the result of SPF's check_host() for a client address. Never raises.

    domain: of the reverse-path, of HELO when that is empty. sender: the whole reverse-path, "postmaster@HELO" when it
    is empty (§2.4). An IPv6 address that maps an IPv4 one counts as that.
    """
    try:
        client = ipaddress.ip_address(address.split("%", 1)[0])
    except ValueError:
        return SpfResult(result=AuthResult.NONE, reason="the client has no IP address", domain=domain)
    if isinstance(client, ipaddress.IPv6Address) and client.ipv4_mapped is not None:
        client = client.ipv4_mapped
    return _Evaluation(client, domain, sender, helo, lookup).run()


def is_checkable(domain: str) -> bool:
    """Return whether a domain can have a record: labels of 1 to 63 characters, at least two (§4.3)."""
    labels = domain.removesuffix(".").split(".")
    return len(labels) > 1 and len(domain) <= 254 and all(_LABEL.match(label) for label in labels)


class _Evaluation:
    """One evaluation of check_host(), included records counted in its limits."""

    def __init__(
        self,
        client: ipaddress.IPv4Address | ipaddress.IPv6Address,
        domain: str,
        sender: str,
        helo: str,
        lookup: Lookup,
    ) -> None:
        self._client = client
        self._domain = domain
        self._sender = sender if "@" in sender else f"postmaster@{sender or domain}"
        self._helo = helo
        self._lookup = lookup
        self._lookups = 0
        self._void = 0
        self._term = ""
        self._mechanisms = {
            "all": lambda mechanism, domain: True,
            "ip4": self._network,
            "ip6": self._network,
            "a": self._a,
            "mx": self._mx,
            "ptr": self._ptr,
            "exists": self._exists,
            "include": self._include,
        }

    def run(self) -> SpfResult:
        """Return the result for the domain."""
        record = explanation = ""
        try:
            result, found = self._check(self._domain)
            record = found[0].decode("ascii", "replace") if found else ""
            reason = self._sentence(result, record)
            if result is AuthResult.FAIL and found:
                explanation = self._explanation(found[1], found[2])
        except _PermError as error:
            result, reason = AuthResult.PERMERROR, str(error)
        except RecordFault as fault:
            result, reason = AuthResult.PERMERROR, f"the SPF record of {self._domain} is broken: {fault}"
        except LookupFailed as error:
            result, reason = AuthResult.TEMPERROR, str(error)
        return SpfResult(
            result=result,
            reason=reason,
            domain=self._domain,
            term=self._term,
            record=record,
            explanation=explanation,
            lookups=self._lookups,
        )

    def _sentence(self, result: AuthResult, record: str) -> str:
        if result is AuthResult.NONE:
            return f"{self._domain} has no SPF record"
        if not self._term:
            return f"nothing in the record of {self._domain} matches {self._client}"
        verb = {"pass": "allows", "fail": "forbids", "softfail": "does not want", "neutral": "says nothing about"}
        return f"{self._domain} {verb[result]} {self._client} by {self._term}"

    def _check(self, domain: str) -> tuple[AuthResult, tuple[bytes, Record, str] | None]:
        """Return the result for a domain, with its record and with the record and domain that explain a fail."""
        if not is_checkable(domain):
            return AuthResult.NONE, None
        records = [record for record in self._lookup.txt(domain) if is_spf(record)]
        if not records:
            return AuthResult.NONE, None
        if len(records) > 1:
            raise _PermError(f"{domain} has {len(records)} SPF records, one is allowed")
        try:
            record = parse_record(records[0])
        except RecordFault as fault:
            raise _PermError(f"the SPF record of {domain} is broken: {fault}") from fault
        for mechanism in record.mechanisms:
            if self._mechanisms[mechanism.name](mechanism, domain):
                self._term = mechanism.text
                return mechanism.qualifier, (records[0], record, domain)
        if record.redirect:
            self._count()
            target = self._expand(record.redirect, domain)
            result, found = self._check(target)
            if result is AuthResult.NONE:
                raise _PermError(f"redirect={target} leads to no SPF record")
            return result, (records[0], found[1], found[2]) if found else None
        return AuthResult.NEUTRAL, (records[0], record, domain)

    def _count(self) -> None:
        self._lookups += 1
        if self._lookups > MAX_LOOKUPS:
            raise _PermError(f"the records need more than {MAX_LOOKUPS} DNS lookups")

    def _answered(self, answers: tuple[str, ...]) -> tuple[str, ...]:
        """Count void lookups (§4.6.4)."""
        if not answers:
            self._void += 1
            if self._void > MAX_VOID:
                raise _PermError(f"more than {MAX_VOID} names in the records do not exist")
        return answers

    def _target(self, mechanism: Mechanism, domain: str) -> str:
        return self._expand(mechanism.domain, domain) if mechanism.domain else domain

    def _expand(self, spec: str, domain: str) -> str:
        return expand(spec, self._values(spec, domain))

    def _values(self, spec: str, domain: str) -> dict[str, str]:
        local_part, _, sender_domain = self._sender.rpartition("@")
        is_v6 = self._client.version == 6
        nibbles = ".".join(f"{int(self._client):032x}") if is_v6 else str(self._client)
        return {
            "s": self._sender,
            "l": local_part or "postmaster",
            "o": sender_domain,
            "d": domain,
            "i": nibbles,
            "h": self._helo,
            "v": "ip6" if is_v6 else "in-addr",
            "c": str(self._client),
            "p": self._name_of_client(domain) if "%{p" in spec.lower() else "",
            "r": "unknown",
            "t": "0",
        }

    def _network(self, mechanism: Mechanism, domain: str) -> bool:
        network = mechanism.network
        return network is not None and network.version == self._client.version and self._client in network

    def _is_one_of(self, addresses: tuple[str, ...], mechanism: Mechanism) -> bool:
        length = mechanism.prefix_4 if self._client.version == 4 else mechanism.prefix_6
        return any(self._client in ipaddress.ip_network(f"{address}/{length}", strict=False) for address in addresses)

    def _addresses(self, host: str) -> tuple[str, ...]:
        return self._lookup.addresses(host, version=self._client.version)

    def _a(self, mechanism: Mechanism, domain: str) -> bool:
        self._count()
        return self._is_one_of(self._answered(self._addresses(self._target(mechanism, domain))), mechanism)

    def _mx(self, mechanism: Mechanism, domain: str) -> bool:
        self._count()
        target = self._target(mechanism, domain)
        hosts = self._answered(self._lookup.mail_hosts(target))
        if len(hosts) > MAX_NAMES:
            raise _PermError(f"{target} has more than {MAX_NAMES} mail hosts")
        return any(self._is_one_of(self._addresses(host), mechanism) for host in hosts if host)

    def _exists(self, mechanism: Mechanism, domain: str) -> bool:
        self._count()
        # A records are used for IPv6 clients, too (§5.7)
        return bool(self._answered(self._lookup.addresses(self._target(mechanism, domain), version=4)))

    def _ptr(self, mechanism: Mechanism, domain: str) -> bool:
        self._count()
        target = self._target(mechanism, domain)
        return any(same_or_below(name, target) for name in self._validated_names())

    def _validated_names(self) -> tuple[str, ...]:
        """Return the names of the client whose address records contain its address (§5.5)."""
        try:
            names = self._lookup.names(str(self._client))[:MAX_NAMES]
            return tuple(name for name in names if self._client in map(ipaddress.ip_address, self._addresses(name)))
        except LookupFailed:
            return ()

    def _name_of_client(self, domain: str) -> str:
        """Return the value of %{p}: preferably `domain`, then a name below it, then any validated name (§7.3)."""
        names = self._validated_names()
        return min(names, key=lambda name: (not same_or_below(name, domain), len(name)), default="unknown")

    def _include(self, mechanism: Mechanism, domain: str) -> bool:
        self._count()
        target = self._target(mechanism, domain)
        result, _ = self._check(target)
        if result is AuthResult.NONE:
            raise _PermError(f"include:{target} leads to no SPF record")
        self._term = ""
        return _MATCHES[result]

    def _explanation(self, record: Record, domain: str) -> str:
        """Return the domain's explanation of a fail, "" when it has none or one with errors (§6.2)."""
        if not record.explanation:
            return ""
        try:
            texts = self._lookup.txt(self._expand(record.explanation, domain))
            if len(texts) != 1:
                return ""
            text = texts[0].decode("ascii")
            check_macros(text, in_explanation=True)
        except (LookupFailed, RecordFault, UnicodeDecodeError):
            return ""
        return expand(text, self._values(text, domain), is_domain=False)
