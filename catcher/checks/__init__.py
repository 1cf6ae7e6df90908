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
            "AuthFacts": "rules.authentication",
            "CHECKS": "registry",
            "Check": "runner",
            "CheckOptions": "options",
            "CheckedMail": "parse.checked_mail",
            "Checker": "checker",
            "ClientFacts": "rules.clients",
            "ClientsCheck": "rules.clients",
            "DnsLookup": "auth.lookup",
            "Facts": "model",
            "Finding": "model",
            "FindingPlace": "model",
            "InboxFacts": "rules.inbox",
            "LinkFacts": "rules.links",
            "LinkFollowFacts": "rules.linkcheck",
            "LinkStatus": "urls.link_results",
            "LocalCheck": "runner",
            "Lookup": "auth.lookup",
            "Report": "model",
            "ReportCache": "runner",
            "Requirements": "verdict",
            "Rspamd": "filters",
            "RunOptions": "checker",
            "Severity": "model",
            "SizeFacts": "rules.size",
            "SpamFacts": "rules.spam",
            "SpamService": "filters",
            "Spamd": "filters",
            "ZoneLookup": "auth.lookup",
            "address_of": "sources",
            "follow_links": "rules.linkcheck",
            "knowledge": "features.caniemail",
            "link_finding": "rules.linkcheck",
            "overall_score": "model",
            "report_errors": "verdict",
            "run_checks": "runner",
            "select_checks": "runner",
            "to_value": "render",
            "violations": "verdict",
            "without_rules": "verdict",
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
