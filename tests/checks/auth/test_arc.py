"""Chains of ARC sets."""

import base64
import hashlib

import pytest

from catcher.checks.auth import (
    AuthResult,
    ZoneLookup,
    verify_arc,
)
from catcher.checks.auth.canonical import (
    canonical_body,
    canonical_field,
    header_section,
    signed_octets,
    unsigned,
)
from tests.checks.auth.signing import MAIL, RSA_KEY, key_record, signature_of, txt_record


def _arc_set(message: bytes, instance: int, validation: str) -> bytes:
    """Return the message with another ARC set on top, sealed for example.org."""
    digest = base64.b64encode(hashlib.sha256(canonical_body(header_section(message).body, "relaxed")).digest()).decode()
    results = f"ARC-Authentication-Results: i={instance}; mx.example.org; dkim=pass\r\n"
    start = f"ARC-Message-Signature: i={instance}; a=rsa-sha256; c=relaxed/relaxed; d=example.org; s=s; "
    field = start + f"h=from:to:subject; bh={digest}; b=\r\n"
    section = header_section(field.encode() + message)
    octets = signed_octets(section, 0, names=("from", "to", "subject"), canonicalization="relaxed")
    field = field.replace("b=\r\n", f"b={signature_of(RSA_KEY, octets)}\r\n")
    seal = f"ARC-Seal: i={instance}; a=rsa-sha256; cv={validation}; d=example.org; s=s; b=\r\n"
    earlier: list[bytes] = []
    fields = header_section(message).fields
    for number in range(1, instance):
        for name in ("arc-authentication-results", "arc-message-signature", "arc-seal"):
            earlier += [
                canonical_field(each.raw, "relaxed")
                for each in fields
                if each.name == name and f"i={number};".encode() in each.raw
            ]
    pieces = [*earlier, *(canonical_field(each.encode(), "relaxed") for each in (results, field))]
    octets = b"".join([*pieces, unsigned(seal.encode(), "relaxed")])
    seal = seal.replace("b=\r\n", f"b={signature_of(RSA_KEY, octets)}\r\n")
    return (seal + field + results).encode() + message


ARC_KEYS = ZoneLookup(txt_record("s._domainkey.example.org", key_record(RSA_KEY)))


def test_chain_of_two_forwarders_is_valid() -> None:
    """Every seal and the newest message signature are verified. RFC 8617 §5.2."""
    chained = _arc_set(_arc_set(MAIL, 1, "none"), 2, "pass")
    result = verify_arc(header_section(chained), ARC_KEYS)
    assert (result.result, result.sealers) == (AuthResult.PASS, ("example.org", "example.org")), result.reason


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ((b"Subject: x", b"Subject: y"), "the message signature i=2 does not fit: a signed header field was changed"),
        ((b"Hello", b"Hullo"), "the body was changed after i=2"),
        ((b"i=1; mx.example.org; dkim=pass", b"i=1; mx.example.org; dkim=fail"), "the seal i=2 does not fit"),
        ((b"cv=pass", b"cv=fail"), "itself says that the chain was broken"),
        ((b"cv=pass", b"cv=none"), "says cv=none, which is not possible"),
        ((b"ARC-Authentication-Results: i=1", b"X-Results: i=1"), "arc-authentication-results is missing for i=1"),
        ((b"ARC-Seal: i=2", b"ARC-Seal: i=1"), "arc-seal occurs twice for i=1"),
        ((b"ARC-Seal: i=2", b"ARC-Seal: i=99"), "has no instance from 1 to 50"),
    ],
)
def test_report_names_the_broken_link_of_a_chain(change: tuple[bytes, bytes], reason: str) -> None:
    """Each step of the validation. RFC 8617 §5.2, each step of the validation."""
    chained = _arc_set(_arc_set(MAIL, 1, "none"), 2, "pass")
    result = verify_arc(header_section(chained.replace(*change)), ARC_KEYS)
    assert result.result is AuthResult.FAIL
    assert reason in result.reason


def test_message_without_arc_has_no_chain() -> None:
    """RFC 8617 §5.2 step 1."""
    assert verify_arc(header_section(MAIL), ARC_KEYS).result is AuthResult.NONE
