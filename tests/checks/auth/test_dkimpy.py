"""DKIM and ARC compared with dkimpy: messages that it signed, then changed, and verified by both."""

import base64
import itertools
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from catcher.checks.auth import AuthResult, LookupFailed, ZoneLookup, verify_arc, verify_dkim
from catcher.checks.auth.canonical import header_section
from tests.checks.auth.signing import ED_KEY, RSA_KEY, Key, key_record, signed, txt_record

NOW = datetime.now(UTC)
MAIL = (
    b"Authentication-Results: mx.example.org; dkim=pass header.d=example.com\r\n"
    b"From: Ann <ann@example.com>\r\nTo: bob@example.net\r\nSubject: Your  order\r\n\tof Friday\r\n"
    b"Date: Fri, 27 Nov 2026 10:00:00 +0000\r\nMessage-ID: <1@example.com>\r\nX-Note: unsigned\r\n"
    b"\r\nHello  Bob,\r\n\r\nthank you. \r\n\r\n\r\n"
)
_NAMES = [b"from", b"to", b"subject", b"date", b"message-id"]


class Signer:
    """A key pair: dkimpy's key for signing, and its DNS record."""

    def __init__(self, key: Key) -> None:
        self.record = key_record(key)
        if isinstance(key, ed25519.Ed25519PrivateKey):
            self.algorithm = b"ed25519-sha256"
            self.private = base64.b64encode(key.private_bytes_raw())
        else:
            self.algorithm = b"rsa-sha256"
            encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL
            self.private = key.private_bytes(encoding, form, serialization.NoEncryption())

    def signed(
        self, message: bytes = MAIL, *, selector: str = "s", form: str = "relaxed/relaxed", **more: Any
    ) -> bytes:
        """The message with a signature of dkimpy for example.com on top. form: canonical, of fields and body."""
        options = {"signature_algorithm": self.algorithm, "canonicalize": tuple(form.encode().split(b"/")), **more}
        field = dkim.sign(message, selector.encode(), b"example.com", self.private, include_headers=_NAMES, **options)
        return bytes(field) + message


SIGNERS = {
    "rsa-1024": Signer(rsa.generate_private_key(public_exponent=65537, key_size=1024)),
    "rsa-2048": Signer(RSA_KEY),
    "ed25519": Signer(ED_KEY),
}
RSA = SIGNERS["rsa-2048"]
FORMS = [f"{head}/{body}" for head, body in itertools.product(("simple", "relaxed"), repeat=2)]

CHANGES: dict[str, Callable[[bytes], bytes]] = {
    "unchanged": lambda message: message,
    "another body": lambda message: message.replace(b"Hello", b"Hullo"),
    "appended to the body": lambda message: message + b"Sent from my telephone\r\n",
    "empty lines at the end": lambda message: message + b"\r\n\r\n",
    "white space in the body": lambda message: message.replace(b"Hello  Bob", b"Hello \t Bob"),
    "space at the end of a line": lambda message: message.replace(b"thank you. ", b"thank you."),
    "another signed field": lambda message: message.replace(b"Your  order", b"Your offer"),
    "another unsigned field": lambda message: message.replace(b"X-Note: unsigned", b"X-Note: other"),
    "another folding": lambda message: message.replace(b"order\r\n\tof", b"order of"),
    "white space in a field": lambda message: message.replace(b"Your  order", b"Your order"),
    "letter case of a name": lambda message: message.replace(b"\r\nSubject:", b"\r\nSUBJECT:"),
    "a second field below": lambda message: message.replace(b"X-Note: unsigned", b"Subject: other"),
    "an unsigned field on top": lambda message: b"Received: from a by b\r\n" + message,
    "a signed field removed": lambda message: message.replace(b"To: bob@example.net\r\n", b""),
    "fields in another order": lambda message: message.replace(
        b"From: Ann <ann@example.com>\r\nTo: bob@example.net\r\n",
        b"To: bob@example.net\r\nFrom: Ann <ann@example.com>\r\n",
    ),
    "bare line feeds": lambda message: message.replace(b"\r\n", b"\n"),
    "another signature": lambda message: re.sub(rb"(b=)[A-Za-z0-9+/]{4}", rb"\1AAAA", message, count=1),
    "another domain": lambda message: message.replace(b"d=example.com", b"d=example.net", 1),
    "another selector": lambda message: message.replace(b"s=s;", b"s=other;", 1),
    "a missing key": lambda message: message.replace(b"s=s;", b"s=missing;", 1),
    "a withdrawn key": lambda message: message.replace(b"s=s;", b"s=withdrawn;", 1),
    "a key that is none": lambda message: message.replace(b"s=s;", b"s=broken;", 1),
    "another algorithm": lambda message: message.replace(b"-sha256", b"-md5", 1),
    "another version": lambda message: message.replace(b"v=1", b"v=2", 1),
    "an unknown canonical form": lambda message: re.sub(rb"c=\w+/", b"c=strict/", message, count=1),
    "an identity elsewhere": lambda message: message.replace(b"i=@example.com", b"i=@example.net", 1),
    "no list of fields": lambda message: re.sub(rb"h=[^;]*;", b"", message, count=1),
    "a tag without value": lambda message: message.replace(b"v=1;", b"v=1; nonsense;", 1),
    "a tag twice": lambda message: message.replace(b"v=1;", b"v=1; v=1;", 1),
}


def _zone(signer: Signer) -> dict[str, str]:
    other = Signer(ed25519.Ed25519PrivateKey.generate()) if signer.algorithm.startswith(b"ed") else RSA
    return {
        "s._domainkey.example.com": signer.record,
        "other._domainkey.example.com": SIGNERS["rsa-1024"].record if signer is other else other.record,
        "withdrawn._domainkey.example.com": "v=DKIM1; p=",
        "broken._domainkey.example.com": "v=DKIM1; p=AAAA",
    }


def _lookup(zone: dict[str, str]) -> ZoneLookup:
    return ZoneLookup("".join(txt_record(name, text) for name, text in zone.items()))


def _txt(zone: dict[str, str]) -> Callable[..., bytes | None]:
    texts = {name.encode() + b".": text.encode() for name, text in zone.items()}
    return lambda name, timeout=5: texts.get(name)


def ours(message: bytes, zone: dict[str, str], *, index: int = 0) -> AuthResult:
    return verify_dkim(header_section(message), _lookup(zone), now=NOW)[index].result


def theirs(message: bytes, zone: dict[str, str], *, index: int = 0) -> bool:
    try:
        return bool(dkim.DKIM(message).verify(index, dnsfunc=_txt(zone)))
    except (dkim.DKIMException, ValueError):
        return False


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("signer", SIGNERS)
@pytest.mark.parametrize("has_length", [False, True], ids=["whole", "l="])
def test_both_accept_the_same_messages(signer: str, form: str, has_length: bool) -> None:
    """The same result for each changed message, for every algorithm and canonical form, with and without l=."""
    message = SIGNERS[signer].signed(form=form, length=has_length)
    zone = _zone(SIGNERS[signer])
    verdicts = {
        name: (ours(change(message), zone) is AuthResult.PASS, theirs(change(message), zone))
        for name, change in CHANGES.items()
    }
    assert verdicts["unchanged"] == (True, True)
    assert verdicts["another body"] == (False, False)
    assert {name for name, (one, other) in verdicts.items() if one is not other} == set()


def test_each_of_several_signatures_is_judged_by_itself() -> None:
    """A valid signature above a broken one above another valid one."""
    middle = SIGNERS["ed25519"].signed(SIGNERS["rsa-1024"].signed(selector="old"), selector="ed")
    message = RSA.signed(re.sub(rb"(b=)[A-Za-z0-9+/]{4}", rb"\1AAAA", middle, count=1))
    zone = {
        "s._domainkey.example.com": RSA.record,
        "ed._domainkey.example.com": SIGNERS["ed25519"].record,
        "old._domainkey.example.com": SIGNERS["rsa-1024"].record,
    }
    assert [ours(message, zone, index=index) for index in range(3)] == ["pass", "fail", "pass"]
    assert [theirs(message, zone, index=index) for index in range(3)] == [True, False, True]


def _both(message: bytes, record: str = RSA.record) -> tuple[str, bool]:
    zone = {"s._domainkey.example.com": record}
    return ours(message, zone), theirs(message, zone)


def test_white_space_at_the_end_of_a_body_without_final_line_break() -> None:
    """The relaxed form adds the line break, then removes the white space before it (RFC 6376 §3.4.4)."""
    assert _both(RSA.signed().removesuffix(b"\r\n\r\n\r\n")) == (AuthResult.PASS, False)


def test_sha1_is_not_accepted() -> None:
    """RFC 8301 §3.1; dkimpy verifies it."""
    assert _both(RSA.signed(signature_algorithm=b"rsa-sha1")) == (AuthResult.PERMERROR, True)


def test_expiry_is_compared_with_the_time_of_receipt() -> None:
    """A signature that expired yesterday fails a message of today and not one of last week.

    dkimpy compares with the clock, and lets ten hours pass.
    """
    moment = int((NOW - timedelta(hours=5)).timestamp())
    zone = {"s._domainkey.example.com": RSA.record}
    message = signed(MAIL, "example.com", key=RSA_KEY, extra=f"x={moment}; ")
    assert (ours(message, zone), theirs(message, zone)) == (AuthResult.FAIL, True)
    section = header_section(message)
    assert verify_dkim(section, _lookup(zone), now=NOW - timedelta(days=7))[0].result is AuthResult.PASS


def test_restrictions_of_the_key_are_obeyed() -> None:
    """Flag s and hash algorithms of a key record (RFC 6376 §3.6.1), which dkimpy does not read."""
    below = RSA.signed(identity=b"ann@news.example.com")
    assert _both(below) == (AuthResult.PASS, True)
    assert _both(below, RSA.record + "; t=s") == (AuthResult.PERMERROR, True)
    assert _both(RSA.signed(), RSA.record + "; h=sha1") == (AuthResult.PERMERROR, True)


def test_signature_that_covers_too_much_or_too_little_of_the_message() -> None:
    """A length beyond the body, and no From in h= (RFC 6376 §3.5, §5.4), which dkimpy accepts."""
    assert _both(signed(MAIL, "example.com", key=RSA_KEY, extra="l=9999; ")) == (AuthResult.PERMERROR, True)
    assert _both(signed(MAIL, "example.com", key=RSA_KEY, names=("to", "subject"))) == (AuthResult.PERMERROR, True)


def test_second_from_field_is_left_to_dmarc() -> None:
    """A field added above the signed one does not break the signature (RFC 6376 §5.4.2); for dkimpy it does."""
    assert _both(b"From: Eve <eve@example.net>\r\n" + RSA.signed()) == (AuthResult.PASS, False)


def test_no_answer_is_a_temporary_error() -> None:
    """dkimpy has one word, False, for a wrong signature, a missing key and a name server without answer."""

    class Silent(ZoneLookup):
        def txt(self, name: str) -> tuple[bytes, ...]:
            raise LookupFailed(name)

    (result,) = verify_dkim(header_section(RSA.signed()), Silent(""), now=NOW)
    assert result.result is AuthResult.TEMPERROR


def _forwarded(message: bytes, *, by: bytes, chain: bytes = b"") -> bytes:
    """The message with an ARC set of dkimpy on top, sealed for `by`; chain: what it says of the sets below."""
    results = b"Authentication-Results: " + by + b"; dkim=pass" + (b"; arc=" + chain if chain else b"") + b"\r\n"
    fields = dkim.arc_sign(results + message, b"s", by, RSA.private, by, include_headers=_NAMES)
    return b"".join(fields) + results + message


ARC_CHANGES: dict[str, Callable[[bytes], bytes]] = {
    "unchanged": lambda message: message,
    "another body": lambda message: message.replace(b"Hello", b"Hullo"),
    "another signed field": lambda message: message.replace(b"Your  order", b"Your offer"),
    "another unsigned field": lambda message: message.replace(b"X-Note: unsigned", b"X-Note: other"),
    "other results": lambda message: re.sub(rb"(ARC-Auth\S* i=1;[^;]*;\s*dkim=)pass", rb"\1fail", message),
    "another seal": lambda message: re.sub(rb"(ARC-Seal: i=1[^\0]*?b=)\w{4}", rb"\1AAAA", message, count=1),
    "a broken chain": lambda message: message.replace(b"cv=pass", b"cv=fail"),
    "a chain that begins twice": lambda message: message.replace(b"cv=pass", b"cv=none"),
    "a missing seal": lambda message: message.replace(b"ARC-Seal: i=1", b"X-Seal: i=1"),
    "a missing key": lambda message: message.replace(b"d=mx.example.net", b"d=mx.example.com"),
}


@pytest.mark.slow
@pytest.mark.parametrize("change", ARC_CHANGES)
def test_both_accept_the_same_chains(change: str) -> None:
    """The same result for each changed message that two forwarders sealed."""
    chained = _forwarded(_forwarded(MAIL, by=b"mx.example.org"), by=b"mx.example.net", chain=b"pass")
    message = ARC_CHANGES[change](chained)
    assert (message == chained) is (change == "unchanged")
    zone = {f"s._domainkey.mx.example.{top}": RSA.record for top in ("org", "net")}
    their_result, _, _ = dkim.arc_verify(message, dnsfunc=_txt(zone))
    result = verify_arc(header_section(message), _lookup(zone))
    assert (result.result is AuthResult.PASS) is (their_result == b"pass"), result.reason
    assert (result.result is AuthResult.PASS) is (change in ("unchanged", "another unsigned field")), result.reason
