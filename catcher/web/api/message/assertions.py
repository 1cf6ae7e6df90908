"""`POST /api/v1/message/{id}/assert`: assertions about a message. It is not marked as read."""

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from catcher import assertions, checks
from catcher.assertions import Assertion, ChecksPass, Mail, Plain
from catcher.schema.assertions import AssertionOutcome, AssertionsResponse
from catcher.store.model import StoredMessage
from catcher.web.api.http.requests import body_as
from catcher.web.api.http.responses import json_response
from catcher.web.api.message.message import MessageResource
from catcher.web.api.openapi import parameters
from catcher.web.api.openapi.operations import JSON, Content, operation

MAX_ASSERTIONS = 100


class AssertionsRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Assertions, at most 100."""

    assertions: tuple[Assertion, ...]


class Assertions(MessageResource):
    """The handler of assertions."""

    has_problems = True

    @operation(
        "POST",
        "/api/v1/message/{id}/assert",
        parameters=parameters.LATEST,
        body=Content("The assertions.", {JSON: AssertionsRequest}, is_required=True),
        responses={
            200: Content("The outcome of each assertion.", {JSON: AssertionsResponse}),
            400: parameters.INVALID,
            404: parameters.NOT_FOUND,
        },
    )
    async def evaluate(self, request: Request) -> Response:
        """Evaluate assertions about a message.

        The status is 200 whether they pass or not; see `passed`.
        """
        wanted = (await body_as(request, AssertionsRequest)).assertions
        if not 0 < len(wanted) <= MAX_ASSERTIONS:
            raise ValueError(f"assertions: expected 1 to {MAX_ASSERTIONS} of them")
        stored = await self._reader.stored(request)
        octets = await self._store.raw(stored.summary.store_id)
        faults = await self._threads.run(_plain_faults, wanted, stored, octets)
        for each in wanted:
            if isinstance(each, ChecksPass):
                faults[each] = await self._checks_fault(each, stored, octets)
        outcomes = tuple(
            AssertionOutcome(assertion=str(each.__struct_config__.tag), passed=not faults[each], message=faults[each])
            for each in wanted
        )
        passed = all(each.passed for each in outcomes)
        return json_response(AssertionsResponse(id=stored.summary.store_id, passed=passed, outcomes=outcomes))

    async def _checks_fault(self, wanted: ChecksPass, stored: StoredMessage, octets: bytes) -> str:
        checker = await self._services.checks()
        mail = checks.CheckedMail(envelope=stored.envelope, octets=octets, message=stored.message)
        return await self._threads.run(assertions.checks_fault, wanted, await checker.examine(mail))


def _plain_faults(wanted: tuple[Assertion, ...], stored: StoredMessage, octets: bytes) -> dict[Assertion, str]:
    mail = Mail(octets=octets, message=stored.message, recipients=stored.envelope.recipients)
    return {each: each.fault(mail) for each in wanted if isinstance(each, Plain)}
