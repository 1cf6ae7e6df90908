"""`/api/v1/info`, `/livez`, `/readyz`: the running program and its health."""

import sys
from datetime import UTC, datetime
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from catcher.errors import CatcherError
from catcher.schema.info import AppInformation, RuntimeStats
from catcher.web.api.http.responses import json_response, not_found
from catcher.web.api.openapi.operations import ANY_TEXT, JSON, TEXT, Content, Resource, operation

PEM = "application/x-pem-file"

_YES = Content("Yes.", {TEXT: ANY_TEXT})


class Info(Resource):
    """Handlers about the program."""

    tag = "application"

    @operation("GET", "/api/v1/info", responses={200: Content("The program.", {JSON: AppInformation})})
    async def info(self, request: Request) -> Response:
        """Get information about the program and its mailbox."""
        facts, totals, store = self._services.facts, self._services.totals(), self._store
        counts = await store.counts()
        return json_response(
            AppInformation(
                version=facts.version,
                latest_version="disabled",
                database=facts.database,
                database_size=await store.octets_on_disk(),
                messages=counts.messages,
                unread=counts.unread,
                tags=await store.tags(),
                smtp=tuple(each.address for each in facts.listening if each.protocol == "smtp"),
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

    @operation(
        "GET",
        "/api/v1/ca.pem",
        responses={
            200: Content("The CA certificate.", {PEM: ANY_TEXT}),
            404: Content("No certificate was generated.", {TEXT: ANY_TEXT}),
        },
    )
    async def ca_certificate(self, request: Request) -> Response:
        """Get the CA certificate behind a generated certificate."""
        certificate = self._services.facts.ca_certificate
        if not certificate:
            raise not_found("No certificate was generated here")
        return Response(certificate, media_type=PEM)

    @operation("GET", "/livez", responses={200: _YES})
    async def live(self, request: Request) -> Response:
        """Check whether the server runs."""
        return PlainTextResponse("")

    @operation("GET", "/readyz", responses={200: _YES})
    async def ready(self, request: Request) -> Response:
        """Check whether the server is ready to accept and return mail."""
        try:
            await self._store.check()
        except CatcherError as error:
            return PlainTextResponse(f"{error}\n", status_code=503)
        return PlainTextResponse("")


def resident_octets() -> int:
    """Return the memory that this process has in use; its peak where the system does not report it, or 0."""
    try:
        import resource  # not on Windows
    except ImportError:
        return 0
    try:
        # Field 2 of statm is the resident set in pages: proc(5).
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except (OSError, ValueError, IndexError):
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024
    return pages * resource.getpagesize()
