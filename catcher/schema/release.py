"""Releasing messages to real recipients, through relays."""

from catcher.schema.base import Camel


class ReleaseRequest(Camel, frozen=True, kw_only=True):
    """The recipients of a release. relay: name of a relay, empty for the default one."""

    to: tuple[str, ...] = ()
    relay: str = ""


class RecipientOutcome(Camel, frozen=True, kw_only=True):
    """The outcome for one recipient. code, text: the server's reply; 250 and empty if it was accepted."""

    address: str
    accepted: bool
    code: int
    text: str


class ReleaseReport(Camel, frozen=True, kw_only=True):
    """The outcome for each recipient, in the order given."""

    recipients: tuple[RecipientOutcome, ...]


class RelayInfo(Camel, frozen=True, kw_only=True):
    """A relay. server: "host:port", or the path of its backend. Recipient patterns: regular expressions."""

    name: str
    server: str
    return_path: str
    override_from: str
    allowed_recipients: str
    blocked_recipients: str
    preserve_message_ids: bool
