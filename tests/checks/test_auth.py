"""Authentication: signatures, senders and alignment, by the examples of the RFCs."""

import asyncio
import base64
import hashlib
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from catcher.checks import AuthFacts, CheckOptions, Severity, run_checks
from catcher.checks.auth import (
    AuthResult,
    DkimResult,
    DmarcSubject,
    LookupFailed,
    SpfResult,
    ZoneLookup,
    check_host,
    judge_dmarc,
    verify_arc,
    verify_dkim,
)
from catcher.checks.auth.canonical import (
    canonical_body,
    canonical_field,
    header_section,
    signed_octets,
    unsigned,
)
from catcher.checks.rules.authentication import authenticate
from catcher.envelope import Client
from catcher.errors import SettingError
from catcher.threads import Threads
from tests.checks.mails import DATA, RECEIVED_AT, check_named, rules, subject_of

NOW = datetime(2026, 11, 22, tzinfo=UTC)
RFC_6376 = (DATA / "rfc6376-a.eml").read_bytes().replace(b"\n", b"\r\n")
RFC_8463 = (DATA / "rfc8463-a.eml").read_bytes().replace(b"\n", b"\r\n")
KEYS = ZoneLookup((DATA / "keys.zone").read_text())
SPF_ZONE = ZoneLookup((DATA / "rfc7208-a.zone").read_text())


def dkim(message: bytes, lookup: ZoneLookup = KEYS) -> tuple[DkimResult, ...]:
    return verify_dkim(header_section(message), lookup, now=NOW)


def test_example_of_rfc_6376_verifies() -> None:
    """The signature of RFC 6376 appendix A.2 fits its message and the key of appendix A.2."""
    (result,) = dkim(RFC_6376)
    assert (result.result, result.reason) == (AuthResult.PASS, "signed by example.com with rsa-sha256, 1024 bits")
    assert result.signed == ("received", "from", "to", "subject", "date", "message-id")


def test_both_signatures_of_rfc_8463_verify() -> None:
    """All signatures are verified, Ed25519 and RSA alike. RFC 8463 appendix A.3."""
    results = dkim(RFC_8463)
    assert [(r.result, r.algorithm) for r in results] == [
        (AuthResult.PASS, "ed25519-sha256"),
        (AuthResult.PASS, "rsa-sha256"),
    ]


def _with_one_signature(message: bytes, number: int) -> bytes:
    """The message without its other signatures, which do not sign each other."""
    section = header_section(message)
    fields = [
        field.raw for place, field in enumerate(section.fields) if place == number or field.name != "dkim-signature"
    ]
    return b"".join(fields) + b"\r\n" + section.body


@pytest.mark.parametrize(
    "message",
    [RFC_6376, _with_one_signature(RFC_8463, 0), _with_one_signature(RFC_8463, 1)],
    ids=["rfc6376", "rfc8463-ed25519", "rfc8463-rsa"],
)
def test_every_change_of_one_octet_is_found(message: bytes) -> None:
    """Each octet changed by itself makes the signature fail, white space and line breaks included.

    The letter case of a field's name is all that "relaxed" leaves open (RFC 6376 §3.4.2); "simple" not even that.
    """
    assert dkim(message)[0].result is AuthResult.PASS
    is_simple = b"c=simple/simple" in message
    for offset, octet in enumerate(message):
        for flip in (0x01, 0x20, 0x80):
            changed = message[:offset] + bytes([octet ^ flip]) + message[offset + 1 :]
            if any(result.result is AuthResult.PASS for result in dkim(changed)):
                line = message[message.rfind(b"\n", 0, offset) + 1 : offset + 1]
                is_name = b":" not in line and not line[:1].isspace()
                is_letter_case = flip == 0x20 and is_name and chr(octet).isalpha()
                assert is_letter_case, changed[: offset + 1]
                assert not is_simple, changed[: offset + 1]


def test_added_white_space_is_found_where_nothing_is_folded() -> None:
    """The simple form signs every space. RFC 6376 §3.4.1, §3.4.3."""
    for change in ((b"Subject: Is", b"Subject:  Is"), (b"hungry yet?", b"hungry yet? "), (b"Hi.", b"Hi.\r\n")):
        assert dkim(RFC_6376.replace(*change))[0].result is AuthResult.FAIL


@pytest.mark.parametrize(
    ("change", "result", "reason"),
    [
        ((b"Joe.", b"Jim."), AuthResult.FAIL, "the body was changed after signing (its hash is not bh=)"),
        ((b"dinner", b"supper"), AuthResult.FAIL, "the signature does not fit: a signed header field"),
        ((b"s=brisbane", b"s=perth"), AuthResult.PERMERROR, "there is no key at perth._domainkey.example.com"),
        ((b"s=brisbane", b"s=gone"), AuthResult.FAIL, "the key at gone._domainkey.example.com was withdrawn"),
        ((b"s=brisbane", b"s=web"), AuthResult.PERMERROR, "is not for mail (s=tlsrpt)"),
        ((b"s=brisbane", b"s=sha1"), AuthResult.PERMERROR, "does not allow sha256 (h=sha1)"),
        ((b"s=brisbane", b"s=edward"), AuthResult.PERMERROR, "is for ed25519, the signature is rsa-sha256"),
        ((b"s=brisbane", b"s=small"), AuthResult.POLICY, "has 768 bits, fewer than 1024"),
        ((b"s=brisbane", b"s=broken"), AuthResult.PERMERROR, "the key at broken._domainkey.example.com cannot be read"),
        ((b"s=brisbane", b"s=strict"), AuthResult.PERMERROR, "the key allows no subdomain (t=s)"),
        ((b"a=rsa-sha256", b"a=rsa-sha1"), AuthResult.PERMERROR, "rsa-sha1 is no longer accepted (RFC 8301 §3.1)"),
        ((b"a=rsa-sha256", b"a=rsa-md5"), AuthResult.PERMERROR, "a=rsa-md5 is not known"),
        ((b"v=1;", b"v=2;"), AuthResult.PERMERROR, "v=2 is not version 1"),
        ((b"h=Received : From :", b"h=Received :"), AuthResult.PERMERROR, "the From field is not signed"),
        ((b"i=joe@football.example.com", b"i=joe@example.net"), AuthResult.PERMERROR, "is not below d=example.com"),
        ((b"v=1;", b"v=1; x=1057960914;"), AuthResult.FAIL, "the signature expired before the message came"),
        ((b"v=1;", b"v=1; l=9999;"), AuthResult.PERMERROR, "l=9999 is more than the body has"),
        ((b"v=1;", b"v=1; v=1;"), AuthResult.PERMERROR, "v= is there twice"),
        ((b"bh=2jUS", b"bh=!jUS"), AuthResult.PERMERROR, "is no base64"),
        ((b"d=example.com", b"d=com"), AuthResult.PERMERROR, "d=com is no domain"),
    ],
)
def test_reason_of_a_failure_is_told_in_words(change: tuple[bytes, bytes], result: AuthResult, reason: str) -> None:
    """Whoever reads the result knows what to correct. RFC 6376 §6.1, RFC 8601 §2.7.1."""
    (found,) = dkim(RFC_6376.replace(*change))
    assert found.result is result
    assert reason in found.reason


def test_bare_line_breaks_are_those_of_a_transport() -> None:
    """A message that was stored with bare LF verifies as the one that was sent."""
    assert dkim(RFC_6376.replace(b"\r\n", b"\n"))[0].result is AuthResult.PASS
    assert dkim(RFC_6376.replace(b"Joe.\r\n", b"Joe.\n"))[0].result is AuthResult.FAIL
    assert dkim(RFC_8463.replace(b"yet?\r\n", b"yet?\r"))[0].result is AuthResult.FAIL


def test_name_server_that_does_not_answer_is_a_temporary_error() -> None:
    """No answer is no failure. RFC 6376 §6.1.2."""

    class Silent(ZoneLookup):
        def txt(self, name: str) -> tuple[bytes, ...]:
            raise LookupFailed(f"the name servers do not answer for {name}")

    (result,) = dkim(RFC_6376, Silent(""))
    assert result.result is AuthResult.TEMPERROR
    spf = check_host("192.0.2.1", "example.com", sender="a@example.com", helo="x.example.com", lookup=Silent(""))
    assert spf.result is AuthResult.TEMPERROR


@pytest.mark.parametrize(
    ("body", "simple", "relaxed"),
    [
        (b"", b"\r\n", b""),
        (b"\r\n\r\n", b"\r\n", b""),
        (b" C \r\nD \t E\r\n\r\n\r\n", b" C \r\nD \t E\r\n", b" C\r\nD E\r\n"),
        (b"no end", b"no end\r\n", b"no end\r\n"),
        (b" \t\r\n", b" \t\r\n", b""),
    ],
)
def test_bodies_are_made_canonical(body: bytes, simple: bytes, relaxed: bytes) -> None:
    """RFC 6376 §3.4.3, §3.4.4, §3.4.5."""
    assert canonical_body(body, "simple") == simple
    assert canonical_body(body, "relaxed") == relaxed


def test_header_fields_are_made_canonical() -> None:
    """The example of RFC 6376 §3.4.5."""
    assert canonical_field(b"A: X\r\n", "relaxed") == b"a:X\r\n"
    assert canonical_field(b"B : Y\t\r\n\tZ  \r\n", "relaxed") == b"b:Y Z\r\n"
    assert canonical_field(b"B : Y\t\r\n\tZ  \r\n", "simple") == b"B : Y\t\r\n\tZ  \r\n"


RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
ED_KEY = ed25519.Ed25519PrivateKey.generate()


def _public(key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey) -> str:
    if isinstance(key, ed25519.Ed25519PrivateKey):
        raw = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        return f"v=DKIM1; k=ed25519; p={base64.b64encode(raw).decode()}"
    der = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return f"v=DKIM1; p={base64.b64encode(der).decode()}"


def _record(name: str, text: str) -> str:
    pieces = " ".join(f'"{text[start : start + 200]}"' for start in range(0, len(text), 200))
    return f"{name}. TXT {pieces}\n"


def _signature(key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey, octets: bytes) -> str:
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return base64.b64encode(key.sign(hashlib.sha256(octets).digest())).decode()
    return base64.b64encode(key.sign(octets, padding.PKCS1v15(), SHA256())).decode()


def signed(
    message: bytes,
    domain: str,
    *,
    key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey = ED_KEY,
    extra: str = "",
    names: tuple[str, ...] = ("from", "to", "subject"),
) -> bytes:
    """The message with a signature of `domain` on top, selector "s"."""
    algorithm = "ed25519-sha256" if isinstance(key, ed25519.Ed25519PrivateKey) else "rsa-sha256"
    digest = base64.b64encode(hashlib.sha256(canonical_body(header_section(message).body, "relaxed")).digest()).decode()
    field = (
        f"DKIM-Signature: v=1; a={algorithm}; c=relaxed/relaxed; d={domain}; s=s; h={':'.join(names)}; {extra}"
        f"bh={digest}; b=\r\n"
    )
    section = header_section(field.encode() + message)
    octets = signed_octets(section, 0, names=names, canonicalization="relaxed")
    return field.replace("b=\r\n", f"b={_signature(key, octets)}\r\n").encode() + message


MAIL = b"From: Ann <ann@mail.example.com>\r\nTo: bob@example.net\r\nSubject: x\r\n\r\nHello\r\n"


@pytest.mark.parametrize("key", [RSA_KEY, ED_KEY], ids=["rsa", "ed25519"])
def test_own_signatures_can_be_checked_with_a_zone_file(key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey) -> None:
    """A test suite checks its own signing offline: keys come from a zone file."""
    lookup = ZoneLookup(_record("s._domainkey.example.com", _public(key)))
    (result,) = dkim(signed(MAIL, "example.com", key=key), lookup)
    assert result.result is AuthResult.PASS, result.reason


def test_one_click_must_be_signed() -> None:
    """A valid signature covers List-Unsubscribe and List-Unsubscribe-Post. RFC 8058 §4."""
    lookup = ZoneLookup(_record("s._domainkey.example.com", _public(ED_KEY)))
    fields = b"List-Unsubscribe: <https://example.com/u>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    every = ("from", "to", "subject", "list-unsubscribe", "list-unsubscribe-post")

    def found(message: bytes) -> bool:
        return "dkim-one-click" in rules(authenticate(subject_of(message), lookup))

    assert found(signed(fields + MAIL, "example.com"))
    assert not found(signed(fields + MAIL, "example.com", names=every))
    assert found(signed(fields + MAIL, "example.com", names=every).replace(b"Hello", b"Hullo"))
    assert not found(signed(MAIL, "example.com"))


def _arc_set(message: bytes, instance: int, validation: str) -> bytes:
    """The message with another ARC set on top, sealed for example.org."""
    digest = base64.b64encode(hashlib.sha256(canonical_body(header_section(message).body, "relaxed")).digest()).decode()
    results = f"ARC-Authentication-Results: i={instance}; mx.example.org; dkim=pass\r\n"
    start = f"ARC-Message-Signature: i={instance}; a=rsa-sha256; c=relaxed/relaxed; d=example.org; s=s; "
    field = start + f"h=from:to:subject; bh={digest}; b=\r\n"
    section = header_section(field.encode() + message)
    octets = signed_octets(section, 0, names=("from", "to", "subject"), canonicalization="relaxed")
    field = field.replace("b=\r\n", f"b={_signature(RSA_KEY, octets)}\r\n")
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
    seal = seal.replace("b=\r\n", f"b={_signature(RSA_KEY, octets)}\r\n")
    return (seal + field + results).encode() + message


ARC_KEYS = ZoneLookup(_record("s._domainkey.example.org", _public(RSA_KEY)))


def test_chain_of_two_forwarders_holds() -> None:
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
        ((b"cv=pass", b"cv=none"), "says cv=none, which cannot be"),
        ((b"ARC-Authentication-Results: i=1", b"X-Results: i=1"), "arc-authentication-results is missing for i=1"),
        ((b"ARC-Seal: i=2", b"ARC-Seal: i=1"), "arc-seal is there twice for i=1"),
        ((b"ARC-Seal: i=2", b"ARC-Seal: i=99"), "has no instance from 1 to 50"),
    ],
)
def test_broken_chain_says_where(change: tuple[bytes, bytes], reason: str) -> None:
    """RFC 8617 §5.2, each step of the validation."""
    chained = _arc_set(_arc_set(MAIL, 1, "none"), 2, "pass")
    result = verify_arc(header_section(chained.replace(*change)), ARC_KEYS)
    assert result.result is AuthResult.FAIL
    assert reason in result.reason


def test_message_without_arc_has_no_chain() -> None:
    """RFC 8617 §5.2 step 1."""
    assert verify_arc(header_section(MAIL), ARC_KEYS).result is AuthResult.NONE


def spf(address: str, domain: str = "example.com", *, lookup: ZoneLookup = SPF_ZONE) -> SpfResult:
    return check_host(address, domain, sender=f"strong-bad@{domain}", helo=f"mail.{domain}", lookup=lookup)


def _with_record(record: str) -> ZoneLookup:
    text = (DATA / "rfc7208-a.zone").read_text()
    return ZoneLookup(text + f'\nexample.com. TXT "{record}"\n')


# Source: RFC 7208 appendix A.1 to A.4, in the order they stand there; addresses are those of its zone
APPENDIX_A = [
    ("v=spf1 +all", {"192.0.2.129": "pass", "198.51.100.1": "pass"}),
    ("v=spf1 a -all", {"192.0.2.10": "pass", "192.0.2.11": "pass", "192.0.2.129": "fail"}),
    ("v=spf1 a:example.org -all", {"192.0.2.10": "fail", "192.0.2.129": "fail"}),
    ("v=spf1 mx -all", {"192.0.2.129": "pass", "192.0.2.130": "pass", "192.0.2.10": "fail"}),
    ("v=spf1 mx:example.org -all", {"192.0.2.140": "pass", "192.0.2.129": "fail"}),
    ("v=spf1 mx mx:example.org -all", {"192.0.2.129": "pass", "192.0.2.130": "pass", "192.0.2.140": "pass"}),
    ("v=spf1 mx/30 mx:example.org/30 -all", {"192.0.2.131": "pass", "192.0.2.143": "pass", "192.0.2.132": "fail"}),
    ("v=spf1 ptr -all", {"192.0.2.65": "pass", "192.0.2.140": "fail", "10.0.0.4": "fail"}),
    ("v=spf1 ip4:192.0.2.128/28 -all", {"192.0.2.65": "fail", "192.0.2.129": "pass"}),
]


@pytest.mark.parametrize(
    ("record", "address", "result"),
    [(record, address, result) for record, expected in APPENDIX_A for address, result in expected.items()],
)
def test_examples_of_rfc_7208(record: str, address: str, result: str) -> None:
    """RFC 7208 appendix A.1, simple examples."""
    found = spf(address, lookup=_with_record(record))
    assert found.result == result, found.reason


@pytest.mark.parametrize(
    ("address", "domain", "result"),
    [
        ("192.0.2.129", "example.org", "pass"),  # include:example.com include:example.net -all
        ("192.0.2.140", "example.org", "fail"),
        ("192.0.2.129", "la.example.org", "pass"),  # redirect=example.org
        ("192.0.2.140", "la.example.org", "fail"),
    ],
)
def test_multiple_domain_example_of_rfc_7208(address: str, domain: str, result: str) -> None:
    """RFC 7208 appendix A.2."""
    text = (DATA / "rfc7208-a.zone").read_text()
    lookup = ZoneLookup(
        text
        + 'example.com. TXT "v=spf1 mx -all"\nexample.net. TXT "v=spf1 -all"\n'
        + 'example.org. TXT "v=spf1 include:example.com include:example.net -all"\n'
        + 'la.example.org. TXT "v=spf1 redirect=example.org"\n'
    )
    assert spf(address, domain, lookup=lookup).result == result


@pytest.mark.parametrize(("sender", "result"), [("mary@example.com", "pass"), ("joel@example.com", "fail")])
def test_dnsbl_style_example_of_rfc_7208(sender: str, result: str) -> None:
    """RFC 7208 appendix A.3: users who may send from anywhere have a name in DNS."""
    lookup = ZoneLookup(
        'example.com. TXT "v=spf1 mx include:mobile-users._spf.%{d} include:remote-users._spf.%{d} -all"\n'
        'mobile-users._spf.example.com. TXT "v=spf1 exists:%{l1r+}.%{d}"\n'
        'remote-users._spf.example.com. TXT "v=spf1 exists:%{ir}.%{l1r+}.%{d}"\n'
        "mary.mobile-users._spf.example.com. A 127.0.0.2\n"
        "fred.mobile-users._spf.example.com. A 127.0.0.2\n"
        "example.com. MX 10 mail-a.example.com.\nmail-a.example.com. A 192.0.2.129\n"
    )
    assert (
        check_host("198.51.100.7", "example.com", sender=sender, helo="h.example.com", lookup=lookup).result == result
    )


@pytest.mark.parametrize(
    ("spec", "expanded"),
    [
        ("%{s}", "strong-bad@email.example.com"),
        ("%{o}", "email.example.com"),
        ("%{d4}", "email.example.com"),
        ("%{d3}", "email.example.com"),
        ("%{d2}", "example.com"),
        ("%{d1}", "com"),
        ("%{dr}", "com.example.email"),
        ("%{d2r}", "example.email"),
        ("%{l}", "strong-bad"),
        ("%{l-}", "strong.bad"),
        ("%{lr}", "strong-bad"),
        ("%{lr-}", "bad.strong"),
        ("%{l1r-}", "strong"),
        ("%{ir}.%{v}._spf.%{d2}", "3.2.0.192.in-addr._spf.example.com"),
        ("%{lr-}.lp._spf.%{d2}", "bad.strong.lp._spf.example.com"),
        ("%{lr-}.lp.%{ir}.%{v}._spf.%{d2}", "bad.strong.lp.3.2.0.192.in-addr._spf.example.com"),
        ("%{ir}.%{v}.%{l1r-}.lp._spf.%{d2}", "3.2.0.192.in-addr.strong.lp._spf.example.com"),
        ("%{d2}.trusted-domains.example.net", "example.com.trusted-domains.example.net"),
    ],
)
def test_macro_examples_of_rfc_7208(spec: str, expanded: str) -> None:
    """The table of RFC 7208 §7.4, seen through what is asked of DNS."""
    name = f"{expanded}.zone.test".replace("@", "\\@")
    lookup = ZoneLookup(f'email.example.com. TXT "v=spf1 exists:{spec}.zone.test -all"\n{name}. A 127.0.0.2\n')
    result = check_host(
        "192.0.2.3", "email.example.com", sender="strong-bad@email.example.com", helo="h.example.com", lookup=lookup
    )
    assert result.result is AuthResult.PASS, result.reason


@pytest.mark.parametrize(
    ("record", "result", "reason"),
    [
        ("v=spf1 a too", "permerror", "is no mechanism"),
        ("v=spf1 ip4:192.0.2.0/33 -all", "permerror", "is no network"),
        ("v=spf1 ip4:192.0.2.300 -all", "permerror", "is no network"),
        ("v=spf1 include: -all", "permerror", "names no domain"),
        ("v=spf1 exists -all", "permerror", "is not complete"),
        ("v=spf1 all:example.com", "permerror", "takes no domain"),
        ("v=spf1 exists:%{x}.example.com -all", "permerror", "is no macro"),
        ("v=spf1 exists:%{c}.example.com -all", "permerror", "is no macro"),
        ("v=spf1 redirect=a.example.com redirect=b.example.com", "permerror", "redirect= is there twice"),
        ("v=spf1 include:nowhere.example.com -all", "permerror", "leads to no SPF record"),
        ("v=spf1 redirect=nowhere.example.com", "permerror", "leads to no SPF record"),
        ("v=spf1 include:example.com -all", "permerror", "more than 10 times"),
        ("v=spf1 a:n1.example.com a:n2.example.com a:n3.example.com -all", "permerror", "do not exist"),
        ("v=spf1 unknown=%{d} ?all", "neutral", "says nothing about 192.0.2.1 by ?all"),
        ("v=spf1 ip4:198.51.100.0/24", "neutral", "nothing in the record of example.com matches 192.0.2.1"),
        ("v=spf1 ~all", "softfail", "does not want 192.0.2.1 by ~all"),
        ("v=spf2 +all", "none", "example.com has no SPF record"),
        ("V=SPF1 +ALL", "pass", "example.com allows 192.0.2.1 by +ALL"),
        ("v=spf1 A/0 -all", "pass", "by A/0"),
    ],
)
def test_spf_result_has_a_reason(record: str, result: str, reason: str) -> None:
    """The grammar, the limits and the outcomes of RFC 7208 §4.5 to §4.7, each with a sentence."""
    found = spf("192.0.2.1", lookup=_with_record(record))
    assert found.result == result, found.reason
    assert reason in found.reason


def test_two_records_are_a_permanent_error() -> None:
    """RFC 7208 §4.5."""
    found = spf("192.0.2.1", lookup=ZoneLookup('example.com. TXT "v=spf1 a"\nexample.com. TXT "v=spf1 mx"\n'))
    assert (found.result, found.reason) == (AuthResult.PERMERROR, "example.com has 2 SPF records, one is allowed")


def test_ipv6_clients_and_mapped_ones() -> None:
    """AAAA records for IPv6; an IPv4 address inside an IPv6 one counts as that. RFC 7208 §5."""
    lookup = ZoneLookup('example.com. TXT "v=spf1 a//64 ip4:192.0.2.0/24 -all"\nexample.com. AAAA 2001:db8::1\n')
    assert spf("2001:db8::99", lookup=lookup).result is AuthResult.PASS
    assert spf("2001:db8:1::99", lookup=lookup).result is AuthResult.FAIL
    assert spf("::ffff:192.0.2.9", lookup=lookup).result is AuthResult.PASS


def test_domain_explains_its_refusal() -> None:
    """The exp= modifier, macros of explanations included. RFC 7208 §6.2."""
    lookup = ZoneLookup(
        'example.com. TXT "v=spf1 -all exp=why.%{d}"\nwhy.example.com. TXT "%{c} is not one of %{d}%_hosts"\n'
    )
    assert spf("192.0.2.1", lookup=lookup).explanation == "192.0.2.1 is not one of example.com hosts"


def test_client_without_address_has_no_result() -> None:
    """Mail handed in by another process has no client address."""
    assert spf("").result is AuthResult.NONE


DMARC_ZONE = """
_dmarc.example.com. TXT "v=DMARC1; p=reject; sp=quarantine{tags}"
"""


@pytest.mark.parametrize(
    ("mechanism", "mode", "domain", "from_domain", "aligned"),
    [
        (mechanism, mode, domain, from_domain, aligned)
        for mechanism in ("spf", "dkim")
        for mode, domain, from_domain, aligned in (
            ("r", "example.com", "example.com", True),
            ("r", "mail.example.com", "example.com", True),
            ("r", "example.com", "news.example.com", True),
            ("r", "a.example.com", "b.example.com", True),
            ("r", "example.net", "example.com", False),
            ("r", "a.co.uk", "b.co.uk", False),
            ("s", "example.com", "example.com", True),
            ("s", "EXAMPLE.com", "example.COM", True),
            ("s", "mail.example.com", "example.com", False),
            ("s", "example.com", "news.example.com", False),
            ("s", "example.net", "example.com", False),
        )
    ],
)
def test_alignment_strict_and_relaxed(mechanism: str, mode: str, domain: str, from_domain: str, aligned: bool) -> None:
    """The table of alignment, strict and relaxed, for DKIM and SPF. RFC 7489 §3.1."""
    passed = AuthResult.PASS
    spf_result = SpfResult(result=passed if mechanism == "spf" else AuthResult.NONE, reason="r", domain=domain)
    signatures = (DkimResult(result=passed, reason="r", domain=domain),) if mechanism == "dkim" else ()
    tag = "aspf" if mechanism == "spf" else "adkim"
    zone = DMARC_ZONE.format(tags=f"; {tag}={mode}") + f'_dmarc.b.co.uk. TXT "v=DMARC1; p=reject; {tag}={mode}"\n'
    result = judge_dmarc(DmarcSubject(from_domain=from_domain, spf=spf_result, dkim=signatures), ZoneLookup(zone))
    assert result.result is (AuthResult.PASS if aligned else AuthResult.FAIL), result.reasons
    assert (result.spf_aligned, result.dkim_aligned) == (
        aligned and mechanism == "spf",
        aligned and mechanism == "dkim",
    )


def test_reason_names_the_strict_tag() -> None:
    """The reason in words: what is not aligned with what, and because of which tag."""
    subject = DmarcSubject(
        from_domain="example.com",
        spf=SpfResult(result=AuthResult.NONE, reason="r", domain=""),
        dkim=(DkimResult(result=AuthResult.PASS, reason="r", domain="mail.example.com"),),
    )
    result = judge_dmarc(subject, ZoneLookup(DMARC_ZONE.format(tags="; adkim=s")))
    assert "d=mail.example.com is not aligned with From: example.com because adkim=s" in result.reasons


@pytest.mark.parametrize(
    ("from_domain", "policy", "where"),
    [("example.com", "reject", "example.com"), ("news.example.com", "quarantine", "example.com")],
)
def test_policy_of_the_organization_holds_below_it(from_domain: str, policy: str, where: str) -> None:
    """The record is looked for at the domain, then at its organization, whose sp= holds. RFC 7489 §6.6.3."""
    spf_result = SpfResult(result=AuthResult.FAIL, reason="r", domain="example.com")
    zone = ZoneLookup(DMARC_ZONE.format(tags=""))
    result = judge_dmarc(DmarcSubject(from_domain=from_domain, spf=spf_result, dkim=()), zone)
    assert (result.result, result.policy, result.record_domain) == (AuthResult.FAIL, policy, where)


def test_whole_message_is_judged() -> None:
    """A signed, aligned message from an allowed client has nothing against it."""
    lookup = ZoneLookup(
        _record("s._domainkey.example.com", _public(ED_KEY))
        + '_dmarc.example.com. TXT "v=DMARC1; p=reject"\nmail.example.com. TXT "v=spf1 ip4:1.2.3.4 -all"\n'
    )
    client = Client(address="1.2.3.4", helo="mail.example.com", protocol="ESMTP")
    message = signed(MAIL, "example.com")
    report = authenticate(subject_of(message, client=client, reverse_path="b@mail.example.com"), lookup)
    assert (rules(report), report.score) == ([], 100.0)
    assert isinstance(report.facts, AuthFacts)
    assert report.facts.dmarc is not None
    assert (report.facts.dmarc.spf_aligned, report.facts.dmarc.dkim_aligned) == (True, True)

    forged = message.replace(b"Hello", b"Hullo")
    report = authenticate(subject_of(forged, client=client, reverse_path="x@example.net"), lookup)
    assert rules(report) == ["dmarc-fail", "dkim-fail", "spf-none"]
    assert report.findings[0].severity is Severity.ERROR
    assert "example.com wants it: reject" in report.findings[0].text


async def _run(options: CheckOptions) -> tuple[bool, str, list[str]]:
    check = check_named("authentication", options)
    (report,) = await run_checks(subject_of(MAIL), [check], only=["authentication"])
    return check.on_request, report.error, rules(report)


def test_mail_from_this_machine_is_no_failure_of_spf(threads: Threads) -> None:
    """A developer's own machine cannot pass SPF; that is said, not held against the mail."""
    on_request, error, found = asyncio.run(_run(CheckOptions(threads=threads, lookup=ZoneLookup(""))))
    assert (on_request, error) == (False, "")
    assert found == ["dkim-none", "dmarc-alignment", "dmarc-none", "spf-internal"]


def test_nothing_is_looked_up_unless_it_may_be(threads: Threads) -> None:
    """Without zone file and without leave for DNS the check is made on request only, and says why it cannot be."""
    on_request, error, found = asyncio.run(_run(CheckOptions(threads=threads)))
    assert (on_request, found) == (True, [])
    assert "zone file" in error


def test_zone_file_that_is_none_is_a_wrong_setting() -> None:
    """A wrong setting stops; it never becomes an empty zone."""
    with pytest.raises(SettingError, match="zone file cannot be read"):
        ZoneLookup("example.com. IN NONSENSE (")
    with pytest.raises(SettingError, match="zone file cannot be read"):
        ZoneLookup.from_file(DATA / "no-such.zone")


def test_zone_file_may_not_include_others() -> None:
    """$INCLUDE would read any file of the machine."""
    with pytest.raises(SettingError):
        ZoneLookup("$INCLUDE /etc/passwd\n")


def test_message_is_judged_by_the_moment_it_came() -> None:
    """Expiry is that of the day of reception, so that the result does not change with time."""
    later = int(RECEIVED_AT.timestamp()) + 60
    lookup = ZoneLookup(_record("s._domainkey.example.com", _public(ED_KEY)))
    section = header_section(signed(MAIL, "example.com", extra=f"x={later}; "))
    assert verify_dkim(section, lookup, now=RECEIVED_AT)[0].result is AuthResult.PASS
    assert verify_dkim(section, lookup, now=NOW.replace(year=2030))[0].result is AuthResult.FAIL
