"""SPF, by the examples of RFC 7208."""

import pytest

from catcher.checks.auth import (
    AuthResult,
    SpfResult,
    ZoneLookup,
    check_host,
)
from tests.checks.mails import DATA

SPF_ZONE = ZoneLookup((DATA / "rfc7208-a.zone").read_text())


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
    """The table of RFC 7208 §7.4, verified by the DNS queries."""
    name = f"{expanded}.zone.test".replace("@", "\\@")
    lookup = ZoneLookup(f'email.example.com. TXT "v=spf1 exists:{spec}.zone.test -all"\n{name}. A 127.0.0.2\n')
    result = check_host(
        "192.0.2.3", "email.example.com", sender="strong-bad@email.example.com", helo="h.example.com", lookup=lookup
    )
    assert result.result is AuthResult.PASS, result.reason


@pytest.mark.parametrize(
    ("record", "result", "reason"),
    [
        ("v=spf1 a too", "permerror", "is not a mechanism"),
        ("v=spf1 ip4:192.0.2.0/33 -all", "permerror", "is not a network"),
        ("v=spf1 ip4:192.0.2.300 -all", "permerror", "is not a network"),
        ("v=spf1 include: -all", "permerror", "names no domain"),
        ("v=spf1 exists -all", "permerror", "is not complete"),
        ("v=spf1 all:example.com", "permerror", "takes no domain"),
        ("v=spf1 exists:%{x}.example.com -all", "permerror", "is not a macro"),
        ("v=spf1 exists:%{c}.example.com -all", "permerror", "is not a macro"),
        ("v=spf1 redirect=a.example.com redirect=b.example.com", "permerror", "redirect= occurs twice"),
        ("v=spf1 include:nowhere.example.com -all", "permerror", "leads to no SPF record"),
        ("v=spf1 redirect=nowhere.example.com", "permerror", "leads to no SPF record"),
        ("v=spf1 include:example.com -all", "permerror", "more than 10 DNS lookups"),
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
