"""Which Host and Origin header fields pass."""

import pytest

from catcher.web.middleware.hosts import host_name, is_expected_host, is_listed_origin, is_same_origin


@pytest.mark.parametrize(
    "authority",
    ["localhost", "localhost:8025", "LOCALHOST.", "127.0.0.1:80", "[::1]:8025", "192.168.1.4", "mail", "mail:1",
     "box.local", "a.b.internal", "app.localhost", "shop.test", "[fe80::1%25eth0]:8025", "catcher.mail.svc",
     "catcher.mail.svc.cluster.local", "nas.lan", "pi.home.arpa", "shop.ddev.site:8026", "mail.shop.lndo.site",
     "catcher.10.0.0.1.nip.io", "127-0-0-1.sslip.io", "Mail.LocalTest.me", "fluffy-8025.app.github.dev",
     "8025-me-repo-1a2b3c.ws-eu99.gitpod.io", "box.tail1234.ts.net"],
)  # fmt: skip
def test_a_name_that_no_stranger_can_own_passes(authority: str) -> None:
    """Addresses, single labels and reserved suffixes cannot be pointed here by an attacker's DNS. RFC 6761."""
    assert is_expected_host(authority, ())


@pytest.mark.parametrize(
    "authority",
    ["evil.example", "evil.example:8025", "127.0.0.1.evil.example", "localhost.evil.example", "test", "x.test.evil.com",
     "evil.example.", "svc.evil.com", "evilddev.site", "ddev.site", "ddev.site.evil.com", "nip.io", "nip.io.evil.com",
     "github.dev",     "_acme-challenge.203-0-113-7.sslip.io", "x._acme-challenge.203-0-113-7.nip.io",
     "", ":8025", "a b", "a,b", "evil.example/x", "user@localhost", "[::1", "[evil.example]", "a\x00"],
)  # fmt: skip
def test_a_public_or_malformed_name_does_not_pass(authority: str) -> None:
    """DNS rebinding needs a public name; a malformed authority is refused too."""
    assert is_expected_host(authority, ()) is (authority == "test")


def test_configured_names_pass_exactly_or_below() -> None:
    """A configured name passes with any port, a pattern for the names below it, not for the name itself."""
    names = (
        "mail.example.com",
        "*.dev.example.com",
        ".ci.example.com",
        "CI.Example.com",
        "*.QA.example.com.:8025",
        "qa.example.net:443",
    )
    assert is_expected_host("MAIL.example.com:8025", names)
    assert is_expected_host("a.dev.example.com", names)
    assert is_expected_host("a.b.ci.example.com", names)
    assert is_expected_host("ci.example.com", names)
    assert is_expected_host("a.qa.example.com", names)
    assert is_expected_host("qa.example.net", names)
    assert not is_expected_host("dev.example.com", names)
    assert not is_expected_host("evilmail.example.com", names)
    assert not is_expected_host("xdev.example.com", names)
    assert is_expected_host("anything.at.all", ("*",))


def test_the_host_is_read_without_port_brackets_and_dot() -> None:
    """The host of an authority. RFC 3986 §3.2.2."""
    assert host_name("Example.COM.:80") == "example.com"
    assert host_name("[::1]:80") == "::1"
    assert host_name("a:b:c") is None


def test_an_origin_is_the_same_with_the_same_host_and_port() -> None:
    """Letter case does not count, the port does, "null" is foreign. RFC 6454 §7."""
    assert is_same_origin("http://LocalHost:8025", "localhost:8025")
    assert is_same_origin("https://mail.test", "mail.test")
    assert not is_same_origin("http://localhost:3000", "localhost:8025")
    assert not is_same_origin("null", "null")
    assert not is_same_origin("", "")
    assert not is_same_origin("http://[", "[")


def test_listed_origins_are_compared_with_their_port() -> None:
    """Entries may be hosts or URLs; "*" lists every origin but "null"."""
    assert is_listed_origin("http://app.test:3000", ("app.test:3000",))
    assert is_listed_origin("http://app.test:3000", ("other", "https://app.test:3000"))
    assert is_listed_origin("http://app.test:3000", ("App.test:3000",))
    assert not is_listed_origin("http://app.test:3000", ("app.test",))
    assert not is_listed_origin("http://evilapp.test:3000", ("app.test:3000",))
    assert is_listed_origin("https://anything.example", ("*",))
    assert not is_listed_origin("null", ("*",))
    assert not is_listed_origin("http://app.test", ())
