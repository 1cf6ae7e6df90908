"""Which tags a message brings along: those of its X-Tags fields and those in its plus addresses."""

from collections.abc import Iterable
from dataclasses import dataclass

from catcher.mime import Message, decode_words
from catcher.store.model import Addresses
from catcher.store.tag_names import clean_tags

_MOST_TAGS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Tagging:
    """Where tags are looked for.

    x_tags: the X-Tags fields, names separated by commas. plus_addresses: "user+name@domain" in From, To, Cc and Bcc.
    """

    x_tags: bool = True
    plus_addresses: bool = True


def find_tags(message: Message, addresses: Addresses, *, tagging: Tagging) -> tuple[str, ...]:
    """The tags of a new message, each once, usable names only, at most 100. Never raises."""
    names: list[str] = []
    if tagging.x_tags:
        names.extend(_header_tags(message))
    if tagging.plus_addresses:
        names.extend(_plus_tags(addresses))
    return clean_tags(names)[:_MOST_TAGS] if names else ()


def _header_tags(message: Message) -> Iterable[str]:
    for field in message.header:
        if field.name.lower() == "x-tags":
            yield from decode_words(field.body).split(",")[:_MOST_TAGS]


def _plus_tags(addresses: Addresses) -> Iterable[str]:
    for address in (*addresses.from_, *addresses.to, *addresses.cc, *addresses.bcc):
        if "+" in address.addr_spec:
            yield from address.addr_spec.rpartition("@")[0].split("+")[1 : _MOST_TAGS + 1]
