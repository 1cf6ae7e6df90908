"""What people are told of the settings."""

import pytest

from catcher.conf import TABLE, effective_settings, load


def test_every_setting_is_told_with_its_origin() -> None:
    """In the order of the table, the value as one would write it, and what named it."""
    settings, origins = load(flags={"max": "12"}, environ={"CATCHER_LABEL": "staging"})
    told = {one.flag: one for one in effective_settings(settings, origins)}
    assert list(told) == [setting.flag for setting in TABLE]
    assert (told["--max"].value, told["--max"].source, told["--max"].name) == ("12", "flag", "--max")
    assert (told["--label"].value, told["--label"].source) == ("staging", "environment")
    assert told["--label"].name == "CATCHER_LABEL"
    assert (told["--bin"].value, told["--bin"].source, told["--bin"].name) == ("15m", "default", "")


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
def test_no_secret_is_told(flags: dict[str, str]) -> None:
    """Neither passwords nor what stands in front of a host."""
    settings, origins = load(flags=flags)
    assert "hush-hush" not in str(effective_settings(settings, origins))


def test_tables_are_told_by_number() -> None:
    """A rule is more than a line; how many there are is."""
    settings, origins = load(flags={"tag": "a=subject:b; c=subject:d"})
    told = {one.flag: one.value for one in effective_settings(settings, origins)}
    assert told["--tag"] == "2"
