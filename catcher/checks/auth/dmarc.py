"""DMARC: alignment with the From field, and the policy of its domain. Source: RFC 7489 §3, §6.

publicsuffixlist is imported at first use.
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
    """Input of DMARC. from_domain: of the From field. spf: for the reverse-path. dkim: all signatures."""

    from_domain: str
    spf: SpfResult
    dkim: tuple[DkimResult, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DmarcResult:
    """The result for one message.

    reasons: one sentence on the alignment of SPF and of each signature. policy: none, quarantine or reject, "" without
    record. record, record_domain: the record and its domain. spf_aligned, dkim_aligned: passed and aligned.
    """

    result: AuthResult
    reasons: tuple[str, ...]
    policy: str = ""
    record: str = ""
    record_domain: str = ""
    spf_aligned: bool = False
    dkim_aligned: bool = False


def organizational_domain(domain: str) -> str:
    """Return the organizational domain (RFC 7489 §3.2); `domain` itself when it is a public suffix."""
    plain = domain.lower().rstrip(".")
    return _suffixes().privatesuffix(plain) or plain


@cache
def _suffixes() -> PublicSuffixList:
    """Return the public suffix list, a constant table of its package."""
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList()


def is_aligned(domain: str, from_domain: str, *, is_strict: bool) -> bool:
    """Return whether a verified domain is aligned with the From field (RFC 7489 §3.1)."""
    one, two = domain.lower().rstrip("."), from_domain.lower().rstrip(".")
    if is_strict:
        return one == two
    return one == two or organizational_domain(one) == organizational_domain(two)


def check_dmarc(subject: DmarcSubject, lookup: Lookup) -> DmarcResult:
    """Return the DMARC result. Never raises.

    Without a record the result still has the relaxed alignment.
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
    """Return temperror, not fail, when a name server did not answer (RFC 7489 §6.6.2 step 5)."""
    if is_aligned:
        return AuthResult.PASS
    results = [subject.spf.result, *(each.result for each in subject.dkim)]
    return AuthResult.TEMPERROR if AuthResult.TEMPERROR in results else AuthResult.FAIL


def _record(from_domain: str, lookup: Lookup) -> tuple[str, dict[str, str], str] | None:
    """Return domain, tags and text of the record of the domain, or else of its organizational domain (§6.6.3)."""
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
                    raise TagFault(f"p={tags.get('p', '')} is not none, quarantine or reject")
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
