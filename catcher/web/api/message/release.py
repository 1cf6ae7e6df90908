"""`POST /api/v1/message/{id}/release`: sends a caught message to real recipients through a relay."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from catcher.errors import RelayError
from catcher.schema.release import RecipientOutcome, RelayInfo, ReleaseReport, ReleaseRequest
from catcher.store.model import StoredMessage
from catcher.web.api.http.requests import body_as, is_on
from catcher.web.api.http.responses import bad_request, json_response, ok
from catcher.web.api.message.message import MessageResource
from catcher.web.api.openapi import parameters
from catcher.web.api.openapi.operations import ANY_TEXT, JSON, TEXT, Content, Parameter, operation

if TYPE_CHECKING:
    from catcher.relay import RelayHost, TransmissionReport

MAX_RECIPIENTS = 1000
_MAX_SHOWN = 20


_REPORT = Parameter("report", "1: return the outcome for each recipient, as JSON.")


class Releasing(MessageResource):
    """Handlers of releases."""

    @operation(
        "GET",
        "/api/v1/relays",
        responses={200: Content("The relays, in the order of the settings.", {JSON: tuple[RelayInfo, ...]})},
    )
    async def relays(self, request: Request) -> Response:
        """List the relays that messages can be released through.

        The first one is the default. Passwords are never returned.
        """
        return json_response(tuple(_relay_info(relay) for relay in self._services.relays.all))

    @operation(
        "POST",
        "/api/v1/message/{id}/release",
        parameters=(*parameters.LATEST, _REPORT),
        body=Content("The recipients.", {JSON: ReleaseRequest}, is_required=True),
        responses={
            200: Content(
                "All recipients were accepted.", {TEXT: {"type": "string", "const": "ok"}, JSON: ReleaseReport}
            ),
            400: Content(
                "What is wrong with the request or the relay; or the recipients that were rejected, while the message "
                "was sent to the others.",
                {TEXT: ANY_TEXT, JSON: ReleaseReport},
            ),
            404: parameters.NO_MESSAGE,
        },
    )
    async def release(self, request: Request) -> Response:
        """Release a message.

        Sends it to the given addresses through a relay. Bcc is removed; Date and, unless the relay preserves it,
        Message-ID are replaced. If an address is not allowed, nothing is sent to any.
        """
        stored = await self._reader.stored(request)
        wanted = await body_as(request, ReleaseRequest)
        relay = self._services.relays.named(wanted.relay)
        if relay is None and wanted.relay:
            raise bad_request(f"Unknown relay: {wanted.relay[:200]}")
        recipients = recipients_of(wanted.to, relay)
        author = author_of(stored, relay)
        if relay is None:
            raise bad_request("SMTP error: no relay is configured")
        try:
            report = await self._services.relays.release(relay, stored, recipients, author=author)
        except RelayError as error:
            raise bad_request(f"SMTP error: {error}") from error
        return _response(report, in_full=is_on(request, "report"))


def outcomes_of(report: "TransmissionReport") -> tuple[RecipientOutcome, ...]:
    """Return the outcome for each recipient."""
    return tuple(
        RecipientOutcome(address=each.recipient, accepted=each.is_accepted, code=each.code, text=each.text)
        for each in report.outcomes
    )


def _relay_info(relay: "RelayHost") -> RelayInfo:
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
    """Return the addresses without duplicates. Raises HTTPException 400 for one that is invalid or not allowed."""
    recipients = list(dict.fromkeys(_address(text) for text in texts))
    if relay is not None:
        if others := relay.not_allowed(recipients):
            raise bad_request(f"Failed: {len(others)} Address(es) do not match the allowlist: {_named(others)}")
        if others := relay.blocked_among(recipients):
            raise bad_request(f"Failed: {len(others)} Address(es) found on blocklist: {_named(others)}")
    if not recipients:
        raise bad_request("No valid addresses found")
    if len(recipients) > MAX_RECIPIENTS:
        raise bad_request(f"Failed: {len(recipients)} addresses, expected at most {MAX_RECIPIENTS}")
    return recipients


def _address(text: str) -> str:
    """Return the addr-spec of a mailbox with or without a display name."""
    spec = _bare_address(text.strip()) if len(text) <= 1000 and text.isprintable() else ""
    local_part, _, domain = spec.rpartition("@")
    if not (local_part and domain):
        raise bad_request(f"Invalid email address: {text[:200]}")
    return spec


def author_of(stored: StoredMessage, relay: "RelayHost | None") -> str:
    """Return the reverse-path of a release: the address of Sender, else of From. RFC 5322 §3.6.2.

    It is "" if there is none and the relay has an address of its own. Raises HTTPException 400.
    """
    for mailbox in (*stored.message.sender[:1], *stored.message.from_[:1]):
        if "@" in (spec := _bare_address(mailbox.addr_spec)):
            return spec
    if relay is not None and (relay.return_path or relay.override_from):
        return ""
    raise bad_request("Failed: unable to parse From header: expected an address in Sender or From")


def _bare_address(text: str) -> str:
    """Return the addr-spec in a text, "" if there is none."""
    from catcher.mail.header import bare_address  # brings the mail library, which only releases need

    try:
        return bare_address(text)
    except ValueError:
        return ""


def _response(report: "TransmissionReport", *, in_full: bool) -> Response:
    """Return the report, or as a text "ok" or the rejected and the accepted recipients."""
    status = 400 if report.refused else 200
    if in_full:
        return json_response(ReleaseReport(recipients=outcomes_of(report)), status=status)
    if not report.refused:
        return ok()
    refused = "; ".join(f"{each.recipient}: {each.code} {each.text}" for each in report.refused[:_MAX_SHOWN])
    text = f"SMTP error: {len(report.refused)} of {len(report.outcomes)} recipients refused: {refused}"
    if report.accepted:
        text += f"; sent to: {_named([each.recipient for each in report.accepted])}"
    return PlainTextResponse(text, status_code=status)


def _named(addresses: Sequence[str]) -> str:
    more = f" and {len(addresses) - _MAX_SHOWN} more" if len(addresses) > _MAX_SHOWN else ""
    return ", ".join(addresses[:_MAX_SHOWN]) + more
