"""How a client reaches its catcher: where it is, who it is, and what httpx2 needs to know. Requests are made here."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec

from catcher.client.errors import Unreachable
from catcher.client.protocol import Answer, Request
from catcher.client.shapes import Event, Summary

if TYPE_CHECKING:
    import httpx2

DEFAULT_URL = "http://127.0.0.1:8025"
URL_VARIABLE = "CATCHER_URL"
TOKEN_VARIABLE = "CATCHER_TOKEN"  # noqa: S105 - a name, no token

SILENCE = 60.0
"""Seconds without a sign of life after which a stream of news is taken for lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a catcher is and how to get in.

    url: of its pages, with the webroot. token: of the API. login: user and password instead. smtp: "host:port" where
    mail is to be sent, when that is another address than the catcher knows itself by. verify: whether the certificate
    has to be right, or a file with the CA's. timeout: seconds for an answer, besides those it is waited for on purpose.
    """

    url: str
    token: str = field(default="", repr=False)
    login: tuple[str, str] | None = field(default=None, repr=False)
    smtp: str = ""
    verify: bool | str = True
    timeout: float = 30.0

    @classmethod
    def found(cls, url: str | None, token: str | None, **more: Any) -> "Place":
        """With what the environment says where nothing is given: CATCHER_URL, CATCHER_TOKEN."""
        address = url or os.environ.get(URL_VARIABLE) or DEFAULT_URL
        secret = token if token is not None else os.environ.get(TOKEN_VARIABLE, "")
        return cls(url=address.rstrip("/") + "/", token=secret, **more)

    @property
    def host(self) -> str:
        """The host of the URL."""
        return urlsplit(self.url).hostname or "127.0.0.1"

    def options(self) -> dict[str, Any]:
        """What a client of httpx2 is made with. Proxies of the environment are not for this machine."""
        import httpx2

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

    def sending(self, request: Request) -> dict[str, Any]:
        """The arguments of httpx2's `request`."""
        return {
            "method": request.method,
            "url": request.target,
            "params": list(request.parameters),
            "content": request.body,
            "headers": {"Content-Type": request.content_type} if request.content_type else {},
            "timeout": self.timeout + request.waits,
        }

    def smtp_of(self, listening: tuple[str, ...]) -> tuple[str, int]:
        """Host and port to send mail to, of those that the catcher listens on; ("", 0) when there is none to reach."""
        address = self.smtp or next((each for each in listening if not each.startswith("unix:")), "")
        host, _, port = address.rpartition(":")
        host = host.strip("[]")
        return (self.host if host in ("", "0.0.0.0", "::") else host, int(port)) if port.isdigit() else ("", 0)  # noqa: S104


def answer_of(response: "httpx2.Response") -> Answer:
    """The answer as a value."""
    return Answer(
        status=response.status_code,
        content_type=response.headers.get("content-type", ""),
        body=response.content,
    )


def unreachable(place: Place, error: Exception) -> Unreachable:
    """What is raised when nothing answers."""
    return Unreachable(f"no catcher answers at {place.url}: {error or type(error).__name__}")


class _Frame(msgspec.Struct):
    kind: str = msgspec.field(name="Type")
    id: int
    data: msgspec.Raw = msgspec.field(name="Data", default=msgspec.Raw(b"null"))


class _Change(msgspec.Struct, rename={"store_id": "ID", "is_read": "Read", "tags": "Tags"}):
    store_id: str
    is_read: bool | None = None
    tags: tuple[str, ...] | None = None


def events_of(line: str) -> Iterator[Event]:
    """The event of one line of a stream, if it holds one."""
    if not line.startswith("data:"):
        return
    frame = msgspec.json.decode(line.removeprefix("data:").strip(), type=_Frame)
    if frame.kind == "new":
        summary = msgspec.json.decode(frame.data, type=Summary)
        yield Event(cursor=frame.id, kind="new", store_id=summary.id, summary=summary)
    elif frame.kind in ("update", "delete"):
        changed = msgspec.json.decode(frame.data, type=_Change)
        yield Event(
            cursor=frame.id,
            kind=frame.kind,
            store_id=changed.store_id,
            is_read=changed.is_read,
            tags=changed.tags,
        )
    else:
        yield Event(cursor=frame.id, kind=frame.kind)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
