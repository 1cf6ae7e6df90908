"""`/api/v2/jim`: Jim, MailHog's chaos monkey, whose chances are faults."""

from starlette.requests import Request
from starlette.responses import Response

from catcher.faults.chaos import Jim, jim_of, set_jim
from catcher.schema.mailhog import HogMonkey
from catcher.web.api.http.requests import body_as
from catcher.web.api.http.responses import bad_request, json_response, not_found
from catcher.web.api.openapi import parameters
from catcher.web.api.openapi.operations import ANY_TEXT, JSON, TEXT, Content, Resource, operation

_CHANCES = Content("The chances.", {JSON: HogMonkey})
_ENABLED = {200: Content("Jim is enabled."), 400: parameters.BAD_REQUEST}


class Monkey(Resource):
    """Handlers of the chaos monkey."""

    tag = "mailhog"

    @operation(
        "GET",
        "/api/v2/jim",
        responses={200: _CHANCES, 404: Content("Jim is disabled.", {TEXT: ANY_TEXT})},
    )
    async def show(self, request: Request) -> Response:
        """Get the chances of MailHog's chaos monkey."""
        jim = jim_of(self._services.faults)
        if jim is None:
            raise not_found()
        return json_response(
            HogMonkey(
                accept_chance=jim.accept,
                disconnect_chance=jim.disconnect,
                reject_sender_chance=jim.reject_sender,
                reject_recipient_chance=jim.reject_recipient,
                reject_auth_chance=jim.reject_auth,
            )
        )

    @operation("POST", "/api/v2/jim", body=_CHANCES, responses=_ENABLED)
    @operation("PUT", "/api/v2/jim", body=_CHANCES, responses=_ENABLED)
    async def enable(self, request: Request) -> Response:
        """Enable MailHog's chaos monkey, or change its chances."""
        wanted = await body_as(request, HogMonkey, is_required=False)
        try:
            jim = Jim(
                accept=wanted.accept_chance,
                disconnect=wanted.disconnect_chance,
                reject_sender=wanted.reject_sender_chance,
                reject_recipient=wanted.reject_recipient_chance,
                reject_auth=wanted.reject_auth_chance,
            )
        except ValueError as error:
            raise bad_request(str(error)) from error
        set_jim(self._services.faults, jim)
        return Response()

    @operation("DELETE", "/api/v2/jim", responses={200: Content("Jim is disabled.")})
    async def disable(self, request: Request) -> Response:
        """Disable MailHog's chaos monkey."""
        set_jim(self._services.faults, None)
        return Response()
