"""`POST /api/v1/send`: a message over HTTP, as JSON or as octets."""

import base64
import binascii
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import UNSET
from msgspec.structs import replace
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from catcher.envelope import Client, Envelope, ForwardPath
from catcher.errors import InboxError, MessageTooLarge, NotFound, RelayError, StoreUnavailable
from catcher.mime import parse, parse_addresses
from catcher.mime.model import Address
from catcher.schema.release import RecipientOutcome
from catcher.schema.send import SendError, SendRequest, SentMessage
from catcher.web.api.composition import Unsendable, compose
from catcher.web.api.http.requests import struct_of
from catcher.web.api.http.responses import json_response
from catcher.web.api.message.release import outcomes_of
from catcher.web.api.openapi.operations import JSON, Content, Operation, Parameter, Resource, operation
from catcher.web.inbox_scope import PARAMETER, inbox_of
from catcher.web.middleware.bodies import SPOOL_FROM, spooled

if TYPE_CHECKING:
    from catcher.relay import RelayHost

RFC822 = "message/rfc822"
_HEAD = 1024 * 1024


_BODY = Content("The message.", {JSON: SendRequest, RFC822: {"type": "string", "format": "binary"}}, is_required=True)
_PARAMETERS = (
    Parameter("from", "For message/rfc822: the reverse-path; by default the address of From."),
    Parameter(PARAMETER, "The inbox to store the message in, in place of the routing rules; created if missing."),
    Parameter("relay", "Name of a relay to send the stored message through."),
    Parameter("to", "For message/rfc822: the forward-paths; by default the addresses of To, Cc and Bcc."),
)

MAX_TAGS = 100
"""Tags of one message, as in Mailpit."""


class Send(Resource):
    """The handler of messages sent over HTTP. All its errors are `SendError`s."""

    tag = "message"

    def operations(self) -> tuple[Operation, ...]:
        """Return its operation, whose body may be as large as a message."""
        limit = self._services.facts.max_message_octets or sys.maxsize
        return tuple(replace(each, body_limit=limit) for each in super().operations())

    @operation(
        "POST",
        "/api/v1/send",
        parameters=_PARAMETERS,
        body=_BODY,
        responses={
            200: Content("The message is stored.", {JSON: SentMessage}),
            400: Content("The message is invalid; nothing was stored.", {JSON: SendError}),
            413: Content("The message is over the size limit.", {JSON: SendError}),
            503: Content("The store is unavailable; trying again may help.", {JSON: SendError}),
        },
    )
    async def send(self, request: Request) -> Response:
        """Store a message.

        It is stored like a message received over SMTP.
        """
        media_type = request.headers.get("content-type", "").split(";")[0].strip().lower()
        try:
            relay, inbox = self._relay(request), inbox_of(request)
            deliver = self._octets if media_type == RFC822 else self._json
            store_id = await deliver(request, inbox)
            relayed = await self._relayed(relay, store_id) if relay is not None else None
        except (HTTPException, InboxError, Unsendable, MessageTooLarge, StoreUnavailable) as error:
            return _refusal(error)
        cursor = await self._cursor(store_id)
        return json_response(SentMessage(id=store_id, cursor=cursor, relayed=UNSET if relayed is None else relayed))

    async def _cursor(self, store_id: str) -> int:
        """Return the message's arrival number, or the store's last one if the message is already deleted."""
        try:
            return (await self._store.summary(store_id)).arrival
        except NotFound:
            return await self._store.cursor()

    def _relay(self, request: Request) -> "RelayHost | None":
        """Return the named relay, None if none is named. Raises Unsendable."""
        name = request.query_params.get("relay")
        if name is None:
            return None
        relay = self._services.relays.named(name)
        if relay is None:
            raise Unsendable(f"unknown relay: {name[:200]}" if name else "no relay is configured")
        return relay

    async def _relayed(self, relay: "RelayHost", store_id: str) -> tuple[RecipientOutcome, ...]:
        """Relay the message and return the outcome for each recipient. Raises Unsendable."""
        stored = await self._store.get(store_id)
        try:
            report = await self._services.relays.forward(relay, stored, stored.envelope.recipients)
        except RelayError as error:
            raise Unsendable(f"stored as {store_id}, but not relayed: {error}") from error
        return outcomes_of(report)

    async def _json(self, request: Request, inbox: str) -> str:
        raw = await request.body()
        wanted = struct_of(raw, JSON, SendRequest) if raw.strip() else SendRequest()
        if len(wanted.tags) > MAX_TAGS:
            raise Unsendable(f"a message may have {MAX_TAGS} tags, not {len(wanted.tags)}")
        if len(raw) > SPOOL_FROM:
            composed = await self._threads.run(compose, wanted, now=datetime.now(UTC))
        else:
            composed = compose(wanted, now=datetime.now(UTC))
        limit = self._services.facts.max_message_octets
        if limit and len(composed.octets) > limit:
            raise MessageTooLarge("the message is over the size limit")
        envelope = _envelope(request, composed.reverse_path, composed.recipients)
        return await self._services.intake.deliver(envelope, composed.octets, inbox=inbox)

    async def _octets(self, request: Request, inbox: str) -> str:
        """Store octets, with the envelope of `from` and `to` in the query or of the header section."""
        async with spooled(request, self._threads) as content:
            head = await self._threads.run(_head, content) if isinstance(content, Path) else content[:_HEAD]
            message = parse(_header_section(head))
            reverse_path = request.query_params.get("from")
            if reverse_path is None:
                reverse_path = message.from_[0].addr_spec if message.from_ else ""
            given = [each for text in request.query_params.getlist("to") for each in parse_addresses(text)]
            recipients = _specs(given) or _specs((*message.to, *message.cc, *message.bcc))
            if not recipients:
                raise Unsendable("error building message: no recipients (to, cc, bcc) set")
            envelope = _envelope(request, reverse_path, recipients)
            return await self._services.intake.deliver(envelope, content, inbox=inbox)


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_HEAD)


def _header_section(octets: bytes) -> bytes:
    """Return the octets up to the first empty line."""
    ends = [index for blank in (b"\r\n\r\n", b"\n\n") if (index := octets.find(blank)) >= 0]
    return octets[: min(ends)] + b"\r\n\r\n" if ends else octets


def _specs(addresses: Sequence[Address]) -> tuple[str, ...]:
    return tuple(each.addr_spec for each in addresses if each.addr_spec)


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
    """Return the user name of HTTP's Basic scheme, verified or not; "" if there is none. RFC 7617 §2."""
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
    if isinstance(error, StoreUnavailable):
        response = json_response(SendError(error="Service Unavailable"), status=503)
        response.headers["Retry-After"] = "1"
        return response
    if status == 413 or isinstance(error, MessageTooLarge):
        status, text = 413, "http: request body too large"
    return json_response(SendError(error=text), status=status)
