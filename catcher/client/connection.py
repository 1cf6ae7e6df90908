"""How a client reaches its catcher: URL, credentials and HTTP client. httpx2 is imported with the first request."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from catcher.client.errors import Unreachable
from catcher.client.protocol import Request, Response

if TYPE_CHECKING:
    import httpx2

DEFAULT_URL = "http://127.0.0.1:8025"
URL_VARIABLE = "CATCHER_URL"
TOKEN_VARIABLE = "CATCHER_TOKEN"  # noqa: S105 - a name, no token

MAX_SILENCE = 60.0
"""Seconds without any octet after which an event stream is taken for lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """The URL and credentials of a catcher.

    url: of its pages, with the webroot. token: of the API. login: user and password instead. smtp: "host:port" to send
    mail to, if the addresses that the catcher reports cannot be reached. verify: whether to verify the certificate, or
    the path of a CA certificate. timeout: seconds for a response, besides those that a request waits on purpose.
    """

    url: str
    token: str = field(default="", repr=False)
    login: tuple[str, str] | None = field(default=None, repr=False)
    smtp: str = ""
    verify: bool | str = True
    timeout: float = 30.0

    @classmethod
    def configured(cls, url: str | None, token: str | None, **options: Any) -> "Endpoint":
        """Return an endpoint; CATCHER_URL and CATCHER_TOKEN of the environment stand in for None."""
        url = url or os.environ.get(URL_VARIABLE) or DEFAULT_URL
        secret = token if token is not None else os.environ.get(TOKEN_VARIABLE, "")
        return cls(url=url.rstrip("/") + "/", token=secret, **options)

    @property
    def host(self) -> str:
        """The host of the URL."""
        return urlsplit(self.url).hostname or "127.0.0.1"

    def blocking_client(self) -> "httpx2.Client":
        """Return an HTTP client that blocks."""
        import httpx2

        return httpx2.Client(**self._options(httpx2))

    def async_client(self) -> "httpx2.AsyncClient":
        """Return an HTTP client that is awaited."""
        import httpx2

        return httpx2.AsyncClient(**self._options(httpx2))

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Raise errors of the HTTP client as Unreachable."""
        import httpx2

        try:
            yield
        except httpx2.HTTPError as error:
            raise Unreachable(f"no catcher answers at {self.url}: {error or type(error).__name__}") from error

    def arguments(self, request: Request) -> dict[str, Any]:
        """Return the arguments of the HTTP client's `request`."""
        return {
            "method": request.method,
            "url": request.target,
            "params": list(request.parameters),
            "content": request.body,
            "headers": {"Content-Type": request.content_type} if request.content_type else {},
            "timeout": self.timeout + request.waits,
        }

    def smtp_address(self, listeners: tuple[str, ...] = ()) -> tuple[str, int]:
        """Return host and port to send mail to, given the catcher's listeners; ("", 0) if none can be reached."""
        address = self.smtp or next((each for each in listeners if not each.startswith("unix:")), "")
        host, _, port = address.rpartition(":")
        host = host.strip("[]")
        return (self.host if host in ("", "0.0.0.0", "::") else host, int(port)) if port.isdigit() else ("", 0)  # noqa: S104

    def _options(self, httpx2: Any) -> dict[str, Any]:
        """Proxies of the environment are not used for this machine."""
        verify: Any = self.verify
        if isinstance(verify, str):
            import ssl

            verify = ssl.create_default_context(cafile=verify)
        return {
            "base_url": self.url,
            "headers": {"Authorization": f"Bearer {self.token}"} if self.token else {},
            "auth": httpx2.BasicAuth(*self.login) if self.login and not self.token else None,
            "timeout": self.timeout,
            "verify": verify,
            "trust_env": not _is_loopback(self.host),
            "limits": httpx2.Limits(max_connections=None),
        }


def response_of(response: "httpx2.Response") -> Response:
    """Return the HTTP client's response as a value."""
    return Response(
        status=response.status_code, content_type=response.headers.get("content-type", ""), body=response.content
    )


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
