"""`/api/v1/chaos`: Mailpit's chaos triggers, which are three of the faults."""

from starlette.requests import Request
from starlette.responses import Response

from catcher.faults.chaos import TRIGGERS, Trigger, set_triggers, triggers_of
from catcher.schema.mailpit import ChaosTrigger, ChaosTriggers
from catcher.web.api.http.requests import body_as
from catcher.web.api.http.responses import bad_request, json_response
from catcher.web.api.openapi import parameters
from catcher.web.api.openapi.operations import JSON, Content, Resource, operation

_RESPONSES = {200: Content("The present triggers.", {JSON: ChaosTriggers}), 400: parameters.BAD_REQUEST}


class Chaos(Resource):
    """Handlers of the triggers."""

    tag = "faults"

    @operation("GET", "/api/v1/chaos", responses=_RESPONSES)
    async def show(self, request: Request) -> Response:
        """Get Mailpit's chaos triggers."""
        self._require_chaos()
        return self._triggers()

    @operation("PUT", "/api/v1/chaos", body=Content("The triggers.", {JSON: ChaosTriggers}), responses=_RESPONSES)
    async def set(self, request: Request) -> Response:
        """Set Mailpit's chaos triggers."""
        # Mailpit applies the triggers before an invalid one; here nothing is changed then.
        self._require_chaos()
        wanted = await body_as(request, ChaosTriggers, is_required=False)
        try:
            triggers = {
                name: Trigger(code=given.error_code or default.code, probability=given.probability)
                for name, (_, default) in TRIGGERS.items()
                if (given := getattr(wanted, name))
            }
        except ValueError as error:
            raise bad_request(str(error)) from error
        set_triggers(self._services.faults, triggers)
        return self._triggers()

    def _require_chaos(self) -> None:
        if not self._services.has_chaos:
            raise bad_request("Chaos is not enabled")

    def _triggers(self) -> Response:
        triggers = triggers_of(self._services.faults)
        values = {
            name: ChaosTrigger(error_code=each.code, probability=each.probability) for name, each in triggers.items()
        }
        return json_response(ChaosTriggers(**values))
