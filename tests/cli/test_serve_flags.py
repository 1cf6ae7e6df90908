"""Tests of the flags of `catcher serve`: as they are written for Mailpit, whose switches have values."""

from typing import Any

import pytest

from catcher.cli.serve import command, settings_of
from catcher.conf import SocketAddress


def read(*arguments: str) -> Any:
    """Return the settings of a command line."""
    flags = command.make_context("serve", list(arguments)).params
    settings, _ = settings_of(flags.pop("config"), flags)
    return settings


@pytest.mark.parametrize("text", ["--verbose", "--verbose=true", "--verbose=1", "-v", "-q -v"])
def test_a_switch_may_have_a_value(text: str) -> None:
    """Switches of Go's flag library are written --flag, --flag=true and --flag=false."""
    assert read(*text.split()).verbose is True
    assert read(*text.split(), "--tags-username").tags_username is True


def test_a_switch_can_be_turned_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """A false flag overrides the environment, also by Mailpit's variable."""
    monkeypatch.setenv("MP_TAGS_USERNAME", "true")
    assert read().tags_username is True
    assert read("--tags-username=false").tags_username is False


def test_switches_of_mailpit_alone_have_values_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those without an effect here as well: they must not stop the start."""
    assert read("--smtp-auth-accept-any=true", "--disable-wal=false", "--smtp-disable-rdns").tag == ()
    assert read("--allow-internal-http-requests=false").internal_networks == ()
    assert len(read("--allow-internal-http-requests=true").internal_networks) == 2


@pytest.mark.parametrize("number", ["-1", "0", "-500"])
def test_a_number_below_one_is_no_limit(number: str) -> None:
    """Mailpit keeps every message with --max -1."""
    assert read("--max", number).max == 0


def test_metrics_are_switched_on_or_given_an_address() -> None:
    """Mailpit's --enable-prometheus has a value: true, false or the address of a listener."""
    assert read("--enable-prometheus").enable_prometheus is True
    assert read("--enable-prometheus", "true").enable_prometheus is True
    assert read("--enable-prometheus=false").enable_prometheus is False
    separate = read("--enable-prometheus=127.0.0.1:9090")
    assert (separate.enable_prometheus, separate.metrics_listen) == (False, SocketAddress("127.0.0.1", 9090))


def test_the_help_text_shows_switches_without_a_value() -> None:
    """A person writes --verbose."""
    text = command.get_help(command.make_context("serve", []))
    assert "  -v, --verbose  " in text
