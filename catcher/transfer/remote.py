"""The mail of a running catcher, or of Mailpit, as a source of copies: over its HTTP API."""

import base64
import http.client
import json
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any

from catcher.transfer.model import Copy, Skipped, TransferError, is_store_id

_PAGE = 500
_PIECE = 256 * 1024
_MOST_JSON = 64 * 1024 * 1024
_SECONDS = 60.0
_FRACTION = re.compile(r"\.(\d{6})\d+")


class RemoteMail:
    """What a query matches (everything when it is empty), oldest first, as of now.

    url: of the pages, with the webroot; may hold user and password. Raises TransferError when it cannot be asked.
    """

    def __init__(self, url: str, query: str = "") -> None:
        parts = urllib.parse.urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise TransferError(f"{url!r}: expected a URL such as http://localhost:8025/")
        user, password = urllib.parse.unquote(parts.username or ""), urllib.parse.unquote(parts.password or "")
        self._credentials = base64.b64encode(f"{user}:{password}".encode()).decode() if user or password else ""
        bare = parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="")
        self._base = urllib.parse.urlunsplit(bare).rstrip("/") + "/"
        self._messages = self._listed(query)[::-1]

    def __len__(self) -> int:
        return len(self._messages)

    def __iter__(self) -> Iterator[Copy | Skipped]:
        for message in self._messages:
            store_id = str(message.get("ID", ""))
            if not is_store_id(store_id):
                yield Skipped(origin=ascii(store_id[:100]), reason="is no id that could name a file")
                continue
            yield Copy(
                store_id=store_id,
                received_at=_moment(message.get("Created")),
                reverse_path=_address(message),
                is_read=message.get("Read") is True,
                pieces=partial(self._pieces, store_id),
            )

    def _listed(self, query: str) -> list[dict[str, Any]]:
        """All summaries, newest first; mail that arrives while they are read moves the pages, but doubles nothing."""
        found: dict[str, dict[str, Any]] = {}
        start = 0
        while True:
            asked = {"start": str(start), "limit": str(_PAGE), **({"query": query} if query else {})}
            page = self._json(f"api/v1/{'search' if query else 'messages'}?{urllib.parse.urlencode(asked)}")
            messages = page.get("messages") if isinstance(page, dict) else None
            if not isinstance(messages, list) or not all(isinstance(one, dict) for one in messages):
                raise TransferError(f"{self._base}: the answer is no list of messages; is this a mail catcher?")
            known = len(found)
            found.update({str(one.get("ID", "")): one for one in messages})
            if len(messages) < _PAGE or len(found) == known:
                return list(found.values())
            start += len(messages)

    def _json(self, path: str) -> Any:
        try:
            with self._open(path) as answer:
                return json.loads(answer.read(_MOST_JSON))
        except (ValueError, RecursionError) as error:
            raise TransferError(f"{self._base}: the answer is no JSON; is this a mail catcher?") from error
        except (OSError, http.client.HTTPException) as error:
            raise TransferError(f"{self._base}: {_reason(error)}") from error

    def _pieces(self, store_id: str) -> Iterator[bytes]:
        try:
            with self._open(f"api/v1/message/{store_id}/raw") as answer:
                while piece := answer.read(_PIECE):
                    yield piece
                if answer.length:
                    raise TransferError(f"message {store_id}: the answer broke off")
        except (OSError, http.client.HTTPException) as error:
            raise TransferError(f"message {store_id}: {_reason(error)}") from error

    def _open(self, path: str) -> http.client.HTTPResponse:
        request = urllib.request.Request(self._base + path)  # noqa: S310 - the scheme was looked at
        if self._credentials:
            request.add_unredirected_header("Authorization", f"Basic {self._credentials}")
        answer: http.client.HTTPResponse = urllib.request.urlopen(request, timeout=_SECONDS)  # noqa: S310
        return answer


def _moment(value: object) -> datetime:
    """The moment of an RFC 3339 time, as Go writes it too, with nine digits of fraction; else now."""
    try:
        moment = datetime.fromisoformat(_FRACTION.sub(r".\1", str(value)))
    except ValueError:
        return datetime.now(UTC)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def _address(message: dict[str, Any]) -> str:
    sender = message.get("From")
    return str(sender.get("Address", "")) if isinstance(sender, dict) else ""


def _reason(error: Exception) -> str:
    if isinstance(error, urllib.error.HTTPError):
        return f"HTTP {error.code}"
    return str(getattr(error, "reason", "") or error or type(error).__name__)
