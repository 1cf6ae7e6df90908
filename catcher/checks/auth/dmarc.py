"""Alignment with the From field, and what its domain wants done without. Source: RFC 7489 §3, §6.

publicsuffixlist is imported with the first message.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from catcher.checks.auth.canonical import TagFault, tags_of
from catcher.checks.auth.dkim import DkimResult
from catcher.checks.auth.lookup import Lookup, LookupFailed
from catcher.checks.auth.model import AuthResult
from catcher.checks.auth.spf import SpfResult

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

_POLICIES = ("none", "quarantine", "reject")


@dataclass(frozen=True, slots=True, kw_only=True)
class DmarcSubject:
    """What is judged. from_domain: of the From field. spf: for the reverse-path. dkim: every signature."""

    from_domain: str
    spf: SpfResult
    dkim: tuple[DkimResult, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DmarcResult:
    """result; reasons: one sentence for SPF and for each signature, why it counts or not.

    policy: what the domain wants done with mail that fails: none, quarantine, reject, "" without record.
    record, record_domain: the record and where it was. spf_aligned, dkim_aligned: which of the two passed and counts.
    """

    result: AuthResult
    reasons: tuple[str, ...]
    policy: str = ""
    record: str = ""
    record_domain: str = ""
    spf_aligned: bool = False
    dkim_aligned: bool = False


def organizational_domain(domain: str) -> str:
    """The domain one can register that `domain` belongs to; the domain itself when there is none (RFC 7489 §3.2)."""
    plain = domain.lower().rstrip(".")
    return _suffixes().privatesuffix(plain) or plain


@cache
def _suffixes() -> PublicSuffixList:
    """The public suffix list that comes with its package: a constant table, read once."""
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList()


def is_aligned(domain: str, from_domain: str, *, is_strict: bool) -> bool:
    """Whether a verified domain counts for the From field: the same, or of one organization (RFC 7489 §3.1)."""
    one, two = domain.lower().rstrip("."), from_domain.lower().rstrip(".")
    if is_strict:
        return one == two
    return one == two or organizational_domain(one) == organizational_domain(two)


def judge_dmarc(subject: DmarcSubject, lookup: Lookup) -> DmarcResult:
    """The DMARC result. Never raises.

    Without a record alignment is still told, as if it were relaxed.
    """
    try:
        found = _record(subject.from_domain, lookup)
    except LookupFailed as error:
        return DmarcResult(result=AuthResult.TEMPERROR, reasons=(str(error),))
    except TagFault as fault:
        return DmarcResult(result=AuthResult.PERMERROR, reasons=(f"the DMARC record is broken: {fault}",))
    tags = found[1] if found is not None else {}
    spf_aligned, spf_reason = _spf(subject, is_strict=tags.get("aspf", "r").lower() == "s")
    dkim_aligned, dkim_reasons = _dkim(subject, is_strict=tags.get("adkim", "r").lower() == "s")
    reasons = (*dkim_reasons, spf_reason)
    if found is None:
        return DmarcResult(
            result=AuthResult.NONE,
            reasons=(f"{subject.from_domain} has no DMARC record", *reasons),
            spf_aligned=spf_aligned,
            dkim_aligned=dkim_aligned,
        )
    where, _, record = found
    is_below = where != subject.from_domain.lower().rstrip(".")
    return DmarcResult(
        result=_result(subject, is_aligned=spf_aligned or dkim_aligned),
        reasons=reasons,
        policy=((is_below and tags.get("sp")) or tags["p"]).lower(),
        record=record,
        record_domain=where,
        spf_aligned=spf_aligned,
        dkim_aligned=dkim_aligned,
    )


def _result(subject: DmarcSubject, *, is_aligned: bool) -> AuthResult:
    """A failure that a name server caused is no failure yet (RFC 7489 §6.6.2 step 5)."""
    if is_aligned:
        return AuthResult.PASS
    results = [subject.spf.result, *(each.result for each in subject.dkim)]
    return AuthResult.TEMPERROR if AuthResult.TEMPERROR in results else AuthResult.FAIL


def _record(from_domain: str, lookup: Lookup) -> tuple[str, dict[str, str], str] | None:
    """Where the record is, its tags, its text; first at the domain, then at its organization (§6.6.3)."""
    plain = from_domain.lower().rstrip(".")
    for domain in dict.fromkeys((plain, organizational_domain(plain))):
        texts = [record.decode("utf-8", "replace") for record in lookup.txt(f"_dmarc.{domain}")]
        texts = [text for text in texts if text.replace(" ", "").startswith("v=DMARC1")]
        if len(texts) > 1:
            return None  # several records count as none (§6.6.3 step 5)
        if texts:
            tags = tags_of(texts[0])
            if tags.get("p", "").lower() not in _POLICIES:
                if not tags.get("rua"):
                    raise TagFault(f"p={tags.get('p', '')} is none of none, quarantine, reject")
                tags["p"] = "none"
            return domain, tags, texts[0]
    return None


def _spf(subject: DmarcSubject, *, is_strict: bool) -> tuple[bool, str]:
    spf = subject.spf
    if spf.result is not AuthResult.PASS:
        return False, f"SPF does not count: it is {spf.result} for {spf.domain or 'no domain'} ({spf.reason})"
    aligned = is_aligned(spf.domain, subject.from_domain, is_strict=is_strict)
    return aligned, _alignment(
        "SPF's", spf.domain, subject.from_domain, aligned=aligned, tag="aspf", is_strict=is_strict
    )


def _dkim(subject: DmarcSubject, *, is_strict: bool) -> tuple[bool, Sequence[str]]:
    reasons: list[str] = []
    counts = False
    for each in subject.dkim:
        if each.result is not AuthResult.PASS:
            reasons.append(f"the signature of d={each.domain or '?'} does not count: {each.reason}")
            continue
        aligned = is_aligned(each.domain, subject.from_domain, is_strict=is_strict)
        counts = counts or aligned
        reasons.append(
            _alignment("d=", each.domain, subject.from_domain, aligned=aligned, tag="adkim", is_strict=is_strict)
        )
    return counts, reasons or ["there is no DKIM signature"]


def _alignment(what: str, domain: str, from_domain: str, *, aligned: bool, tag: str, is_strict: bool) -> str:
    named = f"{what}{'' if what.endswith('=') else ' '}{domain}"
    if aligned:
        return f"{named} is aligned with From: {from_domain}"
    if is_strict and organizational_domain(domain) == organizational_domain(from_domain):
        return f"{named} is not aligned with From: {from_domain} because {tag}=s"
    return f"{named} is not aligned with From: {from_domain}: another organization"
