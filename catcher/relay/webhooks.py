"""Webhooks: an HTTP POST for each new message. Queued, retried and logged like relayed mail.

The address is the administrator's own, so it may be internal; redirects are not followed. Signed as the Standard
Webhooks specification says: `webhook-id`, `webhook-timestamp`, `webhook-signature`.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from catcher.errors import QueryError, RelayError, SettingError
from catcher.net import Fetcher, FetchError
from catcher.store.labels.inbox_names import is_inbox
from catcher.store.model import StoredSummary
from catcher.store.records.outbox import NewJob
from catcher.store.search import Query, parse, within

PREFIX = "webhook:"
"""Prefix of the relay's name in the outbox jobs of webhooks."""

SECRET_PREFIX = "whsec_"  # noqa: S105 - a prefix, not a secret

_GONE = 410
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}\Z", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookEndpoint:
    """One webhook, as configured.

    query: a search query that a message must match, "" for all. secret: signs the body, "" for no signature; "whsec_"
        and base64, or any text. headers: additional header fields. every: minimum interval between two calls. delay:
        time from the arrival of a message to its call. inbox: restricts the webhook to one inbox, "" for all.
    Raises SettingError.
    """

    name: str
    url: str
    query: str = ""
    secret: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    every: timedelta = timedelta()
    delay: timedelta = timedelta()
    inbox: str = ""

    def __post_init__(self) -> None:
        if not re.match(r"https?://[^/\s]", self.url):
            raise SettingError(f"url={self.url!r} of the webhook {self.name!r}: expected an http or https address")
        for field, value in self.headers:
            if not _NAME.match(field) or not value.isprintable() or not value.isascii():
                raise SettingError(f"header {field!r} of the webhook {self.name!r}: expected a field of plain ASCII")
        if self.inbox and not is_inbox(self.inbox):
            raise SettingError(f"inbox={self.inbox!r} of the webhook {self.name!r}: expected the name of an inbox")
        try:
            self.query_at(datetime.now().astimezone())
        except QueryError as error:
            raise SettingError(f"query={self.query!r} of the webhook {self.name!r}: {error}") from error

    @property
    def key(self) -> bytes:
        """The signing key."""
        if self.secret.startswith(SECRET_PREFIX):
            try:
                return base64.b64decode(self.secret.removeprefix(SECRET_PREFIX), validate=True)
            except binascii.Error:
                pass
        return self.secret.encode()

    def query_at(self, now: datetime) -> Query:
        """Return the query; `now` is aware. Raises QueryError."""
        return within(parse(self.query, now=now, zone=now.tzinfo or UTC), self.inbox)


class WebhookSender:
    """Calls webhooks. payload: makes the body from a message's summary. label: sent as Mailpit-Label."""

    def __init__(
        self,
        endpoints: Sequence[WebhookEndpoint],
        *,
        fetcher: Fetcher,
        payload: Callable[[StoredSummary], bytes],
        label: str = "",
    ) -> None:
        self._endpoints = {endpoint.name: endpoint for endpoint in endpoints}
        self._fetcher = fetcher
        self._payload = payload
        self._label = label
        self._next: dict[str, datetime] = {}

    @property
    def all(self) -> tuple[WebhookEndpoint, ...]:
        """All webhooks in the order of the settings."""
        return tuple(self._endpoints.values())

    def named(self, name: str) -> WebhookEndpoint | None:
        """Return the webhook of this name, None for an unknown one."""
        return self._endpoints.get(name)

    def job(self, webhook: WebhookEndpoint, store_id: str, *, now: datetime) -> NewJob:
        """Return the outbox job for a message, due after the webhook's earlier ones."""
        turn = max(now, self._next.get(webhook.name, now)) + webhook.delay
        self._next[webhook.name] = turn - webhook.delay + webhook.every
        return NewJob(store_id=store_id, relay=PREFIX + webhook.name, recipients=(), delay=turn - now)

    async def call(self, webhook: WebhookEndpoint, summary: StoredSummary, *, number: int) -> str:
        """Call the webhook for a message; return the status line. number: of the job, the same on a retry.

        Raises RelayError: lasting for 410 Gone, the end of the subscription.
        """
        body = self._payload(summary)
        try:
            page = await self._fetcher.post(webhook.url, body, headers=self._headers(webhook, body, number))
        except FetchError as error:
            raise RelayError(str(error)) from error
        status = f"{page.status} {page.hops[0].reason}".strip()
        if not 200 <= page.status < 300:
            raise RelayError(status, is_lasting=page.status == _GONE)
        return status

    def _headers(self, webhook: WebhookEndpoint, body: bytes, number: int) -> dict[str, str]:
        stamp = str(int(datetime.now(UTC).timestamp()))
        headers = {"Content-Type": "application/json", "webhook-id": f"job_{number}", "webhook-timestamp": stamp}
        if webhook.secret:
            headers["webhook-signature"] = signature(webhook.key, f"job_{number}", stamp, body)
        if self._label.isascii() and self._label.isprintable() and self._label:
            headers["Mailpit-Label"] = self._label
        return headers | dict(webhook.headers)


def signature(key: bytes, identity: str, stamp: str, body: bytes) -> str:
    """Return "v1," and base64 of HMAC-SHA256 over identity, timestamp and body. Source: Standard Webhooks."""
    signed = f"{identity}.{stamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
