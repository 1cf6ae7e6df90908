"""Authentication: whether receivers will believe where the message comes from."""

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address

from catcher.checks.auth import (
    ArcResult,
    AuthResult,
    DkimResult,
    DmarcResult,
    DmarcSubject,
    Lookup,
    SpfResult,
    check_host,
    judge_dmarc,
    verify_arc,
    verify_dkim,
)
from catcher.checks.auth.canonical import header_section
from catcher.checks.auth.dkim import MAX_SIGNATURES
from catcher.checks.model import Facts, Finding, Report, Severity, in_order, score_of
from catcher.checks.options import CheckOptions
from catcher.checks.parse.subject import CheckedMail
from catcher.net.guard import reason_against

NAME = "authentication"
TITLE = "Authentication"

_ONE_CLICK = frozenset({"list-unsubscribe", "list-unsubscribe-post"})
_SOURCES = {
    "dkim-one-click": "RFC 8058 §4",
    "spf": "RFC 7208",
    "dkim": "RFC 6376",
    "dmarc": "RFC 7489",
    "arc": "RFC 8617",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthFacts(Facts):
    """Every result. spf: for the reverse-path, HELO when that is empty. is_offline: records came from a zone file."""

    spf: SpfResult
    helo: SpfResult
    dkim: tuple[DkimResult, ...]
    dmarc: DmarcResult | None
    arc: ArcResult
    is_offline: bool


class AuthenticationCheck:
    """Verifies SPF, DKIM, DMARC and ARC as a receiver would. Asks DNS only on request, a zone file always."""

    name = NAME
    title = TITLE

    def __init__(self, options: CheckOptions) -> None:
        self._threads = options.threads
        self._lookup = options.lookup

    @property
    def on_request(self) -> bool:
        """Without a zone file names would have to be looked up, which others see."""
        return self._lookup is None or not self._lookup.is_offline

    async def run(self, subject: CheckedMail) -> Report:
        """Findings for what fails or is missing; facts are `AuthFacts`."""
        if self._lookup is None:
            return Report(
                check=NAME, title=TITLE, error="Keys and records are not looked up: give a zone file or allow DNS."
            )
        try:
            return await self._threads.run(authenticate, subject, self._lookup)
        except ImportError as error:
            text = f"The package {error.name} is missing: install catcher-mail with its extra “auth”."
            return Report(check=NAME, title=TITLE, error=text)


def authenticate(subject: CheckedMail, lookup: Lookup) -> Report:
    """The report on a message. Raises ImportError when a package of the extra is missing."""
    envelope = subject.envelope
    helo = envelope.client.helo
    reverse_path = envelope.reverse_path
    domain = reverse_path.rpartition("@")[2] if "@" in reverse_path else helo
    address = envelope.client.address
    sender = reverse_path or f"postmaster@{helo}"
    spf = check_host(address, domain, sender=sender, helo=helo, lookup=lookup)
    helo_result = check_host(address, helo, sender=f"postmaster@{helo}", helo=helo, lookup=lookup)
    section = header_section(subject.octets)
    dkim = verify_dkim(section, lookup, now=envelope.received_at)
    arc = verify_arc(section, lookup)
    dmarc = _dmarc(subject, spf, dkim, lookup)
    facts = AuthFacts(spf=spf, helo=helo_result, dkim=dkim, dmarc=dmarc, arc=arc, is_offline=lookup.is_offline)
    findings = [
        *_of_spf(subject, facts, address),
        *_of_dkim(subject, facts),
        *_of_one_click(subject, facts),
        *_of_dmarc(subject, facts),
        *_of_arc(subject, facts),
    ]
    return Report(
        check=NAME,
        title=TITLE,
        findings=in_order(findings),
        score=score_of(findings),
        is_cut=len(subject.field_bodies("dkim-signature")) > MAX_SIGNATURES,
        facts=facts,
    )


def _dmarc(subject: CheckedMail, spf: SpfResult, dkim: tuple[DkimResult, ...], lookup: Lookup) -> DmarcResult | None:
    """None unless the From field names one domain: other messages are outside of DMARC (RFC 7489 §6.6.1)."""
    domains = {address.addr_spec.rpartition("@")[2].lower() for address in subject.message.from_}
    if len(domains) != 1 or not (domain := next(iter(domains))) or "." not in domain:
        return None
    return judge_dmarc(DmarcSubject(from_domain=_ascii(domain), spf=spf, dkim=dkim), lookup)


def _ascii(domain: str) -> str:
    try:
        return domain if domain.isascii() else domain.encode("idna").decode()
    except UnicodeError:
        return domain


def _finding(
    subject: CheckedMail, rule: str, severity: Severity, text: str, advice: str, *, field: str = "", which: int = 0
) -> Finding:
    return Finding(
        rule=rule,
        severity=severity,
        text=text[:1].upper() + text[1:] + ("" if text.endswith(".") else "."),
        place=subject.field_place(field, which=which) if field else None,
        advice=advice,
        source=_SOURCES.get(rule) or _SOURCES[rule.partition("-")[0]],
    )


def _of_spf(subject: CheckedMail, facts: AuthFacts, address: str) -> Iterator[Finding]:
    spf = facts.spf
    if spf.result is AuthResult.PASS:
        return
    if not address or reason_against(ip_address(address.split("%", 1)[0])):
        text = f"SPF is {spf.result} for {address or 'a client without address'}, which is no address of the internet"
        yield _finding(
            subject, "spf-internal", Severity.INFO, text, "In production the address is that of your mail server."
        )
        return
    severity = {AuthResult.FAIL: Severity.ERROR, AuthResult.PERMERROR: Severity.ERROR}.get(spf.result, Severity.WARNING)
    yield _finding(
        subject,
        f"spf-{spf.result}",
        severity,
        f"SPF: {spf.reason}",
        "Name the sending server in the domain's SPF record.",
    )


def _of_dkim(subject: CheckedMail, facts: AuthFacts) -> Iterator[Finding]:
    if not facts.dkim:
        yield _finding(
            subject,
            "dkim-none",
            Severity.WARNING,
            "The message is not signed with DKIM",
            "Sign it for the domain in From.",
        )
    for which, each in enumerate(facts.dkim):
        about = f"DKIM signature of d={each.domain or '?'} s={each.selector or '?'}"
        if each.result is not AuthResult.PASS:
            severity = Severity.WARNING if each.result is AuthResult.TEMPERROR else Severity.ERROR
            advice = "Sign last, and check that the published key is that of the signer."
            yield _finding(
                subject,
                f"dkim-{each.result}",
                severity,
                f"{about}: {each.reason}",
                advice,
                field="DKIM-Signature",
                which=which,
            )
            continue
        if not each.covers_all:
            text = f"{about} covers the beginning of the body only (l=), so that anybody can add to it"
            yield _finding(
                subject, "dkim-length", Severity.WARNING, text, "Sign without l=.", field="DKIM-Signature", which=which
            )
        if 0 < each.bits < 2048 and each.algorithm.startswith("rsa"):
            text = f"{about} has a key of {each.bits} bits"
            yield _finding(
                subject,
                "dkim-weak",
                Severity.WARNING,
                text,
                "Use a key of 2048 bits.",
                field="DKIM-Signature",
                which=which,
            )
        if each.is_testing:
            text = f"{about} has a key that is marked as a test (t=y)"
            yield _finding(
                subject,
                "dkim-testing",
                Severity.INFO,
                text,
                "Take t=y out of the key's record.",
                field="DKIM-Signature",
                which=which,
            )


def _of_one_click(subject: CheckedMail, facts: AuthFacts) -> Iterator[Finding]:
    """Receivers offer one-click unsubscribing only when a signature covers the fields that ask for it."""
    if not subject.field_bodies("list-unsubscribe-post"):
        return
    if not any(each.result is AuthResult.PASS and set(each.signed) >= _ONE_CLICK for each in facts.dkim):
        text = "No valid DKIM signature covers List-Unsubscribe and List-Unsubscribe-Post, so one-click is not offered"
        advice = "Name both fields in h= of the signature."
        yield _finding(subject, "dkim-one-click", Severity.WARNING, text, advice, field="List-Unsubscribe-Post")


def _of_dmarc(subject: CheckedMail, facts: AuthFacts) -> Iterator[Finding]:
    dmarc = facts.dmarc
    if dmarc is None:
        text = "The From field does not name exactly one domain, so that DMARC cannot be applied"
        yield _finding(subject, "dmarc-from", Severity.WARNING, text, "Send from one address.", field="From")
        return
    if dmarc.result is AuthResult.PASS:
        return
    if dmarc.result is AuthResult.NONE:
        yield _finding(
            subject, "dmarc-none", Severity.INFO, dmarc.reasons[0], "Publish one; large receivers ask for it."
        )
    severity = Severity.INFO if dmarc.result is AuthResult.NONE else Severity.WARNING
    if dmarc.result is AuthResult.PERMERROR or dmarc.policy in ("quarantine", "reject"):
        severity = Severity.ERROR
    if dmarc.spf_aligned or dmarc.dkim_aligned:
        return
    wish = f", and {dmarc.record_domain} wants it: {dmarc.policy}" if dmarc.policy in ("quarantine", "reject") else ""
    text = f"DMARC is {dmarc.result}{wish}: {'; '.join(dmarc.reasons)}"
    yield _finding(
        subject,
        f"dmarc-{'alignment' if not dmarc.policy else dmarc.result}",
        severity,
        text,
        "Sign with d= of the From domain.",
    )


def _of_arc(subject: CheckedMail, facts: AuthFacts) -> Iterator[Finding]:
    if facts.arc.result is AuthResult.FAIL:
        text = f"The ARC chain is broken: {facts.arc.reason}"
        yield _finding(
            subject, "arc-fail", Severity.WARNING, text, "See what changed the message on its way.", field="ARC-Seal"
        )
