"""What the handlers may use, in two values: the services of other rooms, and how the site is set up."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from msgspec import Struct, field

from catcher.counters import Totals
from catcher.faults import FaultRules
from catcher.intake import Intake
from catcher.net.htpasswd import Htpasswd
from catcher.relay import Relays, Webhooks
from catcher.store.aio import AsyncStore
from catcher.store.labels.inbox_routing import InboxRouting
from catcher.store.records.tokens import ApiToken
from catcher.threads import OnDemand, Threads

if TYPE_CHECKING:
    from catcher.checks import Checker


class Listening(Struct, frozen=True, kw_only=True):
    """One address the running server takes mail on, as the pages and the API tell it.

    protocol: "smtp", "lmtp" or "pop3". address: "host:port" or "unix:/path". security: "", "STARTTLS" or "TLS".
    """

    protocol: str
    address: str
    security: str = ""


class SettingFact(Struct, frozen=True, kw_only=True):
    """One setting this instance was started with.

    value: as one would write it, never a secret. source: "default", "file", "environment" or "flag"; name: what names
    it there, "" for a default.
    """

    section: str
    flag: str
    value: str
    source: str
    name: str
    help: str


class Facts(Struct, frozen=True, kw_only=True):
    """What is known of this instance and does not change while it runs.

    database: what the person gave, for people; "" for an ephemeral one. max_message_octets: 0 is unlimited.
    in_container: whether host names in settings snippets should be the service's name.
    ca_certificate: PEM of the CA that signed this instance's certificate, b"" without one.
    """

    version: str
    label: str
    started_at: datetime
    database: str
    listening: tuple[Listening, ...]
    max_message_octets: int
    max_messages: int
    in_container: bool = False
    ca_certificate: bytes = b""
    settings: tuple[SettingFact, ...] = ()


class Services(Struct, frozen=True, kw_only=True):
    """The rooms a handler may ask. checks: imported and made when a message is first checked.

    sorting: what tells the inboxes of incoming mail, for telling which addresses lead there. totals: of the mail that
    clients have offered since the start, counted until now.
    """

    store: AsyncStore
    intake: Intake
    threads: Threads
    facts: Facts
    relays: Relays
    webhooks: Webhooks
    checks: "OnDemand[Checker]"
    faults: FaultRules
    totals: Callable[[], Totals]
    sorting: InboxRouting = field(default_factory=InboxRouting)
    has_spam_filter: bool = False
    hides_delete_all: bool = False
    ignores_duplicates: bool = False
    has_chaos: bool = False
    has_metrics: bool = False

    async def token_of(self, secret: str) -> ApiToken | None:
        """The token of this secret, None when there is none. Raises StoreUnavailable."""
        return await self.threads.run(self.store.store.tokens.find, secret, now=datetime.now(UTC))


class WebOptions(Struct, frozen=True, kw_only=True):
    """How the site is set up.

    webroot: path prefix with leading and trailing slash. hosts: Host names that are let in besides those that
    cannot come from DNS rebinding. cors: origins ("host:port", "*" for all) that may use the API. body_limit:
    octets of a request body, but for sent mail. is_public: bound beyond loopback without authentication, which the
    page warns of. passwords: who may come in, None for everybody; with `needs_token` only who
    has one or a token. send_passwords: who may send by the API, instead of those; accepts_any_sender: everybody may.
    is_compressed: whether answers may be. bin: how long what is deleted in the pages can be brought back, None for not
    at all.
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
    bin: timedelta | None = None

    @property
    def is_closed(self) -> bool:
        """Whether not everybody may come in."""
        return self.passwords is not None or self.needs_token
