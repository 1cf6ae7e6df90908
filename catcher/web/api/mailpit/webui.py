"""`/api/v1/webui`: the configuration that Mailpit's pages need."""

from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response

from catcher.schema.mailpit import MessageRelay, WebConfiguration
from catcher.web.api.http.responses import json_response
from catcher.web.api.openapi.operations import JSON, Content, Resource, operation

if TYPE_CHECKING:
    from catcher.relay import RelayHost


class WebUI(Resource):
    """The handler of the configuration."""

    tag = "application"

    @operation("GET", "/api/v1/webui", responses={200: Content("The configuration.", {JSON: WebConfiguration})})
    async def show(self, request: Request) -> Response:
        """Get the configuration that a user interface needs."""
        services = self._services
        return json_response(
            WebConfiguration(
                label=services.facts.label,
                message_relay=_message_relay(services.relays.default),
                spam_assassin=services.has_spam_filter,
                chaos_enabled=services.has_chaos,
                duplicates_ignored=services.ignores_duplicates,
                hide_delete_all_button=services.hides_delete_all,
            )
        )


def _message_relay(relay: "RelayHost | None") -> MessageRelay:
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
