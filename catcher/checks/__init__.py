"""Findings about one message: what mail servers, mail programs and spam filters will make of it."""

from typing import TYPE_CHECKING

from catcher import lazy

if TYPE_CHECKING:
    from catcher.checks.auth.lookup import DnsLookup, Lookup, ZoneLookup
    from catcher.checks.checker import Checker, Wishes
    from catcher.checks.features.caniemail import knowledge
    from catcher.checks.filters import Rspamd, Spamd, SpamService
    from catcher.checks.model import Facts, Finding, Place, Report, Severity, overall_score
    from catcher.checks.options import CheckOptions
    from catcher.checks.parse.subject import Subject
    from catcher.checks.registry import CHECKS
    from catcher.checks.render import to_value
    from catcher.checks.rules.authentication import AuthFacts
    from catcher.checks.rules.clients import ClientFacts, ClientsCheck
    from catcher.checks.rules.inbox import InboxFacts
    from catcher.checks.rules.linkcheck import LinkFollowFacts, follow_links, judge_answer
    from catcher.checks.rules.links import LinkFacts
    from catcher.checks.rules.size import SizeFacts
    from catcher.checks.rules.spam import SpamFacts
    from catcher.checks.runner import Check, ReportCache, chosen, run_checks, stream_checks
    from catcher.checks.sources import address_of
    from catcher.checks.urls.link_results import LinkAnswer
    from catcher.checks.verdict import Demand, shortfalls, unmade, without
else:
    __getattr__ = lazy.exports(
        __name__,
        {
            "AuthFacts": "rules.authentication",
            "CHECKS": "registry",
            "Check": "runner",
            "CheckOptions": "options",
            "Checker": "checker",
            "ClientFacts": "rules.clients",
            "ClientsCheck": "rules.clients",
            "Demand": "verdict",
            "DnsLookup": "auth.lookup",
            "Facts": "model",
            "Finding": "model",
            "InboxFacts": "rules.inbox",
            "LinkAnswer": "urls.link_results",
            "LinkFacts": "rules.links",
            "LinkFollowFacts": "rules.linkcheck",
            "Lookup": "auth.lookup",
            "Place": "model",
            "Report": "model",
            "ReportCache": "runner",
            "Rspamd": "filters",
            "Severity": "model",
            "SizeFacts": "rules.size",
            "SpamFacts": "rules.spam",
            "SpamService": "filters",
            "Spamd": "filters",
            "Subject": "parse.subject",
            "Wishes": "checker",
            "ZoneLookup": "auth.lookup",
            "address_of": "sources",
            "chosen": "runner",
            "follow_links": "rules.linkcheck",
            "judge_answer": "rules.linkcheck",
            "knowledge": "features.caniemail",
            "overall_score": "model",
            "run_checks": "runner",
            "shortfalls": "verdict",
            "stream_checks": "runner",
            "to_value": "render",
            "unmade": "verdict",
            "without": "verdict",
        },
    )

__all__ = [
    "CHECKS",
    "AuthFacts",
    "Check",
    "CheckOptions",
    "Checker",
    "ClientFacts",
    "ClientsCheck",
    "Demand",
    "DnsLookup",
    "Facts",
    "Finding",
    "InboxFacts",
    "LinkAnswer",
    "LinkFacts",
    "LinkFollowFacts",
    "Lookup",
    "Place",
    "Report",
    "ReportCache",
    "Rspamd",
    "Severity",
    "SizeFacts",
    "SpamFacts",
    "SpamService",
    "Spamd",
    "Subject",
    "Wishes",
    "ZoneLookup",
    "address_of",
    "chosen",
    "follow_links",
    "judge_answer",
    "knowledge",
    "overall_score",
    "run_checks",
    "shortfalls",
    "stream_checks",
    "to_value",
    "unmade",
    "without",
]
