"""Webhooks: news of a message, told to a program by HTTP. Queued, repeated and logged like mail that is sent onward.

The address is the administrator's own, so it may be internal; redirects are not followed. Signed after the Standard
Webhooks specification: `webhook-id`, `webhook-timestamp`, `webhook-signature`.
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
from catcher.store.labels.inbox_names import clean_inbox, fold_inbox
from catcher.store.model import StoredSummary
from catcher.store.records.outbox import NewJob
from catcher.store.search import InInbox, Query, all_of, parse

PREFIX = "webhook:"
"""Begins what a job of the queue calls its relay, when it is a webhook."""

SECRET_PREFIX = "whsec_"  # noqa: S105 - of secrets, none itself

_GONE = 410
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}\Z", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """One webhook.

    query: a search query that a message has to match, "" for all. secret: signs the body, "" for no signature; as
        "whsec_" and base64, or any text. headers: further header fields. every: at least so long between two calls;
        what comes quicker waits. delay: how long after its arrival a message is told of. inbox: only mail in this one
        is told of, "" for all.
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
        if self.inbox != clean_inbox(self.inbox) or (self.inbox and not fold_inbox(self.inbox)):
            raise SettingError(f"inbox={self.inbox!r} of the webhook {self.name!r}: expected the name of an inbox")
        try:
            self.query_at(datetime.now().astimezone())
        except QueryError as error:
            raise SettingError(f"query={self.query!r} of the webhook {self.name!r}: {error}") from error

    @property
    def key(self) -> bytes:
        """What signs."""
        if self.secret.startswith(SECRET_PREFIX):
            try:
                return base64.b64decode(self.secret.removeprefix(SECRET_PREFIX), validate=True)
            except binascii.Error:
                pass
        return self.secret.encode()

    def query_at(self, now: datetime) -> Query:
        """The query; `now` is aware. Raises QueryError."""
        query = parse(self.query, now=now, zone=now.tzinfo or UTC)
        return all_of((InInbox(name=fold_inbox(self.inbox)), query)) if self.inbox else query


class Webhooks:
    """All webhooks. payload: makes the body from a message's summary. agent, label: for the header fields."""

    def __init__(
        self,
        webhooks: Sequence[Webhook],
        *,
        fetcher: Fetcher,
        payload: Callable[[StoredSummary], bytes],
        label: str = "",
    ) -> None:
        self._webhooks = {webhook.name: webhook for webhook in webhooks}
        self._fetcher = fetcher
        self._payload = payload
        self._label = label
        self._next: dict[str, datetime] = {}

    @property
    def all(self) -> tuple[Webhook, ...]:
        """In the order of the settings."""
        return tuple(self._webhooks.values())

    def named(self, name: str) -> Webhook | None:
        """The webhook of this name, None when there is none."""
        return self._webhooks.get(name)

    def job(self, webhook: Webhook, store_id: str, *, now: datetime) -> NewJob:
        """What is to be queued for a message: its turn comes after those that were queued before."""
        turn = max(now, self._next.get(webhook.name, now)) + webhook.delay
        self._next[webhook.name] = turn - webhook.delay + webhook.every
        return NewJob(store_id=store_id, relay=PREFIX + webhook.name, recipients=(), delay=turn - now)

    async def call(self, webhook: Webhook, summary: StoredSummary, *, number: int) -> str:
        """Tell of a message; the answer's status in words. number: of the job, which stays when it is told again.

        Raises RelayError: lasting for 410, which means that nobody wants it any more.
        """
        body = self._payload(summary)
        try:
            page = await self._fetcher.post(webhook.url, body, headers=self._headers(webhook, body, number))
        except FetchError as error:
            raise RelayError(str(error)) from error
        said = f"{page.status} {page.hops[0].reason}".strip()
        if not 200 <= page.status < 300:
            raise RelayError(said, is_lasting=page.status == _GONE)
        return said

    def _headers(self, webhook: Webhook, body: bytes, number: int) -> dict[str, str]:
        stamp = str(int(datetime.now(UTC).timestamp()))
        headers = {"Content-Type": "application/json", "webhook-id": f"job_{number}", "webhook-timestamp": stamp}
        if webhook.secret:
            headers["webhook-signature"] = signature(webhook.key, f"job_{number}", stamp, body)
        if self._label.isascii() and self._label.isprintable() and self._label:
            headers["Mailpit-Label"] = self._label
        return headers | dict(webhook.headers)


def signature(key: bytes, identity: str, stamp: str, body: bytes) -> str:
    """ "v1," and base64 of HMAC-SHA256 over identity, timestamp and body. Source: Standard Webhooks."""
    signed = f"{identity}.{stamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
