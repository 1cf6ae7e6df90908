"""Spam: the verdict of the configured spam filter."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from catcher.checks.filters.model import SpamError, SpamRule, SpamVerdict
from catcher.checks.model import Facts, Finding, Report, Severity, in_order
from catcher.checks.options import CheckOptions
from catcher.checks.parse.checked_mail import CheckedMail

NAME = "spam"
TITLE = "Spam filter"

_SOURCES = {"SpamAssassin": "https://spamassassin.apache.org/", "rspamd": "https://rspamd.com/"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SpamFacts(Facts):
    """The verdict and the name of the filter."""

    filter: str
    verdict: SpamVerdict

    def score_without(self, rules: Collection[str]) -> float | None:
        """Return the score without the points of these rules."""
        ignored = sum(rule.score for rule in self.verdict.rules if _rule_id(rule) in rules)
        return _score(replace(self.verdict, score=self.verdict.score - ignored))


class SpamCheck:
    """Sends the message to the spam filter, when one is configured."""

    name = NAME
    title = TITLE

    def __init__(self, options: CheckOptions) -> None:
        self._service = options.spam

    @property
    def on_request(self) -> bool:
        """True without a filter: only a request for this check gets the error that none is configured."""
        return self._service is None

    async def run(self, mail: CheckedMail) -> Report:
        """Return the report with one finding for each rule that adds points; facts are `SpamFacts`."""
        if self._service is None:
            return Report(check=NAME, title=TITLE, error="No spam filter is set up.")
        try:
            verdict = await self._service.ask(mail.octets, mail.envelope)
        except SpamError as error:
            return Report(check=NAME, title=TITLE, error=f"{str(error)[0].upper()}{str(error)[1:]}.")
        source = _SOURCES.get(self._service.name, "")
        findings = [_finding(rule, verdict, source) for rule in verdict.rules if rule.score > 0]
        if verdict.is_spam:
            findings.append(_spam(verdict, source))
        return Report(
            check=NAME,
            title=TITLE,
            findings=in_order(findings),
            score=_score(verdict),
            facts=SpamFacts(filter=self._service.name, verdict=verdict),
        )


def _score(verdict: SpamVerdict) -> float:
    """Return 100 without points, 50 at the threshold, 0 at twice the threshold."""
    threshold = verdict.threshold if verdict.threshold > 0 else 5.0
    return round(min(100.0, max(0.0, 100.0 - 50.0 * verdict.score / threshold)), 1)


def _spam(verdict: SpamVerdict, source: str) -> Finding:
    return Finding(
        rule="spam",
        severity=Severity.ERROR,
        text=f"The filter classifies the message as spam: {verdict.score:g} points of {verdict.threshold:g}.",
        advice="See which rules cost most.",
        source=source,
    )


def _rule_id(rule: SpamRule) -> str:
    return f"spam-{rule.name.lower().replace('_', '-')}"


def _finding(rule: SpamRule, verdict: SpamVerdict, source: str) -> Finding:
    is_heavy = verdict.threshold > 0 and rule.score >= verdict.threshold / 4
    return Finding(
        rule=_rule_id(rule),
        severity=Severity.WARNING if is_heavy else Severity.INFO,
        text=f"{rule.name} adds {rule.score:g} points{': ' + rule.description if rule.description else ''}.".replace(
            "..", "."
        ),
        advice="Look up what the rule matches, and change that.",
        source=source,
    )
