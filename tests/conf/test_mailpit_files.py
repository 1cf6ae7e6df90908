"""Tests of Mailpit's files and variables for relaying and forwarding. Mailpit compatibility: Relay."""

from pathlib import Path

import pytest

from catcher.conf import RelayRuleSettings, RelaySettings, load
from catcher.errors import SettingError

DATA = Path(__file__).parent / "data"
FORWARDED = RelaySettings(
    host="smtp.test", port=587, tls=True, username="bob", password="pw", override_from="app@example.com"
)


def test_a_relay_file_is_the_default_relay() -> None:
    """Every key of the file is read, including the deprecated one."""
    settings, origins = load(flags={"smtp_relay_config": str(DATA / "relay.yml")})
    assert settings.all_relays["default"] == RelaySettings(
        host="relay.test",
        port=2525,
        starttls=True,
        allow_insecure=True,
        username="ann",
        password="hush hush",
        return_path="bounces@example.com",
        override_from="staging@example.com",
        allowed_recipients=r"@example\.com$",
        blocked_recipients="^ceo@",
        preserve_message_ids=True,
    )
    assert settings.smtp_relay_forward_smtp_errors
    assert origins["smtp_relay_host"].source == "file"


def test_single_settings_override_the_relay_file() -> None:
    """The other keys of the file still count."""
    settings, _ = load(flags={"smtp_relay_config": str(DATA / "relay.yml"), "smtp_relay_host": "other.test"})
    assert settings.all_relays["default"].host == "other.test"
    assert settings.all_relays["default"].port == 2525


def test_a_forward_file_is_a_relay_and_a_rule() -> None:
    """All mail is forwarded to the addresses of `to`."""
    settings, _ = load(flags={"smtp_forward_config": str(DATA / "forward.yml")})
    assert settings.all_relays == {"forward": FORWARDED}
    assert settings.all_rules == (
        RelayRuleSettings(relay="forward", to=("one@example.com", "two@example.com"), forward_smtp_errors=True),
    )


def test_forward_variables_do_the_same() -> None:
    """MP_SMTP_FORWARD_HOST and the others."""
    environ = {
        "MP_SMTP_FORWARD_HOST": "smtp.test",
        "MP_SMTP_FORWARD_PORT": "587",
        "MP_SMTP_FORWARD_TLS": "true",
        "MP_SMTP_FORWARD_USERNAME": "bob",
        "MP_SMTP_FORWARD_PASSWORD": "pw",
        "MP_SMTP_FORWARD_AUTH": "login",
        "MP_SMTP_FORWARD_OVERRIDE_FROM": "app@example.com",
        "MP_SMTP_FORWARD_TO": "one@example.com,two@example.com",
        "MP_SMTP_FORWARD_FWD_SMTP_ERRORS": "true",
    }
    settings, _ = load(environ=environ)
    assert settings.all_relays == {"forward": FORWARDED}
    assert settings.all_rules[0].forward_smtp_errors


@pytest.mark.parametrize(
    ("name", "content", "text"),
    [
        ("smtp_relay_config", "- host", "smtp-relay-config"),
        ("smtp_relay_config", "host: x\nlunch: 1", "lunch"),
        ("smtp_relay_config", "host: x\nport: many", "port"),
        ("smtp_relay_config", "host: x\nstarttls: true\ntls: true", "starttls"),
        ("smtp_relay_config", "{", "smtp-relay-config"),
        ("smtp_forward_config", "host: x", "to"),
        ("smtp_forward_config", "to: a@b.c", "host"),
        ("smtp_forward_config", "to: a@b.c\nhost: x\nport: many", "smtp-forward-config"),
    ],
)
def test_an_invalid_file_stops_the_start(tmp_path: Path, name: str, content: str, text: str) -> None:
    """The line names the setting."""
    file = tmp_path / "file.yml"
    file.write_text(content)
    with pytest.raises(SettingError, match=text):
        load(flags={name: str(file)})
