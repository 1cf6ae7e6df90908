"""Types of Mailpit's own routes: html-check, link-check, sa-check, chaos and webui."""

from typing import Annotated

from msgspec import Meta

from catcher.schema.base import Camel, Count


class HtmlCheckResult(Camel, frozen=True, kw_only=True):
    """A version of a mail program. support: "yes", "no", "partial" or "unknown". note_number: empty without a note."""

    name: str
    platform: str
    family: str
    version: str
    support: str
    note_number: str


class HtmlCheckScore(Camel, frozen=True, kw_only=True):
    """found: number of uses in the message. The others: shares of the tested versions, 0 to 100."""

    found: Count
    supported: float
    partial: float
    unsupported: float


class HtmlCheckWarning(Camel, frozen=True, kw_only=True):
    """A feature that some mail program does not support fully. description, notes_by_number: HTML."""

    slug: str
    title: str
    description: str
    url: str
    category: str
    tags: tuple[str, ...]
    keywords: str
    results: tuple[HtmlCheckResult, ...]
    notes_by_number: dict[str, str]
    score: HtmlCheckScore


class HtmlCheckTotal(Camel, frozen=True, kw_only=True):
    """The whole message. tests: number of features found. nodes: number of elements. The shares add up to 100."""

    tests: Count
    nodes: Count
    supported: float
    partial: float
    unsupported: float


class HtmlCheckResponse(Camel, frozen=True, kw_only=True):
    """What mail programs do not support of a message's HTML. platforms: program families of each platform."""

    warnings: tuple[HtmlCheckWarning, ...]
    platforms: dict[str, tuple[str, ...]]
    total: HtmlCheckTotal


class LinkCheckLink(Camel, frozen=True, kw_only=True):
    """A link. status_code: 0 without a response, 451 for an internal address."""

    url: str
    status_code: int
    status: str


class LinkCheckResponse(Camel, frozen=True, kw_only=True):
    """The links of a message. errors: number of links without a response or with a status of 400 or above."""

    errors: Count
    links: tuple[LinkCheckLink, ...]


class SpamCheckRule(Camel, frozen=True, kw_only=True):
    """A rule that matched."""

    score: float
    name: str
    description: str


class SpamCheckResponse(Camel, frozen=True, kw_only=True):
    """The verdict of the spam filter. error: why there is none; `Rules` is null then."""

    is_spam: bool
    error: str
    score: float
    rules: tuple[SpamCheckRule, ...] | None


class ChaosTrigger(Camel, frozen=True, kw_only=True):
    """One of Mailpit's triggers. probability: 0 to 100."""

    error_code: Annotated[int, Meta(description="400 to 599; 0 is the trigger's own.")] = 0
    probability: int = 0


class ChaosTriggers(Camel, frozen=True, kw_only=True):
    """Mailpit's three triggers; an omitted one is off."""

    sender: ChaosTrigger = ChaosTrigger()
    recipient: ChaosTrigger = ChaosTrigger()
    authentication: ChaosTrigger = ChaosTrigger()


class MessageRelay(Camel, frozen=True, kw_only=True):
    """Whether caught messages can be released, and through which server."""

    enabled: bool
    smtp_server: str
    return_path: str
    allowed_recipients: str
    blocked_recipients: str
    override_from: str
    preserve_message_ids: bool
    recipient_allowlist: str


class WebConfiguration(Camel, frozen=True, kw_only=True):
    """The configuration that a user interface needs."""

    label: str
    message_relay: MessageRelay
    spam_assassin: bool
    chaos_enabled: bool
    duplicates_ignored: bool
    hide_delete_all_button: bool
