"""All settings as one frozen value, checked where they contradict each other."""

from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network
from typing import Any

from catcher.conf.faults import FaultSettings
from catcher.conf.kinds import SocketAddress
from catcher.conf.relays import RelaySettings, RuleSettings
from catcher.conf.tags import TagRuleSettings
from catcher.conf.webhooks import WebhookSettings
from catcher.errors import SettingError


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The values a catcher is built from; `catcher.conf.table` says what each means.

    max_message_size: octets. The rest is in the units of the table. Raises SettingError where two settings contradict.
    """

    smtp: SocketAddress
    listen: SocketAddress
    smtps: SocketAddress | None
    lmtp: SocketAddress | None
    pop3: SocketAddress | None
    label: str
    container: bool
    database: str
    ephemeral: bool
    max: int
    max_age: timedelta | None
    bin: timedelta | None
    max_message_size: int
    use_message_dates: bool
    ignore_duplicate_ids: bool
    synchronous: str
    smtp_hostname: str
    smtp_tls_cert: str
    smtp_tls_key: str
    smtp_require_starttls: bool
    smtp_require_tls: bool
    smtp_auth_file: str
    smtp_auth: str = field(repr=False)
    smtp_auth_allow_insecure: bool
    smtp_max_recipients: int
    smtp_allowed_recipients: str
    smtp_ignore_rejected_recipients: bool
    smtp_max_connections: int
    smtp_max_connections_per_address: int
    smtp_max_errors: int
    smtp_idle_timeout: int
    smtp_data_timeout: int
    smtp_trusted_proxies: tuple[str, ...]
    spool_directory: str
    webroot: str
    hosts: tuple[str, ...]
    api_cors: tuple[str, ...]
    ui_auth_file: str
    ui_auth: str = field(repr=False)
    require_token: bool
    send_api_auth_file: str
    send_api_auth: str = field(repr=False)
    send_api_auth_accept_any: bool
    hide_delete_all_button: bool
    ui_tls_cert: str
    ui_tls_key: str
    disable_http_compression: bool
    enable_prometheus: bool
    metrics_listen: SocketAddress | None
    pop3_auth_file: str
    pop3_auth: str = field(repr=False)
    pop3_tls_cert: str
    pop3_tls_key: str
    pop3_require_tls: bool
    smtp_relay_host: str
    smtp_relay_port: int
    smtp_relay_starttls: bool
    smtp_relay_tls: bool
    smtp_relay_allow_insecure: bool
    smtp_relay_username: str
    smtp_relay_password: str = field(repr=False)
    smtp_relay_timeout: int
    smtp_relay_backend: str
    smtp_relay_options: dict[str, Any] = field(repr=False)
    smtp_relay_return_path: str
    smtp_relay_override_from: str
    smtp_relay_allowed_recipients: str
    smtp_relay_blocked_recipients: str
    smtp_relay_preserve_message_ids: bool
    smtp_relay_all: bool
    smtp_relay_matching: str
    smtp_relay_forward_smtp_errors: bool
    smtp_relay_config: str
    smtp_forward_config: str
    relay_rules: tuple[RuleSettings, ...]
    relays: dict[str, RelaySettings] = field(repr=False)
    webhooks: tuple[WebhookSettings, ...] = field(repr=False)
    webhook_url: str = field(repr=False)
    webhook_limit: int
    webhook_delay: int
    tag: tuple[TagRuleSettings, ...]
    tag_rules: tuple[TagRuleSettings, ...]
    tags_config: str
    tags_title_case: bool
    tags_disable: tuple[str, ...]
    tags_username: bool
    inbox_from: tuple[str, ...]
    inbox_domains: tuple[str, ...]
    inbox_header: str
    faults: tuple[FaultSettings, ...]
    enable_chaos: bool
    chaos_triggers: str
    check_clients: tuple[str, ...]
    spamassassin: str
    rspamd: str
    zone_file: str
    dns_servers: tuple[str, ...]
    internal_networks: tuple[IPv4Network | IPv6Network, ...]
    log_file: str
    log_format: str
    quiet: bool
    verbose: bool

    def __post_init__(self) -> None:
        if self.ephemeral and self.database:
            raise SettingError(f"--ephemeral and --database={self.database!r}: expected one of them, not both")
        if self.quiet and self.verbose:
            raise SettingError("--quiet and --verbose: expected one of them, not both")
        self._check_certificates()
        self._check_passwords()
        self._check_relays()
        if self.spamassassin and self.rspamd:
            raise SettingError("--spamassassin and --rspamd: expected one of them, not both")
        if self.zone_file and self.dns_servers:
            raise SettingError("--zone-file and --dns-servers: expected one of them, not both")

    def _check_certificates(self) -> None:
        for name, needed in (("smtp", ("require_starttls", "require_tls")), ("ui", ()), ("pop3", ("require_tls",))):
            alone = [f"{name}_{setting}" for setting in ("tls_key", *needed) if getattr(self, f"{name}_{setting}")]
            if alone and not getattr(self, f"{name}_tls_cert"):
                raise SettingError(f"{_flags(alone)}: expected {_flags([f'{name}_tls_cert'])} with it")
        if self.smtps and not self.smtp_tls_cert:
            raise SettingError(f"--smtps={str(self.smtps)!r}: expected --smtp-tls-cert with it")
        if self.smtp_require_starttls and self.smtp_require_tls:
            raise SettingError("--smtp-require-starttls and --smtp-require-tls: expected one of them, not both")

    def _check_passwords(self) -> None:
        for name in ("smtp", "ui", "pop3", "send_api"):
            if getattr(self, f"{name}_auth_file") and getattr(self, f"{name}_auth"):
                raise SettingError(
                    f"{_flags([f'{name}_auth_file'])} and {_flags([f'{name}_auth'])}: expected one of them"
                )
        is_insecure = self.smtp_auth_allow_insecure
        if (self.smtp_auth_file or self.smtp_auth) and not (self.smtp_tls_cert or is_insecure):
            raise SettingError(
                "--smtp-auth-file, --smtp-auth: expected --smtp-tls-cert with it, or --smtp-auth-allow-insecure"
            )
        if is_insecure and (self.smtp_require_starttls or self.smtp_require_tls):
            raise SettingError("--smtp-auth-allow-insecure and TLS that is required: expected one of them, not both")

    def _check_relays(self) -> None:
        if self.smtp_relay_starttls and self.smtp_relay_tls:
            raise SettingError("--smtp-relay-starttls and --smtp-relay-tls: expected one of them, not both")
        if (self.smtp_relay_all or self.smtp_relay_matching) and not self.all_relays:
            raise SettingError("--smtp-relay-all, --smtp-relay-matching: expected --smtp-relay-host with them")
        for rule in self.relay_rules:
            if (rule.relay or next(iter(self.all_relays), "")) not in self.all_relays:
                raise SettingError(
                    f"--relay-rules: {rule.relay!r} is no relay, expected one of {list(self.all_relays)}"
                )
        if self.webhook_url and any(each.name == "default" for each in self.webhooks):
            raise SettingError("--webhook-url and a webhook of the name 'default': expected one of them")
        if "default" in self.relays and (self.smtp_relay_host or self.smtp_relay_backend):
            raise SettingError("--smtp-relay-… and relays.default: expected one of them, not both")

    @property
    def all_relays(self) -> dict[str, RelaySettings]:
        """Every relay by name, the default one first."""
        single = RelaySettings(
            host=self.smtp_relay_host,
            port=self.smtp_relay_port,
            starttls=self.smtp_relay_starttls,
            tls=self.smtp_relay_tls,
            allow_insecure=self.smtp_relay_allow_insecure,
            username=self.smtp_relay_username,
            password=self.smtp_relay_password,
            timeout=self.smtp_relay_timeout,
            backend=self.smtp_relay_backend,
            options=self.smtp_relay_options,
            return_path=self.smtp_relay_return_path,
            override_from=self.smtp_relay_override_from,
            allowed_recipients=self.smtp_relay_allowed_recipients,
            blocked_recipients=self.smtp_relay_blocked_recipients,
            preserve_message_ids=self.smtp_relay_preserve_message_ids,
        )
        return {"default": single, **self.relays} if single.is_set else dict(self.relays)

    @property
    def all_webhooks(self) -> tuple[WebhookSettings, ...]:
        """Every webhook, that of the single settings first."""
        single = WebhookSettings(
            name="default", url=self.webhook_url, every=self.webhook_limit, delay=self.webhook_delay
        )
        return (single, *self.webhooks) if self.webhook_url else self.webhooks

    @property
    def all_rules(self) -> tuple[RuleSettings, ...]:
        """Every rule of what is sent onward on its own, those of the single settings first."""
        single = []
        if self.smtp_relay_all:
            single.append(RuleSettings(forward_smtp_errors=self.smtp_relay_forward_smtp_errors))
        elif self.smtp_relay_matching:
            single.append(
                RuleSettings(
                    recipients=self.smtp_relay_matching, forward_smtp_errors=self.smtp_relay_forward_smtp_errors
                )
            )
        return (*single, *self.relay_rules)


def _flags(names: list[str]) -> str:
    return ", ".join("--" + name.replace("_", "-") for name in names)
