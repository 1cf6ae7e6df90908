"""What the HTTP client sends, follows and gives up on."""

import asyncio
import contextlib
import ipaddress
import socket
from collections.abc import Sequence

import pytest

from catcher.net import Fetcher, FetchError
from tests.checks.conftest import serving
from tests.net.test_guard import INSIDE, Counting


async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Accept a connection and never answer."""
    await reader.read()


def answer(status: str, *fields: str) -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status}", *fields, "Content-Length: 2", "", "ok"]).encode()


def test_a_post_sends_content_and_header_fields_and_follows_no_redirect() -> None:
    """A webhook is called at the configured address alone; its own header fields replace the usual ones."""
    received: list[bytes] = []

    async def receive(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        received.append(head + await reader.readexactly(5))
        writer.write(answer("307 Temporary Redirect", "Location: /elsewhere"))
        await writer.drain()

    async def run() -> int:
        async with serving(receive) as port:
            url = f"http://user:secret@127.0.0.1:{port}/hook?a=1#top"
            page = await Fetcher(internal=INSIDE).post(url, b"hello", headers={"Accept": "x/y", "webhook-id": "7"})
        assert page.url == f"http://127.0.0.1:{port}/hook?a=1"
        return page.status

    assert asyncio.run(run()) == 307
    (request,) = received
    assert request.startswith(b"POST /hook?a=1 HTTP/1.1\r\n")
    assert request.endswith(b"\r\n\r\nhello")
    assert b"\r\nAccept: x/y\r\n" in request
    assert b"\r\nwebhook-id: 7\r\n" in request
    assert b"secret" not in request


@pytest.mark.parametrize("status", ["201 Created", "300 Multiple Choices", "305 Use Proxy", "306 Unused"])
def test_a_location_is_followed_for_redirects_only(status: str) -> None:
    """Other statuses have a Location that browsers do not follow either. RFC 9110 §15.4."""

    async def run() -> tuple[list[str], str]:
        server = Counting({"/": answer(status, "Location: /elsewhere")})
        async with serving(server) as port:
            page = await Fetcher(internal=INSIDE).get(f"http://127.0.0.1:{port}/")
        return server.requests, page.hops[-1].location

    assert asyncio.run(run()) == (["GET /"], "")


def test_content_of_exactly_the_limit_is_whole() -> None:
    """Only content beyond the limit is cut."""

    async def run() -> list[tuple[bytes, bool]]:
        async with serving(Counting()) as port:
            pages = [await Fetcher(internal=INSIDE).get(f"http://127.0.0.1:{port}/", limit=limit) for limit in (1, 2)]
        return [(page.content, page.is_cut) for page in pages]

    assert asyncio.run(run()) == [(b"o", True), (b"ok", False)]


def test_addresses_that_refuse_or_are_silent_are_followed_by_the_next() -> None:
    """A host name may have addresses that cannot be reached, such as IPv6 ones."""

    async def several(host: str) -> Sequence[str]:
        return ("127.0.0.3", "127.0.0.2", "127.0.0.1")

    async def run() -> bytes:
        async with serving(Counting()) as port:
            with contextlib.ExitStack() as opened:
                # A full backlog: the system answers no further connection.
                full = opened.enter_context(socket.create_server(("127.0.0.2", port), backlog=0))
                for _ in range(2):
                    client = opened.enter_context(socket.socket())
                    client.setblocking(False)
                    client.connect_ex(full.getsockname())
                fetcher = Fetcher(internal=INSIDE, resolver=several, timeout=0.3)
                return (await fetcher.get(f"http://site.example.com:{port}/")).content

    assert asyncio.run(run()) == b"ok"


@pytest.mark.parametrize(
    ("options", "is_post", "error"),
    [
        ({"timeout": 0.1}, False, "no answer in time"),
        ({"deadline": 0.1}, False, "no answer within 0.1 seconds"),
        ({"deadline": 0.1}, True, "no answer within 0.1 seconds"),
    ],
)
def test_a_silent_server_is_given_up(options: dict[str, float], *, is_post: bool, error: str) -> None:
    """After the timeout of a step or at the deadline of the request, whichever comes first."""

    async def run() -> None:
        async with serving(silent) as port:
            fetcher, url = Fetcher(internal=INSIDE, **options), f"http://127.0.0.1:{port}/"  # type: ignore[arg-type]
            with pytest.raises(FetchError, match=error):
                await (fetcher.post(url, b"x", headers={}) if is_post else fetcher.get(url))

    asyncio.run(run())


def test_the_zone_of_a_link_local_address_is_dropped() -> None:
    """Resolvers append it, a URL cannot hold it. RFC 4007 §11."""

    async def local(host: str) -> Sequence[str]:
        return ("fe80::1%eth0",)

    async def run() -> tuple[str, ...]:
        fetcher = Fetcher(internal=[ipaddress.ip_network("fe80::/10")], resolver=local)
        return (await fetcher.checked("http://printer.example.com/"))[1]

    assert asyncio.run(run()) == ("fe80::1",)


def test_a_name_server_that_is_silent_or_knows_no_address_is_reported() -> None:
    """Neither blocks a check or fails in another way."""

    async def never(host: str) -> Sequence[str]:
        await asyncio.Event().wait()
        return ()

    async def no_address(host: str) -> Sequence[str]:
        return ()

    async def run() -> None:
        with pytest.raises(FetchError, match="the name server did not answer"):
            await Fetcher(resolver=never, timeout=0.05).get("http://site.example.com/")
        with pytest.raises(FetchError, match="no such host"):
            await Fetcher(resolver=no_address).get("http://site.example.com/")

    asyncio.run(run())
