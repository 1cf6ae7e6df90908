"""Mailpit's variables and flags, translated to our settings, so that a set-up for Mailpit works as it is.

One row each. A setting that exists here under another name or in another notation is translated; what always holds here
is accepted; for what is missing here a warning says that it has no effect.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from catcher.conf.kinds import BOOLEAN
from catcher.conf.settings import TABLE
from catcher.errors import SettingError

Translate: TypeAlias = Callable[[str], Mapping[str, str]]
"""From Mailpit's text to our settings, by name. Raises ValueError with what was expected."""

PREFIX = "MP_"
POP3_DEFAULT = "[::]:1110"
"""Mailpit's address for POP3 once there are users for it."""

_TRUE = {"1", "true", "yes"}
_FALSE = {"0", "false", "no", "off"}


@dataclass(frozen=True, slots=True, kw_only=True)
class MailpitSetting:
    """One setting of Mailpit's.

    variables: newest name first. flag: "" when our flag is the same. translate: None for a setting that is missing
    here; the translation of one that needs none is empty. is_switch: whether the flag has no value.
    """

    variables: tuple[str, ...]
    flag: str = ""
    translate: Translate | None = None
    is_switch: bool = False

    @property
    def name(self) -> str:
        """The flag as an identifier."""
        return "mailpit_" + self.flag.removeprefix("--").replace("-", "_")


def from_environment(environ: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Return the values of our settings, by name, with the variable of each. Raises SettingError.

    Empty variables count as absent.
    """
    found: dict[str, tuple[str, str]] = {}
    for row in ROWS:
        # From the oldest name to the newest, which wins.
        for variable in reversed(row.variables):
            if environ.get(variable):
                for name, value in _translated(row, variable, environ[variable]).items():
                    found[name] = value, variable
    # Mailpit serves POP3 when, and only when, there are users for it.
    users = found.get("pop3_auth_file") or found.get("pop3_auth")
    if users is None:
        found.pop("pop3", None)
    else:
        found.setdefault("pop3", (POP3_DEFAULT, users[1]))
    return found


def from_flag(row: MailpitSetting, value: str) -> Mapping[str, str]:
    """Return the values of our settings, by name, for one of Mailpit's flags. Raises SettingError."""
    return _translated(row, row.flag, value)


def prometheus(value: str) -> Mapping[str, str]:
    """Return our settings for a value of `--enable-prometheus`: a switch, or the address of a listener for metrics."""
    return {"enable_prometheus" if value.strip().lower() in _TRUE | _FALSE else "metrics_listen": value.strip()}


def warnings(environ: Mapping[str, str], flags: Iterable[str] = ()) -> list[str]:
    """Return a line for each of Mailpit's variables and flags that is given without effect. It names no value."""
    lacking = {name for row in ROWS if row.translate is None for name in (*row.variables, row.flag)}
    known = {name for row in ROWS for name in row.variables}
    is_on = {name for name, value in environ.items() if value.strip().lower() not in {"", *_FALSE}}
    given = sorted(name for name in is_on if name.startswith(PREFIX))
    return [
        f"{name} has no effect: catcher has no such setting" if name in lacking else f"{name} has no effect: unknown"
        for name in (*given, *flags)
        if name in lacking or (name.startswith(PREFIX) and name not in known)
    ]


def _translated(row: MailpitSetting, name: str, value: str) -> Mapping[str, str]:
    if row.translate is None:
        return {}
    try:
        return row.translate(value)
    except ValueError as error:
        raise SettingError(f"{name}={value!r}: expected {error}") from None


# Translations


def _to(name: str) -> Translate:
    """Return the translation to one of our settings: of the same text, or of a switch as Mailpit reads it."""
    if name in _SWITCHES:
        return lambda value: {name: "true" if value.strip().lower() in _TRUE else "false"}
    return lambda value: {name: value}


def _needless(value: str) -> Mapping[str, str]:
    return {}


def _database(value: str) -> Mapping[str, str]:
    if re.match(r"https?://", value):
        raise ValueError("a path: rqlite is not supported")
    return {"database": value}


def _size(value: str) -> Mapping[str, str]:
    if not re.fullmatch(r"\s*\d{1,9}\s*", value):
        raise ValueError("a whole number of MiB")
    return {"max_message_size": value}


def _age(value: str) -> Mapping[str, str]:
    if not re.fullmatch(r"\d{1,9}[hd]", value):
        raise ValueError("hours or days, such as 24h or 7d")
    return {"max_age": value}


def _pop3_certificate(value: str) -> Mapping[str, str]:
    """With a certificate Mailpit speaks POP3 with implicit TLS only."""
    return {"pop3_tls_cert": value, "pop3_require_tls": "true"}


def _spamassassin(value: str) -> Mapping[str, str]:
    """Mailpit also has "postmark", which shows every message to a third party."""
    if value.strip().lower() == "postmark":
        raise ValueError("HOST:PORT or unix:PATH of a spamd of your own")
    return {"spamassassin": value}


def _internal_requests(value: str) -> Mapping[str, str]:
    return {"internal_networks": "0.0.0.0/0 ::/0" if value.strip().lower() in _TRUE else ""}


def _row(*variables: str, flag: str = "", to: str | Translate | None = None, is_switch: bool = False) -> MailpitSetting:
    return MailpitSetting(
        variables=tuple(PREFIX + name for name in variables),
        flag=flag,
        translate=_to(to) if isinstance(to, str) else to,
        is_switch=is_switch,
    )


_SWITCHES = {option.name for option in TABLE if option.kind is BOOLEAN}

_SAME_NAME = """
label quiet verbose webroot ui_auth_file ui_auth api_cors disable_http_compression smtp_auth_file smtp_auth
smtp_auth_allow_insecure smtp_require_tls smtp_max_recipients smtp_allowed_recipients smtp_ignore_rejected_recipients
use_message_dates ignore_duplicate_ids log_file hide_delete_all_button send_api_auth_file send_api_auth
send_api_auth_accept_any smtp_relay_host smtp_relay_port smtp_relay_starttls smtp_relay_tls smtp_relay_allow_insecure
smtp_relay_username smtp_relay_return_path smtp_relay_override_from smtp_relay_blocked_recipients
smtp_relay_preserve_message_ids smtp_relay_config smtp_forward_config smtp_relay_all smtp_relay_matching pop3_auth_file
pop3_auth pop3_tls_key webhook_url webhook_limit webhook_delay tag tags_config tags_title_case tags_disable
tags_username enable_chaos chaos_triggers
"""
"""Settings whose variable is MP_ and our name, and whose flag is ours."""

_FORWARD_KEYS = """
host port starttls tls allow_insecure auth username password secret return_path override_from to fwd_smtp_errors
"""

ROWS: tuple[MailpitSetting, ...] = (
    *(_row(name.upper(), to=name) for name in _SAME_NAME.split()),
    _row("DATABASE", "DATA_FILE", flag="--db-file", to=_database),
    _row("MAX_MESSAGES", to="max"),
    _row("MAX_AGE", to=_age),
    _row("MAX_MESSAGE_SIZE", to=_size),
    _row("UI_BIND_ADDR", to="listen"),
    _row("UI_TLS_CERT", "UI_SSL_CERT", flag="--ui-ssl-cert", to="ui_tls_cert"),
    _row("UI_TLS_KEY", "UI_SSL_KEY", flag="--ui-ssl-key", to="ui_tls_key"),
    _row("SMTP_BIND_ADDR", to="smtp"),
    _row("SMTP_TLS_CERT", "SMTP_SSL_CERT", flag="--smtp-ssl-cert", to="smtp_tls_cert"),
    _row("SMTP_TLS_KEY", "SMTP_SSL_KEY", flag="--smtp-ssl-key", to="smtp_tls_key"),
    _row(
        "SMTP_REQUIRE_STARTTLS",
        "SMTP_TLS_REQUIRED",
        flag="--smtp-tls-required",
        to="smtp_require_starttls",
        is_switch=True,
    ),
    _row("SMTP_RELAY_PASSWORD", "SMTP_RELAY_SECRET", to="smtp_relay_password"),
    _row("SMTP_RELAY_ALLOWED_RECIPIENTS", "SMTP_RELAY_RECIPIENT_ALLOWLIST", to="smtp_relay_allowed_recipients"),
    _row("SMTP_RELAY_FWD_SMTP_ERRORS", to="smtp_relay_forward_smtp_errors"),
    _row("POP3_BIND_ADDR", to="pop3"),
    _row("POP3_TLS_CERT", to=_pop3_certificate),
    _row("ENABLE_PROMETHEUS", to=prometheus),
    _row("ENABLE_SPAMASSASSIN", flag="--enable-spamassassin", to=_spamassassin),
    _row("ALLOW_INTERNAL_HTTP_REQUESTS", flag="--allow-internal-http-requests", to=_internal_requests, is_switch=True),
    # What always holds here: no reverse DNS, no version check, any login accepted without a password file, octets kept
    # as received, no rate limit of link checks, remote content shown on request only, the mechanism of AUTH chosen from
    # those of the relay.
    _row("DISABLE_VERSION_CHECK", flag="--disable-version-check", to=_needless, is_switch=True),
    _row("DISABLE_HTML_CHECK", flag="--disable-html-check", to=_needless, is_switch=True),
    _row("SMTP_AUTH_ACCEPT_ANY", flag="--smtp-auth-accept-any", to=_needless, is_switch=True),
    _row("SMTP_DISABLE_RDNS", flag="--smtp-disable-rdns", to=_needless, is_switch=True),
    _row(
        "SMTP_STRICT_RFC_HEADERS", "STRICT_RFC_HEADERS", flag="--smtp-strict-rfc-headers", to=_needless, is_switch=True
    ),
    _row("DISABLE_LINK_CHECK_RATE_LIMIT", flag="--disable-link-check-rate-limit", to=_needless, is_switch=True),
    _row("BLOCK_REMOTE_CSS_AND_FONTS", flag="--block-remote-css-and-fonts", to=_needless, is_switch=True),
    _row("SMTP_RELAY_AUTH", to=_needless),
    _row("SENDMAIL_SMTP_ADDR", to=_needless),  # of `sendmail`, which reads it itself
    _row("SENDMAIL_FROM", to=_needless),
    # What is missing here.
    _row("DISABLE_WAL", flag="--disable-wal", is_switch=True),
    _row("DISABLE_AUTO_VACUUM", flag="--disable-auto-vacuum", is_switch=True),
    _row("COMPRESSION", flag="--compression"),
    _row("TENANT_ID", flag="--tenant-id"),
    _row("ALLOW_UNTRUSTED_TLS", flag="--allow-untrusted-tls", is_switch=True),
    _row("DEMO_MODE"),
    # Read together, by `mailpit_files.forward_variables`.
    *(_row(f"SMTP_FORWARD_{name.upper()}", to=_needless) for name in _FORWARD_KEYS.split()),
)
"""Every variable and flag of Mailpit's."""
