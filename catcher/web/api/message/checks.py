"""What the checks say of a message: all of it at `/checks`, and the three answers that existing clients know."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ParamSpec

import msgspec
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from catcher.schema.base import encode
from catcher.schema.checks import ChecksResponse, LinkResult
from catcher.schema.mailpit import HtmlCheckResponse, LinkCheckResponse, SpamCheckResponse
from catcher.schema.problems import ProblemResponse
from catcher.store.model import StoredMessage
from catcher.web.api.http.requests import is_on
from catcher.web.api.http.responses import bad_request, json_answer, not_found, problem
from catcher.web.api.message.message import Reader
from catcher.web.api.openapi import parameters
from catcher.web.api.openapi.operations import ANY_TEXT, JSON, TEXT, Content, Operation, Parameter
from catcher.web.services import Services

if TYPE_CHECKING:
    from catcher.checks import CheckedMail, Checker, Report, RunOptions

P = ParamSpec("P")

LINES = "application/x-ndjson"
MAX_FOLLOW = 10


class MessageChecks:
    """Handlers of what is thought of one message. The checks are imported when they are first asked for."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._reader = Reader(services)

    async def checks(self, request: Request) -> Response:
        """Every check that asks nobody, or those that `only` names."""
        from catcher.checks import RunOptions

        checker = await self._services.checks()
        only = _words(request, "only")
        try:
            checker.check_names(only)
        except ValueError as error:
            return problem(400, "unknown-check", str(error))
        run_options = RunOptions(
            only=only,
            linked_sheets=is_on(request, "linked_sheets"),
            one_time_links=is_on(request, "one_time_links"),
            follow=_follow(request),
        )
        stored, reports = await self._examined(request, checker, run_options)
        return await self._shaped(
            _checks_answer,
            stored.summary.store_id,
            reports,
            ignore=_words(request, "ignore"),
            has_facts=is_on(request, "facts"),
        )

    async def link_answers(self, request: Request) -> Response:
        """One line of JSON for each link, as soon as it has answered."""
        from catcher.checks import RunOptions

        checker = await self._services.checks()
        stored = await self._reader.stored(request)
        subject = await self._subject(stored)
        run_options = RunOptions(one_time_links=is_on(request, "one_time_links"), follow=_follow(request))
        return StreamingResponse(_lines(checker, subject, run_options), media_type=LINES)

    async def html_check(self, request: Request) -> Response:
        from catcher.checks import RunOptions
        from catcher.web.api.mailpit.checks import html_check

        _, (report,) = await self._examined(request, await self._services.checks(), RunOptions(only=("clients",)))
        _raise_failure(report)
        if report.facts is None:
            raise bad_request("message does not contain HTML")
        return await self._shaped(html_check, report)

    async def link_check(self, request: Request) -> Response:
        """Redirects are followed when `follow` asks for it. Mailpit marks the message read, so this does."""
        from catcher.checks import RunOptions
        from catcher.web.api.mailpit.checks import link_check

        run_options = RunOptions(
            only=("linkcheck",), follow=3 if request.query_params.get("follow") in ("true", "1") else 0
        )
        stored, (report,) = await self._examined(request, await self._services.checks(), run_options)
        await self._reader.mark_read(stored)
        return await self._shaped(link_check, report)

    async def spam_check(self, request: Request) -> Response:
        """Without a filter there is no such route, as clients expect."""
        from catcher.checks import RunOptions
        from catcher.web.api.mailpit.checks import spam_check

        checker = await self._services.checks()
        if not checker.has_spam_filter:
            raise not_found("File not found\n")
        _, (report,) = await self._examined(request, checker, RunOptions(only=("spam",)))
        return json_answer(spam_check(report))

    async def _shaped(self, make: Callable[P, Any], /, *args: P.args, **kwargs: P.kwargs) -> Response:
        """The answer that `make` gives, made and written in a thread: that of a heavy mail has megabytes."""

        def written() -> bytes:
            return encode(make(*args, **kwargs))

        return json_answer(msgspec.Raw(await self._services.threads.run(written)))

    async def _examined(
        self, request: Request, checker: "Checker", run_options: "RunOptions"
    ) -> "tuple[StoredMessage, tuple[Report, ...]]":
        stored = await self._reader.stored(request)
        return stored, await checker.examine(await self._subject(stored), run_options)

    async def _subject(self, stored: StoredMessage) -> "CheckedMail":
        from catcher.checks import CheckedMail

        octets = await self._services.store.raw(stored.summary.store_id)
        return CheckedMail(envelope=stored.envelope, octets=octets, message=stored.message)


async def _lines(checker: "Checker", subject: "CheckedMail", run_options: "RunOptions") -> AsyncIterator[bytes]:
    from catcher.checks.render import to_value

    async for answer in checker.link_results(subject, run_options):
        yield encode(msgspec.convert(to_value(answer), LinkResult)) + b"\n"


def _words(request: Request, name: str) -> tuple[str, ...]:
    """The words of a parameter that is a list, parted by commas."""
    return tuple(word for each in request.query_params.get(name, "").split(",") if (word := each.strip()))


def _checks_answer(
    store_id: str, reports: "Sequence[Report]", *, ignore: Sequence[str], has_facts: bool
) -> ChecksResponse:
    from catcher.checks import overall_score, without_rules
    from catcher.checks.render import to_value

    kept = without_rules(reports, ignore)
    told = [report if has_facts else replace(report, facts=None) for report in kept]
    value = {"id": store_id, "score": overall_score(kept), "reports": to_value(told)}
    return msgspec.convert(value, ChecksResponse)


def _follow(request: Request) -> int:
    given = request.query_params.get("follow", "")
    return min(int(given), MAX_FOLLOW) if given.isascii() and given.isdigit() and len(given) < 4 else 5


def _raise_failure(report: "Report") -> None:
    if report.error:
        raise bad_request(report.error)


_SWITCH: Mapping[str, Any] = {"type": "string", "enum": ["0", "1"]}
_ONLY = Parameter(name="only", description="Names of checks, separated by commas; only so those that ask the network.")
_IGNORE = Parameter(
    name="ignore",
    description="Rules whose findings are left out and do not count in the score, separated by commas: `alt-missing`, "
    "or with the check's name, `accessibility/alt-missing`.",
)
_SHEETS = Parameter(name="linked_sheets", description="1: fetch style sheets that the mail links to.", schema=_SWITCH)
_ONE_TIME = Parameter(
    name="one_time_links", description="1: follow links that look as if they worked once only.", schema=_SWITCH
)
_FACTS = Parameter(name="facts", description="1: with what each check found out besides findings.", schema=_SWITCH)
_FOLLOW = Parameter(name="follow", description=f"How many redirects of a link are followed, {MAX_FOLLOW} at most.")
_FOLLOW_SWITCH = Parameter(name="follow", description="true: follow redirects.")


def operations(services: Services) -> tuple[Operation, ...]:
    """The routes of the checks."""
    at = MessageChecks(services)
    own = Content(description="A check of an unknown name.", media={JSON: ProblemResponse})
    return (
        Operation(
            method="GET",
            path="/api/v1/message/{id}/checks",
            handler=at.checks,
            summary="Check a message",
            description="Structure, header, HTML in mail programs, accessibility, links, size, and on request "
            "(`only=linkcheck,authentication`) what needs the network. A check that fails says so in `error`.",
            tag="checks",
            parameters=(*parameters.LATEST, _ONLY, _IGNORE, _FACTS, _SHEETS, _ONE_TIME, _FOLLOW),
            answers={
                200: Content(description="One report for each check.", media={JSON: ChecksResponse}),
                400: own,
                404: parameters.NO_MESSAGE,
            },
        ),
        Operation(
            method="GET",
            path="/api/v1/message/{id}/checks/links",
            handler=at.link_answers,
            summary="Ask every link of a message whether it answers",
            description="A line of JSON for each, as soon as it has answered.",
            tag="checks",
            parameters=(*parameters.LATEST, _ONE_TIME, _FOLLOW),
            answers={
                200: Content(description="Lines of JSON.", media={LINES: LinkResult}),
                404: parameters.NO_MESSAGE,
            },
            is_compressed=False,
        ),
        Operation(
            method="GET",
            path="/api/v1/message/{id}/html-check",
            handler=at.html_check,
            summary="How mail programs treat the HTML",
            tag="checks",
            parameters=parameters.LATEST,
            answers={
                200: Content(description="What some do not support.", media={JSON: HtmlCheckResponse}),
                400: Content(description="The message has no HTML.", media={TEXT: ANY_TEXT}),
                404: parameters.NO_MESSAGE,
            },
        ),
        Operation(
            method="GET",
            path="/api/v1/message/{id}/link-check",
            handler=at.link_check,
            summary="Whether the links answer",
            description="Marks the message read. Links that look as if they worked once only are left alone.",
            tag="checks",
            parameters=(*parameters.LATEST, _FOLLOW_SWITCH),
            answers={
                200: Content(description="Every link with its status.", media={JSON: LinkCheckResponse}),
                404: parameters.NO_MESSAGE,
            },
        ),
        Operation(
            method="GET",
            path="/api/v1/message/{id}/sa-check",
            handler=at.spam_check,
            summary="What the spam filter thinks",
            tag="checks",
            parameters=parameters.LATEST,
            answers={
                200: Content(description="Points and rules, or an error.", media={JSON: SpamCheckResponse}),
                404: Content(description="No such message, or no spam filter is set up.", media={TEXT: ANY_TEXT}),
            },
        ),
    )
