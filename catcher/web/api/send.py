"""`POST /api/v1/send`: a message over HTTP, as JSON or as octets. It is stored like one that came by SMTP."""

import base64
import binascii
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import UNSET
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from catcher.envelope import Client, Envelope, ForwardPath
from catcher.errors import InboxError, MessageTooLarge, NotFound, RelayError
from catcher.mime import parse, parse_addresses
from catcher.mime.model import ParsedMessage
from catcher.schema.release import RecipientOutcome
from catcher.schema.send import SendError, SendRequest, SentMessage
from catcher.web.api.composition import Unsendable, write
from catcher.web.api.http.requests import struct_of
from catcher.web.api.http.responses import json_answer
from catcher.web.api.message.release import outcomes_of
from catcher.web.api.openapi.operations import JSON, Content, Operation, Parameter
from catcher.web.inbox_scope import PARAMETER, inbox_of
from catcher.web.middleware.bodies import SPOOL_FROM, spooled
from catcher.web.services import Services

if TYPE_CHECKING:
    from catcher.relay import RelayHost

RFC822 = "message/rfc822"
_HEAD = 1024 * 1024


class Send:
    """The handler."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def send(self, request: Request) -> Response:
        """Every error is JSON here: `{"Error"}`."""
        media_type = request.headers.get("content-type", "").split(";")[0].strip().lower()
        try:
            relay, inbox = self._relay(request), inbox_of(request)
            keep = self._octets if media_type == RFC822 else self._json
            store_id = await keep(request, inbox)
            relayed = await self._relayed(relay, store_id) if relay is not None else None
        except (HTTPException, InboxError, Unsendable, MessageTooLarge) as error:
            return _refusal(error)
        cursor = await self._arrival(store_id)
        return json_answer(SentMessage(id=store_id, cursor=cursor, relayed=UNSET if relayed is None else relayed))

    async def _arrival(self, store_id: str) -> int:
        """The message's number; the store's last one when the message has gone again already."""
        try:
            return (await self._services.store.summary(store_id)).arrival
        except NotFound:
            return await self._services.store.cursor()

    def _relay(self, request: Request) -> "RelayHost | None":
        """The relay that is asked for, None when none is. Raises Unsendable before anything is stored."""
        name = request.query_params.get("relay")
        if name is None:
            return None
        relay = self._services.relays.named(name)
        if relay is None:
            raise Unsendable(f"unknown relay: {name[:200]}" if name else "no relay is configured")
        return relay

    async def _relayed(self, relay: "RelayHost", store_id: str) -> tuple[RecipientOutcome, ...]:
        """What became of each recipient of the envelope. Raises Unsendable, with the id of what is stored."""
        stored = await self._services.store.get(store_id)
        try:
            report = await self._services.relays.forward(relay, stored, stored.envelope.recipients)
        except RelayError as error:
            raise Unsendable(f"stored as {store_id}, but not relayed: {error}") from error
        return outcomes_of(report)

    async def _json(self, request: Request, inbox: str) -> str:
        raw = await request.body()
        sending = struct_of(raw, JSON, SendRequest) if raw.strip() else SendRequest()
        if len(raw) > SPOOL_FROM:
            written = await self._services.threads.run(write, sending, now=datetime.now(UTC))
        else:
            written = write(sending, now=datetime.now(UTC))
        limit = self._services.facts.max_message_octets
        if limit and len(written.octets) > limit:
            raise MessageTooLarge("the message is over the size limit")
        envelope = _envelope(request, written.reverse_path, written.recipients)
        return await self._services.intake.deliver(envelope, written.octets, inbox=inbox)

    async def _octets(self, request: Request, inbox: str) -> str:
        """The envelope is that of `from` and `to` in the query, else of the header section."""
        async with spooled(request, self._services.threads) as content:
            head = await self._services.threads.run(_head, content) if isinstance(content, Path) else content[:_HEAD]
            message = parse(_header_section(head))
            reverse_path = request.query_params.get("from")
            if reverse_path is None:
                reverse_path = message.from_[0].addr_spec if message.from_ else ""
            recipients = _specs(request.query_params.getlist("to")) or _named(message)
            if not recipients:
                raise Unsendable("error building message: no recipients (to, cc, bcc) set")
            envelope = _envelope(request, reverse_path, recipients)
            return await self._services.intake.deliver(envelope, content, inbox=inbox)


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_HEAD)


def _header_section(octets: bytes) -> bytes:
    """Up to the first empty line."""
    ends = [place for mark in (b"\r\n\r\n", b"\n\n") if (place := octets.find(mark)) >= 0]
    return octets[: min(ends)] + b"\r\n\r\n" if ends else octets


def _named(message: ParsedMessage) -> tuple[str, ...]:
    return tuple(each.addr_spec for each in (*message.to, *message.cc, *message.bcc) if each.addr_spec)


def _specs(texts: list[str]) -> tuple[str, ...]:
    return tuple(each.addr_spec for text in texts for each in parse_addresses(text) if each.addr_spec)


def _envelope(request: Request, reverse_path: str, recipients: tuple[str, ...]) -> Envelope:
    client = request.client
    return Envelope(
        reverse_path=reverse_path,
        forward_paths=tuple(ForwardPath(addr_spec=each) for each in recipients),
        received_at=datetime.now(UTC),
        client=Client(
            address=client.host if client else "",
            port=client.port if client else 0,
            protocol="HTTP",
            user=_user_name(request.headers.get("authorization", "")),
        ),
    )


def _user_name(authorization: str) -> str:
    """The name of HTTP's Basic scheme (RFC 7617 §2), checked or not; "" when there is none."""
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        text = base64.b64decode(encoded.strip(), validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return ""
    return text.partition(":")[0][:256]


def _refusal(error: Exception) -> Response:
    status, text = 400, str(error)
    if isinstance(error, HTTPException):
        status, text = error.status_code, error.detail
    if status == 413 or isinstance(error, MessageTooLarge):
        status, text = 413, "http: request body too large"
    return json_answer(SendError(error=text), status=status)


def operations(services: Services) -> tuple[Operation, ...]:
    """The route of sending."""
    refusal = {JSON: SendError}
    return (
        Operation(
            method="POST",
            path="/api/v1/send",
            handler=Send(services).send,
            summary="Send a message in",
            tag="message",
            parameters=(
                Parameter(name="from", description="With message/rfc822: the reverse-path; else that of From."),
                Parameter(
                    name=PARAMETER,
                    description="The inbox it is put into, whatever it says of itself; made when there is none.",
                ),
                Parameter(
                    name="relay", description="Name of a relay to send the message onward through, once it is stored."
                ),
                Parameter(name="to", description="With message/rfc822: forward-paths; else those of To, Cc and Bcc."),
            ),
            body=Content(
                description="The message.",
                media={JSON: SendRequest, RFC822: {"type": "string", "format": "binary"}},
                is_required=True,
            ),
            answers={
                200: Content(description="It is stored.", media={JSON: SentMessage}),
                400: Content(description="It is no message; nothing was stored.", media=refusal),
                413: Content(description="It is over the size limit.", media=refusal),
            },
            body_limit=services.facts.max_message_octets or sys.maxsize,
        ),
    )
