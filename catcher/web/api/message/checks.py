"""`/api/v1/message/{id}/checks`: the reports of all checks, and the results of requesting every link."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ParamSpec

import msgspec
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from catcher import checks
from catcher.schema.base import encode
from catcher.schema.checks import ChecksResponse, LinkResult
from catcher.schema.problems import ProblemResponse
from catcher.store.model import StoredMessage
from catcher.web.api.http.requests import is_on
from catcher.web.api.http.responses import json_response, problem
from catcher.web.api.message.message import MessageResource
from catcher.web.api.openapi import parameters
from catcher.web.api.openapi.operations import JSON, Content, Parameter, operation

if TYPE_CHECKING:
    from catcher.checks import CheckedMail, Checker, Report, RunOptions

P = ParamSpec("P")

LINES = "application/x-ndjson"
MAX_FOLLOW = 10

_SWITCH: Mapping[str, Any] = {"type": "string", "enum": ["0", "1"]}
_ONLY = Parameter("only", "Names of checks, separated by commas. Checks that use the network run only if named.")
_IGNORE = Parameter(
    "ignore",
    "Rules whose findings are omitted and do not count in the score, separated by commas: `alt-missing`, or with the "
    "check's name, `accessibility/alt-missing`.",
)
_SHEETS = Parameter("linked_sheets", "1: fetch style sheets that the message links to.", schema=_SWITCH)
_ONE_TIME = Parameter("one_time_links", "1: follow links that look as if they work only once.", schema=_SWITCH)
_FACTS = Parameter("facts", "1: include the results of each check besides its findings.", schema=_SWITCH)
_FOLLOW = Parameter("follow", f"Maximum number of redirects to follow, at most {MAX_FOLLOW}.")


class CheckingResource(MessageResource):
    """Base of the handlers that run checks, which are imported with the first request."""

    tag = "checks"

    async def _reports(self, stored: StoredMessage, options: "RunOptions") -> "tuple[Report, ...]":
        return await (await self._services.checks()).examine(await self._mail(stored), options)

    async def _mail(self, stored: StoredMessage) -> "CheckedMail":
        octets = await self._store.raw(stored.summary.store_id)
        return checks.CheckedMail(envelope=stored.envelope, octets=octets, message=stored.message)

    async def _presented(self, present: Callable[P, Any], /, *args: P.args, **kwargs: P.kwargs) -> Response:
        """Return what `present` returns, made and encoded in a thread: for some messages it has megabytes."""

        def encoded() -> bytes:
            return encode(present(*args, **kwargs))

        return json_response(msgspec.Raw(await self._threads.run(encoded)))


class MessageChecks(CheckingResource):
    """Handlers of the checks."""

    @operation(
        "GET",
        "/api/v1/message/{id}/checks",
        parameters=(*parameters.LATEST, _ONLY, _IGNORE, _FACTS, _SHEETS, _ONE_TIME, _FOLLOW),
        responses={
            200: Content("A report for each check.", {JSON: ChecksResponse}),
            400: Content("A name of a check is unknown.", {JSON: ProblemResponse}),
            404: parameters.NO_MESSAGE,
        },
    )
    async def run(self, request: Request) -> Response:
        """Check a message.

        Checks structure, header, HTML in mail programs, accessibility, links, size and, on request
        (`only=linkcheck,authentication`), what needs the network. The report of a failed check has the reason in
        `error`.
        """
        checker = await self._services.checks()
        only = _words(request, "only")
        try:
            checker.check_names(only)
        except ValueError as error:
            return problem(400, "unknown-check", str(error))
        options = checks.RunOptions(
            only=only,
            linked_sheets=is_on(request, "linked_sheets"),
            one_time_links=is_on(request, "one_time_links"),
            follow=_follow(request),
        )
        stored = await self._reader.stored(request)
        reports, ignore = await self._reports(stored, options), _words(request, "ignore")
        return await self._presented(
            _checks_response, stored.summary.store_id, reports, ignore=ignore, has_facts=is_on(request, "facts")
        )

    @operation(
        "GET",
        "/api/v1/message/{id}/checks/links",
        parameters=(*parameters.LATEST, _ONE_TIME, _FOLLOW),
        responses={200: Content("Lines of JSON.", {LINES: LinkResult}), 404: parameters.NO_MESSAGE},
        is_compressed=False,
    )
    async def link_results(self, request: Request) -> Response:
        """Request every link of a message.

        The result of each link is a line of JSON, sent as soon as it is known.
        """
        checker = await self._services.checks()
        mail = await self._mail(await self._reader.stored(request))
        options = checks.RunOptions(one_time_links=is_on(request, "one_time_links"), follow=_follow(request))
        return StreamingResponse(_lines(checker, mail, options), media_type=LINES)


async def _lines(checker: "Checker", mail: "CheckedMail", options: "RunOptions") -> AsyncIterator[bytes]:
    async for result in checker.link_results(mail, options):
        yield encode(msgspec.convert(checks.to_value(result), LinkResult)) + b"\n"


def _words(request: Request, name: str) -> tuple[str, ...]:
    """Return the words of a comma-separated parameter."""
    return tuple(word for each in request.query_params.get(name, "").split(",") if (word := each.strip()))


def _checks_response(
    store_id: str, reports: "Sequence[Report]", *, ignore: Sequence[str], has_facts: bool
) -> ChecksResponse:
    kept = checks.without_rules(reports, ignore)
    shown = [report if has_facts else replace(report, facts=None) for report in kept]
    value = {"id": store_id, "score": checks.overall_score(kept), "reports": checks.to_value(shown)}
    return msgspec.convert(value, ChecksResponse)


def _follow(request: Request) -> int:
    given = request.query_params.get("follow", "")
    return min(int(given), MAX_FOLLOW) if given.isascii() and given.isdigit() and len(given) < 4 else 5
