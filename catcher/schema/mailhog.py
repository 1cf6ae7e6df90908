"""Types of MailHog's API."""

from typing import Annotated

from msgspec import Meta, Struct, field

from catcher.schema.base import Camel, Count, Moment

Chance = Annotated[float, Meta(description="0 to 1")]


class HogPath(Camel, frozen=True, kw_only=True):
    """An envelope address in two halves. Relays and Params are always empty."""

    relays: tuple[str, ...] | None = None
    mailbox: str
    domain: str
    params: str = ""


class HogContent(Camel, frozen=True, kw_only=True):
    """An entity: field bodies by name and the body, both as sent, the body still transfer-encoded."""

    headers: dict[str, list[str]]
    body: str
    size: Count
    mime: "HogParts | None" = field(default=None, name="MIME")


class HogParts(Camel, frozen=True, kw_only=True):
    """The parts of a multipart."""

    parts: tuple[HogContent, ...]


class HogRaw(Camel, frozen=True, kw_only=True):
    """The SMTP transaction."""

    from_: str
    to: tuple[str, ...]
    data: str
    helo: str


class HogMessage(Camel, frozen=True, kw_only=True):
    """A message. Octets that are not UTF-8 become U+FFFD, as in MailHog."""

    id: str
    from_: HogPath
    to: tuple[HogPath, ...]
    content: HogContent
    created: Moment
    mime: HogParts | None = field(name="MIME")
    raw: HogRaw


class HogList(Struct, frozen=True, kw_only=True):
    """A page of a list, newest first. total: number of all that match. count: number of items."""

    total: Count
    count: Count
    start: Count
    items: tuple[HogMessage, ...]


class HogMonkey(Camel, frozen=True, kw_only=True):
    """The chances of MailHog's monkey, with MailHog's defaults. Speed limits are accepted but not imitated."""

    accept_chance: Chance = 0.99
    disconnect_chance: Chance = 0.005
    reject_sender_chance: Chance = 0.05
    reject_recipient_chance: Chance = 0.05
    reject_auth_chance: Chance = 0.05
    link_speed_affect: Chance = 0.0
    link_speed_min: float = 0.0
    link_speed_max: float = 0.0
