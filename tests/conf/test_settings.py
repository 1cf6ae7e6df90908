"""Tests of catcher.conf.settings: the value agrees with the table, and contradictions stop the start."""

import dataclasses

import pytest

from catcher.conf import SECTIONS, TABLE, Settings, load
from catcher.errors import SettingError


def test_the_value_has_the_fields_of_the_table_in_its_order() -> None:
    """A setting is one row and one field; neither can be forgotten."""
    assert [field.name for field in dataclasses.fields(Settings)] == [setting.name for setting in TABLE]
    assert len({setting.name for setting in TABLE}) == len(TABLE)
    assert all(rows for _, rows in SECTIONS)


def test_secrets_are_not_shown() -> None:
    """What is secret in the table is not in the value's text, nor in the message about a wrong one."""
    fields = {field.name: field for field in dataclasses.fields(Settings)}
    assert [setting.name for setting in TABLE if setting.secret and fields[setting.name].repr] == []
    settings, _ = load(flags={"ui_auth": "ann:correct-horse"})
    assert "correct-horse" not in repr(settings)
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
    """TLS without a certificate, passwords in the clear that nobody allowed, two sources of one thing."""
    with pytest.raises(SettingError, match=words) as caught:
        load(flags=flags)
    assert "\n" not in str(caught.value)
