"""Rules of a check: severity, advice and source, said once for all findings of a rule."""

from dataclasses import dataclass

from catcher.checks.model import MAX_PLACES, Finding, FindingPlace, Severity


@dataclass(frozen=True, slots=True)
class CheckRule:
    """One rule. name, severity, advice and source: see `Finding`."""

    name: str
    severity: Severity
    advice: str
    source: str


class RuleTable:
    """The rules of one check by name, and the maker of their findings."""

    def __init__(self, *rules: CheckRule) -> None:
        self._rules = {rule.name: rule for rule in rules}

    def finding(
        self, name: str, text: str, *places: FindingPlace | None, count: int = 1, severity: Severity | None = None
    ) -> Finding:
        """Return a finding of the rule `name`; raises KeyError when there is no such rule.

        places: the first one and others, of which `MAX_PLACES` are kept; None is skipped. severity: that of the rule
        when not given.
        """
        rule = self._rules[name]
        known = tuple(place for place in places if place is not None)
        return Finding(
            rule=name,
            severity=severity or rule.severity,
            text=text,
            place=known[0] if known else None,
            others=known[1 : MAX_PLACES + 1],
            count=count,
            advice=rule.advice,
            source=rule.source,
        )
