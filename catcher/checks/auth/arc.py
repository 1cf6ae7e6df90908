"""ARC: the chain of custody that forwarders add. Source: RFC 8617 §5.2."""

from __future__ import annotations

from dataclasses import dataclass

from catcher.checks.auth.canonical import (
    HeaderSection,
    TagFault,
    body_digest,
    canonical_field,
    decoded,
    signed_octets,
    tags_of,
    unsigned,
)
from catcher.checks.auth.keys import KeyFault, public_key, verifies
from catcher.checks.auth.lookup import Lookup, LookupFailed
from catcher.checks.auth.model import AuthResult

MAX_SETS = 50
"""Maximum of sets in a chain (RFC 8617 §4.2.1)."""
_KINDS = ("arc-authentication-results", "arc-message-signature", "arc-seal")


@dataclass(frozen=True, slots=True, kw_only=True)
class ArcResult:
    """The result of a chain: pass, fail, none or temperror. sealers: d= of each seal, oldest first."""

    result: AuthResult
    reason: str
    sealers: tuple[str, ...] = ()


class _Broken(Exception):
    """The chain is not valid."""


@dataclass(frozen=True, slots=True)
class _Set:
    """One set: indexes of its three fields in the header section, and tags of the two signatures."""

    results: int
    message: int
    seal: int
    message_tags: dict[str, str]
    seal_tags: dict[str, str]


def verify_arc(section: HeaderSection, lookup: Lookup) -> ArcResult:
    """Return the result of the message's ARC chain. Never raises."""
    sealers: tuple[str, ...] = ()
    try:
        sets = _sets(section)
        if not sets:
            return ArcResult(result=AuthResult.NONE, reason="no ARC set")
        sealers = tuple(each.seal_tags.get("d", "") for each in sets)
        _check_chain(sets)
        _check_message(section, sets[-1], len(sets), lookup)
        for count in range(len(sets), 0, -1):
            _check_seal(section, sets[:count], lookup)
    except (_Broken, TagFault) as fault:
        return ArcResult(result=AuthResult.FAIL, reason=str(fault), sealers=sealers)
    except KeyFault as fault:
        return ArcResult(result=AuthResult.FAIL, reason=str(fault), sealers=sealers)
    except LookupFailed as error:
        return ArcResult(result=AuthResult.TEMPERROR, reason=str(error), sealers=sealers)
    return ArcResult(
        result=AuthResult.PASS, reason=f"{len(sets)} valid sets, the last by {sealers[-1]}", sealers=sealers
    )


def _sets(section: HeaderSection) -> tuple[_Set, ...]:
    """Return the sets by instance. Raises _Broken for an incomplete or duplicate one."""
    found: dict[tuple[int, str], tuple[int, dict[str, str]]] = {}
    highest = 0
    for number, field in enumerate(section.fields):
        if field.name not in _KINDS:
            continue
        # ARC-Authentication-Results begins with its instance; the rest is not a tag list (RFC 8617 §4.1.1).
        tags = tags_of(field.body.partition(";")[0] if field.name == _KINDS[0] else field.body)
        instance = int(tags["i"]) if tags.get("i", "").isdecimal() and len(tags["i"]) <= 3 else 0
        if not 1 <= instance <= MAX_SETS:
            raise _Broken(f"{field.name} has no instance from 1 to {MAX_SETS}")
        if (instance, field.name) in found:
            raise _Broken(f"{field.name} occurs twice for i={instance}")
        found[instance, field.name] = (number, tags)
        highest = max(highest, instance)
    sets: list[_Set] = []
    for instance in range(1, highest + 1):
        fields = [found.get((instance, kind)) for kind in _KINDS]
        results, message, seal = fields
        if results is None or message is None or seal is None:
            missing = next(kind for kind, field in zip(_KINDS, fields, strict=True) if field is None)
            raise _Broken(f"{missing} is missing for i={instance}")
        sets.append(_Set(results[0], message[0], seal[0], message[1], seal[1]))
    return tuple(sets)


def _check_chain(sets: tuple[_Set, ...]) -> None:
    for instance, each in enumerate(sets, start=1):
        claimed = each.seal_tags.get("cv", "").lower()
        if claimed == "fail":
            raise _Broken(f"the seal i={instance} itself says that the chain was broken (cv=fail)")
        if claimed != ("none" if instance == 1 else "pass"):
            raise _Broken(f"the seal i={instance} says cv={claimed or 'nothing'}, which is not possible")
        if "h" in each.seal_tags:
            raise _Broken(f"the seal i={instance} has a tag h=, which it must not have")


def _needed(tags: dict[str, str], names: tuple[str, ...]) -> None:
    for name in names:
        if not tags.get(name):
            raise TagFault(f"{name}= is missing")


def _check_message(section: HeaderSection, newest: _Set, instance: int, lookup: Lookup) -> None:
    """Raise _Broken unless the newest message signature matches the message."""
    tags = newest.message_tags
    _needed(tags, ("a", "b", "bh", "d", "h", "s"))
    head, _, body = tags.get("c", "simple/simple").lower().partition("/")
    names = tuple(name.strip().lower() for name in tags["h"].split(":"))
    if "arc-seal" in names:
        raise _Broken(f"the message signature i={instance} signs a seal")
    digest, _ = body_digest(
        section, canonicalization=body or "simple", length=int(tags["l"]) if tags.get("l", "").isdecimal() else None
    )
    if digest != decoded(tags["bh"]):
        raise _Broken(f"the body was changed after i={instance}")
    key = public_key(lookup, domain=tags["d"], selector=tags["s"], algorithm=tags["a"].lower())
    signed = signed_octets(section, newest.message, names=names, canonicalization=head)
    if not verifies(key, decoded(tags["b"]), signed):
        raise _Broken(f"the message signature i={instance} does not fit: a signed header field was changed")


def _check_seal(section: HeaderSection, sets: tuple[_Set, ...], lookup: Lookup) -> None:
    """Raise _Broken unless the last seal matches all sets up to its own, in the relaxed form (RFC 8617 §5.1.1)."""
    tags = sets[-1].seal_tags
    _needed(tags, ("a", "b", "d", "s"))
    pieces: list[bytes] = []
    for each in sets:
        numbers = (each.results, each.message, each.seal)
        pieces.extend(canonical_field(section.fields[number].raw, "relaxed") for number in numbers)
    pieces[-1] = unsigned(section.fields[sets[-1].seal].raw, "relaxed")
    key = public_key(lookup, domain=tags["d"], selector=tags["s"], algorithm=tags["a"].lower())
    if not verifies(key, decoded(tags["b"]), b"".join(pieces)):
        raise _Broken(f"the seal i={len(sets)} does not fit: a set was changed")
