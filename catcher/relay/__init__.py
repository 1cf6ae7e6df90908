"""Relays stored messages, on request or by rule, and calls webhooks; what fails is tried again from the outbox."""

from typing import TYPE_CHECKING

from catcher import lazy

if TYPE_CHECKING:
    from catcher.relay.header_edits import HeaderEdits, edit_header
    from catcher.relay.host import SMTP_BACKEND, RelayHost, pattern, smtp_options
    from catcher.relay.outbox import RelayOutbox, RetryPolicy
    from catcher.relay.relays import Relays
    from catcher.relay.rules import Rule
    from catcher.relay.transmission import RecipientReply, TransmissionReport, transmit
    from catcher.relay.webhooks import WebhookEndpoint, WebhookSender

__all__ = [
    "SMTP_BACKEND",
    "HeaderEdits",
    "RecipientReply",
    "RelayHost",
    "RelayOutbox",
    "Relays",
    "RetryPolicy",
    "Rule",
    "TransmissionReport",
    "WebhookEndpoint",
    "WebhookSender",
    "edit_header",
    "pattern",
    "smtp_options",
    "transmit",
]

__getattr__ = lazy.exports(
    __name__,
    {
        "header_edits": "HeaderEdits edit_header",
        "host": "RelayHost SMTP_BACKEND pattern smtp_options",
        "outbox": "RelayOutbox RetryPolicy",
        "relays": "Relays",
        "rules": "Rule",
        "transmission": "RecipientReply TransmissionReport transmit",
        "webhooks": "WebhookEndpoint WebhookSender",
    },
)
