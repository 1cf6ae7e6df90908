"""DNS records from name servers and from zone files, the same answers from both."""

import socket
import threading
from collections.abc import Iterator

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest

from catcher.checks.auth import DnsLookup, Lookup, LookupFailed, ZoneLookup
from catcher.errors import SettingError
from tests.checks.mails import DATA

ZONE = """
example.com. TXT "v=spf1 " "mx -all"
example.com. MX 20 b.example.com.
example.com. MX 10 a.example.com.
a.example.com. A 192.0.2.1
a.example.com. A 192.0.2.2
a.example.com. AAAA 2001:db8::1
alias.example.com. CNAME a.example.com.
loop.example.com. CNAME loop.example.com.
null.example.com. MX 0 .
1.2.0.192.in-addr.arpa. PTR a.example.com.
"""


class NameServer:
    """Responds over UDP from the zone; drops queries for "silent" names."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._records = [line.split(None, 2) for line in ZONE.strip().splitlines()]
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            wire, client = self._socket.recvfrom(4_096)
            if wire == b"end":
                return
            query = dns.message.from_wire(wire)
            name, kind = query.question[0].name.to_text().lower(), query.question[0].rdtype.name
            self.asked.append(f"{name} {kind}")
            if not name.startswith("silent"):
                self._socket.sendto(self._answer(query, name, kind).to_wire(), client)

    def _answer(self, query: dns.message.Message, name: str, kind: str) -> dns.message.Message:
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA
        alias = next((data for owner, of, data in self._records if owner == name and of == "CNAME"), "")
        if alias and alias != name:
            answer.answer.append(dns.rrset.from_text(name, 60, "IN", "CNAME", alias))
        wanted = alias or name
        found = [data for owner, of, data in self._records if owner == wanted and of == kind]
        if found:
            answer.answer.append(dns.rrset.from_text(wanted, 60, "IN", kind, *found))
        elif not any(owner == wanted for owner, _, _ in self._records):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        return answer

    def close(self) -> None:
        self._socket.sendto(b"end", ("127.0.0.1", self.port))
        self._thread.join()
        self._socket.close()


@pytest.fixture(scope="module")
def server() -> Iterator[NameServer]:
    name_server = NameServer()
    yield name_server
    name_server.close()


@pytest.fixture(params=["zone file", "name server"])
def lookup(request: pytest.FixtureRequest, server: NameServer) -> Lookup:
    if request.param == "zone file":
        return ZoneLookup(ZONE)
    return DnsLookup(["127.0.0.1"], port=server.port, timeout=2)


def test_records_of_every_kind(lookup: Lookup) -> None:
    """Strings of a TXT record are joined, mail hosts stand by preference, aliases are followed."""
    assert lookup.txt("example.com") == (b"v=spf1 mx -all",)
    assert lookup.mail_hosts("example.com.") == ("a.example.com", "b.example.com")
    assert sorted(lookup.addresses("A.example.com", version=4)) == ["192.0.2.1", "192.0.2.2"]
    assert lookup.addresses("a.example.com", version=6) == ("2001:db8::1",)
    assert sorted(lookup.addresses("alias.example.com", version=4)) == ["192.0.2.1", "192.0.2.2"]
    assert lookup.mail_hosts("null.example.com") == ("",)
    assert lookup.names("192.0.2.1") == ("a.example.com",)


@pytest.mark.parametrize("name", ["nowhere.example.com", "a.example.com", "x" * 64 + ".example.com", "a..b", ""])
def test_missing_records_are_empty(lookup: Lookup, name: str) -> None:
    """A missing name, a missing record and an empty name give the same: no records."""
    assert lookup.txt(name) == ()


def test_alias_of_itself_ends() -> None:
    """A loop in a zone file gives no record."""
    assert ZoneLookup(ZONE).addresses("loop.example.com", version=4) == ()


def test_name_server_that_is_silent_is_a_failure(server: NameServer) -> None:
    """No response is not the same as no record."""
    with pytest.raises(LookupFailed, match=r"do not answer for silent\.example\.com"):
        DnsLookup(["127.0.0.1"], port=server.port, timeout=0.3).txt("silent.example.com")


def test_each_query_is_sent_once(server: NameServer) -> None:
    """Responses are cached while a message is checked."""
    lookup = DnsLookup(["127.0.0.1"], port=server.port, timeout=2)
    before = len(server.asked)
    for name in ("example.com", "EXAMPLE.com", "example.com."):
        assert lookup.txt(name)
    assert len(server.asked) == before + 1


def test_only_zone_files_are_offline() -> None:
    """The decision which lookups are allowed depends on it."""
    assert (ZoneLookup("").is_offline, DnsLookup().is_offline) == (True, False)


def test_invalid_zone_file_is_an_invalid_setting() -> None:
    """It stops the start and never becomes an empty zone."""
    with pytest.raises(SettingError, match="zone file cannot be read"):
        ZoneLookup("example.com. IN NONSENSE (")
    with pytest.raises(SettingError, match="zone file cannot be read"):
        ZoneLookup.from_file(DATA / "no-such.zone")


def test_zone_file_may_not_include_others() -> None:
    """$INCLUDE would read any file of the machine."""
    with pytest.raises(SettingError):
        ZoneLookup("$INCLUDE /etc/passwd\n")
