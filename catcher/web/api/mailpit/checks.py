"""Mailpit's checks of a message, html-check, link-check and sa-check, made from the reports of ours.

Mailpit counts "unknown" and "no, see note" as partial support; here they are counted as what they are.
"""

import html
import re
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response

from catcher import checks
from catcher.schema.mailpit import (
    HtmlCheckResponse,
    HtmlCheckResult,
    HtmlCheckScore,
    HtmlCheckTotal,
    HtmlCheckWarning,
    LinkCheckLink,
    LinkCheckResponse,
    SpamCheckResponse,
    SpamCheckRule,
)
from catcher.web.api.http.responses import bad_request, json_response, not_found
from catcher.web.api.message.checks import CheckingResource
from catcher.web.api.openapi import parameters
from catcher.web.api.openapi.operations import ANY_TEXT, JSON, TEXT, Content, Parameter, operation

if TYPE_CHECKING:
    from catcher.checks import ClientFacts, Report
    from catcher.checks.rules.clients import FeatureUse

_FOLLOW = Parameter("follow", "true: follow redirects.")


class MailpitChecks(CheckingResource):
    """Handlers of Mailpit's checks."""

    @operation(
        "GET",
        "/api/v1/message/{id}/html-check",
        parameters=parameters.LATEST,
        responses={
            200: Content("The features without full support.", {JSON: HtmlCheckResponse}),
            400: Content("The message has no HTML.", {TEXT: ANY_TEXT}),
            404: parameters.NO_MESSAGE,
        },
    )
    async def html_check(self, request: Request) -> Response:
        """Check the HTML against the features that mail programs support."""
        stored = await self._reader.stored(request)
        (report,) = await self._reports(stored, checks.RunOptions(only=("clients",)))
        if report.error:
            raise bad_request(report.error)
        if report.facts is None:
            raise bad_request("message does not contain HTML")
        return await self._presented(html_check, report)

    @operation(
        "GET",
        "/api/v1/message/{id}/link-check",
        parameters=(*parameters.LATEST, _FOLLOW),
        responses={
            200: Content("The status of every link.", {JSON: LinkCheckResponse}),
            404: parameters.NO_MESSAGE,
        },
    )
    async def link_check(self, request: Request) -> Response:
        """Check the links.

        Marks the message as read. All links are requested, also those that look as if they work only once.
        """
        follow = 3 if request.query_params.get("follow") in ("true", "1") else 0
        stored = await self._reader.stored(request)
        (report,) = await self._reports(
            stored, checks.RunOptions(only=("linkcheck",), follow=follow, one_time_links=True)
        )
        await self._reader.mark_read(request, stored)
        return await self._presented(link_check, report)

    @operation(
        "GET",
        "/api/v1/message/{id}/sa-check",
        parameters=parameters.LATEST,
        responses={
            200: Content("The verdict.", {JSON: SpamCheckResponse}),
            404: Content("There is no such message, or no spam filter.", {TEXT: ANY_TEXT}),
        },
    )
    async def spam_check(self, request: Request) -> Response:
        """Get the verdict of the spam filter."""
        if not (await self._services.checks()).has_spam_filter:
            raise not_found("File not found\n")
        stored = await self._reader.stored(request)
        (report,) = await self._reports(stored, checks.RunOptions(only=("spam",)))
        return json_response(spam_check(report))


def html_check(report: "Report") -> HtmlCheckResponse | None:
    """Return the result of a report of the check "clients", None if the message has no HTML."""
    facts = report.facts
    if not isinstance(facts, checks.ClientFacts):
        return None
    warnings = [_warning(use) for use in facts.uses]
    warnings = [warning for warning in warnings if warning.score.partial or warning.score.unsupported]
    ranked = sorted(warnings, key=lambda warning: (-_badness(warning, facts.nodes), warning.slug))
    weights = [min(1.0, warning.score.found / facts.nodes) if facts.nodes else 0.0 for warning in ranked]
    partial = max((w.score.partial * weight for w, weight in zip(ranked, weights, strict=True)), default=0.0)
    unsupported = max((w.score.unsupported * weight for w, weight in zip(ranked, weights, strict=True)), default=0.0)
    if partial + unsupported > 100:
        partial = 100 - unsupported
    return HtmlCheckResponse(
        warnings=tuple(ranked),
        platforms=_platforms(facts),
        total=HtmlCheckTotal(
            tests=facts.tests,
            nodes=facts.nodes,
            supported=round(100 - partial - unsupported, 4),
            partial=round(partial, 4),
            unsupported=round(unsupported, 4),
        ),
    )


def _badness(warning: HtmlCheckWarning, nodes: int) -> float:
    weight = min(1.0, warning.score.found / nodes) if nodes else 0.0
    return (warning.score.unsupported + warning.score.partial) * weight


def _platforms(facts: "ClientFacts") -> dict[str, tuple[str, ...]]:
    platforms: dict[str, list[str]] = {}
    for score in facts.programs:
        platforms.setdefault(score.program.platform, []).append(score.program.family_name)
    return {platform: tuple(sorted(names)) for platform, names in sorted(platforms.items())}


def _warning(use: "FeatureUse") -> HtmlCheckWarning:
    feature = use.feature
    return HtmlCheckWarning(
        slug=feature.slug,
        title=feature.title,
        description=markdown(feature.description),
        url=feature.url,
        category=feature.category,
        tags=feature.tags,
        keywords="",
        results=tuple(
            HtmlCheckResult(
                name=f"{result.program.family_name} {result.program.platform_name} ({result.version})",
                platform=result.program.platform,
                family=result.program.family,
                version=result.version,
                support=str(result.support),
                note_number=" ".join(result.notes),
            )
            for result in use.results
        ),
        notes_by_number={number: markdown(note) for number, note in sorted(feature.notes_by_number.items())},
        score=_score(use),
    )


def _score(use: "FeatureUse") -> HtmlCheckScore:
    known = [result.support.value for result in use.results if result.support != "unknown"]
    share = 100 / len(known) if known else 0.0
    return HtmlCheckScore(
        found=use.count,
        supported=round(known.count("yes") * share, 4),
        partial=round(known.count("partial") * share, 4),
        unsupported=round(known.count("no") * share, 4),
    )


_CODE = re.compile(r"`([^`]+)`")
_LINK = re.compile(r"\[([^\]]+)\]\((https?://[^)\s]+|/[^)\s]*)\)")


def markdown(text: str) -> str:
    """Return the Markdown of the support data as HTML: code and links, everything else escaped."""
    escaped = html.escape(text, quote=True)
    coded = _CODE.sub(r"<code>\1</code>", escaped)
    return _LINK.sub(lambda match: f'<a href="{_absolute(match[2])}">{match[1]}</a>', coded)


def _absolute(address: str) -> str:
    return f"https://www.caniemail.com{address}" if address.startswith("/") else address


def link_check(report: "Report") -> LinkCheckResponse:
    """Return the result of a report of the check "linkcheck"."""
    facts = report.facts
    answers = facts.answers if isinstance(facts, checks.LinkFollowFacts) else ()
    links = tuple(
        LinkCheckLink(
            url=answer.url,
            status_code=451 if answer.is_refused else answer.status,
            status="Blocked private/reserved address" if answer.is_refused else answer.reason,
        )
        for answer in answers
    )
    errors = sum(link.status_code == 0 or link.status_code >= 400 for link in links)
    return LinkCheckResponse(errors=errors, links=links)


def spam_check(report: "Report") -> SpamCheckResponse:
    """Return the result of a report of the check "spam"."""
    facts = report.facts
    if not isinstance(facts, checks.SpamFacts):
        return SpamCheckResponse(is_spam=False, error=report.error, score=0.0, rules=None)
    verdict = facts.verdict
    return SpamCheckResponse(
        is_spam=verdict.is_spam,
        error="",
        score=verdict.score,
        rules=tuple(
            SpamCheckRule(score=rule.score, name=rule.name, description=rule.description) for rule in verdict.rules
        ),
    )
