"""Tests of catcher.conf.sources: the sources of values, and errors."""

from datetime import timedelta
from pathlib import Path

import pytest

from catcher.conf import TABLE, Option, SocketAddress, load, sources, unknown_variables
from catcher.errors import SettingError


def test_the_defaults_serve_this_machine_only() -> None:
    """Defaults bind to loopback outside a container."""
    settings, origins = load()
    assert settings.smtp == SocketAddress("127.0.0.1", 1025)
    assert settings.listen == SocketAddress("127.0.0.1", 8025)
    assert {origin.source for origin in origins.values()} == {"default"}


def test_flags_override_the_environment_and_that_the_file(tmp_path: Path) -> None:
    """Later sources win, and each value has its origin."""
    file = tmp_path / "catcher.toml"
    file.write_text('label = "file"\nmax = 3\nmax_age = "7d"\n')
    settings, origins = load(
        flags={"label": "flag", "max": None},
        environ={"CATCHER_LABEL": "environment", "CATCHER_MAX": "5"},
        config=str(file),
    )
    assert (settings.label, settings.max, settings.max_age) == ("flag", 5, timedelta(days=7))
    assert (origins["label"].source, origins["max"].source, origins["max_age"].source) == (
        "flag",
        "environment",
        "file",
    )


def test_the_environment_can_name_the_file(tmp_path: Path) -> None:
    """CATCHER_CONFIG names the TOML file."""
    file = tmp_path / "some.toml"
    file.write_text('hosts = ["mail.example", "other.example"]\nephemeral = true\nmax_message_size = 10\n')
    settings, _ = load(environ={"CATCHER_CONFIG": str(file)})
    assert settings.hosts == ("mail.example", "other.example")
    assert settings.ephemeral
    assert settings.max_message_size == 10 * 1024 * 1024


@pytest.mark.parametrize(
    ("variable", "value", "expected"),
    [
        ("CATCHER_SMTP", "25x", "HOST:PORT"),
        ("CATCHER_SMTP", "localhost:70000", "port from 0 to 65535"),
        ("CATCHER_LISTEN", "unix:", "unix:PATH"),
        ("CATCHER_MAX", "many", "a whole number"),
        ("CATCHER_MAX", "--1", "a whole number"),
        ("CATCHER_MAX_AGE", "7 fortnights", "a duration"),
        ("CATCHER_MAX_MESSAGE_SIZE", "50 elephants", "a size"),
        ("CATCHER_WEBROOT", "/a?b", "a path"),
        ("CATCHER_WEBROOT", "/../x", "a path"),
        ("CATCHER_EPHEMERAL", "perhaps", "true or false"),
        ("CATCHER_SYNCHRONOUS", "off", "'full' or 'normal'"),
    ],
)
def test_an_error_has_name_value_and_expectation(variable: str, value: str, expected: str) -> None:
    """A wrong setting stops the start; it never becomes a default."""
    with pytest.raises(SettingError) as caught:
        load(environ={variable: value})
    assert f"{variable}={value!r}" in str(caught.value)
    assert expected in str(caught.value)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("smpt = 'x:1'", "no such setting"),
        ("max = true", "a whole number"),
        ("max = ", "expected a TOML file"),
        ("label = 3", "expected text"),
    ],
)
def test_an_error_in_the_file_names_the_file(tmp_path: Path, content: str, words: str) -> None:
    """A misspelt key in the file is an error, too."""
    file = tmp_path / "wrong.toml"
    file.write_text(content)
    with pytest.raises(SettingError, match=words) as caught:
        load(config=str(file))
    assert str(file) in str(caught.value)


def test_a_missing_file_is_an_error() -> None:
    """The file of --config must exist."""
    with pytest.raises(SettingError, match="expected a readable TOML file"):
        load(config="/nonexistent/catcher.toml")


def test_contradictions_are_errors() -> None:
    """Two settings that exclude each other stop the start."""
    with pytest.raises(SettingError, match="expected one of them"):
        load(flags={"ephemeral": "true", "database": "x.db"})
    with pytest.raises(SettingError, match="expected one of them"):
        load(flags={"ui_auth": "a:b", "ui_auth_file": "users"})


def test_in_a_container_default_addresses_are_every_interface() -> None:
    """Loopback cannot be reached in a container; IPv4 and IPv6 can. Given addresses stay."""
    settings, _ = load(environ={"CATCHER_CONTAINER": "1", "CATCHER_LISTEN": "127.0.0.1:9000"})
    assert str(settings.smtp) == "[::]:1025"
    assert str(settings.listen) == "127.0.0.1:9000"


def test_in_a_container_mail_is_stored_in_the_volume(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is a default, so that a variable of Mailpit's names another place. Without a volume it is the user's own."""
    monkeypatch.setattr(sources, "VOLUME", f"{tmp_path}/")
    assert load(environ={"CATCHER_CONTAINER": "1"})[0].database == f"{tmp_path}/"
    for name in ("MP_DATABASE", "MP_DATA_FILE", "CATCHER_DATABASE"):
        assert load(environ={"CATCHER_CONTAINER": "1", name: "/data/mailpit.db"})[0].database == "/data/mailpit.db"
    monkeypatch.setattr(sources, "VOLUME", f"{tmp_path}/none/")
    assert load(environ={"CATCHER_CONTAINER": "1"})[0].database == ""


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("127.0.0.1:25", SocketAddress("127.0.0.1", 25)),
        ("[::1]:25", SocketAddress("::1", 25)),
        (":1025", SocketAddress("::", 1025)),
        ("unix:/run/c.sock:660", SocketAddress(path="/run/c.sock", mode=0o660)),
        ("unix:/run/c.sock", SocketAddress(path="/run/c.sock")),
    ],
)
def test_addresses_read_as_mailpit_writes_them(text: str, address: SocketAddress) -> None:
    """HOST:PORT, [IPv6]:PORT, :PORT for every address, unix:PATH:MODE."""
    settings, _ = load(flags={"smtp": text})
    assert settings.smtp == address


@pytest.mark.parametrize("setting", TABLE, ids=lambda setting: setting.name)
def test_every_default_reads_as_itself(setting: Option) -> None:
    """The default that the documentation shows reads as the default."""
    if setting.default != ():
        assert setting.kind.read(setting.kind.show(setting.default)) == setting.default


def test_a_misspelt_variable_is_named() -> None:
    """A variable that looks like a setting and is none is reported."""
    environ = {"CATCHER_MX": "5", "CATCHER_MAX": "5", "CATCHER_CONFIG": "x", "HOME": "/"}
    assert unknown_variables(environ) == ["CATCHER_MX"]
