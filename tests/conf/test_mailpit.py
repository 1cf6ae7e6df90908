"""Tests of catcher.conf.mailpit: Mailpit's settings work, or a warning says that they do not."""

from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from catcher.conf import TABLE, SocketAddress, TagRuleSettings, load, mailpit
from catcher.errors import SettingError

EVERY_ADDRESS = SocketAddress("::", 1025)
CERTIFICATE = {"MP_SMTP_TLS_CERT": "c.pem"}
RELAY_FILE = Path(__file__).parent / "data" / "relay.yml"
FORWARD_FILE = Path(__file__).parent / "data" / "forward.yml"
RELAY = {"MP_SMTP_RELAY_HOST": "relay.test"}
PASSWORDS = {"MP_POP3_AUTH": "a:b"}


def tag(match: str, *tags: str) -> TagRuleSettings:
    return TagRuleSettings(match=match, tags=tags)


TRANSLATED: list[tuple[str, str, str, Any, dict[str, str]]] = [
    ("MP_DATABASE", "/data/catcher.db", "database", "/data/catcher.db", {}),
    ("MP_DATA_FILE", "/data/", "database", "/data/", {}),
    ("MP_LABEL", "staging", "label", "staging", {}),
    ("MP_MAX_MESSAGES", "500", "max", 500, {}),
    ("MP_MAX_AGE", "7d", "max_age", timedelta(days=7), {}),
    ("MP_MAX_MESSAGE_SIZE", "20", "max_message_size", 20 * 1024 * 1024, {}),
    ("MP_QUIET", "Yes", "quiet", True, {}),
    ("MP_VERBOSE", "1", "verbose", True, {}),
    ("MP_UI_BIND_ADDR", "[::]:8025", "listen", SocketAddress("::", 8025), {}),
    ("MP_WEBROOT", "mail", "webroot", "/mail/", {}),
    ("MP_UI_AUTH_FILE", "/etc/passwords", "ui_auth_file", "/etc/passwords", {}),
    ("MP_UI_AUTH", "a:b c:d", "ui_auth", "a:b c:d", {}),
    ("MP_UI_TLS_CERT", "sans:a.test", "ui_tls_cert", "sans:a.test", {}),
    ("MP_UI_SSL_CERT", "c.pem", "ui_tls_cert", "c.pem", {}),
    ("MP_UI_TLS_KEY", "k.pem", "ui_tls_key", "k.pem", {"MP_UI_TLS_CERT": "c.pem"}),
    ("MP_UI_SSL_KEY", "k.pem", "ui_tls_key", "k.pem", {"MP_UI_TLS_CERT": "c.pem"}),
    ("MP_API_CORS", "a.test, b.test:1", "api_cors", ("a.test", "b.test:1"), {}),
    ("MP_DISABLE_HTTP_COMPRESSION", "true", "disable_http_compression", True, {}),
    ("MP_SMTP_BIND_ADDR", "[::]:1025", "smtp", EVERY_ADDRESS, {}),
    ("MP_SMTP_AUTH_FILE", "p", "smtp_auth_file", "p", CERTIFICATE),
    ("MP_SMTP_AUTH", "a:b", "smtp_auth", "a:b", CERTIFICATE),
    ("MP_SMTP_AUTH_ALLOW_INSECURE", "true", "smtp_auth_allow_insecure", True, {}),
    ("MP_SMTP_TLS_CERT", "c.pem", "smtp_tls_cert", "c.pem", {}),
    ("MP_SMTP_SSL_CERT", "c.pem", "smtp_tls_cert", "c.pem", {}),
    ("MP_SMTP_TLS_KEY", "k.pem", "smtp_tls_key", "k.pem", CERTIFICATE),
    ("MP_SMTP_SSL_KEY", "k.pem", "smtp_tls_key", "k.pem", CERTIFICATE),
    ("MP_SMTP_REQUIRE_STARTTLS", "true", "smtp_require_starttls", True, CERTIFICATE),
    ("MP_SMTP_TLS_REQUIRED", "true", "smtp_require_starttls", True, CERTIFICATE),
    ("MP_SMTP_REQUIRE_TLS", "true", "smtp_require_tls", True, CERTIFICATE),
    ("MP_SMTP_MAX_RECIPIENTS", "7", "smtp_max_recipients", 7, {}),
    ("MP_SMTP_ALLOWED_RECIPIENTS", "@x", "smtp_allowed_recipients", "@x", {}),
    ("MP_SMTP_IGNORE_REJECTED_RECIPIENTS", "true", "smtp_ignore_rejected_recipients", True, {}),
    ("MP_USE_MESSAGE_DATES", "true", "use_message_dates", True, {}),
    ("MP_IGNORE_DUPLICATE_IDS", "true", "ignore_duplicate_ids", True, {}),
    ("MP_LOG_FILE", "/l", "log_file", "/l", {}),
    ("MP_HIDE_DELETE_ALL_BUTTON", "true", "hide_delete_all_button", True, {}),
    ("MP_SEND_API_AUTH_FILE", "/p", "send_api_auth_file", "/p", {}),
    ("MP_SEND_API_AUTH", "a:b", "send_api_auth", "a:b", {}),
    ("MP_SEND_API_AUTH_ACCEPT_ANY", "true", "send_api_auth_accept_any", True, {}),
    ("MP_SMTP_RELAY_FWD_SMTP_ERRORS", "true", "smtp_relay_forward_smtp_errors", True, {}),
    ("MP_SMTP_RELAY_CONFIG", str(RELAY_FILE), "smtp_relay_config", str(RELAY_FILE), {}),
    ("MP_SMTP_FORWARD_CONFIG", str(FORWARD_FILE), "smtp_forward_config", str(FORWARD_FILE), {}),
    ("MP_WEBHOOK_URL", "http://x.test/h", "webhook_url", "http://x.test/h", {}),
    ("MP_WEBHOOK_LIMIT", "5", "webhook_limit", 5, {}),
    ("MP_WEBHOOK_DELAY", "2", "webhook_delay", 2, {}),
    ("MP_ENABLE_PROMETHEUS", "true", "enable_prometheus", True, {}),
    ("MP_TAG", "a,b=from:x c=y", "tag", (tag("from:x", "a", "b"), tag("y", "c")), {}),
    ("MP_TAGS_CONFIG", "/tags.yml", "tags_config", "/tags.yml", {}),
    ("MP_TAGS_TITLE_CASE", "true", "tags_title_case", True, {}),
    ("MP_TAGS_DISABLE", "xtags,plus-addressing", "tags_disable", ("x-tags", "plus-addresses"), {}),
    ("MP_TAGS_USERNAME", "true", "tags_username", True, {}),
    ("MP_ENABLE_CHAOS", "true", "enable_chaos", True, {}),
    ("MP_CHAOS_TRIGGERS", "auth:535:20", "chaos_triggers", "auth:535:20", {}),
    ("MP_ENABLE_SPAMASSASSIN", "spamd.test:783", "spamassassin", "spamd.test:783", {}),
    ("MP_ALLOW_INTERNAL_HTTP_REQUESTS", "true", "internal_networks", (ip_network("0.0.0.0/0"), ip_network("::/0")), {}),
    ("MP_SMTP_RELAY_HOST", "relay.test", "smtp_relay_host", "relay.test", {}),
    ("MP_SMTP_RELAY_PORT", "2525", "smtp_relay_port", 2525, {}),
    ("MP_SMTP_RELAY_STARTTLS", "true", "smtp_relay_starttls", True, {}),
    ("MP_SMTP_RELAY_TLS", "true", "smtp_relay_tls", True, {}),
    ("MP_SMTP_RELAY_ALLOW_INSECURE", "true", "smtp_relay_allow_insecure", True, {}),
    ("MP_SMTP_RELAY_USERNAME", "u", "smtp_relay_username", "u", {}),
    ("MP_SMTP_RELAY_PASSWORD", "p", "smtp_relay_password", "p", {"MP_SMTP_RELAY_SECRET": "s"}),
    ("MP_SMTP_RELAY_SECRET", "s", "smtp_relay_password", "s", {}),
    ("MP_SMTP_RELAY_RETURN_PATH", "r@x.test", "smtp_relay_return_path", "r@x.test", {}),
    ("MP_SMTP_RELAY_OVERRIDE_FROM", "f@x.test", "smtp_relay_override_from", "f@x.test", {}),
    ("MP_SMTP_RELAY_ALLOWED_RECIPIENTS", "@x", "smtp_relay_allowed_recipients", "@x", {}),
    ("MP_SMTP_RELAY_RECIPIENT_ALLOWLIST", "@x", "smtp_relay_allowed_recipients", "@x", {}),
    ("MP_SMTP_RELAY_BLOCKED_RECIPIENTS", "@x", "smtp_relay_blocked_recipients", "@x", {}),
    ("MP_SMTP_RELAY_PRESERVE_MESSAGE_IDS", "true", "smtp_relay_preserve_message_ids", True, {}),
    ("MP_SMTP_RELAY_ALL", "true", "smtp_relay_all", True, RELAY),
    ("MP_SMTP_RELAY_MATCHING", "@x", "smtp_relay_matching", "@x", RELAY),
    ("MP_POP3_BIND_ADDR", "127.0.0.1:1111", "pop3", SocketAddress("127.0.0.1", 1111), PASSWORDS),
    ("MP_POP3_AUTH", "a:b", "pop3", SocketAddress("::", 1110), {}),
    ("MP_POP3_AUTH_FILE", "p", "pop3_auth_file", "p", {}),
    ("MP_POP3_TLS_CERT", "c.pem", "pop3_require_tls", True, {}),
    ("MP_POP3_TLS_KEY", "k.pem", "pop3_tls_key", "k.pem", {"MP_POP3_TLS_CERT": "c.pem"}),
]
SETTINGS = {setting.name for setting in TABLE}


@pytest.mark.parametrize(("variable", "value", "name", "expected", "others"), TRANSLATED, ids=lambda value: str(value))
def test_a_variable_of_mailpit_sets_ours(
    variable: str, value: str, name: str, expected: Any, others: dict[str, str]
) -> None:
    """Each of Mailpit's variables sets our setting, in Mailpit's notation. Source: Mailpit's --help."""
    settings, origins = load(environ={**others, variable: value})
    assert getattr(settings, name) == expected
    assert origins[name].source == "environment"
    assert origins[name].name.startswith("MP_")
    assert mailpit.warnings({variable: value}) == []


def test_every_variable_with_an_effect_is_in_the_list_above() -> None:
    """A new row needs a line in this file."""
    tested = {variable for variable, *_ in TRANSLATED}
    effective = {
        variable
        for row in mailpit.ROWS
        if row.translate is not None and row.translate("1h" if "MP_MAX_AGE" in row.variables else "1")
        for variable in row.variables
    }
    assert effective == tested


@pytest.mark.parametrize("row", mailpit.ROWS, ids=lambda row: row.variables[0])
def test_a_row_names_existing_settings(row: mailpit.MailpitSetting) -> None:
    """A translation leads to settings of the table, and the flag of a row is not one of ours."""
    translated = row.translate("1h" if "MP_MAX_AGE" in row.variables else "1") if row.translate else {}
    assert translated.keys() <= SETTINGS
    assert row.flag not in {setting.flag for setting in TABLE}


def test_our_own_variable_wins() -> None:
    """CATCHER_* overrides MP_*, and flags override both."""
    environ = {"MP_LABEL": "theirs", "CATCHER_LABEL": "ours"}
    assert load(environ=environ)[0].label == "ours"
    assert load(environ=environ, flags={"label": "flag"})[0].label == "flag"


def test_a_warning_names_a_variable_without_effect_but_not_its_value() -> None:
    """Missing and unknown settings cause a warning, unless they are empty or switched off."""
    lines = mailpit.warnings(
        {
            "MP_WEBHOOK_URLS": "https://secret.test",
            "MP_TENANT_ID": "hidden",
            "MP_ENABLE_CHAOS": "false",
            "MP_LOG_FILE": "",
            "MP_SMTP_DISABLE_RDNS": "true",
            "MPX": "1",
        },
        ["--tenant-id", "--smtp-disable-rdns"],
    )
    assert [line.split()[0] for line in lines] == ["MP_TENANT_ID", "MP_WEBHOOK_URLS", "--tenant-id"]
    assert "hidden" not in "".join(lines)
    assert "secret" not in "".join(lines)


def test_pop3_is_served_if_there_are_users_for_it() -> None:
    """Mailpit ignores the address without users, and has a default address with them."""
    assert load(environ={"MP_POP3_BIND_ADDR": "[::]:1110"})[0].pop3 is None
    assert load(environ={"MP_POP3_AUTH": "a:b"})[0].pop3 == SocketAddress("::", 1110)


@pytest.mark.parametrize(
    ("variable", "value", "expected"),
    [
        ("MP_MAX_AGE", "7 days", "hours or days"),
        ("MP_MAX_MESSAGE_SIZE", "50M", "whole number of MiB"),
        ("MP_DATABASE", "http://rqlite.test:4001", "rqlite is not supported"),
        ("MP_SMTP_BIND_ADDR", "nowhere", "HOST:PORT"),
    ],
)
def test_an_error_names_mailpits_variable(variable: str, value: str, expected: str) -> None:
    """The line has the name that the user wrote, not ours."""
    with pytest.raises(SettingError, match=expected) as caught:
        load(environ={variable: value})
    assert str(caught.value).startswith(f"{variable}={value!r}")
