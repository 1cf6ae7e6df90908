"""`/api/v1/info`, `/api/v1/webui`, `/livez`, `/readyz`: what runs here, and whether it runs."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from catcher.errors import CatcherError
from catcher.schema.info import AppInformation, RuntimeStats
from catcher.schema.mailpit import MessageRelay, WebConfiguration
from catcher.web.api.http.responses import json_answer, not_found
from catcher.web.api.openapi.operations import ANY_TEXT, JSON, TEXT, Content, Operation
from catcher.web.services import Services

if TYPE_CHECKING:
    from catcher.relay import RelayHost

PEM = "application/x-pem-file"


class Info:
    """Handlers of what is told about the program."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def info(self, request: Request) -> Response:
        """Nothing is asked on the network for it."""
        facts, totals, store = self._services.facts, self._services.totals(), self._services.store
        counts = await store.counts()
        return json_answer(
            AppInformation(
                version=facts.version,
                latest_version="disabled",
                database=facts.database,
                database_size=await store.octets_on_disk(),
                messages=counts.messages,
                unread=counts.unread,
                tags=await store.tags(),
                runtime_stats=RuntimeStats(
                    uptime=max(0, int((datetime.now(UTC) - facts.started_at).total_seconds())),
                    memory=resident_octets(),
                    messages_deleted=store.deleted,
                    smtp_accepted=totals.accepted,
                    smtp_accepted_size=totals.accepted_octets,
                    smtp_rejected=totals.refused,
                    smtp_ignored=totals.ignored,
                ),
            )
        )

    async def webui(self, request: Request) -> Response:
        """What the pages of Mailpit ask for, and more of the relay."""
        relay = _message_relay(self._services.relays.default)
        return json_answer(
            WebConfiguration(
                label=self._services.facts.label,
                message_relay=relay,
                spam_assassin=self._services.has_spam_filter,
                chaos_enabled=self._services.has_chaos,
                duplicates_ignored=self._services.ignores_duplicates,
                hide_delete_all_button=self._services.hides_delete_all,
            )
        )

    async def authority(self, request: Request) -> Response:
        """The CA that a client has to trust when this instance made its certificate itself."""
        certificate = self._services.facts.ca_certificate
        if not certificate:
            raise not_found("No certificate was generated here")
        return Response(certificate, media_type=PEM)

    async def live(self, request: Request) -> Response:
        return PlainTextResponse("")

    async def ready(self, request: Request) -> Response:
        """Ready is who can read the database."""
        try:
            await self._services.store.counts()
        except CatcherError:
            return PlainTextResponse("Service Unavailable\n", status_code=503)
        return PlainTextResponse("")


def _message_relay(relay: "RelayHost | None") -> MessageRelay:
    """What is told of the relay that mail is released through, or of its absence."""
    allowed = relay.allowed.pattern if relay and relay.allowed else ""
    return MessageRelay(
        enabled=relay is not None,
        smtp_server=relay.server if relay else "",
        return_path=relay.return_path if relay else "",
        allowed_recipients=allowed,
        blocked_recipients=relay.blocked.pattern if relay and relay.blocked else "",
        override_from=relay.override_from if relay else "",
        preserve_message_ids=relay.preserve_message_ids if relay else False,
        recipient_allowlist=allowed,
    )


def resident_octets() -> int:
    """Memory that this process has in use; where the system does not tell, the most it ever had, or 0."""
    try:
        # Field 2 of statm is the resident set in pages: proc(5).
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except (OSError, ValueError, IndexError):
        return _peak_octets()
    import resource  # not on Windows, where the file above is missing

    return pages * resource.getpagesize()


def _peak_octets() -> int:
    try:
        import resource  # not on Windows
    except ImportError:
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def operations(services: Services) -> tuple[Operation, ...]:
    """The routes of what is told about the program."""
    at = Info(services)
    empty = Content(description="Yes.", media={TEXT: ANY_TEXT})
    return (
        Operation(
            method="GET",
            path="/api/v1/info",
            handler=at.info,
            summary="The program and its mailbox",
            tag="application",
            answers={200: Content(description="Numbers and names.", media={JSON: AppInformation})},
        ),
        Operation(
            method="GET",
            path="/api/v1/webui",
            handler=at.webui,
            summary="What a user interface needs to know",
            tag="application",
            answers={200: Content(description="The set-up.", media={JSON: WebConfiguration})},
        ),
        Operation(
            method="GET",
            path="/api/v1/ca.pem",
            handler=at.authority,
            summary="The CA of a generated certificate",
            tag="application",
            answers={
                200: Content(description="The CA's certificate.", media={PEM: ANY_TEXT}),
                404: Content(description="No certificate was generated.", media={TEXT: ANY_TEXT}),
            },
        ),
        Operation(
            method="GET",
            path="/livez",
            handler=at.live,
            summary="Whether the server runs",
            tag="application",
            answers={200: empty},
        ),
        Operation(
            method="GET",
            path="/readyz",
            handler=at.ready,
            summary="Whether the server can take and give mail",
            tag="application",
            answers={200: empty},
        ),
    )
