"""`POST /api/v1/message/{id}/release`: sends a caught message onward to real recipients, through a relay."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from catcher.errors import RelayError
from catcher.schema.release import RecipientOutcome, RelayInfo, ReleaseReport, ReleaseRequest
from catcher.store.model import StoredMessage
from catcher.web.api.http.requests import body_as, is_on
from catcher.web.api.http.responses import bad_request, json_answer, ok
from catcher.web.api.message.message import Reader
from catcher.web.api.openapi import parameters
from catcher.web.api.openapi.operations import ANY_TEXT, JSON, TEXT, Content, Operation, Parameter
from catcher.web.services import Services

if TYPE_CHECKING:
    from catcher.relay import RelayHost, TransmissionReport

MOST_RECIPIENTS = 1000
_SHOWN = 20


class Releasing:
    """The handlers."""

    def __init__(self, services: Services) -> None:
        self._relays = services.relays
        self._reader = Reader(services)

    async def relays(self, request: Request) -> Response:
        return json_answer(tuple(_way_out(relay) for relay in self._relays.all))

    async def release(self, request: Request) -> Response:
        """Nothing is sent to anybody unless every address may get it; the first thing that is wrong is told."""
        stored = await self._reader.stored(request)
        wanted = await body_as(request, ReleaseRequest)
        relay = self._relays.named(wanted.relay)
        if relay is None and wanted.relay:
            raise bad_request(f"Unknown relay: {wanted.relay[:200]}")
        recipients = recipients_of(wanted.to, relay)
        author = author_of(stored, relay)
        if relay is None:
            raise bad_request("SMTP error: no relay is configured")
        try:
            report = await self._relays.release(relay, stored, recipients, author=author)
        except RelayError as error:
            raise bad_request(f"SMTP error: {error}") from error
        return _answer(report, in_full=is_on(request, "report"))


def outcomes_of(report: "TransmissionReport") -> tuple[RecipientOutcome, ...]:
    """What became of each recipient, as JSON tells it."""
    return tuple(
        RecipientOutcome(address=each.recipient, accepted=each.is_accepted, code=each.code, text=each.text)
        for each in report.outcomes
    )


def _way_out(relay: "RelayHost") -> RelayInfo:
    return RelayInfo(
        name=relay.name,
        server=relay.server,
        return_path=relay.return_path,
        override_from=relay.override_from,
        allowed_recipients=relay.allowed.pattern if relay.allowed else "",
        blocked_recipients=relay.blocked.pattern if relay.blocked else "",
        preserve_message_ids=relay.preserve_message_ids,
    )


def recipients_of(texts: Sequence[str], relay: "RelayHost | None") -> list[str]:
    """The addresses, each once. Raises HTTPException 400 for one that is none or may not get mail."""
    recipients = list(dict.fromkeys(_address(text) for text in texts))
    if relay is not None:
        if others := relay.not_allowed(recipients):
            raise bad_request(f"Failed: {len(others)} Address(es) do not match the allowlist: {_named(others)}")
        if others := relay.blocked_among(recipients):
            raise bad_request(f"Failed: {len(others)} Address(es) found on blocklist: {_named(others)}")
    if not recipients:
        raise bad_request("No valid addresses found")
    if len(recipients) > MOST_RECIPIENTS:
        raise bad_request(f"Failed: {len(recipients)} addresses, expected at most {MOST_RECIPIENTS}")
    return recipients


def _address(text: str) -> str:
    """The addr-spec of a mailbox with or without a display name."""
    from catcher.mail.header import bare_address  # not before something is released

    try:
        spec = bare_address(text.strip()) if len(text) <= 1000 and text.isprintable() else ""
    except ValueError:
        spec = ""
    local_part, _, domain = spec.rpartition("@")
    if not (local_part and domain):
        raise bad_request(f"Invalid email address: {text[:200]}")
    return spec


def author_of(stored: StoredMessage, relay: "RelayHost | None") -> str:
    """The reverse-path of what is sent anew: its Sender's address, else its From's (RFC 5322 §3.6.2).

    A relay with an address of its own for that needs neither. Raises HTTPException 400.
    """
    from catcher.mail.header import bare_address

    for mailbox in (*stored.message.sender[:1], *stored.message.from_[:1]):
        try:
            spec = bare_address(mailbox.addr_spec)
        except ValueError:
            continue
        if "@" in spec:
            return spec
    if relay is not None and (relay.return_path or relay.override_from):
        return ""
    raise bad_request("Failed: unable to parse From header: expected an address in Sender or From")


def _answer(report: "TransmissionReport", *, in_full: bool) -> Response:
    """The report, or one text: "ok", or who refused, and who did not and has the message now."""
    status = 400 if report.refused else 200
    if in_full:
        return json_answer(ReleaseReport(recipients=outcomes_of(report)), status=status)
    if not report.refused:
        return ok()
    refused = "; ".join(f"{each.recipient}: {each.code} {each.text}" for each in report.refused[:_SHOWN])
    text = f"SMTP error: {len(report.refused)} of {len(report.outcomes)} recipients refused: {refused}"
    if report.accepted:
        text += f"; sent to: {_named([each.recipient for each in report.accepted])}"
    return PlainTextResponse(text, status_code=status)


def _named(addresses: Sequence[str]) -> str:
    more = f" and {len(addresses) - _SHOWN} more" if len(addresses) > _SHOWN else ""
    return ", ".join(addresses[:_SHOWN]) + more


def operations(services: Services) -> tuple[Operation, ...]:
    """The routes of releasing."""
    at = Releasing(services)
    return (
        Operation(
            method="GET",
            path="/api/v1/relays",
            handler=at.relays,
            summary="The relays that messages can be released through",
            description="The first one is the default. Passwords are never told.",
            tag="message",
            answers={200: Content(description="In the order of the settings.", media={JSON: tuple[RelayInfo, ...]})},
        ),
        Operation(
            method="POST",
            path="/api/v1/message/{id}/release",
            handler=at.release,
            summary="Send a message onward",
            description="To the given addresses, through a relay of the settings. Bcc is taken out; Date and, unless "
            "the relay keeps it, Message-ID are new.",
            tag="message",
            parameters=(
                *parameters.LATEST,
                Parameter(name="report", description="1: answer with what became of each recipient, as JSON."),
            ),
            body=Content(description="Who is to get it.", media={JSON: ReleaseRequest}, is_required=True),
            answers={
                200: Content(
                    description="Every recipient was accepted.",
                    media={TEXT: {"type": "string", "const": "ok"}, JSON: ReleaseReport},
                ),
                400: Content(
                    description="What is wrong with the request or the relay; or the recipients that were refused, "
                    "and then the others have been sent the message.",
                    media={TEXT: ANY_TEXT, JSON: ReleaseReport},
                ),
                404: parameters.NO_MESSAGE,
            },
        ),
    )
