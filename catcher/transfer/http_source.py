"""A running catcher, or Mailpit, as a source of messages, by its HTTP API."""

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

import msgspec

from catcher.envelope import Client, Envelope, ForwardPath
from catcher.schema.messages import SmtpEnvelope
from catcher.transfer.model import MessageCopy, Skipped, TransferError, is_store_id
from catcher.transfer.records import MessageRecord

_PAGE = 500
_PIECE = 256 * 1024
_MAX_JSON = 64 * 1024 * 1024
_SECONDS = 60.0
_FRACTION = re.compile(r"\.(\d{6})\d+")


class HttpSource:
    """The messages that match a query ("": all) at the time of the call, oldest first.

    url: of the web interface, with the webroot; may hold user and password. Raises TransferError for a failed request.
    """

    def __init__(self, url: str, query: str = "") -> None:
        parts = urllib.parse.urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise TransferError(f"{url!r}: expected a URL such as http://localhost:8025/")
        user, password = urllib.parse.unquote(parts.username or ""), urllib.parse.unquote(parts.password or "")
        self._credentials = base64.b64encode(f"{user}:{password}".encode()).decode() if user or password else ""
        bare = parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="")
        self._base = urllib.parse.urlunsplit(bare).rstrip("/") + "/"
        self._messages = self._summaries(query)[::-1]

    def __len__(self) -> int:
        return len(self._messages)

    def __iter__(self) -> Iterator[MessageCopy | Skipped]:
        for message in self._messages:
            store_id = str(message.get("ID", ""))
            if not is_store_id(store_id):
                yield Skipped(origin=ascii(store_id[:100]), reason="not usable as a file name")
                continue
            try:
                record = self._record(store_id, message) if self._has_envelopes else None
            except TransferError as error:
                yield Skipped(origin=store_id, reason=str(error))
                continue
            size = message.get("Size")
            yield MessageCopy(
                store_id=store_id,
                received_at=_received_at(message.get("Created")),
                reverse_path=_sender(message) if record is None else record.envelope.reverse_path,
                is_read=message.get("Read") is True,
                size=size if isinstance(size, int) else 0,
                pieces=partial(self._pieces, store_id),
                record=record,
            )

    def _record(self, store_id: str, summary: dict[str, Any]) -> MessageRecord:
        """Return the record of a catcher's message, which stays unread. Raises TransferError."""
        try:
            detail = self._json(f"api/v1/message/{store_id}?peek=1")
            envelope = msgspec.convert(detail["Envelope"], SmtpEnvelope)
            return MessageRecord(
                envelope=_envelope(envelope, received_at=_received_at(summary.get("Created"))),
                tags=msgspec.convert(summary.get("Tags", ()), tuple[str, ...]),
                is_read=summary.get("Read") is True,
            )
        except (msgspec.MsgspecError, KeyError, TypeError) as error:
            raise TransferError(f"message {store_id}: no envelope in the response") from error

    def _summaries(self, query: str) -> list[dict[str, Any]]:
        """Return all summaries, newest first, each once: mail that arrives meanwhile shifts the pages."""
        found: dict[str, dict[str, Any]] = {}
        start = 0
        while True:
            parameters = {"start": str(start), "limit": str(_PAGE), **({"query": query} if query else {})}
            page = self._json(f"api/v1/{'search' if query else 'messages'}?{urllib.parse.urlencode(parameters)}")
            messages = page.get("messages") if isinstance(page, dict) else None
            self._has_envelopes = isinstance(page, dict) and "next_cursor" in page  # a catcher, not Mailpit
            if not isinstance(messages, list) or not all(isinstance(one, dict) for one in messages):
                raise TransferError(f"{self._base}: no list of messages in the response; is this a mail catcher?")
            known = len(found)
            found.update({str(one.get("ID", "")): one for one in messages})
            if len(messages) < _PAGE or len(found) == known:
                return list(found.values())
            start += len(messages)

    def _json(self, path: str) -> Any:
        try:
            with self._open(path) as response:
                return json.loads(response.read(_MAX_JSON))
        except (ValueError, RecursionError) as error:
            raise TransferError(f"{self._base}: no JSON in the response; is this a mail catcher?") from error
        except (OSError, http.client.HTTPException) as error:
            raise TransferError(f"{self._base}: {_reason(error)}") from error

    def _pieces(self, store_id: str) -> Iterator[bytes]:
        try:
            with self._open(f"api/v1/message/{store_id}/raw") as response:
                while piece := response.read(_PIECE):
                    yield piece
                if response.length:
                    raise TransferError(f"message {store_id}: the response is incomplete")
        except (OSError, http.client.HTTPException) as error:
            raise TransferError(f"message {store_id}: {_reason(error)}") from error

    def _open(self, path: str) -> http.client.HTTPResponse:
        request = urllib.request.Request(self._base + path)  # noqa: S310 - the scheme is checked
        if self._credentials:
            request.add_unredirected_header("Authorization", f"Basic {self._credentials}")
        response: http.client.HTTPResponse = urllib.request.urlopen(request, timeout=_SECONDS)  # noqa: S310
        return response


def _received_at(value: object) -> datetime:
    """Return the time of an RFC 3339 text, also with nine digits of fraction as Go writes it; now if there is none."""
    try:
        received_at = datetime.fromisoformat(_FRACTION.sub(r".\1", str(value)))
    except ValueError:
        return datetime.now(UTC)
    return (received_at if received_at.tzinfo else received_at.replace(tzinfo=UTC)).astimezone(UTC)


def _envelope(stated: SmtpEnvelope, *, received_at: datetime) -> Envelope:
    """Return the envelope of the API's JSON, which lacks the client's port, the mechanism and the transcript."""
    return Envelope(
        reverse_path=stated.reverse_path,
        forward_paths=tuple(
            ForwardPath(addr_spec=one.address, parameters=tuple(one.parameters.items())) for one in stated.recipients
        ),
        received_at=received_at,
        client=Client(
            address=stated.client,
            helo=stated.helo,
            protocol=stated.protocol,
            user=stated.username,
            tls=stated.tls,
        ),
        parameters=tuple(stated.parameters.items()),
        notes=stated.notes,
    )


def _sender(message: dict[str, Any]) -> str:
    sender = message.get("From")
    return str(sender.get("Address", "")) if isinstance(sender, dict) else ""


def _reason(error: Exception) -> str:
    if isinstance(error, urllib.error.HTTPError):
        return f"HTTP {error.code}"
    return str(getattr(error, "reason", "") or error or type(error).__name__)
