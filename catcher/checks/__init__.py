"""Findings about one message: what mail servers, mail programs and spam filters will make of it."""

from typing import TYPE_CHECKING

from catcher import lazy

if TYPE_CHECKING:
    from catcher.checks.auth.lookup import DnsLookup, Lookup, ZoneLookup
    from catcher.checks.checker import Checker, RunOptions
    from catcher.checks.features.caniemail import knowledge
    from catcher.checks.filters import Rspamd, Spamd, SpamService
    from catcher.checks.model import Facts, Finding, FindingPlace, Report, Severity, overall_score
    from catcher.checks.options import CheckOptions
    from catcher.checks.parse.checked_mail import CheckedMail
    from catcher.checks.registry import CHECKS
    from catcher.checks.render import to_value
    from catcher.checks.rules.authentication import AuthFacts
    from catcher.checks.rules.clients import ClientFacts, ClientsCheck
    from catcher.checks.rules.inbox import InboxFacts
    from catcher.checks.rules.linkcheck import LinkFollowFacts, follow_links, link_finding
    from catcher.checks.rules.links import LinkFacts
    from catcher.checks.rules.size import SizeFacts
    from catcher.checks.rules.spam import SpamFacts
    from catcher.checks.runner import Check, LocalCheck, ReportCache, run_checks, select_checks
    from catcher.checks.sources import address_of
    from catcher.checks.urls.link_results import LinkStatus
    from catcher.checks.verdict import Requirements, report_errors, violations, without_rules
else:
    __getattr__ = lazy.exports(
        __name__,
        {
            "auth.lookup": "DnsLookup Lookup ZoneLookup",
            "checker": "Checker RunOptions",
            "features.caniemail": "knowledge",
            "filters": "Rspamd SpamService Spamd",
            "model": "Facts Finding FindingPlace Report Severity overall_score",
            "options": "CheckOptions",
            "parse.checked_mail": "CheckedMail",
            "registry": "CHECKS",
            "render": "to_value",
            "rules.authentication": "AuthFacts",
            "rules.clients": "ClientFacts ClientsCheck",
            "rules.inbox": "InboxFacts",
            "rules.linkcheck": "LinkFollowFacts follow_links link_finding",
            "rules.links": "LinkFacts",
            "rules.size": "SizeFacts",
            "rules.spam": "SpamFacts",
            "runner": "Check LocalCheck ReportCache run_checks select_checks",
            "sources": "address_of",
            "urls.link_results": "LinkStatus",
            "verdict": "Requirements report_errors violations without_rules",
        },
    )

__all__ = [
    "CHECKS",
    "AuthFacts",
    "Check",
    "CheckOptions",
    "CheckedMail",
    "Checker",
    "ClientFacts",
    "ClientsCheck",
    "DnsLookup",
    "Facts",
    "Finding",
    "FindingPlace",
    "InboxFacts",
    "LinkFacts",
    "LinkFollowFacts",
    "LinkStatus",
    "LocalCheck",
    "Lookup",
    "Report",
    "ReportCache",
    "Requirements",
    "Rspamd",
    "RunOptions",
    "Severity",
    "SizeFacts",
    "SpamFacts",
    "SpamService",
    "Spamd",
    "ZoneLookup",
    "address_of",
    "follow_links",
    "knowledge",
    "link_finding",
    "overall_score",
    "report_errors",
    "run_checks",
    "select_checks",
    "to_value",
    "violations",
    "without_rules",
]
