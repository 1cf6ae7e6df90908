"""Status of links: requested carefully, on request only, and never on internal hosts."""

import asyncio
import ipaddress
import ssl
from dataclasses import replace
from typing import Any

import pytest
import trustme

from catcher.checks import CheckOptions, LinkFollowFacts, Report, follow_links, run_checks
from catcher.checks.urls import LinkCache, LinkContext, LinkStatus, collect_links
from catcher.checks.urls.forms import is_one_time
from catcher.net import Fetcher, FetchError
from catcher.web.api.mailpit.checks import link_check
from tests.checks.conftest import serving
from tests.checks.mails import HEAD, check_named, html_mail, rules, subject_of, text_mail
from tests.mime.text.url_table import ENDS
from tests.net.test_guard import INSIDE, Counting, Resolver


def _answer(status: str, *fields: str) -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status}", *fields, "Content-Length: 0", "", ""]).encode()


async def _check(html: str, options: CheckOptions) -> Report:
    (report,) = await run_checks(html_mail(html), [check_named("linkcheck", options)], only=["linkcheck"])
    return report


def _options(options: CheckOptions, **changes: Any) -> CheckOptions:
    defaults: dict[str, Any] = {"fetcher": Fetcher(internal=INSIDE, timeout=2), "link_cache": LinkCache()}
    return replace(options, **defaults | changes)


def test_links_are_followed_on_request_only(options: CheckOptions) -> None:
    """Running all checks of a message makes no request."""
    check = check_named("linkcheck", options)
    assert check.on_request is True

    async def run() -> Report:
        return await _check('<a href="https://example.com/">x</a>', options)

    assert asyncio.run(run()).error == "Links are not followed: fetching is switched off."


def test_every_kind_of_link_is_requested_and_reported(options: CheckOptions) -> None:
    """Links, images, backgrounds and style sheets; each fault has its rule, its position and its status."""
    server = Counting(
        {
            "/gone": _answer("404 Not Found"),
            "/down": _answer("500 Internal Server Error"),
            "/closed": _answer("403 Forbidden"),
            "/moved": _answer("301 Moved Permanently", "Location: /ok"),
            "/found": _answer("302 Found", "Location: /ok"),
            "/loop": _answer("302 Found", "Location: /loop"),
            "/page.png": _answer("200 OK", "Content-Type: text/html"),
            "/real.png": _answer("200 OK", "Content-Type: image/png"),
        }
    )

    async def run() -> Report:
        async with serving(server) as port:
            at = f"http://127.0.0.1:{port}"
            html = (
                f'<a href="{at}/ok">a</a>\n<a href="{at}/gone">b</a>\n'
                f'<img src="{at}/page.png">\n<img src="{at}/real.png">\n'
                f'<p style="background:url({at}/down)">x</p>\n<a href="{at}/closed">c</a>\n<a href="{at}/moved">d</a>\n'
                f'<a href="{at}/found">e</a>\n<a href="{at}/loop">f</a>\n<a href="mailto:a@example.com">g</a>'
            )
            return await _check(html, _options(options, follow=2))

    report = asyncio.run(run())
    assert {(finding.rule, finding.place.line if finding.place else 0) for finding in report.findings} == {
        ("link-dead", 2),
        ("link-not-image", 3),
        ("link-dead", 5),
        ("link-closed", 6),
        ("link-moved", 7),
        ("link-redirects", 9),
    }
    assert isinstance(report.facts, LinkFollowFacts)
    assert [answer.status for answer in report.facts.answers] == [200, 404, 200, 200, 500, 403, 200, 200, 302]
    moved = report.facts.answers[6]
    assert [(hop.status, hop.location.endswith("/ok")) for hop in moved.hops] == [(301, True), (200, False)]
    answer = link_check(report)
    assert answer.errors == 3
    assert [link.status_code for link in answer.links] == [200, 404, 200, 200, 500, 403, 200, 200, 302]


def test_get_is_tried_where_head_is_refused(options: CheckOptions) -> None:
    """Many servers respond to HEAD with an error but to GET correctly."""

    class HeadRefused(Counting):
        async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            self.requests.append(head.partition(" HTTP")[0])
            status = "405 Method Not Allowed" if head.startswith("HEAD") else "200 OK"
            writer.write(_answer(status))
            await writer.drain()

    server = HeadRefused()

    async def run() -> Report:
        async with serving(server) as port:
            return await _check(f'<a href="http://127.0.0.1:{port}/x">x</a>', _options(options))

    report = asyncio.run(run())
    assert (rules(report), server.requests) == ([], ["HEAD /x", "GET /x"])


@pytest.mark.parametrize(
    ("url", "alone"),
    [
        ("https://example.com/unsubscribe?u=1", True),
        ("https://example.com/newsletter/un-subscribe", True),
        ("https://example.com/confirm/email", True),
        ("https://example.com/accounts/reset/MQ/c3k-9f8a2b7d6e5f4a3b2c1d/", True),
        ("https://example.com/magic?x=1", True),
        ("https://example.com/i/550e8400-e29b-41d4-a716-446655440000", True),
        ("https://example.com/x?sig=a1b2c3d4e5f6a7b8c9d0", True),
        ("https://example.com/summer-sale-2026-the-best-offers-of-april-04", False),
        ("https://example.com/orders/1234567890123456789", False),
        ("https://example.com/static/application.bundle.min.css", False),
        ("https://example.com/", False),
    ],
)
def test_one_time_links_are_recognised(url: str, alone: bool) -> None:
    """Following them would use them up or unsubscribe the recipient."""
    assert is_one_time(url) is alone


def test_one_time_links_are_not_followed_unless_selected(options: CheckOptions) -> None:
    """The status says that the link was not followed; with the option it is."""
    server = Counting()

    async def run(*, anyway: bool) -> Report:
        async with serving(server) as port:
            html = f'<a href="http://127.0.0.1:{port}/unsubscribe?u=1">x</a>'
            return await _check(html, _options(options, one_time_links=anyway))

    report = asyncio.run(run(anyway=False))
    assert isinstance(report.facts, LinkFollowFacts)
    assert (server.connections, report.facts.answers[0].is_skipped, rules(report)) == (0, True, [])
    asyncio.run(run(anyway=True))
    assert server.requests == ["HEAD /unsubscribe?u=1"]


def test_internal_links_are_not_requested_by_default(options: CheckOptions) -> None:
    """Against a counting server on loopback: no connection. Mailpit's clients see 451."""
    server = Counting()

    async def run() -> Report:
        async with serving(server) as port:
            html = f'<a href="http://127.0.0.1:{port}/">x</a><img src="http://localhost:{port}/a.png">'
            return await _check(html, _options(options, fetcher=Fetcher(timeout=2)))

    report = asyncio.run(run())
    assert (server.connections, rules(report)) == (0, ["link-refused", "link-refused"])
    assert [(link.status_code, link.status) for link in link_check(report).links] == [
        (451, "Blocked private/reserved address")
    ] * 2


def test_results_are_cached_by_everything_they_depend_on() -> None:
    """The same address with another limit of redirects is a separate entry; an expired result is not used."""
    server = Counting({"/": _answer("302 Found", "Location: /ok")})
    now = [0.0]
    cache = LinkCache(seconds=60, clock=lambda: now[0])

    async def run() -> None:
        async with serving(server) as port:
            links = collect_links(html_mail(f'<a href="http://127.0.0.1:{port}/">x</a>'))
            fetcher = Fetcher(internal=INSIDE)

            async def ask(follow: int) -> LinkStatus:
                return await anext(follow_links(links, fetcher=fetcher, cache=cache, follow=follow))

            assert (await ask(5)).status == 200
            assert (await ask(5)).status == 200
            assert len(server.requests) == 2
            assert (await ask(0)).status == 302
            assert len(server.requests) == 3
            now[0] = 61
            assert (await ask(0)).status == 302
            assert len(server.requests) == 4
            refused = Fetcher()
            answers = [answer async for answer in follow_links(links, fetcher=refused, cache=cache)]
            assert answers[0].is_refused

    asyncio.run(run())


def test_cache_is_bounded() -> None:
    """The least recently used result is evicted."""
    cache = LinkCache(size=2)
    for name in ("a", "b"):
        cache.put((name,), LinkStatus(url=name))
    assert cache.get(("a",)) is not None
    cache.put(("c",), LinkStatus(url="c"))
    assert [cache.get((name,)) is not None for name in ("a", "b", "c")] == [True, False, True]


def test_results_are_yielded_as_they_arrive_and_hosts_are_not_flooded() -> None:
    """A slow link does not hold up the others; at most two connections to a host at a time."""

    class Slow:
        open_now = 0
        most = 0

        def __init__(self) -> None:
            self.release = asyncio.Event()

        async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            Slow.open_now += 1
            Slow.most = max(Slow.most, Slow.open_now)
            head = await reader.readuntil(b"\r\n\r\n")
            if b"/slow" in head:
                await self.release.wait()
            writer.write(_answer("200 OK"))
            await writer.drain()
            Slow.open_now -= 1

    async def run() -> list[str]:
        slow = Slow()
        async with serving(slow) as port:
            html = "".join(f'<a href="http://127.0.0.1:{port}/{name}">x</a>' for name in ("slow", "a", "b", "c", "d"))
            order: list[str] = []
            links = collect_links(html_mail(html))
            async for answer in follow_links(links, fetcher=Fetcher(internal=INSIDE), cache=LinkCache()):
                order.append(answer.url.rpartition("/")[2])
                if len(order) == 4:
                    slow.release.set()
            return order

    order = asyncio.run(run())
    assert order[-1] == "slow"
    assert sorted(order) == ["a", "b", "c", "d", "slow"]
    assert Slow.most == 2


def test_time_for_all_links_is_bounded() -> None:
    """Links that were not requested in time are reported as such, and no request continues afterwards."""

    async def never(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async def run() -> list[LinkStatus]:
        async with serving(never) as port:
            links = collect_links(html_mail(f'<a href="http://127.0.0.1:{port}/">x</a>'))
            fetcher = Fetcher(internal=INSIDE, timeout=30)
            answers = [a async for a in follow_links(links, fetcher=fetcher, cache=LinkCache(), seconds=0.2)]
            assert len(asyncio.all_tasks()) <= 3  # this one and the server's connections
            return answers

    (answer,) = asyncio.run(run())
    assert (answer.status, answer.reason) == (0, "not requested within 0.2 seconds")


def test_tls_is_verified_for_the_name_on_the_checked_address() -> None:
    """The certificate must match the name in the link; a wrong one is reported in words."""
    authority = trustme.CA()
    right, wrong = authority.issue_cert("shop.example.com"), authority.issue_cert("other.example.com")
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        body = b"host ok" if b"Host: shop.example.com:" in head else b"host wrong"
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
        await writer.drain()
        writer.close()

    async def ask(certificate: trustme.LeafCert) -> bytes:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        certificate.configure_cert(context)
        server = await asyncio.start_server(handler, "127.0.0.1", 0, ssl=context)
        async with server:
            port = server.sockets[0].getsockname()[1]
            fetcher = Fetcher(internal=INSIDE, resolver=Resolver(["127.0.0.1"]), ssl_context=trusting, timeout=5)
            return (await fetcher.get(f"https://shop.example.com:{port}/")).content

    assert asyncio.run(ask(right)) == b"host ok"
    with pytest.raises(FetchError, match="certificate verify failed: Hostname mismatch"):
        asyncio.run(ask(wrong))


def test_links_are_collected_from_html_css_and_text() -> None:
    """All positions of addresses, each address once, in document order."""
    html = (
        '<style>@import "https://e.com/1"; p{background:url(https://e.com/2)}</style>'
        '<link rel=stylesheet href="https://e.com/3"><body background="https://e.com/4">'
        '<a href=" https://e.com/5 ">five</a><map><area href="https://e.com/6"></map>'
        '<img src="https://e.com/7" srcset="https://e.com/8 1x, https://e.com/9,1 2x">'
        '<video src="https://e.com/10" poster="https://e.com/11"></video><form action="https://e.com/12"></form>'
        "<p style=\"background:url('https://e.com/13')\"></p>"
    )
    links = collect_links(html_mail(html)).links
    assert sorted(int(link.url.rpartition("/")[2].replace("9,1", "9")) for link in links) == list(range(1, 14))
    five = next(link for link in links if link.url == "https://e.com/5")
    assert (five.kind, five.text) == (LinkContext.ANCHOR, "five")


@pytest.mark.parametrize(
    ("text", "url", "line", "column"),
    [
        ("See https://e.com/a.", "https://e.com/a", 1, 5),
        ("x\n (https://e.com/a)", "https://e.com/a", 2, 3),
        ("https://e.com/a_(b)", "https://e.com/a_(b)", 1, 1),
        ("<https://e.com/with space>", "https://e.com/with space", 1, 2),
        ('"https://e.com/a", he said', "https://e.com/a", 1, 2),
        ("HTTPS://E.com/a?b=c&d=e!", "HTTPS://E.com/a?b=c&d=e", 1, 1),
    ],
)
def test_links_in_plain_text(text: str, url: str, line: int, column: int) -> None:
    """Punctuation of the sentence is not part of the address."""
    (link,) = collect_links(text_mail(text)).links
    assert (link.url, link.places[0].line, link.places[0].column) == (url, line, column)


def test_linked_style_sheets_are_examined_on_request(options: CheckOptions) -> None:
    """A linked sheet is fetched by the guarded client; its features have the position of the link."""
    css = b"p { display: grid }"
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/css\r\nContent-Length: %d\r\n\r\n" % len(css)
    server = Counting({"/a.css": head + css, "/b.css": _answer("200 OK", "Content-Type: text/html")})

    async def run(*, asked: bool, fetcher: Fetcher) -> tuple[list[str], object]:
        async with serving(server) as port:
            at = f"http://127.0.0.1:{port}"
            html = f'<p>x</p>\n<link rel="stylesheet" href="{at}/a.css"><link rel=stylesheet href="{at}/b.css">'
            check = check_named("clients", replace(options, fetcher=fetcher, linked_sheets=asked))
            (report,) = await run_checks(html_mail(html), [check])
            return rules(report), report.facts

    found, _ = asyncio.run(run(asked=False, fetcher=Fetcher(internal=INSIDE)))
    assert ("css-display-grid" in found, server.connections) == (False, 0)
    found, facts = asyncio.run(run(asked=True, fetcher=Fetcher()))
    assert ("css-display-grid" in found, server.connections) == (False, 0)
    found, facts = asyncio.run(run(asked=True, fetcher=Fetcher(internal=INSIDE)))
    assert ("css-display-grid" in found, server.requests) == (True, ["GET /a.css", "GET /b.css"])
    assert "answered 200 text/html" in facts.sheets_failed[0]  # type: ignore[attr-defined]


@pytest.mark.parametrize("charset", ["ISO-8859-1", "x-unknown", "hex", "idna", "utf-7"])
def test_a_linked_sheet_in_any_charset_is_examined(options: CheckOptions, charset: str) -> None:
    """The server of a sheet may declare whatever it likes: the check does not fail for it."""
    css = "p { display: grid } /* größer */".encode("latin-1")
    fields = f"Content-Type: Text/CSS; charset={charset}\r\nContent-Length: {len(css)}"
    server = Counting({"/a.css": f"HTTP/1.1 200 OK\r\n{fields}\r\n\r\n".encode() + css})

    async def run() -> Report:
        async with serving(server) as port:
            mail = html_mail(f'<link rel=stylesheet href="http://127.0.0.1:{port}/a.css">')
            check = check_named("clients", replace(options, fetcher=Fetcher(internal=INSIDE), linked_sheets=True))
            return (await run_checks(mail, [check]))[0]

    assert "css-display-grid" in rules(asyncio.run(run()))


def test_too_many_links_are_cut_and_reported() -> None:
    """A hostile mail may have any number of links; the report says that some are missing."""
    html = "".join(f'<a href="https://e.com/{number}">x</a>' for number in range(6_000))
    links = collect_links(html_mail(html))
    assert (len(links.links), links.is_cut) == (5_000, True)


def test_message_without_links_has_no_results(options: CheckOptions) -> None:
    """Nothing to ask gives an empty list and no score."""

    async def run() -> Report:
        check = check_named("linkcheck", _options(options))
        (report,) = await run_checks(subject_of(f"{HEAD}\nplain"), [check], only=["linkcheck"])
        return report

    report = asyncio.run(run())
    assert (report.score, link_check(report).links) == (None, ())


def test_networks_of_settings_are_addresses() -> None:
    """Internal networks are given as values, so that nothing can be misread."""
    assert Fetcher(internal=[ipaddress.ip_network("10.0.0.0/8")]).internal == (ipaddress.ip_network("10.0.0.0/8"),)


@pytest.mark.parametrize("name", ENDS)
def test_an_address_in_text_ends_where_a_reader_sees_it_end(name: str) -> None:
    """The link check requests the addresses that the API and the pages show. RFC 3986, appendix C."""
    text, url = ENDS[name]
    assert [link.url for link in collect_links(text_mail(text)).links][:1] == [url]


def test_a_line_break_in_an_attribute_is_dropped() -> None:
    """As browsers do. URL Standard, "basic URL parser"."""
    links = collect_links(html_mail('<a href=" https://a.example/re\r\nset\t1 ">Reset</a>')).links
    assert [link.url for link in links] == ["https://a.example/reset1"]
