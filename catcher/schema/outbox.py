"""The outbox: messages on their way to relays and webhooks."""

from msgspec import Struct

from catcher.schema.base import Count, Moment


class JobInfo(Struct, frozen=True, kw_only=True):
    """The delivery of one message to one relay or webhook.

    relay: its name, or "webhook:" and the webhook's name. recipients: those still to be delivered to, or the last ones
    tried. state: "waiting", "sent" or "failed". due_at: time of the next attempt, null if there is none. text: of the
    last response.
    """

    id: int
    message_id: str
    relay: str
    recipients: tuple[str, ...]
    attempts: Count
    created_at: Moment
    due_at: Moment | None
    state: str
    text: str


class JobList(Struct, frozen=True, kw_only=True):
    """Jobs, newest first; only the newest thousand of the finished ones are kept."""

    jobs: tuple[JobInfo, ...]


class WebhookInfo(Struct, frozen=True, kw_only=True):
    """A webhook. url: without credentials and query. every, delay: in seconds. inbox: empty for all mail."""

    name: str
    url: str
    query: str
    inbox: str
    is_signed: bool
    every: float
    delay: float


class WebhookList(Struct, frozen=True, kw_only=True):
    """All webhooks, in the order of the settings."""

    webhooks: tuple[WebhookInfo, ...]


class WebhookTest(Struct, frozen=True, kw_only=True):
    """The result of a test call of a webhook. text: the status of the response, or why there is none."""

    ok: bool
    text: str
