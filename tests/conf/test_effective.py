"""Tests of catcher.conf.effective: settings as people see them."""

import pytest

from catcher.conf import TABLE, effective_settings, load


def test_every_setting_has_its_value_and_origin() -> None:
    """In the order of the table, the value as one would write it, and its name in the source."""
    settings, origins = load(flags={"max": "12"}, environ={"CATCHER_LABEL": "staging"})
    shown = {one.flag: one for one in effective_settings(settings, origins)}
    assert list(shown) == [setting.flag for setting in TABLE]
    assert (shown["--max"].value, shown["--max"].source, shown["--max"].name) == ("12", "flag", "--max")
    assert (shown["--label"].value, shown["--label"].source) == ("staging", "environment")
    assert shown["--label"].name == "CATCHER_LABEL"
    assert (shown["--bin"].value, shown["--bin"].source, shown["--bin"].name) == ("15m", "default", "")


@pytest.mark.parametrize(
    "flags",
    [
        {"smtp_auth": "ann:hush-hush", "smtp_auth_allow_insecure": "true"},
        {"ui_auth": "ann:hush-hush"},
        {"database": "postgresql://ann:hush-hush@db.example/mail"},
        {"webhook_url": "https://ann:hush-hush@hooks.example/x"},
        {"smtp_relay_host": "relay.example", "smtp_relay_username": "ann", "smtp_relay_password": "hush-hush"},
    ],
)
def test_no_secret_is_shown(flags: dict[str, str]) -> None:
    """Neither passwords nor the credentials of a URL."""
    settings, origins = load(flags=flags)
    assert "hush-hush" not in str(effective_settings(settings, origins))


def test_tables_are_shown_as_their_number() -> None:
    """The value of --tag is the number of its rules."""
    settings, origins = load(flags={"tag": "a=subject:b; c=subject:d"})
    shown = {one.flag: one.value for one in effective_settings(settings, origins)}
    assert shown["--tag"] == "2"
