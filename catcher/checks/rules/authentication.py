"""Authentication of the sender by SPF, DKIM, DMARC and ARC, as a receiver performs it."""

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
    check_dmarc,
    check_host,
    verify_arc,
    verify_dkim,
)
from catcher.checks.auth.canonical import header_section
from catcher.checks.auth.dkim import MAX_SIGNATURES
from catcher.checks.model import Facts, Finding, Report, Severity, in_order, score_of
from catcher.checks.options import CheckOptions
from catcher.checks.parse.checked_mail import CheckedMail
from catcher.checks.rules.rule_table import CheckRule, RuleTable
from catcher.net.guard import reason_against

NAME = "authentication"
TITLE = "Authentication"

_ONE_CLICK = frozenset({"list-unsubscribe", "list-unsubscribe-post"})

_ERROR, _WARNING, _INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
_SPF, _DKIM, _DMARC = "RFC 7208", "RFC 6376", "RFC 7489"
_PUBLISH = "Name the sending server in the domain's SPF record."
_SIGN = "Sign last, and check that the published key is that of the signer."
_ALIGN = "Sign with d= of the From domain."
_TABLE = RuleTable(
    CheckRule("spf-internal", _INFO, "In production the address is that of your mail server.", _SPF),
    *(
        CheckRule(f"spf-{result}", _ERROR if result in ("fail", "permerror") else _WARNING, _PUBLISH, _SPF)
        for result in AuthResult
    ),
    CheckRule("dkim-none", _WARNING, "Sign it for the domain in From.", _DKIM),
    *(
        CheckRule(f"dkim-{result}", _WARNING if result == "temperror" else _ERROR, _SIGN, _DKIM)
        for result in ("fail", "policy", "temperror", "permerror")
    ),
    CheckRule("dkim-length", _WARNING, "Sign without l=.", _DKIM),
    CheckRule("dkim-weak", _WARNING, "Use a key of 2048 bits.", _DKIM),
    CheckRule("dkim-testing", _INFO, "Take t=y out of the key's record.", _DKIM),
    CheckRule("dkim-one-click", _WARNING, "Name both fields in h= of the signature.", "RFC 8058 §4"),
    CheckRule("dmarc-from", _WARNING, "Send from one address.", _DMARC),
    CheckRule("dmarc-none", _INFO, "Publish one; large receivers ask for it.", _DMARC),
    *(
        CheckRule(f"dmarc-{result}", _WARNING, _ALIGN, _DMARC)
        for result in ("alignment", "fail", "temperror", "permerror")
    ),
    CheckRule("arc-fail", _WARNING, "See what changed the message on its way.", "RFC 8617"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthFacts(Facts):
    """All results. spf: for the reverse-path, or HELO when that is empty. is_offline: records came from a zone file."""

    spf: SpfResult
    helo: SpfResult
    dkim: tuple[DkimResult, ...]
    dmarc: DmarcResult | None
    arc: ArcResult
    is_offline: bool


class AuthenticationCheck:
    """Verifies SPF, DKIM, DMARC and ARC. Runs on request only, unless a zone file makes DNS needless."""

    name = NAME
    title = TITLE

    def __init__(self, options: CheckOptions) -> None:
        self._threads = options.threads
        self._lookup = options.lookup

    @property
    def on_request(self) -> bool:
        """True without a zone file: DNS queries are visible to others."""
        return self._lookup is None or not self._lookup.is_offline

    async def run(self, mail: CheckedMail) -> Report:
        """Return the report on failed and missing authentication; facts are `AuthFacts`."""
        if self._lookup is None:
            return Report(
                check=NAME, title=TITLE, error="Keys and records are not looked up: give a zone file or allow DNS."
            )
        try:
            return await self._threads.run(authenticate, mail, self._lookup)
        except ImportError as error:
            text = f"The package {error.name} is missing: install catcher-mail with its extra “auth”."
            return Report(check=NAME, title=TITLE, error=text)


def authenticate(mail: CheckedMail, lookup: Lookup) -> Report:
    """Return the report on a message. Raises ImportError when a package of the extra `auth` is missing."""
    envelope = mail.envelope
    helo = envelope.client.helo
    reverse_path = envelope.reverse_path
    domain = reverse_path.rpartition("@")[2] if "@" in reverse_path else helo
    address = envelope.client.address
    sender = reverse_path or f"postmaster@{helo}"
    spf = check_host(address, domain, sender=sender, helo=helo, lookup=lookup)
    helo_result = check_host(address, helo, sender=f"postmaster@{helo}", helo=helo, lookup=lookup)
    section = header_section(mail.octets)
    dkim = verify_dkim(section, lookup, now=envelope.received_at)
    arc = verify_arc(section, lookup)
    dmarc = _dmarc(mail, spf, dkim, lookup)
    facts = AuthFacts(spf=spf, helo=helo_result, dkim=dkim, dmarc=dmarc, arc=arc, is_offline=lookup.is_offline)
    findings = [
        *_of_spf(mail, facts, address),
        *_of_dkim(mail, facts),
        *_of_one_click(mail, facts),
        *_of_dmarc(mail, facts),
        *_of_arc(mail, facts),
    ]
    return Report(
        check=NAME,
        title=TITLE,
        findings=in_order(findings),
        score=score_of(findings),
        is_cut=len(mail.field_bodies("dkim-signature")) > MAX_SIGNATURES,
        facts=facts,
    )


def _dmarc(mail: CheckedMail, spf: SpfResult, dkim: tuple[DkimResult, ...], lookup: Lookup) -> DmarcResult | None:
    """Return None unless the From field names exactly one domain: DMARC covers no others (RFC 7489 §6.6.1)."""
    domains = {address.addr_spec.rpartition("@")[2].lower() for address in mail.message.from_}
    if len(domains) != 1 or not (domain := next(iter(domains))) or "." not in domain:
        return None
    return check_dmarc(DmarcSubject(from_domain=_ascii(domain), spf=spf, dkim=dkim), lookup)


def _ascii(domain: str) -> str:
    try:
        return domain if domain.isascii() else domain.encode("idna").decode()
    except UnicodeError:
        return domain


def _finding(
    mail: CheckedMail, rule: str, text: str, field: str = "", *, which: int = 0, severity: Severity | None = None
) -> Finding:
    sentence = text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")
    place = mail.field_place(field, which=which) if field else None
    return _TABLE.finding(rule, sentence, place, severity=severity)


def _of_spf(mail: CheckedMail, facts: AuthFacts, address: str) -> Iterator[Finding]:
    spf = facts.spf
    if spf.result is AuthResult.PASS:
        return
    if not address or reason_against(ip_address(address.split("%", 1)[0])):
        text = f"SPF is {spf.result} for {address or 'a client without address'}, which is not a public address"
        yield _finding(mail, "spf-internal", text)
    else:
        yield _finding(mail, f"spf-{spf.result}", f"SPF: {spf.reason}")


def _of_dkim(mail: CheckedMail, facts: AuthFacts) -> Iterator[Finding]:
    field = "DKIM-Signature"
    if not facts.dkim:
        yield _finding(mail, "dkim-none", "The message is not signed with DKIM")
    for which, each in enumerate(facts.dkim):
        about = f"DKIM signature of d={each.domain or '?'} s={each.selector or '?'}"
        if each.result is not AuthResult.PASS:
            yield _finding(mail, f"dkim-{each.result}", f"{about}: {each.reason}", field, which=which)
            continue
        if not each.covers_all:
            text = f"{about} covers the beginning of the body only (l=), so that anybody can add to it"
            yield _finding(mail, "dkim-length", text, field, which=which)
        if 0 < each.bits < 2048 and each.algorithm.startswith("rsa"):
            yield _finding(mail, "dkim-weak", f"{about} has a key of {each.bits} bits", field, which=which)
        if each.is_testing:
            text = f"{about} has a key that is marked as a test (t=y)"
            yield _finding(mail, "dkim-testing", text, field, which=which)


def _of_one_click(mail: CheckedMail, facts: AuthFacts) -> Iterator[Finding]:
    """Yield a finding when no valid signature covers the fields of one-click unsubscribing: receivers ignore them."""
    if not mail.field_bodies("list-unsubscribe-post"):
        return
    if not any(each.result is AuthResult.PASS and set(each.signed) >= _ONE_CLICK for each in facts.dkim):
        text = "No valid DKIM signature covers List-Unsubscribe and List-Unsubscribe-Post, so one-click is not offered"
        yield _finding(mail, "dkim-one-click", text, "List-Unsubscribe-Post")


def _of_dmarc(mail: CheckedMail, facts: AuthFacts) -> Iterator[Finding]:
    dmarc = facts.dmarc
    if dmarc is None:
        text = "The From field does not name exactly one domain, so that DMARC cannot be applied"
        yield _finding(mail, "dmarc-from", text, "From")
        return
    if dmarc.result is AuthResult.PASS:
        return
    if dmarc.result is AuthResult.NONE:
        yield _finding(mail, "dmarc-none", dmarc.reasons[0])
    if dmarc.spf_aligned or dmarc.dkim_aligned:
        return
    is_enforced = dmarc.policy in ("quarantine", "reject")
    severity = Severity.INFO if dmarc.result is AuthResult.NONE else Severity.WARNING
    if dmarc.result is AuthResult.PERMERROR or is_enforced:
        severity = Severity.ERROR
    wish = f", and {dmarc.record_domain} wants it: {dmarc.policy}" if is_enforced else ""
    rule = f"dmarc-{'alignment' if not dmarc.policy else dmarc.result}"
    text = f"DMARC is {dmarc.result}{wish}: {'; '.join(dmarc.reasons)}"
    yield _finding(mail, rule, text, severity=severity)


def _of_arc(mail: CheckedMail, facts: AuthFacts) -> Iterator[Finding]:
    if facts.arc.result is AuthResult.FAIL:
        yield _finding(mail, "arc-fail", f"The ARC chain is broken: {facts.arc.reason}", "ARC-Seal")
