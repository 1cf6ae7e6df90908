"""`/api/v1/faults`: faults on purpose as rules; `/api/v1/chaos` is Mailpit's view of three of them."""

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from catcher.errors import NotFound
from catcher.faults import ActiveRule, FaultRule, FaultRules
from catcher.faults.chaos import TRIGGERS, Trigger, set_triggers, triggers_of
from catcher.hooks import Stage
from catcher.schema.faults import Fault, FaultList, FaultRequest, FaultsRequest
from catcher.schema.mailpit import ChaosTrigger, ChaosTriggers
from catcher.web.api.http.problems import BAD, MISSING, told
from catcher.web.api.http.requests import body_as
from catcher.web.api.http.responses import bad_request, json_answer
from catcher.web.api.openapi import parameters
from catcher.web.api.openapi.operations import JSON, Content, Operation, Parameter
from catcher.web.inbox_scope import inbox_of
from catcher.web.services import Services


class Faults:
    """Handlers of faults."""

    def __init__(self, services: Services) -> None:
        self._rules = services.faults
        self._has_chaos = services.has_chaos

    async def listed(self, request: Request) -> Response:
        return json_answer(_answer(self._rules, inbox_of(request)))

    async def replace(self, request: Request) -> Response:
        wanted = await body_as(request, FaultsRequest, is_required=False)
        self._rules.replace([_fault(each) for each in wanted.faults], seed=wanted.seed)
        return json_answer(_answer(self._rules))

    async def add(self, request: Request) -> Response:
        fault, inbox = _fault(await body_as(request, FaultRequest)), inbox_of(request)
        return json_answer(_shape(self._rules.add(replace(fault, inbox=inbox) if inbox else fault)))

    async def clear(self, request: Request) -> Response:
        inbox = inbox_of(request)
        if inbox:
            self._rules.remove_inbox(inbox)
        else:
            self._rules.replace([])
        return json_answer(_answer(self._rules, inbox))

    async def remove(self, request: Request) -> Response:
        given = request.path_params["number"]
        if not (given.isascii() and given.isdigit() and len(given) < 19):
            raise NotFound(f"there is no fault {given[:20]}")
        self._rules.remove(int(given))
        return json_answer(_answer(self._rules))

    async def chaos(self, request: Request) -> Response:
        self._expect_chaos()
        return json_answer(_chaos(self._rules))

    async def set_chaos(self, request: Request) -> Response:
        """All or nothing: where Mailpit would have applied those before the wrong one, nothing is changed here."""
        self._expect_chaos()
        wanted = await body_as(request, ChaosTriggers, is_required=False)
        try:
            triggers = {
                name: Trigger(code=given.error_code or default.code, probability=given.probability)
                for name, (_, default) in TRIGGERS.items()
                if (given := getattr(wanted, name))
            }
        except ValueError as error:
            raise bad_request(str(error)) from error
        set_triggers(self._rules, triggers)
        return json_answer(_chaos(self._rules))

    def _expect_chaos(self) -> None:
        if not self._has_chaos:
            raise bad_request("Chaos is not enabled")


def _fault(body: FaultRequest) -> FaultRule:
    values = {name: getattr(body, name) for name in FaultRequest.__struct_fields__ if name != "stage"}
    return FaultRule(stage=Stage(body.stage), **values)


def _shape(one: ActiveRule) -> Fault:
    values = {name: getattr(one.rule, name) for name in FaultRequest.__struct_fields__ if name != "stage"}
    return Fault(id=one.number, stage=one.rule.stage.value, hits=one.hits, is_spent=one.is_spent, **values)


def _answer(rules: FaultRules, inbox: str = "") -> FaultList:
    """All faults, or those of an inbox."""
    return FaultList(faults=tuple(_shape(one) for one in (rules.of_inbox(inbox) if inbox else rules.active)))


def _chaos(rules: FaultRules) -> ChaosTriggers:
    return ChaosTriggers(
        **{
            name: ChaosTrigger(error_code=trigger.code, probability=trigger.probability)
            for name, trigger in triggers_of(rules).items()
        }
    )


_NUMBER = Parameter(name="number", place="path", description="The fault's id.", is_required=True)
_FOR_INBOX = Parameter(name="inbox", description="The inbox that the fault is for, whatever the body says.")
_ALL = Content(description="The faults as they stand now.", media={JSON: FaultList})
_TRIGGERS = Content(description="The triggers as they stand now.", media={JSON: ChaosTriggers})


def operations(services: Services) -> tuple[Operation, ...]:
    """The routes of faults."""
    at = Faults(services)
    return (
        Operation(
            method="GET",
            path="/api/v1/faults",
            handler=told(at.listed),
            summary="Faults on purpose",
            tag="faults",
            parameters=(parameters.INBOX,),
            answers={200: _ALL, 400: BAD},
        ),
        Operation(
            method="PUT",
            path="/api/v1/faults",
            handler=told(at.replace),
            summary="Have these faults and no others",
            tag="faults",
            body=Content(description="The faults.", media={JSON: FaultsRequest}),
            answers={200: _ALL, 400: BAD},
        ),
        Operation(
            method="POST",
            path="/api/v1/faults",
            handler=told(at.add),
            summary="Have one more fault",
            tag="faults",
            parameters=(_FOR_INBOX,),
            body=Content(description="The fault.", media={JSON: FaultRequest}, is_required=True),
            answers={200: Content(description="The fault as it stands.", media={JSON: Fault}), 400: BAD},
        ),
        Operation(
            method="DELETE",
            path="/api/v1/faults",
            handler=told(at.clear),
            summary="Have no faults",
            tag="faults",
            parameters=(parameters.INBOX,),
            answers={200: _ALL, 400: BAD},
        ),
        Operation(
            method="DELETE",
            path="/api/v1/faults/{number}",
            handler=told(at.remove),
            summary="Forget one fault",
            tag="faults",
            parameters=(_NUMBER,),
            answers={200: _ALL, 404: MISSING},
        ),
        Operation(
            method="GET",
            path="/api/v1/chaos",
            handler=at.chaos,
            summary="Mailpit's chaos triggers",
            tag="faults",
            answers={200: _TRIGGERS, 400: parameters.BAD_REQUEST},
        ),
        Operation(
            method="PUT",
            path="/api/v1/chaos",
            handler=at.set_chaos,
            summary="Set Mailpit's chaos triggers",
            tag="faults",
            body=Content(description="The triggers.", media={JSON: ChaosTriggers}),
            answers={200: _TRIGGERS, 400: parameters.BAD_REQUEST},
        ),
    )
