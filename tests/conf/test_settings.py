"""Tests of catcher.conf.settings: declarations are complete, secrets stay secret, contradictions stop the start."""

import dataclasses

import pytest

from catcher.conf import SECTIONS, TABLE, RelaySettings, Settings, load
from catcher.errors import SettingError


def test_every_field_is_a_setting_with_help_under_one_heading() -> None:
    """The table has the fields in their order; help is one or more sentences, and no heading comes twice."""
    assert [field.name for field in dataclasses.fields(Settings)] == [setting.name for setting in TABLE]
    assert [setting.name for setting in TABLE if not setting.help.endswith(".") or not setting.section] == []
    assert len(dict(SECTIONS)) == len(SECTIONS)


def test_a_named_relay_has_the_settings_of_the_default_relay() -> None:
    """Each key of a relay is a setting `smtp_relay_<key>` with the same default."""
    defaults = {setting.name: setting.default for setting in TABLE}
    relay = dataclasses.asdict(RelaySettings())
    assert {f"smtp_relay_{name}": value for name, value in relay.items()}.items() <= defaults.items()


def test_secrets_are_not_shown() -> None:
    """A secret is neither in the representation of the settings nor in the message about a wrong value."""
    secrets = [setting.name for setting in TABLE if setting.secret]
    shown = repr(load(flags={"ui_auth": "ann:correct-horse", "label": "staging"})[0])
    assert "label='staging'" in shown
    assert "correct-horse" not in shown
    assert [name for name in secrets if f"{name}=" in shown] == []
    with pytest.raises(SettingError) as caught:
        load(environ={"CATCHER_UI_AUTH": "ann:correct-horse\0"})
    assert "correct-horse" not in str(caught.value)


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        ({"smtps": "127.0.0.1:0"}, "expected --smtp-tls-cert with it"),
        ({"smtp_require_starttls": "true"}, "expected --smtp-tls-cert with it"),
        ({"smtp_require_tls": "true"}, "expected --smtp-tls-cert with it"),
        ({"smtp_tls_key": "k.pem"}, "--smtp-tls-key: expected --smtp-tls-cert"),
        ({"ui_tls_key": "k.pem"}, "--ui-tls-key: expected --ui-tls-cert"),
        ({"pop3_tls_key": "k.pem"}, "--pop3-tls-key: expected --pop3-tls-cert"),
        ({"pop3_require_tls": "true"}, "--pop3-require-tls: expected --pop3-tls-cert"),
        (
            {"smtp_tls_cert": "auto", "smtp_require_tls": "true", "smtp_require_starttls": "true"},
            "expected one of them",
        ),
        ({"smtp_auth_file": "p"}, "--smtp-auth-allow-insecure"),
        ({"smtp_auth": "a:b"}, "--smtp-auth-allow-insecure"),
        (
            {"smtp_tls_cert": "auto", "smtp_require_tls": "true", "smtp_auth_allow_insecure": "true"},
            "expected one of them",
        ),
        ({"ui_auth_file": "p", "ui_auth": "a:b"}, "--ui-auth-file and --ui-auth"),
        ({"pop3_auth_file": "p", "pop3_auth": "a:b"}, "--pop3-auth-file and --pop3-auth"),
    ],
)
def test_settings_that_contradict_each_other_are_one_line(flags: dict[str, str], words: str) -> None:
    """TLS without a certificate, unencrypted passwords without permission, two sources of one value."""
    with pytest.raises(SettingError, match=words) as caught:
        load(flags=flags)
    assert "\n" not in str(caught.value)
