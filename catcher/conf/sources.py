"""Where the values come from: the table's defaults, a TOML file, the environment, flags; later ones win.

In the environment Mailpit's variables count too, below ours.

Nothing is guessed: a value that cannot be read, or a key that is not in the table, stops the start with one line that
gives the name, the value and what was expected.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from catcher.conf import mailpit
from catcher.conf.kinds import SocketAddress
from catcher.conf.mailpit_relay import FORWARD, forward_variables, forwarding, read_yaml
from catcher.conf.settings import Settings
from catcher.conf.table import TABLE, Setting
from catcher.errors import SettingError

CONFIG_VARIABLE = "CATCHER_CONFIG"

OTHER_VARIABLES = {CONFIG_VARIABLE, "CATCHER_CHROMIUM", "CATCHER_TEST_CACHE", "CATCHER_TEST_DATABASE"}
"""Variables that are no settings of a catcher: where those stand, and what the tests of this project use."""

_BY_NAME = {setting.name: setting for setting in TABLE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a setting's value came from: "default", "file", "environment" or "flag"."""

    source: str
    name: str


def load(
    *, flags: Mapping[str, Any] | None = None, environ: Mapping[str, str] | None = None, config: str = ""
) -> tuple[Settings, dict[str, Origin]]:
    """The settings, and for each where its value came from.

    flags: by setting name, as the command line gave them; None means not given. config: path of a TOML file, "" for the
    one that CATCHER_CONFIG names, if any. Raises SettingError.
    """
    environ = environ or {}
    values: dict[str, Any] = {setting.name: setting.default for setting in TABLE}
    origins = {setting.name: Origin(source="default", name="") for setting in TABLE}

    def take(setting: Setting, value: Any, source: str, name: str) -> None:
        values[setting.name] = _read(setting, value, name)
        origins[setting.name] = Origin(source=source, name=name)

    path = config or environ.get(CONFIG_VARIABLE, "")
    for key, value in (_file(path) if path else {}).items():
        take(_known(key, path), value, "file", f"{key} in {path}")
    for name, given in _foreign(environ).items():
        take(_BY_NAME[name], given.value, "environment", given.origin)
    for setting in TABLE:
        if setting.variable in environ:
            take(setting, environ[setting.variable], "environment", setting.variable)
    for name, value in (flags or {}).items():
        if value is not None:
            take(_BY_NAME[name], value, "flag", _BY_NAME[name].flag)
    _take_onward_files(values, take)
    return _in_container(_with_forwarding(Settings(**values), environ), origins), origins


def unknown_variables(environ: Mapping[str, str]) -> list[str]:
    """Names that look like settings and are none, sorted: most likely misspelt, and without effect."""
    known = {setting.variable for setting in TABLE} | OTHER_VARIABLES
    return sorted(name for name in environ if name.startswith("CATCHER_") and name not in known)


def _read(setting: Setting, value: Any, name: str) -> Any:
    try:
        return setting.kind.read(value)
    except ValueError:
        shown = "…" if setting.secret else repr(value)
        raise SettingError(f"{name}={shown}: expected {setting.kind.expected}") from None


def _foreign(environ: Mapping[str, str]) -> dict[str, mailpit.Translated]:
    try:
        return mailpit.from_environment(environ)
    except mailpit.Unreadable as error:
        raise SettingError(str(error)) from None


def _file(path: str) -> dict[str, Any]:
    import tomllib  # not before there is a file: every start would wait for it

    try:
        with Path(path).open("rb") as file:
            return tomllib.load(file)
    except OSError as error:
        raise SettingError(f"config={path!r}: {error.strerror}, expected a readable TOML file") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingError(f"config={path!r}: {error}, expected a TOML file") from None


def _known(key: str, path: str) -> Setting:
    setting = _BY_NAME.get(key.replace("-", "_"))
    if setting is None:
        raise SettingError(f"{key!r} in {path}: no such setting, expected one of {', '.join(sorted(_BY_NAME))}")
    return setting


def _take_onward_files(values: Mapping[str, Any], take: Callable[[Setting, Any, str, str], None]) -> None:
    """The keys of a relay's YAML file are single settings, which win when they are given too."""
    if not (path := values["smtp_relay_config"]):
        return
    for key, value in read_yaml(path, name="--smtp-relay-config").items():
        setting = _BY_NAME.get(f"smtp_relay_{key}")
        if setting is None:
            raise SettingError(f"--smtp-relay-config={path!r}: {key!r} is no key of a relay")
        if values[setting.name] == setting.default:
            take(setting, value if isinstance(value, bool | int) else str(value), "file", f"{key} in {path}")


def _with_forwarding(settings: Settings, environ: Mapping[str, str]) -> Settings:
    """With one relay and one rule more where mail is to be forwarded."""
    name, table = "MP_SMTP_FORWARD_…", forward_variables(environ)
    if path := settings.smtp_forward_config:
        name = f"--smtp-forward-config={path!r}"
        table = {**read_yaml(path, name="--smtp-forward-config"), **table}
    if not table:
        return settings
    relay, rule = forwarding(table, name=name)
    return replace(settings, relays={**settings.relays, FORWARD: relay}, relay_rules=(*settings.relay_rules, rule))


def _in_container(settings: Settings, origins: Mapping[str, Origin]) -> Settings:
    """In a container loopback reaches nobody, so addresses that nobody chose become every address."""
    if not settings.container:
        return settings

    def everywhere(name: str, address: SocketAddress) -> SocketAddress:
        return SocketAddress("0.0.0.0", address.port) if origins[name].source == "default" else address  # noqa: S104

    return replace(settings, smtp=everywhere("smtp", settings.smtp), listen=everywhere("listen", settings.listen))
