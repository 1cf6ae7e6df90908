"""What the checks found out besides findings, in words for the checks view."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from catcher.web.ui.site import formatting

if TYPE_CHECKING:
    from catcher.checks import AuthFacts, ClientFacts, Facts, SizeFacts, SpamFacts

Detail = tuple[str, str]
"""A name and what there is to say under it."""


def details_of(facts: "Facts | None") -> Iterator[Detail]:
    """The details of any check; none for those whose facts are of no use to a reader."""
    from catcher.checks import AuthFacts, ClientFacts, SizeFacts, SpamFacts

    if isinstance(facts, SizeFacts):
        yield from _of_size(facts)
    elif isinstance(facts, ClientFacts):
        yield from _of_clients(facts)
    elif isinstance(facts, AuthFacts):
        yield from _of_authentication(facts)
    elif isinstance(facts, SpamFacts):
        yield from _of_spam(facts)


def _of_size(facts: "SizeFacts") -> Iterator[Detail]:
    yield "Message", formatting.octets(facts.message)
    if facts.html:
        yield "HTML", f"{formatting.octets(facts.html)}, {facts.html / facts.clip:.0%} of what Gmail shows"
    for name, size in (("Text", facts.text), ("Images inside", facts.inlines), ("Attachments", facts.attachments)):
        if size:
            yield name, formatting.octets(size)
    if facts.remote:
        yield "Images loaded", f"{len(facts.remote)}, whose weight is not known"


def _of_clients(facts: "ClientFacts") -> Iterator[Detail]:
    yield "Features used", f"{len(facts.uses)}, by the data of caniemail.com of {facts.data_of}"
    for failed in facts.sheets_failed:
        yield "Not examined", failed
    if facts.sheets_linked > facts.sheets_fetched + len(facts.sheets_failed):
        left = facts.sheets_linked - facts.sheets_fetched - len(facts.sheets_failed)
        yield "Not examined", f"{left} linked style sheet{'' if left == 1 else 's'}"


def _of_authentication(facts: "AuthFacts") -> Iterator[Detail]:
    yield "SPF", f"{facts.spf.result}: {facts.spf.reason}"
    for signature in facts.dkim:
        yield "DKIM", f"{signature.result}: {signature.reason}"
    if facts.dmarc is not None:
        yield "DMARC", f"{facts.dmarc.result}: {'; '.join(facts.dmarc.reasons)}"
    yield "ARC", f"{facts.arc.result}: {facts.arc.reason}"
    yield "Records", "from the zone file" if facts.is_offline else "from the DNS"


def _of_spam(facts: "SpamFacts") -> Iterator[Detail]:
    verdict = facts.verdict
    yield facts.filter, f"{verdict.score:g} points of {verdict.threshold:g}"
    helpful = [f"{rule.name} {rule.score:g}" for rule in verdict.rules if rule.score < 0]
    if helpful:
        yield "For the message", ", ".join(helpful)
