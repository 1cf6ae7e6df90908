"""Opinions on one message: what will happen to it out there. Add a check by adding its class to `CHECKS`."""

from catcher.checks.checker import Checker, Wishes
from catcher.checks.model import Facts, Finding, Place, Report, Severity, overall_score
from catcher.checks.options import CheckOptions
from catcher.checks.parse.subject import Subject
from catcher.checks.rules.accessibility import AccessibilityCheck
from catcher.checks.rules.authentication import AuthenticationCheck, AuthFacts
from catcher.checks.rules.clients import ClientFacts, ClientsCheck
from catcher.checks.rules.headers import HeadersCheck
from catcher.checks.rules.inbox import InboxCheck, InboxFacts, InboxRow
from catcher.checks.rules.linkcheck import LinkFollowCheck, LinkFollowFacts, follow_links, judge_answer
from catcher.checks.rules.links import LinkFacts, LinksCheck
from catcher.checks.rules.size import SizeCheck, SizeFacts
from catcher.checks.rules.spam import SpamCheck, SpamFacts
from catcher.checks.rules.structure import StructureCheck
from catcher.checks.runner import Check, ReportCache, chosen, run_checks, stream_checks
from catcher.checks.urls.link_results import LinkAnswer
from catcher.checks.verdict import Demand, shortfalls, unmade, without

CHECKS = (
    StructureCheck,
    HeadersCheck,
    InboxCheck,
    SizeCheck,
    ClientsCheck,
    AccessibilityCheck,
    LinksCheck,
    LinkFollowCheck,
    AuthenticationCheck,
    SpamCheck,
)
"""Every check, in the order it is shown. Each is made from `CheckOptions`: `[check(options) for check in CHECKS]`."""

__all__ = [
    "CHECKS",
    "AccessibilityCheck",
    "AuthFacts",
    "AuthenticationCheck",
    "Check",
    "CheckOptions",
    "Checker",
    "ClientFacts",
    "ClientsCheck",
    "Demand",
    "Facts",
    "Finding",
    "HeadersCheck",
    "InboxCheck",
    "InboxFacts",
    "InboxRow",
    "LinkAnswer",
    "LinkFacts",
    "LinkFollowCheck",
    "LinkFollowFacts",
    "LinksCheck",
    "Place",
    "Report",
    "ReportCache",
    "Severity",
    "SizeCheck",
    "SizeFacts",
    "SpamCheck",
    "SpamFacts",
    "StructureCheck",
    "Subject",
    "Wishes",
    "chosen",
    "follow_links",
    "judge_answer",
    "overall_score",
    "run_checks",
    "shortfalls",
    "stream_checks",
    "unmade",
    "without",
]
