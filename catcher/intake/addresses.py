"""The mailboxes that lists show: those of the header section, and as Bcc the recipients that it does not name."""

from collections.abc import Iterable

from catcher.envelope import Envelope
from catcher.mime import Address, ParsedMessage
from catcher.store.model import Addresses


def list_addresses(message: ParsedMessage, envelope: Envelope) -> Addresses:
    """The mailboxes of one message, in the order of the fields.

    bcc: those of the Bcc fields, then every envelope recipient that no To, Cc or Bcc field names, each once. Addresses
    are the same without regard to letter case, the local part's too: applications write them as they like, and no real
    mailbox was ever told from another by it (RFC 5321 §2.4).
    """
    named = {_key(one.addr_spec) for one in (*message.to, *message.cc, *message.bcc)}
    return Addresses(
        from_=message.from_,
        to=message.to,
        cc=message.cc,
        bcc=(*message.bcc, *_unnamed(envelope.recipients, named)),
        reply_to=message.reply_to,
    )


def _unnamed(recipients: Iterable[str], named: set[str]) -> Iterable[Address]:
    for recipient in recipients:
        key = _key(recipient)
        if key not in named:
            named.add(key)
            yield Address(display_name="", addr_spec=recipient)


def _key(addr_spec: str) -> str:
    return addr_spec.strip().casefold()
