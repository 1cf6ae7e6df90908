"""SPF records: parser and macro expansion. Source: RFC 7208 §4.6, §7, §12."""

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import quote

from catcher.checks.auth.model import AuthResult

_VERSION = re.compile(rb"v=spf1(?: |\Z)", re.IGNORECASE)
_QUALIFIERS = {"+": AuthResult.PASS, "-": AuthResult.FAIL, "~": AuthResult.SOFTFAIL, "?": AuthResult.NEUTRAL}
_MODIFIER = re.compile(r"([A-Za-z][A-Za-z0-9_.-]*)=(.*)\Z", re.DOTALL)
_MECHANISM = re.compile(
    r"([+?~-]?)([A-Za-z][A-Za-z0-9]*)(?::([^/]*(?:/(?!\d+(?://\d+)?\Z|/\d+\Z)[^/]*)*))?((?:/\d+)?(?://\d+)?)\Z"
)
_ADDRESS = re.compile(r"([+?~-]?)(ip4|ip6):([0-9A-Fa-f:.]+)(?:/(\d{1,3}))?\Z", re.IGNORECASE)
_LENGTHS = re.compile(r"(?:/(\d{1,3}))?(?://(\d{1,3}))?\Z")
_MACRO = re.compile(r"%(?:\{([A-Za-z])(\d{0,3})(r?)([.\-+,/_=]*)\}|([%_-])|)", re.IGNORECASE)
_VISIBLE = re.compile(r"[\x21-\x7e]*\Z")
_TOP_LABEL = re.compile(
    r"(?:(?=[0-9]*[A-Za-z-])[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?|%\{[^}]*\}|%[%_-])\.?\Z|.*%\{[^}]*\}\Z"
)
_LETTERS = frozenset("slodiphvcrt")
_ONLY_IN_EXPLANATION = frozenset("crt")


class RecordFault(ValueError):
    """The record violates the grammar; the message names the term."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mechanism:
    """One mechanism. name: in lower case. domain: domain-spec with macros, "" when omitted.

    network: of ip4 and ip6. prefix_4, prefix_6: lengths of a and mx. text: as written.
    """

    name: str
    qualifier: AuthResult
    text: str
    domain: str = ""
    network: ipaddress.IPv4Network | ipaddress.IPv6Network | None = None
    prefix_4: int = 32
    prefix_6: int = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A parsed record. redirect, explanation: domain-specs of the modifiers, "" when absent."""

    mechanisms: tuple[Mechanism, ...]
    redirect: str = ""
    explanation: str = ""


def is_spf(record: bytes) -> bool:
    """Return whether a TXT record is an SPF record of version 1."""
    return _VERSION.match(record) is not None


def parse_record(record: bytes) -> Record:
    """Return the parsed record. Raises RecordFault for an error anywhere in it, as §4.6 requires."""
    try:
        text = record.decode("ascii")
    except UnicodeDecodeError as error:
        raise RecordFault("it has characters that are not ASCII") from error
    mechanisms: list[Mechanism] = []
    modifiers: dict[str, str] = {}
    for term in text[len("v=spf1") :].split(" "):
        if not term:
            continue
        modifier = _MODIFIER.match(term)
        if modifier is None:
            mechanisms.append(_mechanism(term))
            continue
        name = modifier[1].lower()
        if name in ("redirect", "exp"):
            if name in modifiers:
                raise RecordFault(f"{name}= occurs twice")
            _check_domain(modifier[2], term)
            modifiers[name] = modifier[2]
        else:
            check_macros(modifier[2])
    return Record(
        mechanisms=tuple(mechanisms), redirect=modifiers.get("redirect", ""), explanation=modifiers.get("exp", "")
    )


def _mechanism(term: str) -> Mechanism:
    address = _ADDRESS.match(term)
    if address is not None:
        return _network(address, term)
    match = _MECHANISM.match(term)
    name = match[2].lower() if match is not None else ""
    if match is None or name not in ("all", "include", "a", "mx", "ptr", "exists"):
        raise RecordFault(f"{term[:80]!r} is not a mechanism")
    domain, lengths = match[3], match[4]
    if domain is not None:
        _check_domain(domain, term)
    if (name in ("include", "exists") and domain is None) or (name == "all" and domain is not None):
        raise RecordFault(f"{term[:80]!r} is not complete" if domain is None else f"{term[:80]!r} takes no domain")
    if lengths and name not in ("a", "mx"):
        raise RecordFault(f"{term[:80]!r} takes no prefix length")
    prefix_4, prefix_6 = _prefixes(lengths, term)
    return Mechanism(
        name=name,
        qualifier=_QUALIFIERS[match[1] or "+"],
        text=term,
        domain=domain or "",
        prefix_4=prefix_4,
        prefix_6=prefix_6,
    )


def _network(match: re.Match[str], term: str) -> Mechanism:
    name = match[2].lower()
    kind = ipaddress.IPv4Network if name == "ip4" else ipaddress.IPv6Network
    _no_leading_zero(match[4] or "", term)
    try:
        network = kind(f"{match[3]}/{match[4] or (32 if name == 'ip4' else 128)}", strict=False)
    except ValueError as error:
        raise RecordFault(f"{term[:80]!r} is not a network") from error
    return Mechanism(name=name, qualifier=_QUALIFIERS[match[1] or "+"], text=term, network=network)


def _prefixes(lengths: str, term: str) -> tuple[int, int]:
    match = _LENGTHS.match(lengths)
    if match is None:
        raise RecordFault(f"{term[:80]!r} has an impossible prefix length")
    for digits in match.groups():
        _no_leading_zero(digits or "", term)
    prefix_4, prefix_6 = int(match[1] or 32), int(match[2] or 128)
    if prefix_4 > 32 or prefix_6 > 128:
        raise RecordFault(f"{term[:80]!r} has an impossible prefix length")
    return prefix_4, prefix_6


def _no_leading_zero(digits: str, term: str) -> None:
    if len(digits) > 1 and digits.startswith("0"):
        raise RecordFault(f"{term[:80]!r} has an impossible prefix length")


def _check_domain(spec: str, term: str) -> None:
    """Raise RecordFault unless the domain-spec ends in a top label or a macro (RFC 7208 §7.1)."""
    check_macros(spec)
    last = spec.removesuffix(".").rpartition(".")[2]
    if not spec or not _TOP_LABEL.match(last) or ("." not in spec.removesuffix(".") and "%{" not in spec):
        raise RecordFault(f"{term[:80]!r} names no domain")


def check_macros(text: str, *, in_explanation: bool = False) -> None:
    """Raise RecordFault unless all macros in `text` are well formed and allowed there."""
    if not in_explanation and not _VISIBLE.match(text):
        raise RecordFault("it has control characters")
    for match in _MACRO.finditer(text):
        if match[5] is not None:
            continue
        letter = (match[1] or "").lower()
        if letter not in _LETTERS or (letter in _ONLY_IN_EXPLANATION and not in_explanation):
            raise RecordFault(f"{text[match.start() : match.start() + 8]!r} is not a macro")
        if match[2] and int(match[2]) == 0:
            raise RecordFault("a macro keeps 0 labels")


def expand(text: str, values: dict[str, str], *, is_domain: bool = True) -> str:
    """Return the text with macros replaced. Source: RFC 7208 §7.3.

    A domain of more than 253 characters loses labels from the left. An upper-case letter escapes for a URL.
    """

    def one(match: re.Match[str]) -> str:
        if match[5] is not None:
            return {"%": "%", "_": " ", "-": "%20"}[match[5]]
        value = values.get(match[1].lower(), "unknown")
        pieces = re.split("[" + re.escape(match[4] or ".") + "]", value)
        if match[3]:
            pieces.reverse()
        if match[2]:
            pieces = pieces[-int(match[2]) :]
        joined = ".".join(pieces) if match[2] or match[3] or match[4] else value
        return quote(joined, safe="") if match[1].isupper() else joined

    expanded = _MACRO.sub(one, text)
    while is_domain and len(expanded) > 253 and "." in expanded:
        expanded = expanded.partition(".")[2]
    return expanded
