"""What handlers get: the services of other rooms, facts about this instance, and the options of the site."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from msgspec import Struct, field

from catcher import checks, extract
from catcher.conf import EffectiveSetting
from catcher.counters import Totals
from catcher.errors import StoreUnavailable
from catcher.faults import FaultRules
from catcher.intake import Intake
from catcher.net.htpasswd import Htpasswd
from catcher.relay import Relays, WebhookSender
from catcher.store import AsyncStore, ByIds
from catcher.store.labels.inbox_routing import InboxRouting
from catcher.store.records.tokens import ApiToken
from catcher.threads import LazyValue, Threads


class ListenerInfo(Struct, frozen=True, kw_only=True):
    """One address on which the running server accepts mail.

    protocol: "smtp", "lmtp" or "pop3". address: "host:port" or "unix:/path". security: "", "STARTTLS" or "TLS".
    """

    protocol: str
    address: str
    security: str = ""


class InstanceInfo(Struct, frozen=True, kw_only=True):
    """Facts about this instance that do not change while it runs.

    database: as configured, for people; "" for an ephemeral one. max_message_octets: 0 is unlimited.
    in_container: whether host names in setup snippets should be the service's name.
    ca_certificate: PEM of the CA that signed this instance's certificate, b"" without one.
    """

    version: str
    label: str
    started_at: datetime
    database: str
    listening: tuple[ListenerInfo, ...]
    max_message_octets: int
    max_messages: int
    in_container: bool = False
    ca_certificate: bytes = b""
    settings: tuple[EffectiveSetting, ...] = ()


_log = logging.getLogger("catcher.web")


class Services(Struct, frozen=True, kw_only=True):
    """The rooms that handlers use.

    checks: imported and built when a message is first checked. routing: the rules that route a message to inboxes.
    totals: counters of the mail that clients have offered since the start. extract_rules: of the codes and links of
    certain messages.
    """

    store: AsyncStore
    intake: Intake
    threads: Threads
    facts: InstanceInfo
    relays: Relays
    webhooks: WebhookSender
    checks: "LazyValue[checks.Checker]"
    faults: FaultRules
    totals: Callable[[], Totals]
    routing: InboxRouting = field(default_factory=InboxRouting)
    extract_rules: tuple["extract.ExtractRule", ...] = ()
    has_spam_filter: bool = False
    hides_delete_all: bool = False
    ignores_duplicates: bool = False
    has_chaos: bool = False
    has_metrics: bool = False

    async def find_token(self, secret: str) -> ApiToken | None:
        """Return the token with this secret, None when there is none. Raises StoreUnavailable."""
        return await self.store.tokens.find(secret, now=datetime.now(UTC))

    async def mark_read(self, store_id: str) -> bool:
        """Mark a message as read if that is possible now; return the mark.

        A message can be read without it: a full disk or a locked database does not hide the message.
        """
        try:
            await self.store.mark(ByIds((store_id,)), is_read=True)
        except StoreUnavailable as error:
            _log.warning("A message could not be marked as read: %s", error)
            return False
        return True


class WebOptions(Struct, frozen=True, kw_only=True):
    """Options of the site.

    webroot: path prefix with leading and trailing slash. hosts: Host names to accept besides those that cannot come
    from DNS rebinding. cors: origins ("host:port", "*" for all) that may use the API. body_limit: octets of a request
    body, except for sent mail. is_public: bound beyond loopback without authentication; the pages warn of it.
    passwords: users with access, None for everybody; needs_token: access only with one of these passwords or a token.
    send_passwords: users who may send through the API, instead of `passwords`; accepts_any_sender: everybody may.
    is_compressed: whether responses may be compressed. views_remote: whether /view/ID.html loads remote content for
    clients on this machine. bin: how long deleted messages can be restored, None: never.
    """

    webroot: str = "/"
    hosts: tuple[str, ...] = ()
    cors: tuple[str, ...] = ()
    body_limit: int = 5 * 1024 * 1024
    is_public: bool = False
    passwords: Htpasswd | None = None
    send_passwords: Htpasswd | None = None
    accepts_any_sender: bool = False
    needs_token: bool = False
    is_compressed: bool = True
    views_remote: bool = False
    bin: timedelta | None = None

    @property
    def is_protected(self) -> bool:
        """Whether access needs a password or a token."""
        return self.passwords is not None or self.needs_token
