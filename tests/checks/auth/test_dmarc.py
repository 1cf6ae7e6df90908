"""Alignment and policies of DMARC."""

import pytest

from catcher.checks.auth import (
    AuthResult,
    DkimResult,
    DmarcSubject,
    SpfResult,
    ZoneLookup,
    check_dmarc,
)

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
    result = check_dmarc(DmarcSubject(from_domain=from_domain, spf=spf_result, dkim=signatures), ZoneLookup(zone))
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
    result = check_dmarc(subject, ZoneLookup(DMARC_ZONE.format(tags="; adkim=s")))
    assert "d=mail.example.com is not aligned with From: example.com because adkim=s" in result.reasons


@pytest.mark.parametrize(
    ("from_domain", "policy", "where"),
    [("example.com", "reject", "example.com"), ("news.example.com", "quarantine", "example.com")],
)
def test_policy_of_the_organization_applies_to_subdomains(from_domain: str, policy: str, where: str) -> None:
    """The record is looked for at the domain, then at its organization, whose sp= holds. RFC 7489 §6.6.3."""
    spf_result = SpfResult(result=AuthResult.FAIL, reason="r", domain="example.com")
    zone = ZoneLookup(DMARC_ZONE.format(tags=""))
    result = check_dmarc(DmarcSubject(from_domain=from_domain, spf=spf_result, dkim=()), zone)
    assert (result.result, result.policy, result.record_domain) == (AuthResult.FAIL, policy, where)
