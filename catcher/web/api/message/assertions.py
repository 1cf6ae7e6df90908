"""`POST /api/v1/message/{id}/assert`: what is asserted of a message, held against it. It is not marked read."""

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from catcher.assertions import Assertion, ChecksPass, Mail, Plain
from catcher.mime import Octets
from catcher.schema.assertions import AssertionOutcome, AssertionsResponse
from catcher.store.model import StoredMessage
from catcher.web.api.http.problems import BAD, MISSING, told
from catcher.web.api.http.requests import body_as, own_query
from catcher.web.api.http.responses import json_answer
from catcher.web.api.message.message import Reader
from catcher.web.api.openapi import parameters
from catcher.web.api.openapi.operations import JSON, Content, Operation
from catcher.web.services import Services

MAX_ASSERTIONS = 100


class AssertionsBody(Struct, frozen=True, kw_only=True):
    """What is asserted, at most 100 things."""

    assertions: tuple[Assertion, ...]


class Assertions:
    """The handler of assertions. What judges them is imported when they are first asked for."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._reader = Reader(services, latest=own_query)

    async def judge(self, request: Request) -> Response:
        wanted = (await body_as(request, AssertionsBody)).assertions
        if not 0 < len(wanted) <= MAX_ASSERTIONS:
            raise ValueError(f"assertions: expected 1 to {MAX_ASSERTIONS} of them")
        stored = await self._reader.stored(request)
        octets = await self._services.store.raw(stored.summary.store_id)
        faults = await self._services.threads.run(_plain_faults, wanted, stored, octets)
        for each in wanted:
            if isinstance(each, ChecksPass):
                faults[each] = await self._checks_fault(each, stored, octets)
        outcomes = tuple(
            AssertionOutcome(assertion=str(each.__struct_config__.tag), passed=not faults[each], message=faults[each])
            for each in wanted
        )
        passed = all(each.passed for each in outcomes)
        return json_answer(AssertionsResponse(id=stored.summary.store_id, passed=passed, outcomes=outcomes))

    async def _checks_fault(self, wanted: ChecksPass, stored: StoredMessage, octets: Octets) -> str:
        from catcher.assertions.checks import checks_fault
        from catcher.checks import CheckedMail

        checker = await self._services.checks()
        reports = await checker.examine(CheckedMail(envelope=stored.envelope, octets=octets, message=stored.message))
        return await self._services.threads.run(checks_fault, wanted, reports)


def _plain_faults(wanted: tuple[Assertion, ...], stored: StoredMessage, octets: Octets) -> dict[Assertion, str]:
    mail = Mail(octets=octets, message=stored.message, recipients=stored.envelope.recipients)
    return {each: each.fault(mail) for each in wanted if isinstance(each, Plain)}


def operations(services: Services) -> tuple[Operation, ...]:
    """The route of assertions."""
    at = Assertions(services)
    return (
        Operation(
            method="POST",
            path="/api/v1/message/{id}/assert",
            handler=told(at.judge),
            summary="Assert things of a message",
            description="Answers 200 whether they hold or not; `passed` tells.",
            tag="message",
            parameters=parameters.LATEST,
            body=Content(description="What is asserted.", media={JSON: AssertionsBody}, is_required=True),
            answers={
                200: Content(description="What came of each assertion.", media={JSON: AssertionsResponse}),
                400: BAD,
                404: MISSING,
            },
        ),
    )
