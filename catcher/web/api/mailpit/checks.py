"""The answers that Mailpit's clients know, as values made from our reports: html-check, link-check, sa-check.

Field names of the JSON are the web room's; here are the figures. Where Mailpit counts "unknown" or "no, see note" as
partial support they are counted as what they are.
"""

import html
import re

from catcher.checks.features.caniemail import Support
from catcher.checks.model import Report
from catcher.checks.rules.clients import ClientFacts, FeatureUse
from catcher.checks.rules.linkcheck import LinkFollowFacts
from catcher.checks.rules.spam import SpamFacts
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


def html_check(report: Report) -> HtmlCheckResponse | None:
    """The answer from a report of the check "clients", None when the message has no HTML."""
    facts = report.facts
    if not isinstance(facts, ClientFacts):
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
            tests=len(facts.uses),
            nodes=facts.nodes,
            supported=round(100 - partial - unsupported, 4),
            partial=round(partial, 4),
            unsupported=round(unsupported, 4),
        ),
    )


def _badness(warning: HtmlCheckWarning, nodes: int) -> float:
    weight = min(1.0, warning.score.found / nodes) if nodes else 0.0
    return (warning.score.unsupported + warning.score.partial) * weight


def _platforms(facts: ClientFacts) -> dict[str, tuple[str, ...]]:
    platforms: dict[str, list[str]] = {}
    for score in facts.programs:
        platforms.setdefault(score.program.platform, []).append(score.program.family_name)
    return {platform: tuple(sorted(names)) for platform, names in sorted(platforms.items())}


def _warning(use: FeatureUse) -> HtmlCheckWarning:
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
                family=result.program.family_name,
                version=result.version,
                support=str(result.support),
                note_number=" ".join(result.notes),
            )
            for result in use.results
        ),
        notes_by_number={number: markdown(note) for number, note in sorted(feature.notes_by_number.items())},
        score=_score(use),
    )


def _score(use: FeatureUse) -> HtmlCheckScore:
    known = [result.support for result in use.results if result.support is not Support.UNKNOWN]
    share = 100 / len(known) if known else 0.0
    return HtmlCheckScore(
        found=use.count,
        supported=round(known.count(Support.YES) * share, 4),
        partial=round(known.count(Support.PARTIAL) * share, 4),
        unsupported=round(known.count(Support.NO) * share, 4),
    )


_CODE = re.compile(r"`([^`]+)`")
_LINK = re.compile(r"\[([^\]]+)\]\((https?://[^)\s]+|/[^)\s]*)\)")


def markdown(text: str) -> str:
    """The little Markdown of the data as HTML: code and links, everything else escaped."""
    escaped = html.escape(text, quote=True)
    coded = _CODE.sub(r"<code>\1</code>", escaped)
    return _LINK.sub(lambda match: f'<a href="{_absolute(match[2])}">{match[1]}</a>', coded)


def _absolute(address: str) -> str:
    return f"https://www.caniemail.com{address}" if address.startswith("/") else address


def link_check(report: Report) -> LinkCheckResponse:
    """The answer from a report of the check "linkcheck"; links that were left alone are not in it."""
    facts = report.facts
    answers = facts.answers if isinstance(facts, LinkFollowFacts) else ()
    links = tuple(
        LinkCheckLink(
            url=answer.url,
            status_code=451 if answer.is_refused else answer.status,
            status="Blocked private/reserved address" if answer.is_refused else answer.reason,
        )
        for answer in answers
        if not answer.is_skipped
    )
    errors = sum(link.status_code == 0 or link.status_code >= 400 for link in links)
    return LinkCheckResponse(errors=errors, links=links)


def spam_check(report: Report) -> SpamCheckResponse:
    """The answer from a report of the check "spam"."""
    facts = report.facts
    if not isinstance(facts, SpamFacts):
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
