"""Sends stored messages onward, through the backends of the mail library."""

from catcher.relay.header_edits import Rewriting, rewrite
from catcher.relay.options import SMTP_BACKEND, Relay, pattern, smtp_options
from catcher.relay.outbox import Outbox, Patience
from catcher.relay.relays import Relays
from catcher.relay.release import Outcome, Report, release
from catcher.relay.rules import Rule
from catcher.relay.webhooks import Webhook, Webhooks

__all__ = [
    "SMTP_BACKEND",
    "Outbox",
    "Outcome",
    "Patience",
    "Relay",
    "Relays",
    "Report",
    "Rewriting",
    "Rule",
    "Webhook",
    "Webhooks",
    "pattern",
    "release",
    "rewrite",
    "smtp_options",
]
