"""DKIM signatures, by the examples of RFC 6376 and RFC 8463."""

from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from catcher.checks.auth import (
    AuthResult,
    DkimResult,
    LookupFailed,
    ZoneLookup,
    check_host,
    verify_dkim,
)
from catcher.checks.auth.canonical import (
    header_section,
)
from tests.checks.auth.signing import ED_KEY, MAIL, RSA_KEY, key_record, signed, txt_record
from tests.checks.mails import DATA, RECEIVED_AT

NOW = datetime(2026, 11, 22, tzinfo=UTC)
RFC_6376 = (DATA / "rfc6376-a.eml").read_bytes().replace(b"\n", b"\r\n")
RFC_8463 = (DATA / "rfc8463-a.eml").read_bytes().replace(b"\n", b"\r\n")
KEYS = ZoneLookup((DATA / "keys.zone").read_text())


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


@pytest.mark.slow
@pytest.mark.parametrize(
    "message",
    [RFC_6376, _with_one_signature(RFC_8463, 0), _with_one_signature(RFC_8463, 1)],
    ids=["rfc6376", "rfc8463-ed25519", "rfc8463-rsa"],
)
def test_every_change_of_one_octet_is_detected(message: bytes) -> None:
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


def test_added_white_space_is_detected_in_the_simple_form() -> None:
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
        ((b"v=1;", b"v=1; x=1057960914;"), AuthResult.FAIL, "the signature expired before the message was received"),
        ((b"v=1;", b"v=1; l=9999;"), AuthResult.PERMERROR, "l=9999 is more than the body has"),
        ((b"v=1;", b"v=1; v=1;"), AuthResult.PERMERROR, "v= occurs twice"),
        ((b"bh=2jUS", b"bh=!jUS"), AuthResult.PERMERROR, "is not base64"),
        ((b"d=example.com", b"d=com"), AuthResult.PERMERROR, "d=com is not a domain"),
    ],
)
def test_failure_has_a_reason_in_words(change: tuple[bytes, bytes], result: AuthResult, reason: str) -> None:
    """The reader of the result knows what to correct. RFC 6376 §6.1, RFC 8601 §2.7.1."""
    (found,) = dkim(RFC_6376.replace(*change))
    assert found.result is result
    assert reason in found.reason


def test_bare_line_breaks_are_read_as_crlf() -> None:
    """A message stored with bare LF verifies like the one that was sent."""
    assert dkim(RFC_6376.replace(b"\r\n", b"\n"))[0].result is AuthResult.PASS
    assert dkim(RFC_6376.replace(b"Joe.\r\n", b"Joe.\n"))[0].result is AuthResult.FAIL
    assert dkim(RFC_8463.replace(b"yet?\r\n", b"yet?\r"))[0].result is AuthResult.FAIL


def test_name_server_that_does_not_answer_is_a_temporary_error() -> None:
    """No response is not a failure. RFC 6376 §6.1.2."""

    class Silent(ZoneLookup):
        def txt(self, name: str) -> tuple[bytes, ...]:
            raise LookupFailed(f"the name servers do not answer for {name}")

    (result,) = dkim(RFC_6376, Silent(""))
    assert result.result is AuthResult.TEMPERROR
    spf = check_host("192.0.2.1", "example.com", sender="a@example.com", helo="x.example.com", lookup=Silent(""))
    assert spf.result is AuthResult.TEMPERROR


@pytest.mark.parametrize("key", [RSA_KEY, ED_KEY], ids=["rsa", "ed25519"])
def test_own_signatures_can_be_checked_with_a_zone_file(key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey) -> None:
    """A test suite checks its own signing offline: keys come from a zone file."""
    lookup = ZoneLookup(txt_record("s._domainkey.example.com", key_record(key)))
    (result,) = dkim(signed(MAIL, "example.com", key=key), lookup)
    assert result.result is AuthResult.PASS, result.reason


def test_expiry_is_judged_at_the_time_of_receipt() -> None:
    """So that the result does not change with time."""
    later = int(RECEIVED_AT.timestamp()) + 60
    lookup = ZoneLookup(txt_record("s._domainkey.example.com", key_record(ED_KEY)))
    section = header_section(signed(MAIL, "example.com", extra=f"x={later}; "))
    assert verify_dkim(section, lookup, now=RECEIVED_AT)[0].result is AuthResult.PASS
    assert verify_dkim(section, lookup, now=NOW.replace(year=2030))[0].result is AuthResult.FAIL
