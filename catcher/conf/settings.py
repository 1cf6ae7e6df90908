"""Every setting, declared once: name, kind, default and help.

Flag, environment variable and TOML key follow from the name: `max_age` is `--max-age`, `CATCHER_MAX_AGE` and
`max_age`. Where Mailpit has the same setting, it carries Mailpit's name and short form. `TABLE` and `SECTIONS` derive
from the declarations, and from those the command line, the loader and the table in README.md.
"""

from collections.abc import Iterable, Iterator
from dataclasses import KW_ONLY, MISSING, dataclass, field, fields, replace
from datetime import timedelta
from itertools import groupby
from typing import Annotated, Any

from catcher.conf.addresses import SocketAddress
from catcher.conf.kinds import (
    MIB,
    TEXT,
    Address,
    AddressText,
    Boolean,
    Count,
    Database,
    Duration,
    JsonObject,
    Kind,
    Networks,
    Octets,
    OptionalAddress,
    PathText,
    Pattern,
    Port,
    PositiveSeconds,
    Seconds,
    Text,
    Url,
    UrlPath,
    Words,
    kinds_of,
    one_of,
    some_of,
)
from catcher.conf.tables import (
    ChaosTriggers,
    ExtractRules,
    Faults,
    RelayRules,
    RelayRuleSettings,
    Relays,
    RelaySettings,
    TagLine,
    TagRules,
    Webhooks,
    WebhookSettings,
)
from catcher.errors import SettingError


@dataclass(frozen=True, slots=True, eq=False)
class Option:
    """The declaration of one setting. In a type it has what the type and the field do not say; in `TABLE` it has all.

    short: the one-letter flag. secret: never printed. section: in a type, the heading that begins with this setting.
    """

    help: str
    _: KW_ONLY
    short: str = ""
    secret: bool = False
    section: str = ""
    name: str = ""
    kind: Kind = TEXT
    default: Any = None

    @property
    def flag(self) -> str:
        """The command-line flag."""
        return "--" + self.name.replace("_", "-")

    @property
    def variable(self) -> str:
        """The environment variable."""
        return "CATCHER_" + self.name.upper()


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Settings:
    """The values a catcher is built from. Raises SettingError for settings that contradict each other.

    `repr` leaves secrets out.
    """

    smtp: Annotated[
        Address,
        Option(
            "Address of the SMTP listener. In a container the default is every interface.", short="s", section="General"
        ),
    ] = SocketAddress("127.0.0.1", 1025)
    listen: Annotated[
        Address,
        Option("Address of the web interface and the API. In a container the default is every interface.", short="l"),
    ] = SocketAddress("127.0.0.1", 8025)
    smtps: Annotated[
        OptionalAddress,
        Option("Address of an SMTP listener with implicit TLS, for example 127.0.0.1:1465; empty for none."),
    ] = None
    lmtp: Annotated[OptionalAddress, Option("Address of the LMTP listener; empty for none.")] = None
    pop3: Annotated[
        OptionalAddress, Option("Address of the POP3 listener, for example 127.0.0.1:1110; empty for none.")
    ] = None
    label: Annotated[
        Text, Option("Name of this instance, shown in the web interface, the SMTP greeting and the API.")
    ] = ""
    container: Annotated[
        Boolean,
        Option(
            "Run in a container: listen on every interface, store in /data, suggest service names. Set by the image."
        ),
    ] = False

    database: Annotated[
        Database,
        Option(
            "Database: a file, a directory (for catcher.db in it) or a URL (postgresql://…). The default is catcher.db "
            "in the user's data directory, in a container in /data.",
            short="d",
            section="Storage",
        ),
    ] = ""
    ephemeral: Annotated[Boolean, Option("Use a temporary database and delete it on exit.")] = False
    max: Annotated[
        Count, Option("Maximum number of messages; the oldest are deleted first. 0 for no limit.", short="m")
    ] = 10_000
    max_age: Annotated[
        Duration, Option("Maximum age of a message, such as 24h or 7d; older ones are deleted. Empty for no limit.")
    ] = None
    bin: Annotated[
        Duration,
        Option("How long messages deleted in the web interface can be restored, such as 15m; empty for never."),
    ] = timedelta(minutes=15)
    max_message_size: Annotated[Octets, Option("Maximum message size, in MiB or with a unit; 0 for no limit.")] = (
        50 * MIB
    )
    use_message_dates: Annotated[Boolean, Option("Use the Date field of a message as the time of its receipt.")] = False
    ignore_duplicate_ids: Annotated[
        Boolean, Option("Acknowledge messages whose Message-ID is already stored, without storing them again.")
    ] = False
    synchronous: Annotated[
        str,
        one_of("full", "normal"),
        Option("Durability of a commit: full survives a power failure, normal only a crash of the process."),
    ] = "full"

    smtp_hostname: Annotated[
        Text,
        Option("Host name of the SMTP server in its greeting. The default is the machine's host name.", section="SMTP"),
    ] = ""
    smtp_tls_cert: Annotated[
        PathText,
        Option("TLS certificate chain (PEM) for SMTP (STARTTLS, --smtps); auto or auto:NAME,NAME generates one."),
    ] = ""
    smtp_tls_key: Annotated[PathText, Option("Private key (PEM) of --smtp-tls-cert, if it is in a separate file.")] = ""
    smtp_require_starttls: Annotated[Boolean, Option("Refuse mail before STARTTLS.")] = False
    smtp_require_tls: Annotated[Boolean, Option("Use implicit TLS on the --smtp listener, too.")] = False
    smtp_auth_file: Annotated[
        PathText,
        Option(
            "htpasswd file of users who may send mail. Without it any credentials are accepted, and none are required."
        ),
    ] = ""
    smtp_auth: Annotated[
        Text, Option("SMTP users as user:hash pairs, separated by blanks, instead of --smtp-auth-file.", secret=True)
    ] = ""
    smtp_auth_allow_insecure: Annotated[
        Boolean, Option("Allow SMTP logins without TLS for the users of --smtp-auth-file or --smtp-auth.")
    ] = False
    smtp_max_recipients: Annotated[Count, Option("Maximum number of recipients of a message; 0 for no limit.")] = 1000
    smtp_allowed_recipients: Annotated[
        Pattern, Option("Regular expression of the only recipients to accept mail for.")
    ] = ""
    smtp_ignore_rejected_recipients: Annotated[
        Boolean, Option("Acknowledge and drop other recipients instead of rejecting them (--smtp-allowed-recipients).")
    ] = False
    smtp_max_connections: Annotated[
        Count, Option("Maximum number of concurrent SMTP connections; 0 for no limit but the system's.")
    ] = 5000
    smtp_max_connections_per_address: Annotated[
        Count, Option("Maximum number of concurrent SMTP connections from one address; 0 for no limit.")
    ] = 0
    smtp_max_errors: Annotated[
        Count, Option("Number of invalid SMTP commands after which a connection is closed; 0 for no limit.")
    ] = 100
    smtp_idle_timeout: Annotated[
        PositiveSeconds, Option("Seconds of inactivity after which an SMTP connection is closed.")
    ] = 300
    smtp_data_timeout: Annotated[
        PositiveSeconds, Option("Maximum number of seconds for the content of one message over SMTP.")
    ] = 1800
    smtp_trusted_proxies: Annotated[
        Words, Option("Networks of proxies whose SMTP connections begin with a PROXY header that names the client.")
    ] = ()
    spool_directory: Annotated[
        PathText,
        Option("Directory for incoming messages of more than 1 MiB. The default is the system's for temporary files."),
    ] = ""

    webroot: Annotated[
        UrlPath, Option("URL path of the web interface and the API.", section="Web interface and API")
    ] = "/"
    hosts: Annotated[
        Words,
        Option("Public host names of the web interface; requests for others are refused (DNS rebinding). * for all."),
    ] = ()
    api_cors: Annotated[Words, Option("Origins of other sites that may use the API (CORS); * for all.")] = ()
    ui_auth_file: Annotated[
        PathText, Option("htpasswd file of users of the web interface and the API. Without it no login is required.")
    ] = ""
    ui_auth: Annotated[
        Text,
        Option("Web and API users as user:hash pairs, separated by blanks, instead of --ui-auth-file.", secret=True),
    ] = ""
    require_token: Annotated[
        Boolean, Option("Require an API token (catcher token create) or a password of --ui-auth for pages and API.")
    ] = False
    send_api_auth_file: Annotated[
        PathText, Option("htpasswd file of users of the send API. The default is --ui-auth-file.")
    ] = ""
    send_api_auth: Annotated[
        Text,
        Option(
            "Users of the send API as user:hash pairs, separated by blanks, instead of --send-api-auth-file.",
            secret=True,
        ),
    ] = ""
    send_api_auth_accept_any: Annotated[Boolean, Option("Accept any credentials, or none, in the send API.")] = False
    hide_delete_all_button: Annotated[Boolean, Option("Hide the button that deletes all messages.")] = False
    ui_tls_cert: Annotated[
        PathText, Option("TLS certificate chain (PEM) for HTTPS; auto or auto:NAME,NAME generates one.")
    ] = ""
    ui_tls_key: Annotated[PathText, Option("Private key (PEM) of --ui-tls-cert, if it is in a separate file.")] = ""
    view_remote: Annotated[
        Boolean,
        Option(
            "Let /view/ID.html load images and styles of other hosts for clients on this machine, as ?remote=1 does."
        ),
    ] = False
    disable_http_compression: Annotated[Boolean, Option("Do not compress HTTP responses.")] = False
    enable_prometheus: Annotated[
        Boolean, Option("Serve Prometheus metrics at /metrics, to users of the web interface.")
    ] = False
    metrics_listen: Annotated[
        OptionalAddress, Option("Address of a listener for Prometheus metrics alone, without a login; empty for none.")
    ] = None

    pop3_auth_file: Annotated[
        PathText,
        Option(
            "htpasswd file of users who may read mail by POP3. The default is --ui-auth-file; where pages and "
            "API need no login, any credentials are accepted.",
            section="POP3",
        ),
    ] = ""
    pop3_auth: Annotated[
        Text, Option("POP3 users as user:hash pairs, separated by blanks, instead of --pop3-auth-file.", secret=True)
    ] = ""
    pop3_tls_cert: Annotated[
        PathText, Option("TLS certificate chain (PEM) for POP3 with STLS; auto or auto:NAME,NAME generates one.")
    ] = ""
    pop3_tls_key: Annotated[PathText, Option("Private key (PEM) of --pop3-tls-cert, if it is in a separate file.")] = ""
    pop3_require_tls: Annotated[Boolean, Option("Use implicit TLS on the POP3 listener instead of STLS.")] = False

    smtp_relay_host: Annotated[
        Text,
        Option(
            "Host name of the relay server, which messages can be released to. Without a relay no mail leaves catcher.",
            section="Relay",
        ),
    ] = ""
    smtp_relay_port: Annotated[Port, Option("TCP port of the relay server.")] = 25
    smtp_relay_starttls: Annotated[Boolean, Option("Use STARTTLS with the relay server.")] = False
    smtp_relay_tls: Annotated[Boolean, Option("Use implicit TLS with the relay server.")] = False
    smtp_relay_allow_insecure: Annotated[Boolean, Option("Accept any TLS certificate of the relay server.")] = False
    smtp_relay_username: Annotated[Text, Option("User name for the relay server.")] = ""
    smtp_relay_password: Annotated[Text, Option("Password for the relay server.", secret=True)] = ""
    smtp_relay_timeout: Annotated[
        Seconds, Option("Seconds to wait for a reply of the relay server; a session ends after five minutes.")
    ] = 30
    smtp_relay_backend: Annotated[
        Text, Option("Mail backend class (dotted path, also Django's) for releasing messages, instead of SMTP.")
    ] = ""
    smtp_relay_options: Annotated[
        JsonObject, Option("Further arguments for the relay's mail backend.", secret=True)
    ] = field(default_factory=dict)
    smtp_relay_return_path: Annotated[
        Text, Option("Address for bounces of released messages. The default is the author's address.")
    ] = ""
    smtp_relay_override_from: Annotated[Text, Option("Address that replaces the author's in released messages.")] = ""
    smtp_relay_allowed_recipients: Annotated[
        Pattern, Option("Regular expression of the only addresses that messages may be released to.")
    ] = ""
    smtp_relay_blocked_recipients: Annotated[
        Pattern, Option("Regular expression of the addresses that messages are never released to.")
    ] = ""
    smtp_relay_preserve_message_ids: Annotated[
        Boolean, Option("Keep the Message-ID of released messages instead of generating a new one.")
    ] = False
    smtp_relay_all: Annotated[
        Boolean, Option("Relay every incoming message to its recipients through the default relay, and store it.")
    ] = False
    smtp_relay_matching: Annotated[
        Pattern, Option("Regular expression of recipients whose mail is relayed, as with --smtp-relay-all.")
    ] = ""
    smtp_relay_forward_smtp_errors: Annotated[
        Boolean,
        Option("Relay before acknowledging a message, and pass refusals on to its sender, instead of queueing."),
    ] = False
    smtp_relay_config: Annotated[PathText, Option("YAML file with the default relay, in Mailpit's format.")] = ""
    smtp_forward_config: Annotated[
        PathText, Option("YAML file with a server and the recipients that mail is forwarded to, in Mailpit's format.")
    ] = ""
    relay_rules: Annotated[
        RelayRules,
        Option(
            "Rules for automatic relaying: in TOML a [[relay_rules]] table each, with relay (a name), query (a "
            "search), recipients (a regular expression), to (addresses to forward to instead), forward_smtp_errors."
        ),
    ] = ()
    relays: Annotated[
        Relays,
        Option(
            "Further relays by name: in TOML a [relays.NAME] table each, with the keys of --smtp-relay-… (host, port "
            "and so on).",
            secret=True,
        ),
    ] = field(default_factory=dict)

    webhooks: Annotated[
        Webhooks,
        Option(
            "Webhooks that are called for new messages: in TOML a [[webhooks]] table each, with url, name, query (a "
            "search), inbox, secret, headers, every, delay.",
            secret=True,
            section="Webhooks",
        ),
    ] = ()
    webhook_url: Annotated[Url, Option("URL that is called for each new message.", secret=True)] = ""
    webhook_limit: Annotated[
        Seconds, Option("Minimum number of seconds between two calls of --webhook-url; others wait.")
    ] = 1
    webhook_delay: Annotated[Seconds, Option("Seconds from the arrival of a message to the call of --webhook-url.")] = 0

    tag: Annotated[
        TagLine,
        Option(
            'Tags for messages that match a search or contain a text: tag=match, or "Tag one,tag2"="some words".',
            short="t",
            section="Tags",
        ),
    ] = ()
    tag_rules: Annotated[
        TagRules, Option("Tag rules as tables: in TOML a [[tag_rules]] table each, with match and tags.")
    ] = ()
    tags_config: Annotated[PathText, Option("YAML file with tag rules, in Mailpit's format.")] = ""
    tags_title_case: Annotated[Boolean, Option("Capitalize the words of tags that messages bring along.")] = False
    tags_disable: Annotated[
        tuple[str, ...],
        some_of("x-tags", "plus-addresses", aliases={"xtags": "x-tags", "plus-addressing": "plus-addresses"}),
        Option("Sources of tags in messages to ignore: x-tags (the header field), plus-addresses."),
    ] = ()
    tags_username: Annotated[Boolean, Option("Tag messages with the user name of the sender's login.")] = False

    extract_rules: Annotated[
        ExtractRules,
        Option(
            "Rules for the code and the link of certain messages: in TOML an [[extract_rules]] table each, with match "
            "(a search) and code, link or both (regular expressions; what the first group matches counts).",
            section="Codes and links",
        ),
    ] = ()

    inbox_from: Annotated[
        tuple[str, ...],
        some_of("user", "tag", "domain", "header", "recipient", empty="none"),
        Option(
            "Sources of a message's inbox, the first that applies: user (of the SMTP login), tag (of ann+tag@…), "
            "domain (a sub-domain of --inbox-domains), header (the field --inbox-header), recipient; none for no "
            "inboxes.",
            section="Inboxes",
        ),
    ] = ("user", "tag", "domain", "header", "recipient")
    inbox_domains: Annotated[
        Words,
        Option("Domains whose sub-domains are inboxes: mail to anything@signup.inbox.test is in the inbox signup."),
    ] = ("inbox.test",)
    inbox_header: Annotated[Text, Option("Header field in which an application names the inbox.")] = "X-Catcher-Inbox"

    faults: Annotated[
        Faults,
        Option(
            "Faults in the SMTP dialogue: in TOML a [[faults]] table each, with stage, query (search terms on the "
            "envelope), inbox, code, text, delay, drop, times, probability.",
            section="Fault injection",
        ),
    ] = ()
    enable_chaos: Annotated[Boolean, Option("Enable Mailpit's chaos API, which sets three of the faults.")] = False
    chaos_triggers: Annotated[
        ChaosTriggers,
        Option("Triggers of Mailpit's chaos API, such as Sender:451:5,Recipient:451:10; enables the API."),
    ] = ""

    check_clients: Annotated[
        Words,
        Option(
            "Mail clients that the HTML check considers, for example gmail, outlook.windows; empty for all.",
            section="Checks",
        ),
    ] = ()
    spamassassin: Annotated[
        AddressText, Option("Address of SpamAssassin's spamd, HOST:PORT or unix:PATH; it receives checked messages.")
    ] = ""
    rspamd: Annotated[
        Url, Option("URL of rspamd, for example http://127.0.0.1:11333; it receives checked messages.")
    ] = ""
    zone_file: Annotated[
        PathText, Option("Zone file with DNS records for the SPF, DKIM and DMARC checks, instead of the network.")
    ] = ""
    dns_servers: Annotated[
        Words, Option("IP addresses of name servers for the SPF, DKIM and DMARC checks; empty for the system's.")
    ] = ()
    internal_networks: Annotated[
        Networks,
        Option("Internal networks that link checks may reach, such as 10.0.0.0/8, 127.0.0.0/8; empty for none."),
    ] = ()

    log_file: Annotated[
        PathText, Option("File to append the log to. The default is standard error.", section="Logging")
    ] = ""
    log_format: Annotated[str, one_of("text", "json"), Option("Format of the log: text lines or JSON lines.")] = "text"
    quiet: Annotated[Boolean, Option("Log errors only, unless --verbose is set.", short="q")] = False
    verbose: Annotated[Boolean, Option("Log every step, including the SMTP dialogue.", short="v")] = False

    def __post_init__(self) -> None:
        for names in _EXCLUSIVE:
            if all(getattr(self, name) for name in names):
                raise SettingError(f"{_flags(names)}: expected one of them, not both")
        for name, needed in _DEPENDENT.items():
            if getattr(self, name) and not getattr(self, needed):
                raise SettingError(f"{_flags([name])}: expected {_flags([needed])} with it")
        if (self.smtp_auth_file or self.smtp_auth) and not (self.smtp_tls_cert or self.smtp_auth_allow_insecure):
            raise SettingError(
                "--smtp-auth-file, --smtp-auth: expected --smtp-tls-cert with it, or --smtp-auth-allow-insecure"
            )
        if (self.smtp_relay_all or self.smtp_relay_matching) and not self.all_relays:
            raise SettingError("--smtp-relay-all, --smtp-relay-matching: expected --smtp-relay-host with them")
        for rule in self.relay_rules:
            if (rule.relay or next(iter(self.all_relays), "")) not in self.all_relays:
                raise SettingError(f"--relay-rules: no relay {rule.relay!r}, expected one of {list(self.all_relays)}")
        if self.webhook_url and any(each.name == "default" for each in self.webhooks):
            raise SettingError("--webhook-url and a webhook named 'default': expected one of them, not both")
        if "default" in self.relays and (self.smtp_relay_host or self.smtp_relay_backend):
            raise SettingError("--smtp-relay-… and relays.default: expected one of them, not both")

    def __repr__(self) -> str:
        shown = [(each.name, getattr(self, each.name)) for each in TABLE if not each.secret]
        return f"Settings({', '.join(f'{name}={value!r}' for name, value in shown)})"

    @property
    def all_relays(self) -> dict[str, RelaySettings]:
        """Every relay by name, the default one first."""
        default = RelaySettings(**{name: getattr(self, f"smtp_relay_{name}") for name in kinds_of(RelaySettings)})
        return {"default": default, **self.relays} if default.is_set else dict(self.relays)

    @property
    def all_webhooks(self) -> tuple[WebhookSettings, ...]:
        """Every webhook, the one of `webhook_url` first."""
        if not self.webhook_url:
            return self.webhooks
        every, delay = self.webhook_limit, self.webhook_delay
        return (WebhookSettings(name="default", url=self.webhook_url, every=every, delay=delay), *self.webhooks)

    @property
    def all_rules(self) -> tuple[RelayRuleSettings, ...]:
        """Every rule of automatic relaying, the one of `smtp_relay_all` or `smtp_relay_matching` first."""
        if not (self.smtp_relay_all or self.smtp_relay_matching):
            return self.relay_rules
        recipients = "" if self.smtp_relay_all else self.smtp_relay_matching
        rule = RelayRuleSettings(recipients=recipients, forward_smtp_errors=self.smtp_relay_forward_smtp_errors)
        return (rule, *self.relay_rules)


_EXCLUSIVE = (
    ("ephemeral", "database"),
    ("smtp_require_starttls", "smtp_require_tls"),
    ("smtp_auth_file", "smtp_auth"),
    ("ui_auth_file", "ui_auth"),
    ("pop3_auth_file", "pop3_auth"),
    ("send_api_auth_file", "send_api_auth"),
    ("smtp_auth_allow_insecure", "smtp_require_starttls"),
    ("smtp_auth_allow_insecure", "smtp_require_tls"),
    ("smtp_relay_starttls", "smtp_relay_tls"),
    ("spamassassin", "rspamd"),
    ("zone_file", "dns_servers"),
)
_DEPENDENT = {
    "smtps": "smtp_tls_cert",
    "smtp_tls_key": "smtp_tls_cert",
    "smtp_require_starttls": "smtp_tls_cert",
    "smtp_require_tls": "smtp_tls_cert",
    "ui_tls_key": "ui_tls_cert",
    "pop3_tls_key": "pop3_tls_cert",
    "pop3_require_tls": "pop3_tls_cert",
}


def _flags(names: Iterable[str]) -> str:
    return " and ".join("--" + name.replace("_", "-") for name in names)


def _table() -> Iterator[Option]:
    kinds, section = kinds_of(Settings), ""
    for each in fields(Settings):
        option = next(part for part in Settings.__annotations__[each.name].__metadata__ if isinstance(part, Option))
        default = each.default if each.default_factory is MISSING else each.default_factory()
        section = option.section or section
        yield replace(option, name=each.name, kind=kinds[each.name], default=default, section=section)


TABLE = tuple(_table())
"""All settings, in the order of their declaration."""

SECTIONS = tuple((title, tuple(options)) for title, options in groupby(TABLE, key=lambda option: option.section))
"""The settings under the headings that help texts and README.md give them."""
