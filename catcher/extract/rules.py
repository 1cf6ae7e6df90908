"""Rules of the settings, which decide what the code and the link of certain messages are."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from catcher.errors import QueryError
from catcher.extract.cue_index import CueIndex
from catcher.extract.model import CodeKind, CodeMatch, Extract
from catcher.store.search import Query, Subject, matches, parse

BY_RULE = "named by a rule of the settings"
"""The only feature of a code or link that a rule found; it has no points."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractRule:
    """The code, the link, or both, of messages that a search query matches.

    code: pattern of the code in a line of the subject or the texts; link: pattern of its address. The value is what the
    first group matches, or all of the match. With a pattern that matches nothing the messages have no code or link.
    None: this rule does not decide. Raises ValueError without a query or pattern, and QueryError for an invalid query.
    """

    match: str
    code: re.Pattern[str] | None = None
    link: re.Pattern[str] | None = None

    def __post_init__(self) -> None:
        if not self.match.strip() or (self.code is None and self.link is None):
            raise ValueError("expected a match, and a pattern of code or link")
        self.query_at(datetime.now(UTC))

    def query_at(self, now: datetime) -> Query:
        """Return the query at that moment. Raises QueryError."""
        return parse(self.match, now=now, zone=now.tzinfo or UTC)

    def applies(self, subject: Subject) -> bool:
        """Return whether the rule is for this message. Never raises."""
        try:
            return matches(self.query_at(subject.received_at.astimezone()), subject)
        except QueryError:  # only a relative date can have become invalid
            return False


def corrected(found: Extract, rules: Sequence[ExtractRule], texts: Iterable[CueIndex]) -> Extract:
    """Return the codes and links as these rules have them; the first with a pattern of a code, or link, decides.

    texts: subject, texts and HTML, which are searched line by line.
    """
    if (of_code := next((rule.code for rule in rules if rule.code), None)) is not None:
        code = _code(of_code, found, texts)
        others = tuple(each for each in found.codes if code is None or each.value != code.value)
        found = replace(found, primary_code=code, codes=(code, *others) if code else others)
    if (of_link := next((rule.link for rule in rules if rule.link), None)) is not None:
        link = next((each for each in found.links if of_link.search(each.url)), None)
        if link is not None:
            link = replace(link, confidence=1.0, evidence={BY_RULE: 1.0})
        rest = tuple(each for each in found.links if link is None or each.url != link.url)
        found = replace(found, primary_link=link, links=(link, *rest) if link else rest)
    return found


def _code(pattern: re.Pattern[str], found: Extract, texts: Iterable[CueIndex]) -> CodeMatch | None:
    for text in texts:
        for line in text.lines:
            if match := pattern.search(line.text):
                value = match[1] if pattern.groups and match[1] is not None else match[0]
                known = next((code for code in found.codes if code.value == value), None)
                return CodeMatch(
                    value=value,
                    shown=match[0],
                    kind=known.kind if known else CodeKind.OTHER,
                    confidence=1.0,
                    place=known.place if known else line.place,
                    evidence={BY_RULE: 1.0},
                )
    return None
