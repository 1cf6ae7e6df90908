"""DKIM signatures of a message. Source: RFC 6376, RFC 8301 (key sizes, no SHA-1), RFC 8463 (Ed25519).

dkimpy gives no reason for a failure and one result for a wrong signature, a missing key and a silent name server. It
also accepts SHA-1, ignores restrictions of keys, and compares expiry with the clock instead of the time of reception.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from catcher.checks.auth.canonical import (
    HeaderSection,
    TagFault,
    body_digest,
    decoded,
    same_or_below,
    signed_octets,
    tags_of,
)
from catcher.checks.auth.keys import KeyFault, PublicKey, public_key, verifies
from catcher.checks.auth.lookup import Lookup, LookupFailed
from catcher.checks.auth.model import AuthResult

MAX_SIGNATURES = 10
"""Signatures of a message that are verified (RFC 6376 §8.4)."""

_ALGORITHMS = ("rsa-sha256", "ed25519-sha256")
_CANONICALIZATIONS = ("simple", "relaxed")
_REQUIRED = ("v", "a", "b", "bh", "d", "h", "s")
_LENGTH = re.compile(r"[0-9]{1,76}\Z")
_DOMAIN = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class DkimResult:
    """The result of one signature.

    domain, selector, algorithm: of the signature, "" when absent. reason: one sentence. signed: names of the covered
    header fields, in lower case. bits: size of the key, 0 when unknown. is_testing: the key has the testing flag
    (RFC 6376 §3.6.1). covers_all: the whole body is signed.
    """

    result: AuthResult
    reason: str
    domain: str = ""
    selector: str = ""
    algorithm: str = ""
    signed: tuple[str, ...] = ()
    bits: int = 0
    is_testing: bool = False
    covers_all: bool = True


class _Fault(Exception):
    """The signature is invalid or unacceptable."""

    def __init__(self, *, result: AuthResult, reason: str) -> None:
        super().__init__(reason)
        self.result = result
        self.reason = reason


def verify_dkim(section: HeaderSection, lookup: Lookup, *, now: datetime) -> tuple[DkimResult, ...]:
    """Return the result of each DKIM-Signature field, from the top, at most `MAX_SIGNATURES`. Never raises.

    now: aware; the time of reception, which expiry is compared with.
    """
    numbers = [number for number, field in enumerate(section.fields) if field.name == "dkim-signature"]
    return tuple(_verify(section, number, lookup, now) for number in numbers[:MAX_SIGNATURES])


def _verify(section: HeaderSection, number: int, lookup: Lookup, now: datetime) -> DkimResult:
    tags: dict[str, str] = {}
    signed: tuple[str, ...] = ()
    bits, is_testing = 0, False
    try:
        tags = _tags(section, number)
        signed = tuple(name.strip().lower() for name in tags["h"].split(":"))
        _check_tags(tags, signed, now)
        _check_body(section, tags)
        key = public_key(lookup, domain=tags["d"], selector=tags["s"], algorithm=tags["a"].lower())
        bits, is_testing = key.bits, key.is_testing
        _check_identity(tags, key)
        _check_signature(section, number, tags, signed, key)
        result, reason = AuthResult.PASS, f"signed by {tags['d']} with {tags['a']}, {key.bits} bits"
    except _Fault as fault:
        result, reason = fault.result, fault.reason
    except TagFault as fault:
        result, reason = AuthResult.PERMERROR, f"the signature cannot be read: {fault}"
    except KeyFault as fault:
        result, reason = fault.result, str(fault)
    except LookupFailed as error:
        result, reason = AuthResult.TEMPERROR, str(error)
    return DkimResult(
        result=result,
        reason=reason,
        domain=tags.get("d", ""),
        selector=tags.get("s", ""),
        algorithm=tags.get("a", "").lower(),
        signed=signed,
        bits=bits,
        is_testing=is_testing,
        covers_all="l" not in tags,
    )


def _check_identity(tags: dict[str, str], key: PublicKey) -> None:
    """Raise _Fault for a subdomain in i= that the key forbids (RFC 6376 §3.6.1, flag s)."""
    if key.is_strict and tags.get("i", "@" + tags["d"]).rpartition("@")[2].lower() != tags["d"].lower():
        reason = f"the key allows no subdomain (t=s), but i={tags['i']} is not of d={tags['d']}"
        raise _Fault(result=AuthResult.PERMERROR, reason=reason)


def _check_signature(
    section: HeaderSection, number: int, tags: dict[str, str], signed: tuple[str, ...], key: PublicKey
) -> None:
    message = signed_octets(section, number, names=signed, canonicalization=_canonicalizations(tags)[0])
    if not verifies(key, decoded(tags["b"]), message):
        raise _Fault(result=AuthResult.FAIL, reason=_mismatch(signed))


def _mismatch(signed: tuple[str, ...]) -> str:
    shown = ", ".join(dict.fromkeys(signed))
    return (
        f"the signature does not fit: a signed header field ({shown[:200]}) was changed, or the key is a different one"
    )


def _tags(section: HeaderSection, number: int) -> dict[str, str]:
    tags = tags_of(section.fields[number].body)
    for name in _REQUIRED:
        if not tags.get(name):
            raise TagFault(f"{name}= is missing")
    return tags


def _canonicalizations(tags: dict[str, str]) -> tuple[str, str]:
    """Return the canonicalizations of header section and body; the default is simple (RFC 6376 §3.5)."""
    head, _, body = tags.get("c", "simple/simple").lower().partition("/")
    return head, body or "simple"


def _check_tags(tags: dict[str, str], signed: tuple[str, ...], now: datetime) -> None:
    """Validate the tags. Raises TagFault and _Fault. Source: RFC 6376 §6.1.1."""
    if tags["v"] != "1":
        raise TagFault(f"v={tags['v']} is not version 1")
    if tags["a"].lower() == "rsa-sha1":
        raise _Fault(result=AuthResult.PERMERROR, reason="rsa-sha1 is no longer accepted (RFC 8301 §3.1)")
    if tags["a"].lower() not in _ALGORITHMS:
        raise TagFault(f"a={tags['a']} is not known")
    if any(name not in _CANONICALIZATIONS for name in _canonicalizations(tags)):
        raise TagFault(f"c={tags['c']} is not known")
    if not _DOMAIN.match(tags["d"]):
        raise TagFault(f"d={tags['d'][:80]} is not a domain")
    if "from" not in signed:
        raise _Fault(result=AuthResult.PERMERROR, reason="the From field is not signed (h= does not name it)")
    identity = tags.get("i", "@" + tags["d"]).rpartition("@")[2]
    if not same_or_below(identity, tags["d"]):
        raise TagFault(f"i={tags['i']} is not below d={tags['d']}")
    if "dns/txt" not in tags.get("q", "dns/txt").lower():
        raise TagFault(f"q={tags['q']} is not known")
    _check_times(tags, now)


def _check_times(tags: dict[str, str], now: datetime) -> None:
    for name in ("t", "x", "l"):
        if name in tags and not _LENGTH.match(tags[name]):
            raise TagFault(f"{name}={tags[name][:80]} is not a number")
    if "x" in tags and int(tags["x"]) < now.timestamp():
        raise _Fault(
            result=AuthResult.FAIL, reason=f"the signature expired before the message was received (x={tags['x']})"
        )
    if "x" in tags and "t" in tags and int(tags["x"]) <= int(tags["t"]):
        raise TagFault("it expires before it was made (x= is not after t=)")


def _check_body(section: HeaderSection, tags: dict[str, str]) -> None:
    length = int(tags["l"]) if "l" in tags else None
    digest, size = body_digest(section, canonicalization=_canonicalizations(tags)[1], length=length)
    if length is not None and length > size:
        raise TagFault(f"l={length} is more than the body has ({size})")
    if digest != decoded(tags["bh"]):
        raise _Fault(result=AuthResult.FAIL, reason="the body was changed after signing (its hash is not bh=)")
