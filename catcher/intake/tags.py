"""Which tags a message is given as it comes in: by its X-Tags fields, plus addresses, user, and by rules."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo

from catcher.envelope import Envelope
from catcher.errors import QueryError
from catcher.mime import Octets, ParsedMessage, decode_words
from catcher.store.labels.tag_names import clean_tags
from catcher.store.model import Addresses
from catcher.store.search import Query, Subject, matches, parse
from catcher.store.search.model import SearchTexts

_MOST_TAGS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class TagRule:
    """Tags for the messages that match.

    match: a search query, and as Mailpit has it also any text that the octets of the message contain (letter case of
        ASCII aside). Dates in it are relative to the moment a message comes in.
    Raises ValueError when one of the two is missing, and QueryError for a query that cannot be read.
    """

    match: str
    tags: tuple[str, ...]
    literal: re.Pattern[bytes] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.match.strip() or not clean_tags(self.tags):
            raise ValueError("expected a match and tags")
        object.__setattr__(self, "literal", re.compile(re.escape(self.match.encode()), re.IGNORECASE))
        self.query_at(datetime.now(UTC))

    def query_at(self, now: datetime) -> Query:
        """The query at that moment. Raises QueryError."""
        return parse(self.match, now=now, zone=_zone(now))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tagging:
    """Where tags are looked for.

    x_tags: the X-Tags fields, names separated by commas. plus_addresses: "user+name@domain" in From, To, Cc and Bcc.
    usernames: the name the client logged in with. title_case: tags from the first two begin their words with capitals.
    rules: further ones.
    """

    x_tags: bool = True
    plus_addresses: bool = True
    usernames: bool = False
    title_case: bool = False
    rules: tuple[TagRule, ...] = ()

    def literal_matches(self, octets: Octets) -> frozenset[int]:
        """Indexes of the rules whose text the octets contain."""
        return frozenset(index for index, rule in enumerate(self.rules) if rule.literal.search(octets))


def find_tags(
    message: ParsedMessage,
    envelope: Envelope,
    addresses: Addresses,
    texts: SearchTexts,
    *,
    size: int,
    inboxes: tuple[str, ...] = (),
    tagging: Tagging,
    found: frozenset[int] = frozenset(),
) -> tuple[str, ...]:
    """The tags of a new message, each once, usable names only, at most 100. Never raises.

    size: octets of the message. inboxes: those it belongs to. found: what `Tagging.literal_matches` said.
    """
    names: list[str] = []
    if tagging.rules:
        subject = _subject(message, envelope, texts, size, inboxes)
        for index, rule in enumerate(tagging.rules):
            if index in found or _asks_for(rule, subject):
                names.extend(rule.tags)
    brought: list[str] = []
    if tagging.x_tags:
        brought.extend(_header_tags(message))
    if tagging.plus_addresses:
        brought.extend(_plus_tags(addresses))
    names.extend(map(_titled, brought) if tagging.title_case else brought)
    if tagging.usernames and envelope.client.user:
        names.append(envelope.client.user)
    return clean_tags(names)[:_MOST_TAGS] if names else ()


def _asks_for(rule: TagRule, subject: Subject) -> bool:
    try:
        return matches(rule.query_at(subject.received_at.astimezone()), subject)
    except QueryError:  # it could be read when the rule was made, so only a date can have become unreadable
        return False


def _subject(
    message: ParsedMessage, envelope: Envelope, texts: SearchTexts, size: int, inboxes: tuple[str, ...]
) -> Subject:
    return Subject(
        store_id="",
        received_at=envelope.received_at,
        size=size,
        attachments=len(message.attachments),
        inlines=len(message.inlines),
        is_read=False,
        tags=(),
        texts=texts,
        inboxes=inboxes,
    )


def _header_tags(message: ParsedMessage) -> Iterable[str]:
    for each in message.header:
        if each.name[0] in "Xx" and each.name.lower() == "x-tags":
            yield from decode_words(each.body).split(",")[:_MOST_TAGS]


def _plus_tags(addresses: Addresses) -> Iterable[str]:
    for address in (*addresses.from_, *addresses.to, *addresses.cc, *addresses.bcc):
        if "+" in address.addr_spec:
            yield from address.addr_spec.rpartition("@")[0].split("+")[1 : _MOST_TAGS + 1]


def _titled(name: str) -> str:
    """First letters of words as capitals, the rest as it is."""
    return re.sub(r"(?<!\S)\S", lambda found: found[0].upper(), name)


def _zone(now: datetime) -> tzinfo:
    return now.tzinfo or UTC
