"""`/api/v1/faults`: fault injection."""

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from catcher.faults import ActiveRule, FaultRule
from catcher.hooks import Stage
from catcher.schema.faults import Fault, FaultList, FaultRequest, FaultsRequest
from catcher.web.api.http.requests import body_as, path_number
from catcher.web.api.http.responses import json_response
from catcher.web.api.openapi import parameters
from catcher.web.api.openapi.operations import JSON, Content, Parameter, Resource, operation
from catcher.web.inbox_scope import inbox_of

_NUMBER = Parameter("number", "The fault's id.", place="path", is_required=True)
_FOR_INBOX = Parameter("inbox", "The inbox that the fault is limited to, in place of the one in the body.")
_ALL = Content("The active faults.", {JSON: FaultList})


class Faults(Resource):
    """Handlers of faults."""

    tag = "faults"
    has_problems = True

    @operation(
        "GET",
        "/api/v1/faults",
        parameters=(parameters.INBOX,),
        responses={200: _ALL, 400: parameters.INVALID},
    )
    async def list(self, request: Request) -> Response:
        """List the active faults."""
        return self._all(inbox_of(request))

    @operation(
        "PUT",
        "/api/v1/faults",
        body=Content("The faults.", {JSON: FaultsRequest}),
        responses={200: _ALL, 400: parameters.INVALID},
    )
    async def replace(self, request: Request) -> Response:
        """Replace all faults."""
        wanted = await body_as(request, FaultsRequest, is_required=False)
        self._services.faults.replace([_rule(each) for each in wanted.faults], seed=wanted.seed)
        return self._all()

    @operation(
        "POST",
        "/api/v1/faults",
        parameters=(_FOR_INBOX,),
        body=Content("The fault.", {JSON: FaultRequest}, is_required=True),
        responses={200: Content("The active fault.", {JSON: Fault}), 400: parameters.INVALID},
    )
    async def add(self, request: Request) -> Response:
        """Add a fault."""
        rule, inbox = _rule(await body_as(request, FaultRequest)), inbox_of(request)
        return json_response(_fault(self._services.faults.add(replace(rule, inbox=inbox) if inbox else rule)))

    @operation(
        "DELETE",
        "/api/v1/faults",
        parameters=(parameters.INBOX,),
        responses={200: _ALL, 400: parameters.INVALID},
    )
    async def clear(self, request: Request) -> Response:
        """Remove all faults."""
        inbox = inbox_of(request)
        if inbox:
            self._services.faults.remove_inbox(inbox)
        else:
            self._services.faults.replace([])
        return self._all(inbox)

    @operation(
        "DELETE",
        "/api/v1/faults/{number}",
        parameters=(_NUMBER,),
        responses={200: _ALL, 404: parameters.NOT_FOUND},
    )
    async def remove(self, request: Request) -> Response:
        """Remove a fault."""
        self._services.faults.remove(path_number(request, "fault"))
        return self._all()

    def _all(self, inbox: str = "") -> Response:
        rules = self._services.faults
        return json_response(FaultList(faults=tuple(map(_fault, rules.of_inbox(inbox) if inbox else rules.active))))


def _rule(body: FaultRequest) -> FaultRule:
    values = {name: getattr(body, name) for name in FaultRequest.__struct_fields__ if name != "stage"}
    return FaultRule(stage=Stage(body.stage), **values)


def _fault(active: ActiveRule) -> Fault:
    values = {name: getattr(active.rule, name) for name in FaultRequest.__struct_fields__ if name != "stage"}
    values["stage"] = active.rule.stage.value
    return Fault(id=active.number, hits=active.hits, is_spent=active.is_spent, **values)
