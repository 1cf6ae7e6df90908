"""Each setting once: name, kind, default and what it means.

Flag, environment variable and TOML key follow from the name: `max_age` is `--max-age`, `CATCHER_MAX_AGE` and
`max_age`. Where Mailpit has the same setting, it carries Mailpit's name and short form. The table in README.md is
printed from this one by `python -m catcher.conf.documentation`.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from catcher.conf import kinds
from catcher.conf.faults import FAULTS, TRIGGERS
from catcher.conf.kinds import Kind, SocketAddress
from catcher.conf.relays import RELAYS, RULES
from catcher.conf.tags import SOURCES, TAG_LINE, TAG_RULES
from catcher.conf.webhooks import WEBHOOKS


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One row. `short` is the one-letter flag; `secret` values are never printed."""

    name: str
    kind: Kind
    default: Any
    help: str
    short: str = ""
    secret: bool = False

    @property
    def flag(self) -> str:
        """The command-line flag."""
        return "--" + self.name.replace("_", "-")

    @property
    def variable(self) -> str:
        """The environment variable."""
        return "CATCHER_" + self.name.upper()


_ADDRESSES: tuple[Setting, ...] = (
    Setting(
        name="smtp",
        short="s",
        kind=kinds.ADDRESS,
        default=SocketAddress("127.0.0.1", 1025),
        help="Address to take mail on by SMTP. In a container the default is every address.",
    ),
    Setting(
        name="listen",
        short="l",
        kind=kinds.ADDRESS,
        default=SocketAddress("127.0.0.1", 8025),
        help="Address of the pages and the API. In a container the default is every address.",
    ),
    Setting(
        name="smtps",
        kind=kinds.OPTIONAL_ADDRESS,
        default=None,
        help="Address to take mail on under TLS from the first octet on, such as 127.0.0.1:1465; empty for none.",
    ),
    Setting(
        name="lmtp",
        kind=kinds.OPTIONAL_ADDRESS,
        default=None,
        help="Address to take mail on by LMTP; empty for none.",
    ),
    Setting(
        name="pop3",
        kind=kinds.OPTIONAL_ADDRESS,
        default=None,
        help="Address to serve the mail on by POP3, for example 127.0.0.1:1110; empty for none.",
    ),
    Setting(
        name="label",
        kind=kinds.TEXT,
        default="",
        help="Name of this instance, shown in pages, greeting and API.",
    ),
    Setting(
        name="container",
        kind=kinds.BOOLEAN,
        default=False,
        help="Whether this runs in a container: listen on every address, advise service names. The image sets it.",
    ),
)

_KEPT: tuple[Setting, ...] = (
    Setting(
        name="database",
        short="d",
        kind=kinds.DATABASE,
        default="",
        help="File that keeps the mail (a directory: catcher.db in it), or a database URL (postgresql://…). "
        "The default is catcher.db in the user's data directory.",
    ),
    Setting(name="ephemeral", kind=kinds.BOOLEAN, default=False, help="Keep nothing after exit."),
    Setting(
        name="max",
        short="m",
        kind=kinds.COUNT,
        default=10_000,
        help="How many messages to keep, the newest; 0 keeps all.",
    ),
    Setting(
        name="max_age",
        kind=kinds.DURATION,
        default=None,
        help="How long to keep a message: 24h, 7d; empty keeps it.",
    ),
    Setting(
        name="bin",
        kind=kinds.DURATION,
        default=timedelta(minutes=15),
        help="How long what is deleted in the pages can be brought back: 15m, 1h; empty deletes at once.",
    ),
    Setting(
        name="max_message_size",
        kind=kinds.OCTETS,
        default=50 * kinds.MIB,
        help="Largest message taken, in MiB or with a unit; 0 is no limit.",
    ),
    Setting(
        name="use_message_dates",
        kind=kinds.BOOLEAN,
        default=False,
        help="Count a message as received at the moment that its Date field names.",
    ),
    Setting(
        name="ignore_duplicate_ids",
        kind=kinds.BOOLEAN,
        default=False,
        help="Acknowledge a message whose Message-ID is there already, and keep it no second time.",
    ),
    Setting(
        name="synchronous",
        kind=kinds.SYNCHRONOUS,
        default="full",
        help="How a commit is written: full survives a power failure, normal only a crash of the program.",
    ),
)

_SMTP: tuple[Setting, ...] = (
    Setting(
        name="smtp_hostname",
        kind=kinds.TEXT,
        default="",
        help="What the server calls itself; without one the name of the machine.",
    ),
    Setting(
        name="smtp_tls_cert",
        kind=kinds.PATH,
        default="",
        help="Certificate (PEM, the whole chain) for STARTTLS and --smtps; auto, or auto:NAME,NAME, makes one.",
    ),
    Setting(
        name="smtp_tls_key",
        kind=kinds.PATH,
        default="",
        help="Its key (PEM), when it is in a file of its own.",
    ),
    Setting(
        name="smtp_require_starttls",
        kind=kinds.BOOLEAN,
        default=False,
        help="Take no mail before STARTTLS.",
    ),
    Setting(
        name="smtp_require_tls",
        kind=kinds.BOOLEAN,
        default=False,
        help="Speak TLS from the first octet on at --smtp too.",
    ),
    Setting(
        name="smtp_auth_file",
        kind=kinds.PATH,
        default="",
        help="htpasswd file of who may send mail; without one any user and password will do, and none.",
    ),
    Setting(
        name="smtp_auth",
        kind=kinds.TEXT,
        default="",
        help="The same as user:hash pairs, separated by blanks.",
        secret=True,
    ),
    Setting(
        name="smtp_auth_allow_insecure",
        kind=kinds.BOOLEAN,
        default=False,
        help="Let those of --smtp-auth-file log in without TLS too.",
    ),
    Setting(
        name="smtp_max_recipients",
        kind=kinds.COUNT,
        default=1000,
        help="Most recipients of one message; 0 is no limit.",
    ),
    Setting(
        name="smtp_allowed_recipients",
        kind=kinds.PATTERN,
        default="",
        help="Take mail only for recipients that this matches somewhere.",
    ),
    Setting(
        name="smtp_ignore_rejected_recipients",
        kind=kinds.BOOLEAN,
        default=False,
        help="Acknowledge the other recipients and leave them out, instead of refusing them.",
    ),
    Setting(
        name="smtp_max_connections",
        kind=kinds.COUNT,
        default=5000,
        help="Most connections at once; 0 is no limit but that of the system.",
    ),
    Setting(
        name="smtp_max_connections_per_address",
        kind=kinds.COUNT,
        default=0,
        help="Most connections at once from one address; 0 is no limit.",
    ),
    Setting(
        name="smtp_max_errors",
        kind=kinds.COUNT,
        default=100,
        help="Wrong commands after which a connection is ended; 0 is no limit.",
    ),
    Setting(
        name="smtp_idle_timeout",
        kind=kinds.POSITIVE_SECONDS,
        default=300,
        help="Seconds of silence after which a connection is ended.",
    ),
    Setting(
        name="smtp_data_timeout",
        kind=kinds.POSITIVE_SECONDS,
        default=1800,
        help="Seconds that the content of one message may take.",
    ),
    Setting(
        name="smtp_trusted_proxies",
        kind=kinds.WORDS,
        default=(),
        help="Networks whose connections begin with a PROXY header, which tells the client.",
    ),
    Setting(
        name="spool_directory",
        kind=kinds.PATH,
        default="",
        help="Where content of more than 1 MiB is put as it arrives; without one the directory for temporary files.",
    ),
)

_PAGES: tuple[Setting, ...] = (
    Setting(name="webroot", kind=kinds.WEBROOT, default="/", help="Path that the pages and the API live under."),
    Setting(
        name="hosts",
        kind=kinds.WORDS,
        default=(),
        help="Public host names the pages are reached by; others are refused, against DNS rebinding. * allows all.",
    ),
    Setting(
        name="api_cors",
        kind=kinds.WORDS,
        default=(),
        help="Origins of other sites that may use the API; * for all.",
    ),
    Setting(
        name="ui_auth_file",
        kind=kinds.PATH,
        default="",
        help="htpasswd file of who may see pages and use the API; without one everybody.",
    ),
    Setting(
        name="ui_auth",
        kind=kinds.TEXT,
        default="",
        help="The same as user:hash pairs, separated by blanks.",
        secret=True,
    ),
    Setting(
        name="require_token",
        kind=kinds.BOOLEAN,
        default=False,
        help="Let nobody in without a token (catcher token create), or a password of --ui-auth.",
    ),
    Setting(
        name="send_api_auth_file",
        kind=kinds.PATH,
        default="",
        help="htpasswd file of who may send by the API; without one those of --ui-auth-file.",
    ),
    Setting(
        name="send_api_auth",
        kind=kinds.TEXT,
        default="",
        help="The same as user:hash pairs, separated by blanks.",
        secret=True,
    ),
    Setting(
        name="send_api_auth_accept_any",
        kind=kinds.BOOLEAN,
        default=False,
        help="Let everybody send by the API, with any password or none.",
    ),
    Setting(
        name="hide_delete_all_button",
        kind=kinds.BOOLEAN,
        default=False,
        help="Show no button that deletes everything.",
    ),
    Setting(
        name="ui_tls_cert",
        kind=kinds.PATH,
        default="",
        help="Certificate (PEM, the whole chain) to serve HTTPS with; auto, or auto:NAME,NAME, makes one.",
    ),
    Setting(
        name="ui_tls_key",
        kind=kinds.PATH,
        default="",
        help="Its key (PEM), when it is in a file of its own.",
    ),
    Setting(
        name="disable_http_compression",
        kind=kinds.BOOLEAN,
        default=False,
        help="Send every answer as it is, never compressed.",
    ),
    Setting(
        name="enable_prometheus",
        kind=kinds.BOOLEAN,
        default=False,
        help="Serve numbers for Prometheus at /metrics, to those who may see the pages.",
    ),
    Setting(
        name="metrics_listen",
        kind=kinds.OPTIONAL_ADDRESS,
        default=None,
        help="Address to serve /metrics on by itself, to everybody who reaches it; empty for none.",
    ),
)

_POP3: tuple[Setting, ...] = (
    Setting(
        name="pop3_auth_file",
        kind=kinds.PATH,
        default="",
        help="htpasswd file of who may fetch mail by POP3; without one any user and password will do.",
    ),
    Setting(
        name="pop3_auth",
        kind=kinds.TEXT,
        default="",
        help="The same as user:hash pairs, separated by blanks.",
        secret=True,
    ),
    Setting(
        name="pop3_tls_cert",
        kind=kinds.PATH,
        default="",
        help="Certificate (PEM, the whole chain) for POP3, which then offers STLS; auto, or auto:NAME,NAME, makes one.",
    ),
    Setting(name="pop3_tls_key", kind=kinds.PATH, default="", help="Its key (PEM), when it is in a file of its own."),
    Setting(
        name="pop3_require_tls",
        kind=kinds.BOOLEAN,
        default=False,
        help="Speak POP3 under TLS from the first octet on (POP3S) instead of offering STLS.",
    ),
)

_ONWARD: tuple[Setting, ...] = (
    Setting(
        name="smtp_relay_host",
        kind=kinds.TEXT,
        default="",
        help="SMTP server that caught mail can be released to; without one nothing is ever sent onward.",
    ),
    Setting(name="smtp_relay_port", kind=kinds.PORT, default=25, help="Its port."),
    Setting(name="smtp_relay_starttls", kind=kinds.BOOLEAN, default=False, help="Turn on TLS by STARTTLS there."),
    Setting(
        name="smtp_relay_tls",
        kind=kinds.BOOLEAN,
        default=False,
        help="Speak TLS from the first octet on there.",
    ),
    Setting(
        name="smtp_relay_allow_insecure",
        kind=kinds.BOOLEAN,
        default=False,
        help="Take any certificate of that server, without checking who signed it and for whom.",
    ),
    Setting(name="smtp_relay_username", kind=kinds.TEXT, default="", help="User name to log in with there."),
    Setting(name="smtp_relay_password", kind=kinds.TEXT, default="", help="Password to log in with.", secret=True),
    Setting(
        name="smtp_relay_timeout",
        kind=kinds.SECONDS,
        default=30,
        help="Seconds to wait for each answer of that server; a whole session ends after five minutes.",
    ),
    Setting(
        name="smtp_relay_backend",
        kind=kinds.TEXT,
        default="",
        help="Release through this class of a mail backend (dotted path, Django's will do) instead of the SMTP one.",
    ),
    Setting(
        name="smtp_relay_options",
        kind=kinds.OPTIONS,
        default={},
        help="Further arguments for the backend.",
        secret=True,
    ),
    Setting(
        name="smtp_relay_return_path",
        kind=kinds.TEXT,
        default="",
        help="Address that bounces of released mail go to; without it the author's.",
    ),
    Setting(
        name="smtp_relay_override_from",
        kind=kinds.TEXT,
        default="",
        help="Address that takes the author's place in released mail.",
    ),
    Setting(
        name="smtp_relay_allowed_recipients",
        kind=kinds.PATTERN,
        default="",
        help="Release only to addresses that this matches somewhere.",
    ),
    Setting(
        name="smtp_relay_blocked_recipients",
        kind=kinds.PATTERN,
        default="",
        help="Never release to addresses that this matches somewhere.",
    ),
    Setting(
        name="smtp_relay_preserve_message_ids",
        kind=kinds.BOOLEAN,
        default=False,
        help="Keep the Message-ID of released mail instead of giving a new one.",
    ),
    Setting(
        name="smtp_relay_all",
        kind=kinds.BOOLEAN,
        default=False,
        help="Send all mail that comes in onward to its recipients, through the default relay, besides keeping it.",
    ),
    Setting(
        name="smtp_relay_matching",
        kind=kinds.PATTERN,
        default="",
        help="The same for those recipients only that this matches somewhere.",
    ),
    Setting(
        name="smtp_relay_forward_smtp_errors",
        kind=kinds.BOOLEAN,
        default=False,
        help="Let senders wait for that relay's answer, and pass its refusals on to them; else mail is queued.",
    ),
    Setting(
        name="smtp_relay_config",
        kind=kinds.PATH,
        default="",
        help="The default relay from a YAML file as Mailpit has it.",
    ),
    Setting(
        name="smtp_forward_config",
        kind=kinds.PATH,
        default="",
        help="Addresses that all mail is forwarded to, and the server for it, from a YAML file as Mailpit has it.",
    ),
    Setting(
        name="relay_rules",
        kind=RULES,
        default=(),
        help="More of that: in TOML a [[relay_rules]] each, with relay (its name), query (a search), recipients (a "
        "pattern), to (addresses to forward to instead), forward_smtp_errors.",
    ),
    Setting(
        name="relays",
        kind=RELAYS,
        default={},
        help="More relays, by name: in TOML a table [relays.NAME] each, with host, port and so on of --smtp-relay-….",
        secret=True,
    ),
)

_TAGS: tuple[Setting, ...] = (
    Setting(
        name="tag",
        short="t",
        kind=TAG_LINE,
        default=(),
        help='Tags for what a search or a text in the message matches: tag=match, or "Tag one,tag2"="some words".',
    ),
    Setting(
        name="tag_rules",
        kind=TAG_RULES,
        default=(),
        help="The same as tables: in TOML a [[tag_rules]] each, with match and tags.",
    ),
    Setting(name="tags_config", kind=kinds.PATH, default="", help="The same from a YAML file as Mailpit has it."),
    Setting(
        name="tags_title_case",
        kind=kinds.BOOLEAN,
        default=False,
        help="Begin the words of tags that come with the message with capitals.",
    ),
    Setting(
        name="tags_disable", kind=SOURCES, default=(), help="Tags not to take from messages: x-tags, plus-addresses."
    ),
    Setting(
        name="tags_username",
        kind=kinds.BOOLEAN,
        default=False,
        help="Tag mail with the name that its sender logged in with.",
    ),
)

_INBOXES: tuple[Setting, ...] = (
    Setting(
        name="inbox_from",
        kind=kinds.INBOX_SOURCES,
        default=("user", "tag", "domain", "header", "recipient"),
        help="What names the inbox of a message, the first that says anything: the SMTP user, the tag in ann+tag@…, "
        "the sub-domain of --inbox-domains, the field --inbox-header, the recipients; none for no inboxes.",
    ),
    Setting(
        name="inbox_domains",
        kind=kinds.WORDS,
        default=("inbox.test",),
        help="Domains whose sub-domains are inboxes: mail to anything@signup.inbox.test is in the inbox signup.",
    ),
    Setting(
        name="inbox_header",
        kind=kinds.TEXT,
        default="X-Catcher-Inbox",
        help="Header field by which an application names the inbox.",
    ),
)

_FAULTS: tuple[Setting, ...] = (
    Setting(
        name="faults",
        kind=FAULTS,
        default=(),
        help="Faults that SMTP clients meet on purpose: in TOML a [[faults]] each, with stage, query (search terms on "
        "the envelope), code, text, delay, drop, times, probability.",
    ),
    Setting(
        name="enable_chaos",
        kind=kinds.BOOLEAN,
        default=False,
        help="Answer Mailpit's chaos API, which sets three of these faults.",
    ),
    Setting(
        name="chaos_triggers",
        kind=TRIGGERS,
        default="",
        help="Mailpit's triggers to begin with, such as Sender:451:5,Recipient:451:10; enables chaos.",
    ),
)

_CHECKS: tuple[Setting, ...] = (
    Setting(
        name="check_clients",
        kind=kinds.WORDS,
        default=(),
        help="Mail programs that matter to the check of the HTML, such as gmail, outlook.windows; empty for all known.",
    ),
    Setting(
        name="spamassassin",
        kind=kinds.SERVICE,
        default="",
        help="Where SpamAssassin's spamd is asked, HOST:PORT or unix:PATH; messages that are checked are shown to it.",
    ),
    Setting(
        name="rspamd",
        kind=kinds.URL,
        default="",
        help="Where rspamd is asked instead, for example http://127.0.0.1:11333.",
    ),
    Setting(
        name="zone_file",
        kind=kinds.PATH,
        default="",
        help="Zone file with the DNS records that SPF, DKIM and DMARC are checked by, instead of asking the network.",
    ),
    Setting(
        name="dns_servers",
        kind=kinds.WORDS,
        default=(),
        help="IP addresses of the name servers that are asked for them; empty for those of the system.",
    ),
    Setting(
        name="internal_networks",
        kind=kinds.NETWORKS,
        default=(),
        help="Internal networks that checks of links may reach, such as 10.0.0.0/8, 127.0.0.0/8; empty for none.",
    ),
)

_WEBHOOKS: tuple[Setting, ...] = (
    Setting(
        name="webhooks",
        kind=WEBHOOKS,
        default=(),
        help="Who is told of new mail by HTTP: in TOML a [[webhooks]] each, with url, name, query (a search), secret, "
        "headers, every, delay.",
        secret=True,
    ),
    Setting(name="webhook_url", kind=kinds.URL, default="", help="One more, told of all new mail.", secret=True),
    Setting(
        name="webhook_limit",
        kind=kinds.SECONDS,
        default=1,
        help="Seconds between two calls of that one; what comes quicker waits its turn.",
    ),
    Setting(
        name="webhook_delay",
        kind=kinds.SECONDS,
        default=0,
        help="Seconds from a message's arrival until that one is called.",
    ),
)

_LOG: tuple[Setting, ...] = (
    Setting(
        name="log_file",
        kind=kinds.PATH,
        default="",
        help="File that the log is appended to; without one it goes to standard error.",
    ),
    Setting(name="log_format", kind=kinds.LOG_FORMAT, default="text", help="Log lines for people, or as JSON."),
    Setting(name="quiet", short="q", kind=kinds.BOOLEAN, default=False, help="Log errors only."),
    Setting(
        name="verbose",
        short="v",
        kind=kinds.BOOLEAN,
        default=False,
        help="Log every step, the SMTP dialogue included.",
    ),
)

SECTIONS: tuple[tuple[str, tuple[Setting, ...]], ...] = (
    ("Addresses", _ADDRESSES),
    ("What is kept", _KEPT),
    ("SMTP", _SMTP),
    ("Pages and API", _PAGES),
    ("POP3", _POP3),
    ("Sending onward", _ONWARD),
    ("Webhooks", _WEBHOOKS),
    ("Tags", _TAGS),
    ("Inboxes", _INBOXES),
    ("Faults on purpose", _FAULTS),
    ("Checks", _CHECKS),
    ("Log", _LOG),
)
"""The rows under the headings that help texts and README give them."""

TABLE: tuple[Setting, ...] = tuple(setting for _, rows in SECTIONS for setting in rows)
