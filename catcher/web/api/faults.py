"""`/api/v1/faults`: faults on purpose as rules; `/api/v1/chaos` is Mailpit's view of three of them."""

from dataclasses import replace
from typing import Annotated, Literal

from msgspec import Meta, Struct
from starlette.requests import Request
from starlette.responses import Response

from catcher.errors import NotFound
from catcher.faults import ActiveRule, FaultRule, FaultRules
from catcher.faults.chaos import TRIGGERS, Trigger, set_triggers, triggers_of
from catcher.hooks import Stage
from catcher.schema.messages import Camel, Count
from catcher.web.api.http.problems import BAD, MISSING, told
from catcher.web.api.http.requests import body_as
from catcher.web.api.http.responses import bad_request, json_answer
from catcher.web.api.openapi import parameters
from catcher.web.api.openapi.operations import JSON, Content, Operation, Parameter
from catcher.web.inbox_scope import inbox_of
from catcher.web.services import Services

StageName = Literal["connect", "helo", "auth", "mail", "rcpt", "data", "content", "quit"]


class FaultBody(Struct, frozen=True, kw_only=True):
    """A fault. stage: where in the dialogue. query: search terms on the envelope (`from:`, `to:`, `user:`, `ip:`).

    code: reply code 400–599, 0 for no reply; text: its words. delay: seconds to wait before. drop: hang up. times: how
    often at most, 0 for ever. probability: in percent. name: for people. inbox: only for mail to this inbox.
    """

    stage: StageName
    query: str = ""
    code: int = 0
    text: str = ""
    delay: float = 0.0
    drop: bool = False
    times: int = 0
    probability: float = 100.0
    name: str = ""
    inbox: str = ""


class FaultShape(FaultBody, frozen=True, kw_only=True):
    """A fault that is set up. id: to delete it by. hits: how often it has struck. is_spent: as often as it may."""

    id: int
    hits: Count
    is_spent: bool


class FaultsBody(Struct, frozen=True, kw_only=True):
    """All faults, in the order they are asked. seed: starts chance anew, so that a run can be repeated."""

    faults: tuple[FaultBody, ...] = ()
    seed: int | None = None


class FaultsAnswer(Struct, frozen=True, kw_only=True):
    """All faults, in the order they are asked; the first that fits strikes."""

    faults: tuple[FaultShape, ...]


Code = Annotated[int, Meta(description="400 to 599; 0 is the trigger's own.")]


class ChaosTrigger(Camel, frozen=True, kw_only=True):
    """One of Mailpit's triggers. probability: 0 to 100."""

    error_code: Code = 0
    probability: int = 0


class ChaosTriggers(Camel, frozen=True, kw_only=True):
    """Mailpit's three triggers; one that is left out rests."""

    sender: ChaosTrigger = ChaosTrigger()
    recipient: ChaosTrigger = ChaosTrigger()
    authentication: ChaosTrigger = ChaosTrigger()


class Faults:
    """Handlers of faults."""

    def __init__(self, services: Services) -> None:
        self._rules = services.faults
        self._has_chaos = services.has_chaos

    async def listed(self, request: Request) -> Response:
        return json_answer(_answer(self._rules, inbox_of(request)))

    async def replace(self, request: Request) -> Response:
        wanted = await body_as(request, FaultsBody, is_required=False)
        self._rules.replace([_fault(each) for each in wanted.faults], seed=wanted.seed)
        return json_answer(_answer(self._rules))

    async def add(self, request: Request) -> Response:
        fault, inbox = _fault(await body_as(request, FaultBody)), inbox_of(request)
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


def _fault(body: FaultBody) -> FaultRule:
    values = {name: getattr(body, name) for name in FaultBody.__struct_fields__ if name != "stage"}
    return FaultRule(stage=Stage(body.stage), **values)


def _shape(one: ActiveRule) -> FaultShape:
    values = {name: getattr(one.rule, name) for name in FaultBody.__struct_fields__ if name != "stage"}
    return FaultShape(id=one.number, stage=one.rule.stage.value, hits=one.hits, is_spent=one.is_spent, **values)


def _answer(rules: FaultRules, inbox: str = "") -> FaultsAnswer:
    """All faults, or those of an inbox."""
    return FaultsAnswer(faults=tuple(_shape(one) for one in (rules.of_inbox(inbox) if inbox else rules.active)))


def _chaos(rules: FaultRules) -> ChaosTriggers:
    return ChaosTriggers(
        **{
            name: ChaosTrigger(error_code=trigger.code, probability=trigger.probability)
            for name, trigger in triggers_of(rules).items()
        }
    )


_NUMBER = Parameter(name="number", place="path", description="The fault's id.", is_required=True)
_FOR_INBOX = Parameter(name="inbox", description="The inbox that the fault is for, whatever the body says.")
_ALL = Content(description="The faults as they stand now.", media={JSON: FaultsAnswer})
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
            body=Content(description="The faults.", media={JSON: FaultsBody}),
            answers={200: _ALL, 400: BAD},
        ),
        Operation(
            method="POST",
            path="/api/v1/faults",
            handler=told(at.add),
            summary="Have one more fault",
            tag="faults",
            parameters=(_FOR_INBOX,),
            body=Content(description="The fault.", media={JSON: FaultBody}, is_required=True),
            answers={200: Content(description="The fault as it stands.", media={JSON: FaultShape}), 400: BAD},
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
