"""The guard against requests to internal addresses."""

import asyncio
import ipaddress
from collections.abc import Sequence

import pytest

from catcher.net import Fetcher, FetchError, FetchRefused
from catcher.net.guard import Network, literal_address, reason_against
from tests.checks.conftest import serving

_RANGE_WORDS = """
0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.31.196.0/24
192.52.193.0/24 192.88.99.0/24 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4
240.0.0.0/4 ::/128 ::1/128 ::ffff:0:0:0/96 64:ff9b:1::/48 100::/64 100:0:0:1::/64 2001::/23 2001:db8::/32
2620:4f:8000::/48 3fff::/20 5f00::/16 fc00::/7 fe80::/10 fec0::/10 ff00::/8
"""
RANGES = [ipaddress.ip_network(word) for word in _RANGE_WORDS.split()]
"""The IANA special-purpose address registries, with the multicast and reserved blocks."""

INTERNAL = {
    "127.0.0.1": "loopback",
    "0.0.0.0": "this network",
    "10.1.2.3": "private",
    "169.254.169.254": "link-local",
    "100.64.0.1": "carrier-grade NAT",
    "192.0.0.1": "protocol assignments",
    "192.0.2.1": "documentation",
    "198.18.0.1": "benchmarking",
    "224.0.0.1": "multicast",
    "240.0.0.1": "reserved",
    "::": "unspecified",
    "::1": "loopback",
    "fe80::1": "link-local",
    "fec0::1": "site-local",
    "fd12:3456::1": "private",
    "ff02::1": "multicast",
    "2001:db8::1": "documentation",
    "1000::1": "reserved",
    "4000::1": "reserved",
    "::ffff:127.0.0.1": "mapped 127.0.0.1: loopback",
    "::ffff:10.0.0.1": "mapped 10.0.0.1: private",
    "::2": "compatible 0.0.0.2: this network",
    "::127.0.0.1": "compatible 127.0.0.1: loopback",
    "::ffff:0:127.0.0.1": "translated 127.0.0.1: loopback",
    "64:ff9b::7f00:1": "NAT64 127.0.0.1: loopback",
    "64:ff9b::a9fe:a9fe": "NAT64 169.254.169.254: link-local",
    "64:ff9b:1::1": "local NAT64",
    "2002:7f00:1::": "6to4 127.0.0.1: loopback",
    "2002:a00:1::1": "6to4 10.0.0.1: private",
    "2001:0:4136:e378:8000:63bf:80ff:fffe": "Teredo client 127.0.0.1: loopback",
    "2001:0:7f00:1:8000:63bf:3fff:fdd2": "Teredo server 127.0.0.1: loopback",
    "2606:4700::5efe:7f00:1": "ISATAP 127.0.0.1: loopback",
    "2606:4700::200:5efe:c0a8:1": "ISATAP 192.168.0.1: private",
}


@pytest.mark.parametrize("network", RANGES, ids=str)
def test_a_special_range_is_refused_to_its_ends_and_no_further(network: Network) -> None:
    """First and last address of each range of the IANA registries are refused, their public neighbours are not."""
    first, last = network[0], network[-1]
    assert reason_against(first) != ""
    assert reason_against(last) != ""
    unicast = ipaddress.ip_network("2000::/3")
    for number in (int(first) - 1, int(last) + 1):
        if 0 <= number < 1 << first.max_prefixlen:
            neighbour = type(first)(number)
            is_public = neighbour.version == 4 or neighbour in unicast
            if is_public and not any(neighbour in each for each in RANGES if each.version == neighbour.version):
                assert reason_against(neighbour) == ""


@pytest.mark.parametrize(("address", "reason"), INTERNAL.items())
def test_the_reason_names_the_range_and_the_embedding(address: str, reason: str) -> None:
    """Users see why a request was refused, for IPv4 inside IPv6 in every form too."""
    assert reason_against(ipaddress.ip_address(address)) == reason


@pytest.mark.parametrize(
    "address",
    ["1.1.1.1", "2606:4700:4700::1111", "2a00:1450::1", "::ffff:1.1.1.1", "64:ff9b::101:101", "2002:101:101::1"],
)
def test_public_addresses_are_allowed(address: str) -> None:
    """Also those that embed a public IPv4 address in an IPv6 address that a gateway translates."""
    assert reason_against(ipaddress.ip_address(address)) == ""


@pytest.mark.parametrize(
    ("address", "is_permitted"),
    [
        ("10.1.2.3", True),
        ("10.1.3.3", False),
        ("::ffff:10.1.2.3", True),
        ("64:ff9b::a01:203", True),
        ("::ffff:10.1.3.3", False),
        ("fd12::1", True),
        ("fd13::1", False),
        ("::10.1.2.3", False),
        ("::127.0.0.1", False),
    ],
)
def test_permitted_networks_are_permitted_in_either_family_and_no_more(address: str, is_permitted: bool) -> None:
    """A permitted IPv4 network counts for mapped and NAT64 addresses, which reach the same host."""
    allowed = [ipaddress.ip_network("10.1.2.0/24"), ipaddress.ip_network("fd12::/16")]
    assert (reason_against(ipaddress.ip_address(address), allowed=allowed) == "") is is_permitted


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "127.0.1",
        "2130706433",
        "0x7f000001",
        "0x7f.0.0.1",
        "0177.0.0.1",
        "017700000001",
        "0x7f.1",
        "127.0.0.1.",
        "①②⑦.⓪.⓪.①",
        "127。0。0。1",
        "１２７.0.0.1",
        "00000177.0.0.1",
        "0X7F.0x0.0x0.0x1",
    ],
)
def test_every_way_to_write_loopback_is_loopback(host: str) -> None:
    """Decimal, octal, hexadecimal, shortened and full-width forms. WHATWG URL §3.5."""
    assert literal_address(host) == ipaddress.IPv4Address("127.0.0.1")


@pytest.mark.parametrize(
    "host", ["example.com", "1.example", "1.2.3.4.5", "deadbeef", "0x7g.1", "", "a", "1..2", "%31"]
)
def test_host_names_are_not_literal_addresses(host: str) -> None:
    """They are resolved."""
    assert literal_address(host) is None


@pytest.mark.parametrize("host", ["256.1.1.1", "4294967296", "1.2.3.256", "09.1.1.1", "0x1ffffffff", "9" * 30])
def test_numbers_out_of_range_are_never_connected_to(host: str) -> None:
    """They give 255.255.255.255."""
    assert literal_address(host) == ipaddress.IPv4Address("255.255.255.255")


class Counting:
    """A web server on loopback with a given response for each path; it counts connections."""

    def __init__(self, answers: dict[str, bytes] | None = None) -> None:
        self.connections = 0
        self.requests: list[str] = []
        self.headers: list[str] = []
        self.answers = answers or {}

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        method, path, _ = head.split(" ", 2)
        self.requests.append(f"{method} {path}")
        self.headers.append(head)
        answer = self.answers.get(path, b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok")
        writer.write(answer)
        await writer.drain()


def resolving(*answers: str) -> "Resolver":
    return Resolver(answers)


class Resolver:
    """Returns its answers in turn, the last one repeatedly."""

    def __init__(self, answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def __call__(self, host: str) -> Sequence[str]:
        self.asked.append(host)
        return (self.answers.pop(0) if len(self.answers) > 1 else self.answers[0],)


FORMS = [
    "http://127.0.0.1:{port}/",
    "http://127.1:{port}/",
    "http://2130706433:{port}/",
    "http://0x7f000001:{port}/",
    "http://0177.0.0.1:{port}/",
    "http://[::ffff:127.0.0.1]:{port}/",
    "http://[::1]:{port}/",
    "http://localhost:{port}/",
    "http://0.0.0.0:{port}/",
    "http://user:secret@127.0.0.1:{port}/",
    "http://①②⑦.⓪.⓪.①:{port}/",
    "http://[64:ff9b::7f00:1]:{port}/",
    "http://[2002:7f00:1::]:{port}/",
    "http://127.0.0.1.:{port}/",
    "http://0x7f.0x0.0x0.0x1:{port}/",
    "http://0177.00.00.01:{port}/",
    "http://017700000001:{port}/",
    "http://127.0.1:{port}/",
    "http://[::127.0.0.1]:{port}/",
    "http://[::ffff:7f00:1]:{port}/",
    "http://[::ffff:0:127.0.0.1]:{port}/",
    "http://[64:ff9b:1::7f00:1]:{port}/",
    "http://[2002:7f00:1::1]:{port}/",
    "http://[2001:0:7f00:1:8000:63bf:3fff:fdd2]:{port}/",
    "http://[2001:0:4136:e378:8000:63bf:80ff:fffe]:{port}/",
    "http://[2606:4700::5efe:7f00:1]:{port}/",
    "http://[::1%25lo]:{port}/",
    "http://127。0。0。1:{port}/",
    "http://localhost.:{port}/",
    "http://LOCALHOST:{port}/",
    "HTTP://127.0.0.1:{port}/#x",
]


@pytest.mark.parametrize("form", FORMS)
def test_no_form_of_loopback_is_connected_to(form: str) -> None:
    """Against a counting server on loopback: no connection at all by default."""

    async def run() -> int:
        server = Counting()
        async with serving(server) as port:
            with pytest.raises(FetchError):
                await Fetcher(timeout=2).get(form.format(port=port))
        return server.connections

    assert asyncio.run(run()) == 0


@pytest.mark.parametrize("address", sorted(INTERNAL))
def test_a_name_with_an_internal_address_is_refused(address: str) -> None:
    """The check follows the resolution."""

    async def run() -> None:
        with pytest.raises(FetchRefused, match="internal address"):
            await Fetcher(resolver=resolving(address), timeout=2).get("http://evil.example.com/")

    asyncio.run(run())


def test_a_name_with_an_internal_address_among_public_ones_is_refused() -> None:
    """No connection is made."""

    async def both(host: str) -> Sequence[str]:
        return ("93.184.215.14", "127.0.0.1")

    async def run() -> None:
        with pytest.raises(FetchRefused):
            await Fetcher(resolver=both).get("http://evil.example.com/")

    asyncio.run(run())


def test_a_name_is_resolved_once_for_each_request() -> None:
    """DNS rebinding: a second, internal answer has no effect."""

    async def run() -> tuple[list[str], list[str]]:
        server = Counting()
        async with serving(server) as port:
            resolver = resolving("127.0.0.1", "127.0.0.2")
            await Fetcher(internal=OUTSIDE, resolver=resolver).get(f"http://rebind.example.com:{port}/in")
        return server.requests, resolver.asked

    requests, asked = asyncio.run(run())
    assert requests == ["GET /in"]
    assert asked == ["rebind.example.com"]


INSIDE = (ipaddress.ip_network("127.0.0.0/8"),)


OUTSIDE = (ipaddress.ip_network("127.0.0.1/32"),)
"""Stands for the outside: what listens there is reached, everything else on loopback is inside."""


def _redirect(target: str, status: int = 302) -> bytes:
    return f"HTTP/1.1 {status} Found\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n".encode()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.2:{port}/in",
        "http://2130706434:{port}/in",
        "http://0177.0.0.2:{port}/in",
        "http://0x7f.0.0.2:{port}/in",
        "http://[::1]:{port}/in",
        "http://[::ffff:127.0.0.2]:{port}/in",
        "http://[64:ff9b::7f00:2]:{port}/in",
        "http://localhost.:{port}/in",
        "http://10.0.0.1/in",
        "//127.0.0.2/in",
    ],
)
def test_every_redirect_is_checked(target: str, status: int) -> None:
    """A redirect from a public to an internal address is refused. The first server stands for a public one."""

    async def run() -> tuple[list[str], tuple[int, ...]]:
        server = Counting()
        async with serving(server) as port:
            server.answers["/out"] = _redirect(target.format(port=port), status)
            fetcher = Fetcher(internal=OUTSIDE, resolver=resolving("127.0.0.2"), timeout=2)
            with pytest.raises(FetchError) as refused:
                await fetcher.get(f"http://127.0.0.1:{port}/out")
        return server.requests, tuple(hop.status for hop in refused.value.hops)

    requests, hops = asyncio.run(run())
    assert requests == ["GET /out"]
    assert hops == (status,)


def test_a_name_that_becomes_internal_between_redirects_is_refused() -> None:
    """The name is resolved and checked again for the redirect."""

    async def run() -> tuple[list[str], list[str]]:
        server = Counting({"/out": _redirect("/in")})
        async with serving(server) as port:
            resolver = resolving("127.0.0.1", "127.0.0.2")
            with pytest.raises(FetchRefused, match="loopback"):
                await Fetcher(internal=OUTSIDE, resolver=resolver).get(f"http://site.example.com:{port}/out")
        return server.requests, resolver.asked

    requests, asked = asyncio.run(run())
    assert requests == ["GET /out"]
    assert asked == ["site.example.com", "site.example.com"]


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1/", "javascript:alert(1)"]
)
def test_a_redirect_to_another_scheme_is_refused(target: str) -> None:
    """Only http and https are fetched."""

    async def run() -> None:
        server = Counting({"/": _redirect(target)})
        async with serving(server) as port:
            with pytest.raises(FetchRefused, match="only http and https"):
                await Fetcher(internal=INSIDE).get(f"http://127.0.0.1:{port}/")

    asyncio.run(run())


def test_permitted_internal_networks_are_connected_to() -> None:
    """Redirects are followed and listed."""

    async def run() -> tuple[list[str], list[tuple[int, str]], bytes]:
        server = Counting({"/a": _redirect("/b"), "/b": _redirect("/c", 301)})
        async with serving(server) as port:
            page = await Fetcher(internal=INSIDE).get(f"http://127.0.0.1:{port}/a")
        return server.requests, [(hop.status, hop.url.rpartition("/")[2]) for hop in page.hops], page.content

    requests, hops, content = asyncio.run(run())
    assert requests == ["GET /a", "GET /b", "GET /c"]
    assert hops == [(302, "a"), (301, "b"), (200, "c")]
    assert content == b"ok"


def test_redirects_are_limited() -> None:
    """The response is then the last redirect."""

    async def run() -> tuple[int, int, str]:
        server = Counting({"/": _redirect("/")})
        async with serving(server) as port:
            page = await Fetcher(internal=INSIDE).get(f"http://127.0.0.1:{port}/", follow=3)
        return len(server.requests), page.status, page.hops[-1].location[-1]

    assert asyncio.run(run()) == (4, 302, "/")


def test_no_credentials_cookies_or_proxies_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither from the URL, nor from the environment, nor from the server."""

    async def run() -> tuple[list[str], int]:
        proxy = Counting()
        server = Counting({"/a": _redirect("/b").replace(b"Content-Length", b"Set-Cookie: s=1\r\nContent-Length")})
        async with serving(proxy) as proxy_port, serving(server) as port:
            for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
                monkeypatch.setenv(name, f"http://127.0.0.1:{proxy_port}")
            await Fetcher(internal=INSIDE, agent="catcher/1").get(f"http://user:secret@127.0.0.1:{port}/a")
        return server.headers, proxy.connections

    headers, proxied = asyncio.run(run())
    assert proxied == 0
    for head in headers:
        assert "authorization" not in head.lower()
        assert "cookie" not in head.lower()
        assert "secret" not in head
        assert "User-Agent: catcher/1" in head


def test_content_is_limited_and_never_decompressed() -> None:
    """The limit applies to the octets received; compressed content stays compressed."""

    async def run() -> tuple[int, bool]:
        body = b"x" * 100_000
        head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 100000\r\n\r\n"
        async with serving(Counting({"/": head + body})) as port:
            page = await Fetcher(internal=INSIDE).get(f"http://127.0.0.1:{port}/", limit=1_000)
        return len(page.content), page.is_cut

    assert asyncio.run(run()) == (1_000, True)


def test_a_slow_server_is_given_up_at_the_deadline() -> None:
    """The deadline applies to the whole request."""

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
        await writer.drain()
        await reader.read()  # until the client gives up

    async def read_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await drip(reader, writer)

    async def run() -> None:
        async with serving(read_on) as port:
            with pytest.raises(FetchError, match=r"no answer within 0\.3 seconds"):
                await Fetcher(internal=INSIDE, deadline=0.3).get(f"http://127.0.0.1:{port}/")

    asyncio.run(run())


@pytest.mark.parametrize(
    ("url", "error"),
    [
        ("http://", "only http and https"),
        ("ftp://example.com/", "only http and https"),
        ("http://exa mple.com/", "not a valid address|no such host"),
        ("http://example.com:99999/", "not a valid address"),
        ("http://" + "a" * 9_000, "too long"),
        ("http://no-such-host.invalid/", "no such host"),
    ],
)
def test_urls_that_cannot_be_fetched_are_reported(url: str, error: str) -> None:
    """Every failure is a FetchError with a short text."""

    async def nowhere(host: str) -> Sequence[str]:
        raise OSError("no such name")

    async def run() -> None:
        with pytest.raises(FetchError, match=error):
            await Fetcher(resolver=nowhere).get(url)

    asyncio.run(run())


def test_a_response_that_is_not_http_is_reported() -> None:
    """Another protocol gives a short text, not a traceback."""

    async def run() -> None:
        async with serving(Counting({"/": b"220 mail.example.com ESMTP\r\n"})) as port:
            with pytest.raises(FetchError, match="not HTTP"):
                await Fetcher(internal=INSIDE).get(f"http://127.0.0.1:{port}/")

    asyncio.run(run())
