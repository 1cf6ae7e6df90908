"""Facts of the checks besides their findings, in words for the checks view."""

from collections.abc import Iterator

from catcher import checks
from catcher.web.ui.site import formatting

Detail = tuple[str, str]
"""A name and a value."""


def details_of(facts: "checks.Facts | None") -> Iterator[Detail]:
    """Yield the details of a check; none for facts that are of no use to a reader."""
    if isinstance(facts, checks.SizeFacts):
        yield from _of_size(facts)
    elif isinstance(facts, checks.ClientFacts):
        yield from _of_clients(facts)
    elif isinstance(facts, checks.AuthFacts):
        yield from _of_authentication(facts)
    elif isinstance(facts, checks.SpamFacts):
        yield from _of_spam(facts)


def _of_size(facts: "checks.SizeFacts") -> Iterator[Detail]:
    yield "Message", formatting.octets(facts.message)
    if facts.html:
        yield "HTML", f"{formatting.octets(facts.html)}, {facts.html / facts.clip:.0%} of Gmail's limit"
    for name, size in (("Text", facts.text), ("Inline images", facts.inlines), ("Attachments", facts.attachments)):
        if size:
            yield name, formatting.octets(size)
    if facts.remote:
        yield "Remote images", f"{len(facts.remote)}, size unknown"


def _of_clients(facts: "checks.ClientFacts") -> Iterator[Detail]:
    yield "Features used", f"{len(facts.uses)}, rated by caniemail.com data of {facts.data_of}"
    for failed in facts.sheets_failed:
        yield "Not checked", failed
    if facts.sheets_linked > facts.sheets_fetched + len(facts.sheets_failed):
        left = facts.sheets_linked - facts.sheets_fetched - len(facts.sheets_failed)
        yield "Not checked", f"{left} linked style sheet{'' if left == 1 else 's'}"


def _of_authentication(facts: "checks.AuthFacts") -> Iterator[Detail]:
    yield "SPF", f"{facts.spf.result}: {facts.spf.reason}"
    for signature in facts.dkim:
        yield "DKIM", f"{signature.result}: {signature.reason}"
    if facts.dmarc is not None:
        yield "DMARC", f"{facts.dmarc.result}: {'; '.join(facts.dmarc.reasons)}"
    yield "ARC", f"{facts.arc.result}: {facts.arc.reason}"
    yield "Records", "from the zone file" if facts.is_offline else "from DNS"


def _of_spam(facts: "checks.SpamFacts") -> Iterator[Detail]:
    verdict = facts.verdict
    yield facts.filter, f"{verdict.score:g} points of {verdict.threshold:g}"
    helpful = [f"{rule.name} {rule.score:g}" for rule in verdict.rules if rule.score < 0]
    if helpful:
        yield "In its favour", ", ".join(helpful)
