"""The addresses that lists show: those of the header section, and as Bcc the recipients that it does not name."""

from catcher.envelope import Envelope
from catcher.mime import Address, ParsedMessage
from catcher.store.model import Addresses


def list_addresses(message: ParsedMessage, envelope: Envelope) -> Addresses:
    """Return the addresses of one message, in the order of the fields.

    bcc: those of the Bcc fields, then each envelope recipient that no To, Cc or Bcc field names, once. Letter case is
    ignored, in the local part too (unlike RFC 5321 §2.4): applications vary it, and no real mailbox depends on it.
    """
    named = {address.addr_spec.strip().casefold() for address in (*message.to, *message.cc, *message.bcc)}
    unnamed: list[Address] = []
    for path in envelope.forward_paths:
        key = path.addr_spec.strip().casefold()
        if key not in named:
            named.add(key)
            unnamed.append(Address(display_name="", addr_spec=path.addr_spec))
    return Addresses(
        from_=message.from_, to=message.to, cc=message.cc, bcc=(*message.bcc, *unnamed), reply_to=message.reply_to
    )
