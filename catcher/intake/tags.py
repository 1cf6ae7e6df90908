"""Automatic tags of a new message: from X-Tags fields, plus addresses, the user name, and rules."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime

from catcher.errors import QueryError
from catcher.mime import Octets, decode_words
from catcher.store.labels.tag_names import clean_tags
from catcher.store.model import NewMessage
from catcher.store.search import Query, Subject, matches, parse

_MAX_TAGS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class TagRule:
    """Tags for messages that match.

    match: a search query or, as in Mailpit, any text in the octets of the message (ignoring ASCII letter case). Dates
        in it are relative to the time of receipt.
    Raises ValueError when match or tags are empty, and QueryError for an invalid query.
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
        """Return the query at that moment. Raises QueryError."""
        return parse(self.match, now=now, zone=now.tzinfo or UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class TagOptions:
    """The sources of tags.

    x_tags: the X-Tags fields, names separated by commas. plus_addresses: "user+name@domain" in From, To, Cc and Bcc.
    usernames: the name the client logged in with. title_case: capitalise the words of tags from the first two.
    rules: see `TagRule`.
    """

    x_tags: bool = True
    plus_addresses: bool = True
    usernames: bool = False
    title_case: bool = False
    rules: tuple[TagRule, ...] = ()

    def literal_matches(self, octets: Octets) -> frozenset[int]:
        """Return the indexes of the rules whose text the octets contain."""
        return frozenset(index for index, rule in enumerate(self.rules) if rule.literal.search(octets))


def find_tags(
    new: NewMessage, options: TagOptions, *, literal_matches: frozenset[int] = frozenset()
) -> tuple[str, ...]:
    """Return the tags of a new message: valid names, each once, at most 100. Never raises.

    literal_matches: of `TagOptions.literal_matches`.
    """
    names: list[str] = []
    if options.rules:
        subject = _subject(new)
        for index, rule in enumerate(options.rules):
            if index in literal_matches or _applies(rule, subject):
                names.extend(rule.tags)
    given: list[str] = []
    if options.x_tags:
        for each in new.message.header:
            if each.name[0] in "Xx" and each.name.lower() == "x-tags":
                given.extend(decode_words(each.body).split(",")[:_MAX_TAGS])
    if options.plus_addresses:
        addresses = new.addresses
        for address in (*addresses.from_, *addresses.to, *addresses.cc, *addresses.bcc):
            if "+" in address.addr_spec:
                given.extend(address.addr_spec.rpartition("@")[0].split("+")[1 : _MAX_TAGS + 1])
    names.extend(map(_titled, given) if options.title_case else given)
    if options.usernames and new.envelope.client.user:
        names.append(new.envelope.client.user)
    return clean_tags(names)[:_MAX_TAGS] if names else ()


def _applies(rule: TagRule, subject: Subject) -> bool:
    try:
        return matches(rule.query_at(subject.received_at.astimezone()), subject)
    except QueryError:  # the query was valid when the rule was made, so only a relative date can have become invalid
        return False


def _subject(new: NewMessage) -> Subject:
    return Subject(
        store_id="",
        received_at=new.envelope.received_at,
        size=new.size,
        attachments=len(new.message.attachments),
        inlines=len(new.message.inlines),
        is_read=False,
        tags=(),
        texts=new.texts,
        inboxes=new.inboxes,
    )


def _titled(name: str) -> str:
    """Capitalise the first letter of each word."""
    return re.sub(r"(?<!\S)\S", lambda found: found[0].upper(), name)
