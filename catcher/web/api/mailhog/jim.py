"""`/api/v2/jim`: MailHog's monkey, whose chances are faults like all others."""

from starlette.requests import Request
from starlette.responses import Response

from catcher.faults.chaos import Jim, jim_of, set_jim
from catcher.schema.mailhog import HogMonkey
from catcher.web.api.http.requests import body_as
from catcher.web.api.http.responses import bad_request, json_answer, not_found
from catcher.web.api.openapi import parameters
from catcher.web.api.openapi.operations import ANY_TEXT, JSON, TEXT, Content, Operation
from catcher.web.services import Services


class Monkey:
    """Handlers of the monkey."""

    def __init__(self, services: Services) -> None:
        self._rules = services.faults

    async def show(self, request: Request) -> Response:
        """404 while it is away, as clients expect."""
        jim = jim_of(self._rules)
        if jim is None:
            raise not_found()
        return json_answer(
            HogMonkey(
                accept_chance=jim.accept,
                disconnect_chance=jim.disconnect,
                reject_sender_chance=jim.reject_sender,
                reject_recipient_chance=jim.reject_recipient,
                reject_auth_chance=jim.reject_auth,
            )
        )

    async def let_in(self, request: Request) -> Response:
        """POST lets it in, PUT gives it other chances; either does both. The answer has no body."""
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
        set_jim(self._rules, jim)
        return Response()

    async def send_away(self, request: Request) -> Response:
        set_jim(self._rules, None)
        return Response()


def operations(services: Services) -> tuple[Operation, ...]:
    """The routes of the monkey."""
    at = Monkey(services)
    chances = Content(description="Its chances.", media={JSON: HogMonkey})
    is_in = {200: Content(description="It is in."), 400: parameters.BAD_REQUEST}
    return (
        Operation(
            method="GET",
            path="/api/v2/jim",
            handler=at.show,
            summary="MailHog's monkey",
            tag="mailhog",
            answers={200: chances, 404: Content(description="It is away.", media={TEXT: ANY_TEXT})},
        ),
        Operation(
            method="POST",
            path="/api/v2/jim",
            handler=at.let_in,
            summary="Let MailHog's monkey in",
            tag="mailhog",
            body=chances,
            answers=is_in,
        ),
        Operation(
            method="PUT",
            path="/api/v2/jim",
            handler=at.let_in,
            summary="Change the chances of MailHog's monkey",
            tag="mailhog",
            body=chances,
            answers=is_in,
        ),
        Operation(
            method="DELETE",
            path="/api/v2/jim",
            handler=at.send_away,
            summary="Send MailHog's monkey away",
            tag="mailhog",
            answers={200: Content(description="It is away.")},
        ),
    )
