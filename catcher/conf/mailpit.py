"""Mailpit's variables and flags, and what each is here: who comes from there changes the image's name and no more.

One row each. What we have under another name, or with another way to write it, is translated; what is done here anyway
is taken in silence; what we lack is named in a warning, because a setting without effect must not look like one.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

Translate: TypeAlias = Callable[[str], Mapping[str, str]]
"""From Mailpit's text to settings of ours, by name. Raises ValueError with what was expected."""

PREFIX = "MP_"
POP3_DEFAULT = "[::]:1110"
"""Where Mailpit serves POP3 as soon as it has passwords for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreign:
    """One setting of Mailpit's.

    variables: newest name first. flag: "" where it has none. translate: None where we have nothing of the kind; a
    translation into no setting is for what needs none here. is_switch: a flag without a value.
    """

    variables: tuple[str, ...]
    flag: str = ""
    translate: Translate | None = None
    is_switch: bool = False

    @property
    def name(self) -> str:
        """The flag as an identifier."""
        return "mailpit_" + self.flag.removeprefix("--").replace("-", "_")


@dataclass(frozen=True, slots=True, kw_only=True)
class Translated:
    """A value for a setting of ours, and the variable it came from."""

    value: str
    origin: str


class Unreadable(ValueError):
    """A value of Mailpit's that means nothing here. `name`: its variable or flag; `expected` completes "expected …"."""

    def __init__(self, name: str, value: str, expected: str) -> None:
        super().__init__(f"{name}={value!r}: expected {expected}")


def from_environment(environ: Mapping[str, str]) -> dict[str, Translated]:
    """Our settings by name, as Mailpit's variables have them. Empty variables count as absent. Raises Unreadable."""
    found: dict[str, Translated] = {}
    for row in ROWS:
        # From the oldest name to the newest, which wins.
        for variable in reversed(row.variables):
            if environ.get(variable):
                for name, value in _translated(row, variable, environ[variable]).items():
                    found[name] = Translated(value=value, origin=variable)
    _settle_pop3(found)
    return found


def from_flag(row: Foreign, value: str) -> Mapping[str, str]:
    """Our settings by name, as this flag of Mailpit's has them. Raises Unreadable."""
    return _translated(row, row.flag, value)


def warnings(environ: Mapping[str, str], flags: Iterable[str] = ()) -> list[str]:
    """A line for each of Mailpit's variables and flags that is given but has no effect here. No value is named."""
    lacking = {name for row in ROWS if row.translate is None for name in (*row.variables, row.flag)}
    known = {name for row in ROWS for name in row.variables}
    lines = []
    for name in sorted(environ):
        if name.startswith(PREFIX) and environ[name] and not _is_off(environ[name]):
            if name in lacking:
                lines.append(f"{name} has no effect: catcher has nothing of the kind")
            elif name not in known:
                lines.append(f"{name} has no effect: it is no setting of Mailpit that catcher knows")
    return lines + [f"{flag} has no effect: catcher has nothing of the kind" for flag in flags if flag in lacking]


def _translated(row: Foreign, name: str, value: str) -> Mapping[str, str]:
    if row.translate is None:
        return {}
    try:
        return row.translate(value)
    except ValueError as error:
        raise Unreadable(name, value, str(error)) from None


def _settle_pop3(found: dict[str, Translated]) -> None:
    """Mailpit serves POP3 when, and only when, it has passwords for it."""
    passwords = found.get("pop3_auth_file") or found.get("pop3_auth")
    if passwords is None:
        found.pop("pop3", None)
    elif "pop3" not in found:
        found["pop3"] = Translated(value=POP3_DEFAULT, origin=passwords.origin)


def _is_off(value: str) -> bool:
    return value.strip().lower() in {"0", "false", "no", "off"}


# The ways of translating


def _as(name: str) -> Translate:
    """The same text."""
    return lambda value: {name: value}


def _switch(name: str) -> Translate:
    """Mailpit reads 1, true and yes; whatever else is off there."""
    return lambda value: {name: "true" if value.strip().lower() in {"1", "true", "yes"} else "false"}


def _needless(value: str) -> Mapping[str, str]:
    """Done here anyway, or for Mailpit's own commands."""
    return {}


def _together(value: str) -> Mapping[str, str]:
    """Read together with its like, see `catcher.conf.mailpit_relay`."""
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
    """With a certificate Mailpit speaks POP3 under TLS only."""
    return {"pop3_tls_cert": value, "pop3_require_tls": "true"}


def _spamassassin(value: str) -> Mapping[str, str]:
    """Mailpit also knows "postmark", which shows every message to a third party."""
    if value.strip().lower() == "postmark":
        raise ValueError("HOST:PORT or unix:PATH of a spamd of your own")
    return {"spamassassin": value}


def _prometheus(value: str) -> Mapping[str, str]:
    """A switch, or an address to serve the numbers on by themselves."""
    if re.fullmatch(r"\s*(?:true|false|1|0|yes|no)\s*", value, re.IGNORECASE):
        return {"enable_prometheus": value.strip()}
    return {"metrics_listen": value}


def _internal_requests(value: str) -> Mapping[str, str]:
    return {"internal_networks": "0.0.0.0/0 ::/0" if value.strip().lower() in {"1", "true", "yes"} else ""}


def _row(*variables: str, flag: str = "", to: Translate | None = None, is_switch: bool = False) -> Foreign:
    return Foreign(variables=tuple(PREFIX + name for name in variables), flag=flag, translate=to, is_switch=is_switch)


ROWS: tuple[Foreign, ...] = (
    # Those of one name and meaning need no flag of their own here: ours is the same.
    _row("DATABASE", "DATA_FILE", flag="--db-file", to=_database),
    _row("LABEL", to=_as("label")),
    _row("MAX_MESSAGES", to=_as("max")),
    _row("MAX_AGE", to=_age),
    _row("MAX_MESSAGE_SIZE", to=_size),
    _row("QUIET", to=_switch("quiet")),
    _row("VERBOSE", to=_switch("verbose")),
    _row("UI_BIND_ADDR", to=_as("listen")),
    _row("WEBROOT", to=_as("webroot")),
    _row("UI_AUTH_FILE", to=_as("ui_auth_file")),
    _row("UI_AUTH", to=_as("ui_auth")),
    _row("UI_TLS_CERT", "UI_SSL_CERT", flag="--ui-ssl-cert", to=_as("ui_tls_cert")),
    _row("UI_TLS_KEY", "UI_SSL_KEY", flag="--ui-ssl-key", to=_as("ui_tls_key")),
    _row("API_CORS", to=_as("api_cors")),
    _row("DISABLE_HTTP_COMPRESSION", to=_switch("disable_http_compression")),
    _row("SMTP_BIND_ADDR", to=_as("smtp")),
    _row("SMTP_AUTH_FILE", to=_as("smtp_auth_file")),
    _row("SMTP_AUTH", to=_as("smtp_auth")),
    _row("SMTP_AUTH_ALLOW_INSECURE", to=_switch("smtp_auth_allow_insecure")),
    _row("SMTP_TLS_CERT", "SMTP_SSL_CERT", flag="--smtp-ssl-cert", to=_as("smtp_tls_cert")),
    _row("SMTP_TLS_KEY", "SMTP_SSL_KEY", flag="--smtp-ssl-key", to=_as("smtp_tls_key")),
    _row(
        "SMTP_REQUIRE_STARTTLS",
        "SMTP_TLS_REQUIRED",
        flag="--smtp-tls-required",
        to=_switch("smtp_require_starttls"),
        is_switch=True,
    ),
    _row("SMTP_REQUIRE_TLS", to=_switch("smtp_require_tls")),
    _row("SMTP_MAX_RECIPIENTS", to=_as("smtp_max_recipients")),
    _row("SMTP_ALLOWED_RECIPIENTS", to=_as("smtp_allowed_recipients")),
    _row("SMTP_IGNORE_REJECTED_RECIPIENTS", to=_switch("smtp_ignore_rejected_recipients")),
    _row("USE_MESSAGE_DATES", to=_switch("use_message_dates")),
    _row("IGNORE_DUPLICATE_IDS", to=_switch("ignore_duplicate_ids")),
    _row("LOG_FILE", to=_as("log_file")),
    _row("HIDE_DELETE_ALL_BUTTON", to=_switch("hide_delete_all_button")),
    _row("SEND_API_AUTH_FILE", to=_as("send_api_auth_file")),
    _row("SEND_API_AUTH", to=_as("send_api_auth")),
    _row("SEND_API_AUTH_ACCEPT_ANY", to=_switch("send_api_auth_accept_any")),
    _row("SMTP_RELAY_HOST", to=_as("smtp_relay_host")),
    _row("SMTP_RELAY_PORT", to=_as("smtp_relay_port")),
    _row("SMTP_RELAY_STARTTLS", to=_switch("smtp_relay_starttls")),
    _row("SMTP_RELAY_TLS", to=_switch("smtp_relay_tls")),
    _row("SMTP_RELAY_ALLOW_INSECURE", to=_switch("smtp_relay_allow_insecure")),
    _row("SMTP_RELAY_USERNAME", to=_as("smtp_relay_username")),
    _row("SMTP_RELAY_PASSWORD", "SMTP_RELAY_SECRET", to=_as("smtp_relay_password")),
    _row("SMTP_RELAY_RETURN_PATH", to=_as("smtp_relay_return_path")),
    _row("SMTP_RELAY_OVERRIDE_FROM", to=_as("smtp_relay_override_from")),
    _row("SMTP_RELAY_ALLOWED_RECIPIENTS", "SMTP_RELAY_RECIPIENT_ALLOWLIST", to=_as("smtp_relay_allowed_recipients")),
    _row("SMTP_RELAY_BLOCKED_RECIPIENTS", to=_as("smtp_relay_blocked_recipients")),
    _row("SMTP_RELAY_PRESERVE_MESSAGE_IDS", to=_switch("smtp_relay_preserve_message_ids")),
    _row("SMTP_RELAY_FWD_SMTP_ERRORS", to=_switch("smtp_relay_forward_smtp_errors")),
    _row("SMTP_RELAY_CONFIG", to=_as("smtp_relay_config")),
    _row("SMTP_FORWARD_CONFIG", to=_as("smtp_forward_config")),
    _row("SMTP_RELAY_ALL", to=_switch("smtp_relay_all")),
    _row("SMTP_RELAY_MATCHING", to=_as("smtp_relay_matching")),
    _row("POP3_BIND_ADDR", to=_as("pop3")),
    _row("POP3_AUTH_FILE", to=_as("pop3_auth_file")),
    _row("POP3_AUTH", to=_as("pop3_auth")),
    _row("POP3_TLS_CERT", to=_pop3_certificate),
    _row("POP3_TLS_KEY", to=_as("pop3_tls_key")),
    _row("WEBHOOK_URL", to=_as("webhook_url")),
    _row("WEBHOOK_LIMIT", to=_as("webhook_limit")),
    _row("WEBHOOK_DELAY", to=_as("webhook_delay")),
    _row("ENABLE_PROMETHEUS", to=_prometheus),
    _row("TAG", to=_as("tag")),
    _row("TAGS_CONFIG", to=_as("tags_config")),
    _row("TAGS_TITLE_CASE", to=_switch("tags_title_case")),
    _row("TAGS_DISABLE", to=_as("tags_disable")),
    _row("TAGS_USERNAME", to=_switch("tags_username")),
    _row("ENABLE_CHAOS", to=_switch("enable_chaos")),
    _row("CHAOS_TRIGGERS", to=_as("chaos_triggers")),
    _row("ENABLE_SPAMASSASSIN", flag="--enable-spamassassin", to=_spamassassin),
    _row(
        "ALLOW_INTERNAL_HTTP_REQUESTS",
        flag="--allow-internal-http-requests",
        to=_internal_requests,
        is_switch=True,
    ),
    # What is so here in any case: no reverse DNS, no version check, any login taken without a password file, octets
    # kept as they came, no limit to the rate of link checks, remote content shown only to who asks for it, the
    # mechanism of AUTH found out at the relay.
    _row("DISABLE_VERSION_CHECK", flag="--disable-version-check", to=_needless, is_switch=True),
    _row("DISABLE_HTML_CHECK", flag="--disable-html-check", to=_needless, is_switch=True),
    _row("SMTP_AUTH_ACCEPT_ANY", flag="--smtp-auth-accept-any", to=_needless, is_switch=True),
    _row("SMTP_DISABLE_RDNS", flag="--smtp-disable-rdns", to=_needless, is_switch=True),
    _row(
        "SMTP_STRICT_RFC_HEADERS",
        "STRICT_RFC_HEADERS",
        flag="--smtp-strict-rfc-headers",
        to=_needless,
        is_switch=True,
    ),
    _row("DISABLE_LINK_CHECK_RATE_LIMIT", flag="--disable-link-check-rate-limit", to=_needless, is_switch=True),
    _row("BLOCK_REMOTE_CSS_AND_FONTS", flag="--block-remote-css-and-fonts", to=_needless, is_switch=True),
    _row("SMTP_RELAY_AUTH", to=_needless),
    _row("SENDMAIL_SMTP_ADDR", to=_needless),
    _row("SENDMAIL_FROM", to=_needless),
    # What there is nothing of here.
    _row("DISABLE_WAL", flag="--disable-wal", is_switch=True),
    _row("DISABLE_AUTO_VACUUM", flag="--disable-auto-vacuum", is_switch=True),
    _row("COMPRESSION", flag="--compression"),
    _row("TENANT_ID", flag="--tenant-id"),
    _row("ALLOW_UNTRUSTED_TLS", flag="--allow-untrusted-tls", is_switch=True),
    *(
        _row(f"SMTP_FORWARD_{name}", to=_together)
        for name in (
            "HOST",
            "PORT",
            "STARTTLS",
            "TLS",
            "ALLOW_INSECURE",
            "AUTH",
            "USERNAME",
            "PASSWORD",
            "SECRET",
            "RETURN_PATH",
            "OVERRIDE_FROM",
            "TO",
            "FWD_SMTP_ERRORS",
        )
    ),
    _row("DEMO_MODE"),
)
"""Every variable and flag of Mailpit's."""
