"""The HTTP client for all requests of the server itself: links, style sheets, webhooks.

A host name is resolved once, `guard` checks all of its addresses, and the connection is made to a checked address, so
that a second, different DNS answer (DNS rebinding) has no effect. Each redirect is a new request with the same checks.
Proxies and credentials of the environment and credentials in URLs are ignored, cookies are not kept, and size and time
are limited. httpx2 is imported with the first request.
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
import socket
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from catcher.errors import CatcherError
from catcher.net.guard import Address, Network, literal_address, reason_against

if TYPE_CHECKING:
    import ssl

    import httpx2

Resolver = Callable[[str], Awaitable[Sequence[str]]]
"""Resolves a host name to IP addresses. Raises OSError when there are none."""

_REDIRECTS = (301, 302, 303, 307, 308)
_MAX_URL = 8_192
_MAX_PORT = 65_535
_CHARSET = re.compile(r"charset\s*=\s*\"?([\w.:-]+)", re.IGNORECASE)


class FetchError(CatcherError, OSError):
    """A request without a response: unknown host, connection refused, timeout, TLS failure.

    hops: the responses of the redirects before it.
    """

    hops: tuple[Hop, ...] = ()


class FetchRefused(FetchError):
    """A request that was not made: to an internal address, or not to an http or https URL."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One response of a redirect chain.

    location: the absolute URL it redirects to, "" for none. address: the server's IP address.
    """

    url: str
    method: str
    status: int
    reason: str
    location: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchResponse:
    """A response. hops: the redirect chain, this response last. is_cut: content beyond the limit is missing."""

    hops: tuple[Hop, ...]
    media_type: str = ""
    charset: str = ""
    content: bytes = b""
    is_cut: bool = False

    @property
    def status(self) -> int:
        """The status code."""
        return self.hops[-1].status

    @property
    def url(self) -> str:
        """The URL after all redirects."""
        return self.hops[-1].url


async def system_resolver(host: str) -> Sequence[str]:
    """Resolve a host name with the operating system's resolver."""
    found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


class Fetcher:
    """An HTTP client that cannot reach internal networks.

    internal: internal networks that are permitted nevertheless. timeout: seconds for each step of a request. deadline:
    seconds for a request with all its redirects. agent: the User-Agent header field.
    """

    def __init__(
        self,
        *,
        internal: Sequence[Network] = (),
        timeout: float = 8.0,
        deadline: float = 20.0,
        agent: str = "catcher",
        resolver: Resolver = system_resolver,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        self._internal = tuple(internal)
        self._timeout = timeout
        self._deadline = deadline
        self._agent = agent
        self._resolver = resolver
        self._ssl_context = ssl_context

    @property
    def internal(self) -> tuple[Network, ...]:
        """The internal networks that are permitted."""
        return self._internal

    async def get(
        self, url: str, *, follow: int = 5, limit: int = 1_000_000, accept: str = "*/*", method: str = "GET"
    ) -> FetchResponse:
        """Fetch a URL, following at most `follow` redirects, and at most `limit` octets of content.

        After more redirects the response is the last redirect. Raises FetchRefused when one of the requests is not
        allowed and FetchError when one gets no response; both have the `hops` so far.
        """
        hops: list[Hop] = []
        try:
            async with asyncio.timeout(self._deadline):
                return await self._follow(url, hops, follow=follow, limit=limit, accept=accept, method=method)
        except TimeoutError as error:
            raise with_hops(FetchError(f"no answer within {self._deadline:g} seconds"), hops) from error
        except FetchError as error:
            raise with_hops(error, hops) from error.__cause__

    async def post(self, url: str, content: bytes, *, headers: Mapping[str, str], limit: int = 10_000) -> FetchResponse:
        """Send a POST request; redirects are not followed. Raises FetchRefused and FetchError."""
        try:
            async with asyncio.timeout(self._deadline):
                return await self._request(
                    url, method="POST", limit=limit, accept="*/*", content=content, headers=headers
                )
        except TimeoutError as error:
            raise FetchError(f"no answer within {self._deadline:g} seconds") from error

    async def _follow(
        self, url: str, hops: list[Hop], *, follow: int, limit: int, accept: str, method: str
    ) -> FetchResponse:
        while True:
            page = await self._request(url, method=method, limit=limit, accept=accept)
            hop = page.hops[0]
            hops.append(hop)
            if not hop.location or len(hops) > follow:
                return replace(page, hops=tuple(hops))
            url = hop.location

    async def _request(
        self,
        url: str,
        *,
        method: str,
        limit: int,
        accept: str,
        content: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> FetchResponse:
        """Make one request without redirects.

        It has a bare transport of its own: a client would keep cookies between hops, and a connection must not be
        reused for another name at the same address.
        """
        import httpx2

        target, addresses = await self.checked(url)
        own = {"User-Agent": self._agent, "Accept": accept, "Accept-Encoding": "identity", "Connection": "close"}
        request = httpx2.Request(method, target, headers={**own, **(headers or {})}, content=content or None)
        request.extensions["timeout"] = httpx2.Timeout(self._timeout).as_dict()
        request.extensions["sni_hostname"] = target.raw_host.decode("ascii")
        async with self._transport() as transport:
            response, address = await _first_response(transport, request, addresses)
            response.request = request
            try:
                content, is_cut = await _content(response, limit if method != "HEAD" else 0)
            except (httpx2.HTTPError, httpx2.StreamError) as error:
                raise FetchError(_sentence(error)) from error
            finally:
                await response.aclose()
        return _page(response, str(target), address, content, is_cut=is_cut)

    def _transport(self) -> httpx2.AsyncHTTPTransport:
        import httpx2

        if self._ssl_context is None:
            self._ssl_context = httpx2.create_ssl_context(trust_env=False)
        return httpx2.AsyncHTTPTransport(verify=self._ssl_context)

    async def checked(self, url: str) -> tuple[httpx2.URL, tuple[str, ...]]:
        """Return the URL without credentials and fragment, and the IP addresses to connect to.

        A host name is refused when any of its addresses is. Raises FetchRefused or FetchError.
        """
        import httpx2

        if len(url) > _MAX_URL:
            raise FetchRefused("the address is too long")
        try:
            target = httpx2.URL(url).copy_with(username=None, password=None, fragment=None)
        except (httpx2.InvalidURL, ValueError, TypeError) as error:
            raise FetchError("not a valid address") from error
        if target.scheme not in ("http", "https") or not target.host:
            raise FetchRefused("only http and https addresses are fetched")
        if (target.port or 0) > _MAX_PORT:
            raise FetchError("not a valid address")
        addresses = await self._resolved(target.host)
        for address in addresses:
            if (reason := reason_against(address, allowed=self._internal)) != "":
                raise FetchRefused(f"blocked: internal address ({reason})")
        return target, tuple(str(address) for address in addresses)

    async def _resolved(self, host: str) -> tuple[Address, ...]:
        literal = literal_address(host)
        if literal is not None:
            return (literal,)
        try:
            async with asyncio.timeout(self._timeout):
                names = await self._resolver(host)
        except TimeoutError as error:
            raise FetchError("the name server did not answer") from error
        except (OSError, UnicodeError) as error:
            raise FetchError("no such host") from error
        addresses = tuple(ipaddress.ip_address(name.split("%", 1)[0]) for name in names)
        if not addresses:
            raise FetchError("no such host")
        return addresses


async def _first_response(
    transport: httpx2.AsyncHTTPTransport, request: httpx2.Request, addresses: Sequence[str]
) -> tuple[httpx2.Response, str]:
    """Return the response of the first address that accepts a connection, and that address.

    The host name stays in the Host field and in the TLS handshake; the connection goes to a checked address.
    """
    import httpx2

    fault: Exception = FetchError("no address")
    for address in addresses:
        request.url = request.url.copy_with(host=address)
        try:
            return await transport.handle_async_request(request), address
        except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
            fault = error
        except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
            raise FetchError(_sentence(error)) from error
    raise FetchError(_sentence(fault)) from fault


def with_hops(error: FetchError, hops: Sequence[Hop]) -> FetchError:
    """Set the `hops` of an error."""
    error.hops = tuple(hops)
    return error


async def _content(response: httpx2.Response, limit: int) -> tuple[bytes, bool]:
    """Return at most `limit` octets of the response as sent; not decompressed, against decompression bombs."""
    pieces: list[bytes] = []
    size = 0
    if limit <= 0:
        return b"", False
    async for piece in response.aiter_raw():
        pieces.append(piece)
        size += len(piece)
        if size > limit:
            return b"".join(pieces)[:limit], True
    return b"".join(pieces), False


def _page(response: httpx2.Response, url: str, address: str, content: bytes, *, is_cut: bool) -> FetchResponse:
    kind = response.headers.get("content-type", "")
    charset = _CHARSET.search(kind)
    location = response.headers.get("location", "") if response.status_code in _REDIRECTS else ""
    hop = Hop(
        url=url,
        method=response.request.method,
        status=response.status_code,
        reason=response.reason_phrase,
        location=_joined(url, location) if location else "",
        address=address,
    )
    return FetchResponse(
        hops=(hop,),
        media_type=kind.split(";")[0].strip().lower(),
        charset=charset[1] if charset else "",
        content=content,
        is_cut=is_cut,
    )


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:
        return location


def _sentence(error: Exception) -> str:
    """Return a short text for users, without addresses of this machine."""
    name = type(error).__name__
    if "Timeout" in name:
        return "no answer in time"
    text = str(error)
    if "CERTIFICATE_VERIFY_FAILED" in text:
        found = re.search(r"CERTIFICATE_VERIFY_FAILED\] ([^(]+)", text)
        return (found[1] if found else text).strip()
    known = {
        "ConnectError": "connection refused",
        "ReadError": "the connection broke off",
        "WriteError": "the connection broke off",
        "RemoteProtocolError": "the answer is not HTTP",
        "UnsupportedProtocol": "only http and https addresses are fetched",
    }
    if "SSL" in text or "TLS" in text:
        return "the TLS handshake failed"
    return known.get(name, "the request failed")
