"""Public keys of DKIM and ARC, from DNS. Source: RFC 6376 §3.6.1, RFC 8301 §3.2, RFC 8463 §4.

The cryptography package is imported with the first key.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from catcher.checks.auth.canonical import TagFault, decoded, tags_of
from catcher.checks.auth.lookup import Lookup
from catcher.checks.auth.model import AuthResult

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

MIN_BITS = 1024
"""Minimum size of RSA keys (RFC 8301 §3.2)."""


class KeyFault(Exception):
    """There is no usable key. result: that of the signature."""

    def __init__(self, result: AuthResult, reason: str) -> None:
        super().__init__(reason)
        self.result = result


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey:
    """A public key. bits: its size. is_testing, is_strict: flags y and s of its record."""

    public: RSAPublicKey | Ed25519PublicKey
    bits: int
    is_testing: bool = False
    is_strict: bool = False


def public_key(lookup: Lookup, *, domain: str, selector: str, algorithm: str) -> PublicKey:
    """Return the key of a signature. Raises KeyFault and LookupFailed."""
    name = f"{selector}._domainkey.{domain}"
    records = lookup.txt(name)
    if not records:
        raise KeyFault(AuthResult.PERMERROR, f"there is no key at {name}")
    faults: list[KeyFault] = []
    # several records are undefined (RFC 6376 §3.6.2.2); use the first valid one
    for record in records[:4]:
        try:
            return _read(record.decode("utf-8", "replace"), name=name, algorithm=algorithm)
        except KeyFault as fault:
            faults.append(fault)
    raise faults[0]


def _read(record: str, *, name: str, algorithm: str) -> PublicKey:
    try:
        tags = tags_of(record)
    except TagFault as fault:
        raise KeyFault(AuthResult.PERMERROR, f"the key at {name} cannot be read: {fault}") from fault
    if tags.get("v", "DKIM1") != "DKIM1":
        raise KeyFault(AuthResult.PERMERROR, f"the record at {name} is not a DKIM key (v={tags['v'][:40]})")
    if "p" not in tags:
        raise KeyFault(AuthResult.PERMERROR, f"the record at {name} has no key (p=)")
    if not tags["p"]:
        raise KeyFault(AuthResult.FAIL, f"the key at {name} was withdrawn (p= is empty)")
    kind, _, digest = algorithm.partition("-")
    if tags.get("k", "rsa").lower() != kind:
        raise KeyFault(
            AuthResult.PERMERROR, f"the key at {name} is for {tags.get('k', 'rsa')}, the signature is {algorithm}"
        )
    if "h" in tags and digest not in [each.strip().lower() for each in tags["h"].split(":")]:
        raise KeyFault(AuthResult.PERMERROR, f"the key at {name} does not allow {digest} (h={tags['h']})")
    if not {"*", "email"} & {each.strip().lower() for each in tags.get("s", "*").split(":")}:
        raise KeyFault(AuthResult.PERMERROR, f"the key at {name} is not for mail (s={tags['s']})")
    return _loaded(tags, kind, name)


def _loaded(tags: dict[str, str], kind: str, name: str) -> PublicKey:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    flags = {flag.strip().lower() for flag in tags.get("t", "").split(":")}
    public: RSAPublicKey | Ed25519PublicKey
    try:
        octets = decoded(tags["p"])
        if kind == "ed25519":
            public, bits = Ed25519PublicKey.from_public_bytes(octets), 256
        else:
            public = cast("RSAPublicKey", load_der_public_key(octets))
            if not isinstance(public, RSAPublicKey):
                raise KeyFault(AuthResult.PERMERROR, f"the key at {name} is not an RSA key")
            bits = public.key_size
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise KeyFault(AuthResult.PERMERROR, f"the key at {name} cannot be read") from error
    if kind == "rsa" and bits < MIN_BITS:
        raise KeyFault(AuthResult.POLICY, f"the key at {name} has {bits} bits, fewer than {MIN_BITS}")
    return PublicKey(public=public, bits=bits, is_testing="y" in flags, is_strict="s" in flags)


def verifies(key: PublicKey, signature: bytes, message: bytes) -> bool:
    """Return whether the key verifies the signature. Ed25519 signs the SHA-256 of `message` (RFC 8463 §3)."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA256

    try:
        if isinstance(key.public, Ed25519PublicKey):
            key.public.verify(signature, hashlib.sha256(message).digest())
        else:
            key.public.verify(signature, message, PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    return True
