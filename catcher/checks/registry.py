"""The checks, in the order in which they are shown. Add a check by adding its class to `CHECKS`."""

from catcher.checks.rules.accessibility import AccessibilityCheck
from catcher.checks.rules.authentication import AuthenticationCheck
from catcher.checks.rules.clients import ClientsCheck
from catcher.checks.rules.headers import HeadersCheck
from catcher.checks.rules.inbox import InboxCheck
from catcher.checks.rules.linkcheck import LinkFollowCheck
from catcher.checks.rules.links import LinksCheck
from catcher.checks.rules.size import SizeCheck
from catcher.checks.rules.spam import SpamCheck
from catcher.checks.rules.structure import StructureCheck

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
